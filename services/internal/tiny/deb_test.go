package tiny

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// writeDeb packs files into a Debian package.
func writeDeb(t *testing.T, files map[string]string) string {
	t.Helper()
	dpkg, err := exec.LookPath("dpkg-deb")
	if err != nil {
		t.Skip("dpkg-deb is not installed")
	}
	tree := t.TempDir()
	files["DEBIAN/control"] = "Package: test\nVersion: 1\nArchitecture: all\nMaintainer: T <t@example.org>\nDescription: test\n"
	for name, text := range files {
		path := filepath.Join(tree, name)
		err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644))
		if err != nil {
			t.Fatal(err)
		}
	}
	deb := filepath.Join(t.TempDir(), "test.deb")
	if out, err := exec.Command(dpkg, "--build", "--root-owner-group", tree, deb).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return deb
}

func TestKernelIsUnpackedFromSeveralPackages(t *testing.T) {
	image := writeDeb(t, map[string]string{"boot/vmlinuz-6.8.0-31-generic": "the kernel"})
	builtin := ""
	for _, name := range drivers.needed {
		builtin += "kernel/x/" + name + ".ko\n"
	}
	modules := writeDeb(t, map[string]string{
		"usr/lib/modules/6.8.0-31-generic/modules.builtin":                         builtin,
		"usr/lib/modules/6.8.0-31-generic/kernel/drivers/gpu/drm/virtio-gpu.ko":    "the screen",
		"usr/lib/modules/6.8.0-31-generic/kernel/sound/core/snd.ko":                "noise",
		"usr/lib/modules/6.8.0-31-generic/kernel/drivers/net/ethernet/x/e1000e.ko": "the card",
	})
	k, err := unpackKernel(context.Background(), t.TempDir(), []string{image, modules}, func(int64, int64) {})
	if err != nil {
		t.Fatal(err)
	}
	defer k.close()

	if k.version != "6.8.0-31-generic" || string(k.image) != "the kernel" || k.has("snd") {
		t.Errorf("got version %q, image %q, sound %v", k.version, k.image, k.has("snd"))
	}
	for name, want := range map[string]string{"virtio_gpu": "the screen", "e1000e": "the card"} {
		if got, err := k.read(k.modules[name]); err != nil || string(got) != want {
			t.Errorf("module %s: got %q, %v", name, got, err)
		}
	}
}

func TestDamagedPackagesAreRefused(t *testing.T) {
	whole, err := os.ReadFile(writeDeb(t, map[string]string{"boot/vmlinuz-1": "the kernel"}))
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{
		"empty": nil, "other file": []byte("GIF89a..."), "cut header": whole[:40], "cut files": whole[:len(whole)-20],
	} {
		path := filepath.Join(t.TempDir(), "test.deb")
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := unpackKernel(context.Background(), t.TempDir(), []string{path}, func(int64, int64) {})
		if !errors.Is(err, virt.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, virt.ErrInvalid)
		}
	}
}

func TestPackageWithoutKernelIsRefused(t *testing.T) {
	deb := writeDeb(t, map[string]string{"usr/share/doc/x": "text"})
	_, err := unpackKernel(context.Background(), t.TempDir(), []string{deb}, func(int64, int64) {})
	if !errors.Is(err, virt.ErrUnsupported) {
		t.Errorf("got %v, want %v", err, virt.ErrUnsupported)
	}
}

func TestOnlyAStaticBusyboxIsTaken(t *testing.T) {
	shell, err := os.ReadFile("/bin/sh") // with libraries, everywhere
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string]map[string]string{
		"with libraries": {"bin/busybox": string(shell)}, "no program": {"bin/busybox": "#!/bin/sh"}, "none": {"bin/other": "x"},
	} {
		if _, err := unpackBusybox(context.Background(), []string{writeDeb(t, files)}); !errors.Is(err, virt.ErrUnsupported) {
			t.Errorf("%s: got %v, want %v", name, err, virt.ErrUnsupported)
		}
	}
	static := installedBusybox()
	if static == "" {
		t.Skip("no static busybox is installed")
	}
	want, err := os.ReadFile(static)
	if err != nil {
		t.Fatal(err)
	}
	got, err := unpackBusybox(context.Background(), []string{writeDeb(t, map[string]string{"usr/bin/busybox": string(want)})})
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the installed one: got %d of %d bytes, %v", len(got), len(want), err)
	}
}

func FuzzParseModinfo(f *testing.F) {
	program, err := os.ReadFile("/proc/self/exe")
	if err == nil {
		f.Add(program[:min(len(program), 4096)])
	}
	f.Add([]byte("\x7fELF\x02\x01\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := parseModinfo(data); err == nil && !bytes.HasPrefix(data, []byte("\x7fELF")) {
			t.Error("something that is no ELF file was read")
		}
	})
}

func TestDependsAreReadFromAPackageRecord(t *testing.T) {
	record := "Package: linux-image-6.8.0-31-generic\nDepends: kmod, linux-base (>= 4.5ubuntu1~16.04.1), linux-modules-6.8.0-31-generic, initramfs-tools | linux-initramfs-tool, perl:any\nSuggests: x\n"
	got := parseDepends([]byte(record))
	if want := []string{"kmod", "linux-base", "linux-modules-6.8.0-31-generic", "initramfs-tools", "perl"}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	parts := kernelParts("linux-image-6.8.0-31-generic", got)
	if want := []string{"linux-image-6.8.0-31-generic", "linux-modules-6.8.0-31-generic"}; !slices.Equal(parts, want) {
		t.Errorf("got %v, want %v", parts, want)
	}
}

func TestEmptyPackageListsAreToldWithTheirRemedy(t *testing.T) {
	a, err := findApt()
	if err != nil {
		t.Skip("no apt on this computer")
	}
	config := filepath.Join(t.TempDir(), "apt.conf")
	if err := os.WriteFile(config, []byte(`Dir::State "`+t.TempDir()+`"; Dir::Cache "`+t.TempDir()+`";`), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("APT_CONFIG", config)
	_, err = a.kernelPackages(context.Background())
	if !errors.Is(err, virt.ErrUnavailable) || virt.HintOf(err) != "Run: apt-get update" {
		t.Errorf("got %v with hint %q", err, virt.HintOf(err))
	}
}

func TestWithoutAptTheErrorSaysWhatHelps(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := findApt()
	if !errors.Is(err, virt.ErrUnavailable) || virt.HintOf(err) == "" {
		t.Errorf("got %v with hint %q", err, virt.HintOf(err))
	}
}

func TestArchiveIsReadableByCpio(t *testing.T) {
	cpio, err := exec.LookPath("cpio")
	if err != nil {
		t.Skip("cpio is not installed")
	}
	var archive, again bytes.Buffer
	nodes := append(rootTree([]byte("busybox")), moduleNodes([]module{{name: "a", data: []byte("12345")}})...)
	if err := errors.Join(writeCPIO(&archive, nodes), writeCPIO(&again, nodes)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(archive.Bytes(), again.Bytes()) {
		t.Error("two archives of the same files differ")
	}
	cmd := exec.Command(cpio, "--extract", "--to-stdout", "--quiet", "lib/modules/a.ko", "lib/modules/order", "etc/group")
	cmd.Stdin = &archive
	out, err := cmd.Output()
	if want := "root:x:0:\n12345a\n"; err != nil || string(out) != want {
		t.Errorf("got %q, %v, want %q", out, err, want)
	}
}
