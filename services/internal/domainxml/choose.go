package domainxml

import (
	"slices"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A Choice is an emulator and a machine type that a host offers.
type Choice struct {
	Arch     string
	Emulator string
	Machine  string
	KVM      bool // the host offers KVM for it; whether guests run under it is another question
}

// Choose picks the emulator for an architecture (empty: the host's own) and a
// machine type (empty: q35 or virt where the list has it, else the first) from a
// host's capabilities (virConnectGetCapabilities). What the host does not have
// is virt.ErrUnsupported.
func Choose(caps *libvirtxml.Caps, arch, machine string) (Choice, error) {
	if arch == "" && caps.Host.CPU != nil {
		arch = caps.Host.CPU.Arch
	}
	for _, guest := range caps.Guests {
		if guest.OSType != "hvm" || guest.Arch.Name != arch {
			continue
		}
		name, ok := chooseMachine(guest.Arch.Machines, machine)
		if !ok {
			return Choice{}, virt.Errorf(virt.KindUnsupported, "this host has no machine type %q for %s", machine, arch).
				WithHint("Leave the machine type out, or choose one that the host lists.")
		}
		return Choice{Arch: arch, Emulator: guest.Arch.Emulator, Machine: name, KVM: offersKVM(guest.Arch.Domains)}, nil
	}
	return Choice{}, virt.Errorf(virt.KindUnsupported, "this host has no emulator for %s", arch).
		WithHint("Install QEMU for this architecture on the host.")
}

func chooseMachine(machines []libvirtxml.CapsGuestMachine, want string) (string, bool) {
	var names []string
	for _, m := range machines {
		names = append(names, m.Name)
	}
	if want != "" {
		return want, slices.Contains(names, want)
	}
	if name := best(names, "q35", "virt"); name != "" {
		return name, true
	}
	if len(names) == 0 {
		return "", false
	}
	return names[0], true
}

func offersKVM(domains []libvirtxml.CapsGuestDomain) bool {
	return slices.ContainsFunc(domains, func(d libvirtxml.CapsGuestDomain) bool { return d.Type == "kvm" })
}
