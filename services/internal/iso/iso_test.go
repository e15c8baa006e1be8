package iso

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// xorriso makes an image of a few files with the options of mkisofs. "bios" and
// "uefi" are files to boot from.
func xorriso(t testing.TB, options ...string) string {
	t.Helper()
	program, err := exec.LookPath("xorriso")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir := t.TempDir()
	tree, out := filepath.Join(dir, "tree"), filepath.Join(dir, "out.iso")
	if err := os.Mkdir(tree, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bios", "uefi"} {
		if err := os.WriteFile(filepath.Join(tree, name), bytes.Repeat([]byte{0x90}, 4<<10), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := append([]string{"-as", "mkisofs", "-quiet", "-o", out}, options...)
	if said, err := exec.Command(program, append(args, tree)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return out
}

func read(t testing.TB, path string) (Image, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return Read(f)
}

var (
	biosBoot = []string{"-b", "bios", "-c", "catalog", "-no-emul-boot", "-boot-load-size", "4"}
	uefiBoot = []string{"-e", "uefi", "-no-emul-boot"}
	labels   = []string{"-V", "Debian 12.1.0 amd64 n", "-sysid", "LINUX", "-publisher", "NOBODY IN PARTICULAR", "-A", "A TEST & MORE"}
)

func TestLabelsOfAnImageAreRead(t *testing.T) {
	path := xorriso(t, labels...)
	got, err := read(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if got.Volume != "Debian 12.1.0 amd64 n" || got.System != "LINUX" || got.Publisher != "NOBODY IN PARTICULAR" || got.Application != "A TEST & MORE" {
		t.Errorf("the labels are %+v", got)
	}
	stat, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.Size == 0 || got.Size > uint64(stat.Size()) || got.BootsBIOS || got.BootsUEFI {
		t.Errorf("size %d of a file of %d, boots %v %v", got.Size, stat.Size(), got.BootsBIOS, got.BootsUEFI)
	}
}

func TestWhomAnImageBootsIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		options    []string
		bios, uefi bool
	}{
		"BIOS": {biosBoot, true, false},
		"UEFI": {uefiBoot, false, true},
		"both": {append(append(biosBoot[:len(biosBoot):len(biosBoot)], "-eltorito-alt-boot"), uefiBoot...), true, true},
	} {
		got, err := read(t, xorriso(t, c.options...))
		if err != nil || got.BootsBIOS != c.bios || got.BootsUEFI != c.uefi {
			t.Errorf("%s: boots BIOS %v, UEFI %v, %v", name, got.BootsBIOS, got.BootsUEFI, err)
		}
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	whole, err := os.ReadFile(xorriso(t, biosBoot...))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"nothing": nil, "zeros": make([]byte, 1<<20), "cut before": whole[:first*sector], "cut within": whole[:first*sector+100],
	} {
		if got, err := Read(bytes.NewReader(content)); !errors.Is(err, virt.ErrInvalid) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if got, err := Read(bytes.NewReader(whole[:(first+1)*sector])); err != nil || got.BootsBIOS {
		t.Errorf("an image cut after its labels: %+v, %v", got, err)
	}
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if _, err := Read(dir); !errors.Is(err, virt.ErrInternal) {
		t.Errorf("a directory: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	both := append(append(append(biosBoot[:len(biosBoot):len(biosBoot)], "-eltorito-alt-boot"), uefiBoot...), labels...)
	whole, err := os.ReadFile(xorriso(f, both...))
	if err != nil {
		f.Fatal(err)
	}
	// The descriptors with the catalog right behind them: a seed of few bytes.
	const descriptors = 4
	seed := bytes.Clone(whole[first*sector : (first+descriptors)*sector])
	boot := seed[sector:]
	lba := binary.LittleEndian.Uint32(boot[71:])
	binary.LittleEndian.PutUint32(boot[71:], first+descriptors)
	f.Add(append(seed, whole[lba*sector:(lba+1)*sector]...))
	f.Fuzz(func(t *testing.T, descriptors []byte) {
		image, err := Read(bytes.NewReader(append(make([]byte, first*sector), descriptors...)))
		if err != nil && image != (Image{}) {
			t.Errorf("an error and %+v", image)
		}
		if len(image.Volume) > 32 || len(image.Publisher) > 128 {
			t.Errorf("labels longer than their fields: %+v", image)
		}
	})
}
