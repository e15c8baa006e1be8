package domainxml

import (
	"errors"
	"testing"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/osinfo"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

func findOS(t *testing.T, id string) virt.OS {
	t.Helper()
	o, err := osinfo.Find(id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// osCases install one system of each family from an ISO on an empty disk, and
// show the other ways to a system.
func osCases(t *testing.T) []buildCase {
	blank := Disk{Path: "/images/new.qcow2", Format: "qcow2", Blank: true}
	used := Disk{Path: "/images/old.raw"}
	disc := Disk{Path: "/isos/install.iso", Device: "cdrom"}
	network := NetworkChoice{Type: "network", Name: "default"}
	install := func(caps, virtType, id string, spec virt.VMSpec) buildCase {
		c := buildCase{name: "os-" + id, caps: caps, spec: spec, env: Environment{VirtType: virtType, Disks: []Disk{blank, disc}, Network: network}}
		if id != "unknown" {
			c.env.OS = findOS(t, id)
			c.spec.OS = id
		}
		c.spec.Name, c.spec.UUID, c.spec.ISO = id, testUUID, disc.Path
		return c
	}
	const q35kvm, q35qemu, pcqemu = "caps-q35-kvm.xml", "caps-q35-qemu.xml", "caps-pc-qemu.xml"
	cases := []buildCase{
		install(q35kvm, "kvm", "debian11", virt.VMSpec{}),
		install(q35kvm, "kvm", "fedora37", virt.VMSpec{Firmware: "uefi"}),
		install(q35kvm, "kvm", "win7", virt.VMSpec{}),
		install(q35kvm, "kvm", "win10", virt.VMSpec{}),
		install(q35kvm, "kvm", "win11", virt.VMSpec{VCPUs: 4, Memory: 8 << 30}),
		install(pcqemu, "qemu", "freebsd13.1", virt.VMSpec{}),
		install(pcqemu, "qemu", "winxp", virt.VMSpec{}),
		install(q35qemu, "qemu", "unknown", virt.VMSpec{}),
	}
	slow := install(q35qemu, "qemu", "win11", virt.VMSpec{})
	slow.name = "os-win11-tcg"
	again := install(q35qemu, "qemu", "debian11", virt.VMSpec{BootMenu: true})
	again.name, again.env.Disks = "os-reinstall", []Disk{used, disc}
	pxe := buildCase{
		name: "pxe", caps: q35qemu, spec: virt.VMSpec{Name: "pxe", UUID: testUUID, PXE: true},
		env: Environment{VirtType: "qemu", Disks: []Disk{blank}, Network: network},
	}
	imported := buildCase{
		name: "import", caps: q35qemu, spec: virt.VMSpec{Name: "import", UUID: testUUID, Import: "/downloads/web.vmdk", Firmware: "uefi-secure", TPM: "no"},
		env: Environment{VirtType: "qemu", Disks: []Disk{{Path: "/images/import.qcow2", Format: "qcow2"}}, Network: network},
	}
	return append(cases, slow, again, pxe, imported)
}

// fullHyperV makes the capabilities those of a host whose KVM works; the golden
// ones are of a host where it does not.
func fullHyperV(caps *libvirtxml.DomainCaps) {
	if caps.Domain == "kvm" {
		caps.Features.HyperV.Enums[0].Values = []string{
			"relaxed", "vapic", "spinlocks", "vpindex", "runtime", "synic", "stimer", "reset", "vendor_id", "frequencies", "reenlightenment", "tlbflush", "ipi",
		}
	}
}

func build(t *testing.T, spec virt.VMSpec, env Environment) *libvirtxml.Domain {
	t.Helper()
	text, err := Build(spec, env)
	if err != nil {
		t.Fatal(err)
	}
	var d libvirtxml.Domain
	if err := d.Unmarshal(text); err != nil {
		t.Fatal(err)
	}
	return &d
}

func TestOlderHostsGiveWindowsTheEnlightenmentsThatAllHave(t *testing.T) {
	caps := readCaps(t, "caps-q35-kvm.xml")
	caps.Features.HyperV = nil // libvirt before 8.10
	h := build(t, virt.VMSpec{Name: "w"}, Environment{Caps: caps, OS: findOS(t, "win10")}).Features.HyperV
	if h == nil || h.Relaxed == nil || h.VAPIC == nil || h.Spinlocks == nil || h.VPIndex != nil || h.STimer != nil {
		t.Errorf("got %+v", h)
	}
}

func TestInstallationMediaComeFirstOnlyWhereADiskMayHoldSomething(t *testing.T) {
	blank, used, disc := Disk{Path: "/new", Blank: true}, Disk{Path: "/old"}, Disk{Path: "/iso", Device: "cdrom"}
	for what, c := range map[string]struct {
		spec  virt.VMSpec
		disks []Disk
		want  []uint // of the disks, then of the card
	}{
		"ISO, empty disk":     {virt.VMSpec{ISO: "/iso"}, []Disk{blank, disc}, []uint{1, 2, 3}},
		"ISO, used disk":      {virt.VMSpec{ISO: "/iso"}, []Disk{used, disc}, []uint{2, 1, 3}},
		"ISO, one disk used":  {virt.VMSpec{ISO: "/iso"}, []Disk{blank, used, disc}, []uint{2, 3, 1, 4}},
		"ISO, no disk":        {virt.VMSpec{ISO: "/iso"}, []Disk{disc}, []uint{1, 2}},
		"network, empty disk": {virt.VMSpec{PXE: true}, []Disk{blank}, []uint{1, 2}},
		"network, used disk":  {virt.VMSpec{PXE: true}, []Disk{used}, []uint{2, 1}},
		"used disk alone":     {virt.VMSpec{}, []Disk{used}, []uint{1, 2}},
	} {
		c.spec.Name = "x"
		d := build(t, c.spec, Environment{Caps: readCaps(t, "caps-q35-qemu.xml"), Disks: c.disks, Network: NetworkChoice{Type: "user"}})
		var got []uint
		for _, disk := range d.Devices.Disks {
			got = append(got, disk.Boot.Order)
		}
		got = append(got, d.Devices.Interfaces[0].Boot.Order)
		for i := range c.want {
			if len(got) != len(c.want) || got[i] != c.want[i] {
				t.Errorf("%s: got the order %v, want %v", what, got, c.want)
				break
			}
		}
	}
}

func TestFirmwareAndTPMThatTheHostLacksAreRefused(t *testing.T) {
	noUEFI := func(e *Environment) { e.Caps.OS.Enums = nil }
	notSecure := func(e *Environment) { e.Caps.OS.Loader.Enums = nil }
	noTPM := func(e *Environment) { e.Caps.Devices.TPM = nil }
	nothing := func(*Environment) {}
	for what, c := range map[string]struct {
		spec   virt.VMSpec
		os     string
		change func(*Environment)
		want   error
	}{
		"UEFI":               {virt.VMSpec{Firmware: "uefi"}, "", noUEFI, virt.ErrUnsupported},
		"Secure Boot":        {virt.VMSpec{Firmware: "uefi-secure"}, "", notSecure, virt.ErrUnsupported},
		"Windows 11, no TPM": {virt.VMSpec{}, "win11", noTPM, virt.ErrUnsupported},
		"Windows 11, no SB":  {virt.VMSpec{}, "win11", notSecure, virt.ErrUnsupported},
		"a TPM":              {virt.VMSpec{TPM: "yes"}, "", noTPM, virt.ErrUnsupported},
		"nonsense":           {virt.VMSpec{Firmware: "openfirmware"}, "", nothing, virt.ErrInvalid},
		"PXE, no card":       {virt.VMSpec{PXE: true}, "", nothing, virt.ErrInvalid},
		"UEFI alone":         {virt.VMSpec{Firmware: "uefi"}, "", noTPM, nil},
		"Windows 11 by will": {virt.VMSpec{Firmware: "uefi", TPM: "no"}, "win11", noTPM, nil},
	} {
		c.spec.Name = "x"
		env := Environment{Caps: readCaps(t, "caps-q35-qemu.xml")}
		if c.os != "" {
			env.OS = findOS(t, c.os)
		}
		c.change(&env)
		if _, err := Build(c.spec, env); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", what, err, c.want)
		}
	}
}

func TestOtherProcessorsBootByUEFIWithoutBeingAsked(t *testing.T) {
	caps := readCaps(t, "caps-q35-qemu.xml")
	d := build(t, virt.VMSpec{Name: "arm"}, Environment{Caps: caps, Arch: "aarch64", Machine: "virt"})
	if d.OS.Firmware != "efi" || d.OS.FirmwareInfo != nil {
		t.Errorf("got firmware %q %+v", d.OS.Firmware, d.OS.FirmwareInfo)
	}
	if _, err := Build(virt.VMSpec{Name: "arm", Firmware: "bios"}, Environment{Caps: caps, Arch: "aarch64"}); !errors.Is(err, virt.ErrUnsupported) {
		t.Errorf("BIOS on ARM: %v", err)
	}
}

func TestTheOSIsReadBackByTheIdThatItWasGiven(t *testing.T) {
	sle := findOS(t, "sles12sp5") // its long id ends in sles/12.5
	env := Environment{Caps: readCaps(t, "caps-q35-qemu.xml"), OS: sle}
	text, err := Build(virt.VMSpec{Name: "s", OS: sle.ID}, env)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(text)
	if err != nil || f.OS != sle.ID {
		t.Errorf("got %q, %v", f.OS, err)
	}
	other := Metadata{OS: sle.ID, OSURI: sle.URI}
	inner, err := other.XML()
	if err != nil {
		t.Fatal(err)
	}
	changed := `<l:libosinfo xmlns:l="` + osinfoNamespace + `"><l:os id="http://debian.org/debian/11"/></l:libosinfo>`
	if got := ParseMetadata(inner + changed); got.OS != "debian11" {
		t.Errorf("another program's change: got %q", got.OS)
	}
}
