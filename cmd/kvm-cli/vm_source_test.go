package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestOperatingSystemsAreListedByNameAndFoundByWords(t *testing.T) {
	s := newShell(t, "")
	var kept, all, found []virt.OS
	s.run("os", "list", "-o", "json").ok().json(&kept)
	s.run("os", "list", "--all", "-o", "json").ok().json(&all)
	s.run("os", "list", "--search", "windows 11", "-o", "json").ok().json(&found)
	if len(kept) == 0 || len(all) <= len(kept) || len(found) != 1 || found[0].ID != "win11" || !found[0].TPM {
		t.Errorf("%d kept up of %d; found %+v", len(kept), len(all), found)
	}
	if !slices.IsSortedFunc(all, func(a, b virt.OS) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("they are not sorted by name")
	}
	if none := s.run("os", "list", "--search", "nothing of that name", "-o", "json").ok().out; none != "[]\n" {
		t.Errorf("none is %q", none)
	}
	if len(s.files()) != 0 {
		t.Errorf("files were made: %v", s.files())
	}
}

func TestSourcesThatExcludeEachOtherAreRefused(t *testing.T) {
	s := newShell(t, "test:///default")
	for _, args := range [][]string{
		{"--iso", "/x.iso", "--pxe"},
		{"--import", "/x.vmdk", "--try"},
		{"--import", "/x.vmdk", "--no-disk"},
		{"--import", "/x.vmdk", "--disk", "import=/y.vmdk"},
		{"--disk", "import=/x.vmdk,size=1GiB"},
		{"--iso", "no-volume/"},
		{"--iso", ""},
		{"--os", "plan9000x"},
		{"--firmware", "coreboot"},
		{"--tpm", "perhaps"},
		{"--unreadable", "shout"},
		{"--pxe", "--network", "none"},
		{"--xml", "-", "--iso", "/x.iso"},
	} {
		s.in = "<domain type='test'/>"
		s.run(append([]string{"vm", "create", "x", "-o", "json"}, args...)...).fails(virt.KindInvalid)
	}
}

func TestAMachineIsMadeFromADiscAnImageOrTheNetwork(t *testing.T) {
	y := newYard(t)
	for _, program := range []string{"xorriso", "qemu-img"} {
		if _, err := exec.LookPath(program); err != nil && os.Getenv("CI") != "true" {
			t.Skip(err)
		}
	}
	dir, err := os.MkdirTemp(y.daemon.Dir, "media-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, c := range [][]string{
		{"xorriso", "-as", "mkisofs", "-quiet", "-V", "Debian 11.5.0 amd64 n", "-o", "debian.iso", t.TempDir()},
		{"qemu-img", "create", "-q", "-f", "vmdk", "old.vmdk", "3M"},
	} {
		if out, err := exec.Command(c[0], c[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%q: %v: %s", c, err, out)
		}
	}
	made := func(name string, args ...string) virt.VMDetail {
		t.Helper()
		a := y.run(append([]string{"vm", "create", name, "--accel", "tcg", "-o", "json"}, args...)...)
		if a.code != 0 {
			t.Fatalf("%s: %s", name, a.err)
		}
		var d virt.VMDetail
		a.json(&d)
		return d
	}
	if d := made("disc", "--iso", "debian.iso", "--disk", "size=1MiB"); d.OS != "debian11" || d.Disks[1].Path != filepath.Join(dir, "debian.iso") {
		t.Errorf("from a disc: %s with %+v", d.OS, d.Disks)
	}
	if d := made("image", "--import", "old.vmdk", "--os", "win10"); d.OS != "win10" || d.Disks[0].Format != "qcow2" || d.Disks[0].Capacity != 3<<20 || d.Disks[0].Bus != "sata" {
		t.Errorf("from an image: %s with %+v", d.OS, d.Disks)
	}
	if d := made("more", "--disk", "import=./old.vmdk,format=raw", "--disk", "size=1MiB", "--firmware", "uefi", "--tpm", "no"); len(d.Disks) != 2 || d.Disks[0].Format != "raw" || d.Firmware != "uefi" || d.TPM {
		t.Errorf("with two disks: %s %v %+v", d.Firmware, d.TPM, d.Disks)
	}
	if d := made("network", "--pxe", "--no-disk"); len(d.NICs) != 1 {
		t.Errorf("from the network: %+v", d.NICs)
	}
	a := y.run("vm", "create", "silent", "--accel", "tcg", "--pxe", "--no-disk")
	if a.code != 0 || !strings.Contains(a.err, "warning: ") || !strings.Contains(a.err, "nothing to boot") {
		t.Errorf("a network without a boot server exits with %d and says %q", a.code, a.err)
	}
}
