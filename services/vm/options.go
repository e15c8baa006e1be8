package vm

import (
	"context"
	"slices"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Options are what a host leaves to choose for a new VM, as its capabilities
// say at this moment.
type Options struct {
	Local     bool // the host's files are files of this computer
	Arch      string
	Machine   string   // the type that a VM gets which asks for none
	Machines  []string // all types of the architecture
	KVM       bool     // the host offers KVM
	MaxVCPUs  uint     // 0 where the host does not say
	Firmwares []string // bios, uefi, uefi-secure
	TPM       bool
	// DefaultNetwork is the network that a card is on for which none is chosen; it
	// is made where it is missing. Empty: one of the machine's own process.
	DefaultNetwork string
}

// Options asks the host what a new VM may have (virConnectGetCapabilities,
// virConnectGetDomainCapabilities).
func (s *Service) Options(ctx context.Context, id virt.HostID) (Options, error) {
	return host.Read(ctx, s.hosts, virt.VMXML, id, func(c *hypervisor.Conn) (Options, error) {
		caps, err := c.Capabilities()
		if err != nil {
			return Options{}, err
		}
		choice, err := domainxml.Choose(caps, "", "")
		if err != nil {
			return Options{}, err
		}
		o := Options{Local: c.Local(), Arch: choice.Arch, Machine: choice.Machine, KVM: choice.KVM}
		if o.DefaultNetwork, err = (&builder{conn: c}).usualNetwork(); err != nil {
			return o, err
		}
		for _, guest := range caps.Guests {
			if guest.OSType != "hvm" || guest.Arch.Name != choice.Arch {
				continue
			}
			for _, m := range guest.Arch.Machines {
				o.Machines = append(o.Machines, m.Name)
			}
		}
		slices.Sort(o.Machines)
		o.Machines = slices.Compact(o.Machines)
		virtType := "qemu"
		if choice.KVM {
			virtType = "kvm"
		}
		domain, err := c.DomainCapabilities(choice.Emulator, choice.Arch, choice.Machine, virtType)
		if err != nil {
			return o, err
		}
		offer := domainxml.Offered(domain)
		o.MaxVCPUs, o.Firmwares, o.TPM = offer.MaxVCPUs, offer.Firmwares, offer.TPM
		return o, nil
	})
}
