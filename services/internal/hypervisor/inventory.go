package hypervisor

import (
	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Inventory returns all VMs of the host in the order of their names, with state,
// persistence, autostart and saved image.
//
// It takes three RPCs, and a fourth when a VM is active and something has
// happened since the last one, whatever their number, and never talks to a VM's
// QEMU: a machine that hangs cannot delay the list. What would break either stays
// zero for the caller to read from the XML once a VM: Title, Tags, VCPUs,
// VCPUsMax, Memory, MemoryCurrent.
func (c *Conn) Inventory() ([]virt.VM, error) {
	turn, vms, active := c.turn(), []virt.VM{}, false
	err := c.states(turn, libvirt.CONNECT_LIST_DOMAINS_AUTOSTART, libvirt.CONNECT_LIST_DOMAINS_MANAGEDSAVE, func(n int, r record, autostart, saved bool) {
		if len(vms) == 0 {
			vms = make([]virt.VM, n)
		}
		state := stateOf(libvirt.DomainState(r.state), saved)
		active = active || state.Active()
		vms[r.rank] = virt.VM{
			ID: r.id, Name: r.name, Host: c.host, State: state, Persistent: true, Autostart: autostart, Saved: saved,
		}
	})
	if err != nil {
		return nil, err
	}
	c.idle.set(turn, !active)
	if !active {
		return vms, nil // what is off is there only because it is defined
	}
	transient, err := c.transients(turn)
	for i := range vms {
		vms[i].Persistent = !transient[vms[i].ID]
	}
	return vms, err
}

// Sizes fills in the processors and the memory of inventory rows, in one RPC; they
// stay zero for a VM that is busy with a job, or of a driver that does not say.
func (c *Conn) Sizes(vms []virt.VM) error {
	at := make(map[string]int, len(vms))
	for i := range vms {
		at[vms[i].ID] = i
	}
	return c.bulk(libvirt.DOMAIN_STATS_VCPU|libvirt.DOMAIN_STATS_BALLOON, libvirt.CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT, func(r record) {
		if i, ok := at[r.id]; ok {
			vms[i].VCPUs, vms[i].Memory, vms[i].MemoryCurrent = uint(counter(r.vcpus)), counter(r.balloonMax)<<10, counter(r.balloon)<<10
		}
	})
}

// transients returns the UUIDs of the VMs that have no stored definition.
func (c *Conn) transients(turn uint64) (map[string]bool, error) {
	if known, ok := c.transient.get(turn); ok {
		return known, nil
	}
	ids, err := c.idsOf(libvirt.CONNECT_LIST_DOMAINS_TRANSIENT)
	if err == nil {
		c.transient.set(turn, ids)
	}
	return ids, err
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
