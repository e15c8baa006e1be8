package vm

import (
	"errors"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestWithDefaultsFillsInWhatIsLeftOpen(t *testing.T) {
	spec, err := withDefaults(virt.VMSpec{Name: "web"}, usual())
	if err != nil {
		t.Fatal(err)
	}
	if spec.Memory != 1<<30 || spec.VCPUs != 1 || spec.Accel != "auto" || len(spec.Disks) != 1 || spec.Disks[0].Size != 20<<30 {
		t.Errorf("defaults are %+v", spec)
	}
	if spec, err = withDefaults(virt.VMSpec{Name: "web", NoDisk: true}, usual()); err != nil || len(spec.Disks) != 0 {
		t.Errorf("no disk became %+v, %v", spec.Disks, err)
	}
}

func TestWithDefaultsFollowsTheOSAndWritesAnImportAsADisk(t *testing.T) {
	spec, err := withDefaults(virt.VMSpec{Name: "web", OS: "debianbullseye"}, usual())
	if err != nil || spec.OS != "debian11" || spec.Memory != 1<<30 || spec.Disks[0].Size != 20<<30 {
		t.Errorf("got %+v, %v", spec, err)
	}
	if spec, err = withDefaults(virt.VMSpec{Name: "web", OS: "win11", VCPUs: 3}, usual()); err != nil || spec.Memory != 8<<30 || spec.VCPUs != 3 {
		t.Errorf("got %+v, %v", spec, err)
	}
	spec, err = withDefaults(virt.VMSpec{Name: "web", OS: "win11", Import: "/x.vmdk", Disks: []virt.DiskSpec{{Size: 1}}}, usual())
	if err != nil || spec.Import != "" || len(spec.Disks) != 2 || spec.Disks[0].Import != "/x.vmdk" {
		t.Errorf("got %+v, %v", spec, err)
	}
}

func TestWithDefaultsRefusesContradictions(t *testing.T) {
	for what, spec := range map[string]virt.VMSpec{
		"no name":             {},
		"little memory":       {Name: "a", Memory: 1000},
		"many processors":     {Name: "a", VCPUs: 5000},
		"a bad MAC":           {Name: "a", MAC: "52:54:00:12:34"},
		"a multicast MAC":     {Name: "a", MAC: "53:54:00:12:34:56"},
		"a bad UUID":          {Name: "a", UUID: "1234"},
		"a bad accelerator":   {Name: "a", Accel: "hvf"},
		"disks and none":      {Name: "a", NoDisk: true, Disks: []virt.DiskSpec{{Size: 1}}},
		"a disk of nothing":   {Name: "a", Disks: []virt.DiskSpec{{}}},
		"a disk of two kinds": {Name: "a", Disks: []virt.DiskSpec{{Size: 1, Path: "/x"}}},
		"try and kernel":      {Name: "a", Try: true, Kernel: "/vmlinuz"},
		"initrd alone":        {Name: "a", Initrd: "/initrd"},
		"cmdline alone":       {Name: "a", Cmdline: "quiet"},
		"ISO and import":      {Name: "a", ISO: "/x.iso", Import: "/x.vmdk"},
		"ISO and network":     {Name: "a", ISO: "/x.iso", PXE: true},
		"try and ISO":         {Name: "a", Try: true, ISO: "/x.iso"},
		"PXE without a card":  {Name: "a", PXE: true, Network: "none"},
		"image and no disk":   {Name: "a", Import: "/x.vmdk", NoDisk: true},
		"a bad firmware":      {Name: "a", Firmware: "coreboot"},
		"a bad TPM":           {Name: "a", TPM: "1.2"},
		"an unknown OS":       {Name: "a", OS: "plan9000x"},
		"an import of a size": {Name: "a", Disks: []virt.DiskSpec{{Import: "/x.vmdk", Size: 1}}},
	} {
		if _, err := withDefaults(spec, usual()); !errors.Is(err, virt.ErrInvalid) {
			t.Errorf("%s: %v, want %v", what, err, virt.ErrInvalid)
		}
	}
}

func TestAdoptedGivesADocumentItsNameAndKeepsTheRest(t *testing.T) {
	xml := `<domain type="test" xmlns:x="urn:x"><name>old</name><memory unit="KiB">1</memory><x:own a="1"/></domain>`
	spec, err := adopted(virt.VMSpec{Name: "new", XML: xml})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<name>new</name>", "<uuid>" + spec.UUID + "</uuid>", `<x:own a="1"/>`, `xmlns:x="urn:x"`} {
		if !strings.Contains(spec.XML, want) {
			t.Errorf("%s is missing in %s", want, spec.XML)
		}
	}
	for _, bad := range []string{"", "<domain>", "<network/>", "<domain><uuid>1</uuid></domain>"} {
		if _, err := adopted(virt.VMSpec{Name: "new", XML: bad}); !errors.Is(err, virt.ErrInvalid) {
			t.Errorf("adopted(%q): %v", bad, err)
		}
	}
}

func TestNumberedPutsTheNumberBeforeTheExtension(t *testing.T) {
	for n, want := range []string{"web.qcow2", "web-1.qcow2", "web-2.qcow2"} {
		if got := numbered("web.qcow2", n); got != want {
			t.Errorf("numbered(%d) = %q, want %q", n, got, want)
		}
	}
}
