package vm

import (
	"context"
	"log/slog"
	"reflect"
	"slices"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Show returns everything about one VM, read afresh. Addresses come from DHCP
// leases and the host's neighbour table while it runs.
func (s *Service) Show(ctx context.Context, vm virt.Ref) (virt.VMDetail, error) {
	return host.Read(ctx, s.hosts, virt.ShowVM, vm.Host, func(c *hypervisor.Conn) (virt.VMDetail, error) {
		return s.detail(c, vm)
	})
}

// Addresses returns the addresses of a VM that is on: from the DHCP leases and
// the host's neighbour table, without reading anything else of it.
func (s *Service) Addresses(ctx context.Context, vm virt.Ref) ([]virt.Address, error) {
	return host.Read(ctx, s.hosts, virt.ShowVM, vm.Host, func(c *hypervisor.Conn) ([]virt.Address, error) {
		return s.addresses(c, virt.VM{ID: vm.ID, Name: vm.Name, State: virt.StateRunning}), nil
	})
}

func (s *Service) detail(c *hypervisor.Conn, vm virt.Ref) (virt.VMDetail, error) {
	row, err := s.row(c, vm)
	if err != nil {
		return virt.VMDetail{}, err
	}
	known, err := s.factsOf(c, row)
	if err != nil {
		return virt.VMDetail{}, err
	}
	detail := virt.VMDetail{
		VM: row, UUID: row.ID,
		Arch: known.Arch, Machine: known.Machine, Accel: known.Accel, Firmware: known.Firmware,
		Disks: located(c, vm, known.Disks), NICs: orEmpty(known.NICs), Graphics: orEmpty(known.Graphics), Serials: orEmpty(known.Serials),
		Video: known.Video, Sound: known.Sound, CPUModel: known.CPUModel, TPM: known.TPM,
	}
	if len(known.NICs) > 0 {
		detail.Addresses = s.addresses(c, row)
	}
	detail.Addresses = orEmpty(detail.Addresses)
	detail.Graphics = slices.Clone(detail.Graphics) // the known ones belong to all
	for i, set := range passwords(c, vm) {
		if i < len(detail.Graphics) {
			detail.Graphics[i].Password = set
		}
	}
	if detail.Snapshots, err = c.Snapshots(vm.ID); err != nil {
		slog.Debug("count snapshots", "vm", vm.Name, "err", err)
	}
	detail.Pending = s.pending(c, row, known)
	return detail, nil
}

// located adds pool, volume and sizes to disks; what cannot be told stays empty.
func located(c *hypervisor.Conn, vm virt.Ref, disks []virt.Disk) []virt.Disk {
	out := make([]virt.Disk, 0, len(disks))
	for _, d := range disks {
		if d.Path != "" && d.Volume == "" {
			if v, err := c.VolumeByPath(d.Path); err == nil {
				d.Pool, d.Volume = v.Pool, v.Name
			}
		}
		if d.Pool != "" && d.Path == "" {
			if v, err := c.Volume(d.Pool, d.Volume); err == nil {
				d.Path = v.Path
			}
		}
		if d.Path != "" {
			if capacity, allocation, err := c.BlockInfo(vm.ID, d.Target); err == nil {
				d.Capacity, d.Allocation = capacity, allocation
			}
		}
		out = append(out, d)
	}
	return out
}

// addresses asks who knows: the DHCP server first, then the neighbour table.
func (s *Service) addresses(c *hypervisor.Conn, vm virt.VM) []virt.Address {
	found := []virt.Address{}
	if !vm.State.Active() {
		return found
	}
	seen := map[string]bool{}
	for _, source := range []string{"lease", "arp"} {
		addresses, err := c.Addresses(vm.ID, source)
		if err != nil {
			slog.Debug("addresses", "vm", vm.Name, "source", source, "err", err)
		}
		for _, a := range addresses {
			if !seen[a.IP] {
				seen[a.IP] = true
				found = append(found, a)
			}
		}
	}
	return found
}

// pending reports whether the stored definition says something else than the
// running one, comparing what a person would see.
func (s *Service) pending(c *hypervisor.Conn, vm virt.VM, live domainxml.Facts) bool {
	if !vm.State.Active() || !vm.Persistent {
		return false
	}
	xml, err := c.DomainXML(vm.ID, true, false)
	if err != nil {
		return false
	}
	stored, err := domainxml.Read(xml)
	if err != nil {
		return false
	}
	return !reflect.DeepEqual(visible(live), visible(stored))
}

// visible is what of a definition does not change by merely running.
func visible(f domainxml.Facts) domainxml.Facts {
	f.MemoryCurrent, f.VCPUs, f.CPUModel = 0, 0, ""
	f.Graphics, f.Serials, f.Ports = nil, nil, nil
	f.Disks = append([]virt.Disk(nil), f.Disks...)
	f.NICs = append([]virt.NIC(nil), f.NICs...)
	for i := range f.NICs {
		f.NICs[i].Target = ""
	}
	return f
}

func orEmpty[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
