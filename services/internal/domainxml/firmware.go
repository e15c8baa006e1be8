package domainxml

import (
	"cmp"
	"slices"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

const bios = "bios"

// chooseFirmware settles what the machine boots from: what the spec says, else
// what the OS needs, else BIOS where there is one.
func (b *builder) chooseFirmware() error {
	b.firmware = b.spec.Firmware
	if b.firmware == "" && b.x86() {
		b.firmware = cmp.Or(string(b.env.OS.Firmware), bios)
	}
	switch b.firmware {
	case bios:
		if b.x86() {
			return nil
		}
		return virt.Errorf(virt.KindUnsupported, "a machine of architecture %s has no BIOS", b.env.Arch).WithHint("Choose UEFI.")
	case "":
		if b.offersUEFI() {
			b.firmware = string(virt.FirmwareUEFI)
		}
		return nil
	case string(virt.FirmwareUEFI):
		if b.offersUEFI() {
			return nil
		}
	case string(virt.FirmwareSecureBoot):
		if b.offersUEFI() && slices.Contains(b.loaderSecure(), "yes") {
			return nil
		}
	default:
		return virt.Errorf(virt.KindInvalid, "there is no firmware %q", b.firmware).WithHint("Choose bios, uefi or uefi-secure.")
	}
	return virt.Errorf(virt.KindUnsupported, "this host has no firmware %s for machines of type %s", b.firmware, b.env.Machine).
		WithHint("Install the UEFI firmware on the host (package ovmf or edk2-ovmf), or choose another firmware or the machine type q35.")
}

func (b *builder) offersUEFI() bool {
	return b.env.Caps.OS != nil && slices.Contains(enum(b.env.Caps.OS.Enums, "firmware"), "efi")
}

func (b *builder) loaderSecure() []string {
	if l := b.env.Caps.OS.Loader; l != nil && l.Supported == "yes" {
		return enum(l.Enums, "secure")
	}
	return nil
}

func (b *builder) uefi() bool { return b.firmware != bios && b.firmware != "" }

func (b *builder) secureBoot() bool { return b.firmware == string(virt.FirmwareSecureBoot) }

// firmwareInfo has libvirt pick the file by what it shall do. Only x86 has files
// with and without Secure Boot.
func (b *builder) firmwareInfo() *libvirtxml.DomainOSFirmwareInfo {
	if !b.uefi() || !b.x86() {
		return nil
	}
	word := "no"
	if b.secureBoot() {
		word = "yes"
	}
	return &libvirtxml.DomainOSFirmwareInfo{Features: []libvirtxml.DomainOSFirmwareFeature{
		{Enabled: word, Name: "enrolled-keys"}, {Enabled: word, Name: "secure-boot"},
	}}
}

// tpms returns the TPM: when the spec wants one or the OS needs it and, where
// the host can play it, along with UEFI.
func (b *builder) tpms(caps *libvirtxml.DomainCapsDevices) ([]libvirtxml.DomainTPM, error) {
	must := b.spec.TPM == "yes" || b.spec.TPM == "" && b.env.OS.TPM
	if b.spec.TPM == "no" || !must && !b.uefi() {
		return nil, nil
	}
	model := best(offers(caps.TPM, "model"), "tpm-crb", "tpm-tis", "tpm-spapr")
	if model == "" || best(offers(caps.TPM, "backendModel"), "emulator") == "" {
		if !must {
			return nil, nil
		}
		return nil, virt.Errorf(virt.KindUnsupported, "this host cannot give a machine a TPM").
			WithHint("Install swtpm and swtpm-tools on the host, or make the machine without a TPM.")
	}
	emulator := &libvirtxml.DomainTPMBackendEmulator{Version: best(offers(caps.TPM, "backendVersion"), "2.0")}
	return []libvirtxml.DomainTPM{{Model: model, Backend: &libvirtxml.DomainTPMBackend{Emulator: emulator}}}, nil
}
