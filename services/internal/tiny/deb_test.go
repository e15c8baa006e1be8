package tiny

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// debOf packs files into a Debian package whose files are not compressed.
func debOf(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var data, deb bytes.Buffer
	w := tar.NewWriter(&data)
	for name, text := range files {
		err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(text)), Mode: 0o644, Typeflag: tar.TypeReg})
		if _, writing := w.Write([]byte(text)); errors.Join(err, writing) != nil {
			t.Fatal(err, writing)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	deb.WriteString("!<arch>\n")
	for _, member := range []struct{ name, text string }{{"debian-binary", "2.0\n"}, {"odd", "abc"}, {"data.tar", data.String()}} {
		fmt.Fprintf(&deb, "%-16s%-12d%-6d%-6d%-8o%-10d`\n%s", member.name, 0, 0, 0, 0o644, len(member.text), member.text)
		if len(member.text)%2 == 1 {
			deb.WriteByte('\n')
		}
	}
	return deb.Bytes()
}

func writeDeb(t *testing.T, files map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.deb")
	if err := os.WriteFile(path, debOf(t, files), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestKernelIsUnpackedFromSeveralPackages(t *testing.T) {
	image := writeDeb(t, map[string]string{"./boot/vmlinuz-6.8.0-31-generic": "the kernel"})
	builtin := ""
	for _, name := range drivers.needed {
		builtin += "kernel/x/" + name + ".ko\n"
	}
	modules := writeDeb(t, map[string]string{
		"./usr/lib/modules/6.8.0-31-generic/modules.builtin":                         builtin,
		"./usr/lib/modules/6.8.0-31-generic/kernel/drivers/gpu/drm/virtio-gpu.ko":    "the screen",
		"./usr/lib/modules/6.8.0-31-generic/kernel/sound/core/snd.ko":                "noise",
		"./usr/lib/modules/6.8.0-31-generic/kernel/drivers/net/ethernet/x/e1000e.ko": "the card",
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
	whole := debOf(t, map[string]string{"./boot/vmlinuz-1": "the kernel"})
	for name, damaged := range map[string][]byte{
		"empty": nil, "other file": []byte("GIF89a..."), "cut header": whole[:40], "cut member": whole[:70], "cut files": whole[:len(whole)-1500],
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

func FuzzOpenData(f *testing.F) {
	f.Add(debOf(f, map[string]string{"./a": "b"}))
	f.Add([]byte("!<arch>\ndata.tar/       0           0     0     644     99999999999`\n"))
	f.Fuzz(func(t *testing.T, deb []byte) {
		_, data, size, err := openData(bytes.NewReader(deb))
		if err != nil {
			return
		}
		got, err := io.ReadAll(data)
		if err != nil || int64(len(got)) > size || len(got) > len(deb) {
			t.Errorf("size %d of %d bytes read as %d, %v", size, len(deb), len(got), err)
		}
	})
}

func FuzzParseModinfo(f *testing.F) {
	busybox, err := os.ReadFile("/proc/self/exe")
	if err == nil {
		f.Add(busybox[:min(len(busybox), 4096)])
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
