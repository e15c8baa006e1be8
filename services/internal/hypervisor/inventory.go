package hypervisor

import (
	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Inventory returns all VMs of the host with state, persistence, autostart and
// saved image.
//
// It takes three RPCs, and a fourth when a VM is active, whatever their number,
// and never talks to a VM's QEMU: a machine that hangs cannot delay the list.
// What would break either stays zero for the caller to read from the XML once a
// VM: Title, Tags, VCPUs, VCPUsMax, Memory, MemoryCurrent.
func (c *Conn) Inventory() ([]virt.VM, error) {
	records, err := c.bulk(libvirt.DOMAIN_STATS_STATE, 0)
	if err != nil {
		return nil, err
	}
	autostart, err := c.idsOf(libvirt.CONNECT_LIST_DOMAINS_AUTOSTART)
	if err != nil {
		return nil, err
	}
	saved, err := c.idsOf(libvirt.CONNECT_LIST_DOMAINS_MANAGEDSAVE)
	if err != nil {
		return nil, err
	}
	vms := make([]virt.VM, len(records))
	active := false
	for i, r := range records {
		state := stateOf(libvirt.DomainState(r.state), saved[r.id])
		active = active || state.Active()
		vms[i] = virt.VM{
			ID: r.id, Name: r.name, Host: c.host, State: state,
			Persistent: true, Autostart: autostart[r.id], Saved: saved[r.id],
		}
	}
	if !active {
		return vms, nil // what is off is there only because it is defined
	}
	transient, err := c.idsOf(libvirt.CONNECT_LIST_DOMAINS_TRANSIENT)
	for i := range vms {
		vms[i].Persistent = !transient[vms[i].ID]
	}
	return vms, err
}

// idsOf returns the UUIDs of the domains that pass a filter (virConnectListAllDomains).
func (c *Conn) idsOf(filter libvirt.ConnectListAllDomainsFlags) (map[string]bool, error) {
	domains, err := value(c, "virConnectListAllDomains", func() ([]libvirt.Domain, error) { return c.conn.ListAllDomains(filter) })
	if err != nil {
		return nil, err
	}
	ids := make(map[string]bool, len(domains))
	for i := range domains {
		ids[vmRef(&domains[i]).ID] = true
		_ = domains[i].Free()
	}
	return ids, nil
}

// stateOf is libvirt's state in our words; a machine that is off with a memory
// image is saved.
func stateOf(state libvirt.DomainState, saved bool) virt.VMState {
	switch state {
	case libvirt.DOMAIN_RUNNING, libvirt.DOMAIN_BLOCKED:
		return virt.StateRunning
	case libvirt.DOMAIN_PAUSED:
		return virt.StatePaused
	case libvirt.DOMAIN_SHUTDOWN:
		return virt.StateShuttingDown
	case libvirt.DOMAIN_CRASHED:
		return virt.StateCrashed
	case libvirt.DOMAIN_PMSUSPENDED:
		return virt.StateSuspended
	case libvirt.DOMAIN_SHUTOFF:
		if saved {
			return virt.StateSaved
		}
		return virt.StateShutoff
	default:
		return virt.StateUnknown
	}
}

// VMState returns one VM complete but for title and tags, in some five RPCs.
func (c *Conn) VMState(id string) (virt.VM, error) {
	var vm virt.VM
	err := c.withDomain("virDomainGetInfo", id, func(d *libvirt.Domain) error {
		ref := vmRef(d)
		info, err := d.GetInfo()
		if err != nil {
			return err
		}
		vm = virt.VM{
			ID: ref.ID, Name: ref.Name, Host: c.host, VCPUs: info.NrVirtCpu, VCPUsMax: info.NrVirtCpu,
			Memory: info.MaxMem << 10, MemoryCurrent: info.Memory << 10,
		}
		if vm.Persistent, err = d.IsPersistent(); err != nil {
			return err
		}
		if err := persistentFacts(d, &vm); err != nil {
			return err
		}
		vm.State = stateOf(info.State, vm.Saved)
		if most, err := d.GetVcpusFlags(libvirt.DOMAIN_VCPU_MAXIMUM); err == nil {
			vm.VCPUsMax = uint(most)
		}
		return nil
	})
	return vm, err
}

// persistentFacts adds what only a stored definition has.
func persistentFacts(d *libvirt.Domain, vm *virt.VM) (err error) {
	if !vm.Persistent {
		return nil
	}
	if vm.Autostart, err = d.GetAutostart(); err != nil {
		return err
	}
	vm.Saved, err = d.HasManagedSaveImage(0)
	return err
}

// IsPersistent reports whether the VM has a stored definition (virDomainIsPersistent).
func (c *Conn) IsPersistent(id string) (persistent bool, err error) {
	err = c.withDomain("virDomainIsPersistent", id, func(d *libvirt.Domain) error {
		persistent, err = d.IsPersistent()
		return err
	})
	return persistent, err
}
