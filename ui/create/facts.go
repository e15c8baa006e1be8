package create

import (
	"context"
	"errors"
	"slices"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// facts are what a host has and can do, asked when the wizard opens and when
// another host is chosen.
type facts struct {
	known    bool
	host     virt.Host
	options  vm.Options
	pools    []virt.Pool // active ones, and the default pool, which is started when it is needed
	volumes  []virt.Volume
	networks []virt.Network
	names    []string // of its machines
}

// defaultPool is the pool that disks go to when it is there.
const defaultPool = "default"

// load asks the host. A driver without pools or networks has none.
func load(ctx context.Context, svc *services.Services, id virt.HostID) (facts, error) {
	f := facts{known: true}
	var err error
	if f.host, err = svc.Hosts.Show(ctx, id); err != nil {
		return f, err
	}
	if f.options, err = svc.VMs.Options(ctx, id); err != nil && !errors.Is(err, virt.ErrUnsupported) {
		return f, err
	}
	machines, err := svc.VMs.List(ctx, id)
	if err != nil {
		return f, err
	}
	for _, m := range machines {
		f.names = append(f.names, m.Name)
	}
	if f.networks, err = svc.Networks.List(ctx, id); err != nil && !errors.Is(err, virt.ErrUnsupported) {
		return f, err
	}
	pools, err := svc.Pools.List(ctx, id)
	if err != nil && !errors.Is(err, virt.ErrUnsupported) {
		return f, err
	}
	for _, p := range pools {
		if p.Active || p.Name == defaultPool {
			f.pools = append(f.pools, p)
		}
		if !p.Active {
			continue
		}
		volumes, err := svc.Pools.Volumes(ctx, id, p.Name)
		if err != nil && !errors.Is(err, virt.ErrNotFound) && !errors.Is(err, virt.ErrState) {
			return f, err
		}
		f.volumes = append(f.volumes, volumes...)
	}
	return f, nil
}

// freeName is the first of word, word-2, word-3… that no machine has.
func (f facts) freeName(word string) string {
	name := word
	for n := 2; slices.Contains(f.names, name); n++ {
		name = word + "-" + parts.Count(n)
	}
	return name
}

// poolFor is the pool that a new disk goes to when none is chosen; ok is false
// while there is none.
func (f facts) poolFor(chosen string) (virt.Pool, bool) {
	for _, name := range []string{chosen, defaultPool} {
		for _, p := range f.pools {
			if p.Name == name {
				return p, true
			}
		}
	}
	for _, p := range f.pools {
		if p.Type == "dir" {
			return p, true
		}
	}
	return virt.Pool{}, false
}
