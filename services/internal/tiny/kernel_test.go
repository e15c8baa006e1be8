package tiny

import (
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestVersionsAreOrderedByTheirNumbers(t *testing.T) {
	sorted := []string{"5.10.0-9-amd64", "5.10.0-28-amd64", "6.1.0-9-amd64", "6.1.0-56-amd64", "6.8.0-31-generic", "6.12.9"}
	shuffled := []string{sorted[3], sorted[0], sorted[5], sorted[1], sorted[4], sorted[2]}
	slices.SortFunc(shuffled, compareVersions)
	if !slices.Equal(shuffled, sorted) {
		t.Errorf("got %v, want %v", shuffled, sorted)
	}
}

func TestModuleNamesComeFromPaths(t *testing.T) {
	for path, want := range map[string]string{
		"kernel/drivers/gpu/drm/virtio/virtio-gpu.ko": "virtio_gpu",
		"kernel/drivers/hid/hid-generic.ko.xz":        "hid_generic",
		"kernel/drivers/char/virtio_console.ko.zst":   "virtio_console",
		"kernel/net/core/failover.ko.gz":              "failover",
		"modules.dep":                                 "",
		"kernel/drivers":                              "",
	} {
		if got := moduleName(path); got != want {
			t.Errorf("moduleName(%q): got %q, want %q", path, got, want)
		}
	}
}

func TestSoftDependenciesBeforeAModuleAreKept(t *testing.T) {
	got := softBefore("pre: crc32c libcrc32c-x post: later pre: last")
	if want := []string{"crc32c", "libcrc32c_x", "last"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestModulesAreReadInEveryCompression(t *testing.T) {
	const content = "the bytes of a module"
	write := map[string]func(f *os.File) error{
		".ko": func(f *os.File) error { _, err := f.WriteString(content); return err },
		".ko.gz": func(f *os.File) error {
			z := gzip.NewWriter(f)
			_, err := z.Write([]byte(content))
			return errors.Join(err, z.Close())
		},
		".ko.xz":  writeXZ(content),
		".ko.zst": writeZstd(content),
	}
	dir := t.TempDir()
	k := newKernel("1")
	k.read = func(path string) ([]byte, error) { return readFile(path, maxModuleBytes) }
	for suffix, w := range write {
		path := filepath.Join(dir, "m"+suffix)
		f, err := os.Create(path)
		if err := errors.Join(err, w(f), f.Close()); err != nil {
			t.Fatal(err)
		}
		got, err := readModule(k, path)
		if err != nil || string(got) != content {
			t.Errorf("%s: got %q, %v", suffix, got, err)
		}
	}
}

func writeXZ(content string) func(*os.File) error {
	return func(f *os.File) error {
		z, err := xz.NewWriter(f)
		if err != nil {
			return err
		}
		_, err = z.Write([]byte(content))
		return errors.Join(err, z.Close())
	}
}

func writeZstd(content string) func(*os.File) error {
	return func(f *os.File) error {
		z, err := zstd.NewWriter(f)
		if err != nil {
			return err
		}
		_, err = z.Write([]byte(content))
		return errors.Join(err, z.Close())
	}
}

// layKernel writes a kernel's files below root as a distribution installs them.
func layKernel(t *testing.T, root, version string, modules, builtin []string) {
	t.Helper()
	dir := filepath.Join(root, "lib/modules", version)
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "kernel"), 0o755), os.MkdirAll(filepath.Join(root, "boot"), 0o755)); err != nil {
		t.Fatal(err)
	}
	var list string
	for _, b := range builtin {
		list += "kernel/" + b + ".ko\n"
	}
	files := map[string]string{
		filepath.Join(dir, "modules.builtin"):           list,
		filepath.Join(root, "boot", "vmlinuz-"+version): "image of " + version,
	}
	for _, m := range modules {
		files[filepath.Join(dir, "kernel", m+".ko")] = "module"
	}
	for path, text := range files {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestInstalledKernelsAreTakenWhenTheyHaveEveryDriver(t *testing.T) {
	root := t.TempDir()
	layKernel(t, root, "6.1.0-9-amd64", []string{"virtio-gpu", "bochs"}, drivers.needed)
	layKernel(t, root, "6.1.0-10-cloud-amd64", nil, drivers.needed)                  // no screen
	layKernel(t, root, "6.1.0-11-amd64", []string{"virtio-gpu"}, drivers.needed[1:]) // no bus

	var versions, usable []string
	for _, k := range installedKernels(root) {
		versions = append(versions, k.version)
		if opened, err := k.open(); err == nil {
			usable = append(usable, string(opened.image))
		} else if !errors.Is(err, virt.ErrUnsupported) {
			t.Errorf("%s: got %v, want %v", k.version, err, virt.ErrUnsupported)
		}
	}

	if want := []string{"6.1.0-11-amd64", "6.1.0-10-cloud-amd64", "6.1.0-9-amd64"}; !slices.Equal(versions, want) {
		t.Errorf("found %v, want %v", versions, want)
	}
	if want := []string{"image of 6.1.0-9-amd64"}; !slices.Equal(usable, want) {
		t.Errorf("usable %v, want %v", usable, want)
	}
}

func TestCmdlineNamesTheMachineSafely(t *testing.T) {
	for name, want := range map[string]string{
		"web-1": "web-1", "My VM": "my-vm", "a init=/bin/sh": "a-init--bin-sh", "": "tiny", "---": "tiny", "Größe": "gr--e",
	} {
		if got := hostname(name); got != want {
			t.Errorf("hostname(%q): got %q, want %q", name, got, want)
		}
	}
}

func TestCancelledBuildLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	stage := func(name string) {
		if name != StageFind {
			cancel()
		}
	}
	_, err := Build(ctx, Options{CacheDir: dir, Stage: stage})
	if virt.KindOf(err) != virt.KindCancelled {
		t.Fatalf("got %v, want %v", err, virt.KindCancelled)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "tiny"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "lock" {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}
