package vm

import (
	"context"
	"errors"
	"slices"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Preparations returns what Create would make or start on the host beside the
// VM itself, in the order of doing; none where all is there. It makes nothing.
func (s *Service) Preparations(ctx context.Context, id virt.HostID, spec virt.VMSpec) ([]virt.Preparation, error) {
	return host.Read(ctx, s.hosts, virt.VMXML, id, func(c *hypervisor.Conn) ([]virt.Preparation, error) {
		spec, err := sized(withImport(spec), s.Usual())
		if err != nil || spec.XML != "" {
			return nil, err
		}
		b := &builder{service: s, conn: c, host: id, spec: spec, preview: true, said: map[string]bool{}}
		if spec.Unreadable == virt.UnreadableCopy { // else files need no pool
			if err := b.readable(ctx); err != nil {
				return nil, err
			}
		}
		pool, err := b.poolPreparations()
		if err != nil {
			return nil, err
		}
		network, err := b.networkPreparations()
		return append(pool, network...), err
	})
}

func (b *builder) poolPreparations() ([]virt.Preparation, error) {
	named := slices.ContainsFunc(b.spec.Disks, func(d virt.DiskSpec) bool { return d.Pool == defaultPool })
	if !named && !b.needsPlace() {
		return nil, nil
	}
	pools, err := b.conn.Pools()
	if errors.Is(err, virt.ErrUnsupported) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	switch p, found := preferredPool(pools); {
	case !found && named:
		return nil, nil // an error of the spec
	case !found:
		path, err := defaultPoolPath(b.conn.URI())
		return []virt.Preparation{{Kind: virt.PoolToMake, Name: defaultPool, Path: path}}, err
	case !p.Active:
		return []virt.Preparation{{Kind: virt.PoolToStart, Name: p.Name, Path: p.Path}}, nil
	}
	return nil, nil
}

// Missed returns which of the preparations have not come about, once Create has
// made the VM of the spec: one whose network does not start has a network of its
// own process.
func (s *Service) Missed(ctx context.Context, id virt.HostID, spec virt.VMSpec, needed []virt.Preparation) ([]virt.Preparation, error) {
	if len(needed) == 0 {
		return nil, s.hosts.Wait(ctx, id)
	}
	still, err := s.Preparations(ctx, id, spec)
	return slices.DeleteFunc(slices.Clone(needed), func(n virt.Preparation) bool { return !slices.Contains(still, n) }), err
}
