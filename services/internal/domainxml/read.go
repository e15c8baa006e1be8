package domainxml

import (
	"cmp"
	"math"
	"path"
	"strings"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Read takes the facts out of a domain document. What it does not know it passes
// over; only a text that is no domain document at all is virt.ErrInvalid.
func Read(document string) (Facts, error) {
	var d libvirtxml.Domain
	if err := d.Unmarshal(document); err != nil {
		return Facts{}, virt.Errorf(virt.KindInvalid, "read the machine's XML: %w", err)
	}
	f := Facts{
		Name: d.Name, UUID: d.UUID, Title: d.Title,
		Accel: accel(d.Type), Firmware: firmware(d.OS), CPUModel: cpuModel(d.CPU),
	}
	if d.Metadata != nil {
		m := ParseMetadata(d.Metadata.XML)
		f.Tags, f.Try, f.OS = m.Tags, m.Try, m.OS
	}
	if f.Tags == nil {
		f.Tags = []string{}
	}
	f.readOS(d.OS)
	f.readSizes(&d)
	f.readDevices(cmp.Or(d.Devices, &libvirtxml.DomainDeviceList{}))
	return f, nil
}

func accel(domainType string) string {
	if domainType == "qemu" {
		return "tcg"
	}
	return domainType
}

// firmware tells by what the document asks for (firmware='efi') and by what
// libvirt chose (the loader).
func firmware(os *libvirtxml.DomainOS) string {
	if os == nil {
		return "bios"
	}
	loader := cmp.Or(os.Loader, &libvirtxml.DomainLoader{})
	uefi := os.Firmware == "efi" || os.Firmware == "" && (loader.Type == "pflash" || isUEFIFile(loader.Path))
	switch {
	case !uefi:
		return "bios"
	case loader.Secure == "yes", wantsSecureBoot(os.FirmwareInfo):
		return "uefi-secure"
	default:
		return "uefi"
	}
}

// isUEFIFile knows the firmware files of the distributions by their names; old
// documents give no type.
func isUEFIFile(loader string) bool {
	name := strings.ToUpper(path.Base(strings.TrimSpace(loader)))
	for _, part := range []string{"OVMF", "AAVMF", "EDK2", "QEMU_EFI", "UEFI"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

func wantsSecureBoot(info *libvirtxml.DomainOSFirmwareInfo) bool {
	if info == nil {
		return false
	}
	for _, f := range info.Features {
		if f.Name == "secure-boot" && f.Enabled == "yes" {
			return true
		}
	}
	return false
}

func cpuModel(cpu *libvirtxml.DomainCPU) string {
	switch {
	case cpu == nil:
		return ""
	case cpu.Model != nil && cpu.Model.Value != "":
		return strings.TrimSpace(cpu.Model.Value)
	default:
		return cpu.Mode
	}
}

func (f *Facts) readOS(os *libvirtxml.DomainOS) {
	if os == nil {
		return
	}
	f.Kernel, f.Initrd, f.Cmdline = os.Kernel, os.Initrd, os.Cmdline
	if os.Type != nil {
		f.Arch, f.Machine = os.Type.Arch, os.Type.Machine
	}
}

func (f *Facts) readSizes(d *libvirtxml.Domain) {
	if m := d.Memory; m != nil {
		f.Memory = bytesOf(m.Value, m.Unit)
	}
	f.MemoryCurrent = f.Memory
	if m := d.CurrentMemory; m != nil {
		f.MemoryCurrent = bytesOf(m.Value, m.Unit)
	}
	f.VCPUs, f.VCPUsMax = 1, 1
	if v := d.VCPU; v != nil {
		f.VCPUsMax = max(1, v.Value)
		f.VCPUs = cmp.Or(v.Current, f.VCPUsMax)
	}
}

// scale has the factors of libvirt's memory units (virScaleInteger), in which a
// document without unit counts KiB.
var scale = map[string]uint64{
	"": 1 << 10, "b": 1, "byte": 1, "bytes": 1,
	"k": 1 << 10, "kib": 1 << 10, "m": 1 << 20, "mib": 1 << 20, "g": 1 << 30, "gib": 1 << 30,
	"t": 1 << 40, "tib": 1 << 40, "p": 1 << 50, "pib": 1 << 50, "e": 1 << 60, "eib": 1 << 60,
	"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15, "eb": 1e18,
}

// bytesOf returns a memory size in bytes, of sizes beyond all measure the
// largest number.
func bytesOf(value uint, unit string) uint64 {
	factor, known := scale[strings.ToLower(strings.TrimSpace(unit))]
	if !known {
		factor = scale[""]
	}
	if uint64(value) > math.MaxUint64/factor {
		return math.MaxUint64
	}
	return uint64(value) * factor
}
