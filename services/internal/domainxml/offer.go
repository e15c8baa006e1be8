package domainxml

import (
	"slices"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// An Offer is what a host leaves to choose for a new VM.
type Offer struct {
	MaxVCPUs  uint     // 0 where the host does not say
	Firmwares []string // bios, uefi, uefi-secure: those that Build accepts
	TPM       bool
}

// Offered reads the choices from a host's capabilities for one machine type.
func Offered(caps *libvirtxml.DomainCaps) Offer {
	b := builder{env: Environment{Caps: caps, Arch: caps.Arch}}
	var o Offer
	if caps.VCPU != nil {
		o.MaxVCPUs = caps.VCPU.Max
	}
	if b.x86() {
		o.Firmwares = append(o.Firmwares, bios)
	}
	if b.offersUEFI() {
		o.Firmwares = append(o.Firmwares, string(virt.FirmwareUEFI))
		if slices.Contains(b.loaderSecure(), "yes") {
			o.Firmwares = append(o.Firmwares, string(virt.FirmwareSecureBoot))
		}
	}
	if caps.Devices != nil {
		tpm := caps.Devices.TPM
		o.TPM = best(offers(tpm, "model"), "tpm-crb", "tpm-tis", "tpm-spapr") != "" && best(offers(tpm, "backendModel"), "emulator") != ""
	}
	return o
}
