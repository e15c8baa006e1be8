package vm

import (
	"context"
	"errors"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Advice returns what of the spec Create can do and will hardly help, field by
// field; Check returns what it cannot do. It makes nothing.
func (s *Service) Advice(ctx context.Context, id virt.HostID, spec virt.VMSpec) ([]virt.FieldProblem, error) {
	return host.Read(ctx, s.hosts, virt.VMXML, id, func(c *hypervisor.Conn) ([]virt.FieldProblem, error) {
		if !spec.PXE || spec.XML != "" || checkSource(spec) != nil {
			return nil, nil
		}
		b := &builder{service: s, conn: c, host: id, spec: spec, preview: true, said: map[string]bool{}}
		advice, err := b.adviseBoot(ctx)
		if err != nil || advice == nil {
			return nil, err
		}
		return []virt.FieldProblem{{Field: virt.FieldNetwork, Err: advice}}, nil
	})
}

// adviseBoot looks whether the network can have something to boot. Of networks
// that lead to the host's own nothing is known: a server may be there.
func (b *builder) adviseBoot(ctx context.Context) (advice, err error) {
	var env domainxml.Environment
	if err := b.network(ctx, &env); err != nil {
		return nil, ignored(err) // Check says it
	}
	const hint = "A machine that finds nothing says so on its screen. Name a boot server in the definition of the network (<bootp>), or choose another network."
	if env.Network.Type == "user" {
		return virt.Errorf(virt.KindNotFound, "a network of the machine's own has no boot server").WithHint("Choose a network that has one."), nil
	}
	networks, err := b.conn.Networks()
	if err != nil {
		return nil, err
	}
	for _, n := range networks {
		if n.Name == env.Network.Name && (!n.DHCP || n.BootFile != "") {
			return nil, nil
		}
	}
	// What is not there yet is made as libvirt brings it.
	return virt.Errorf(virt.KindNotFound, "the network %q gives machines an address, but nothing to boot", env.Network.Name).WithHint(hint), nil
}

// ignored drops an error that is about the spec, and keeps one about the host.
func ignored(err error) error {
	if errors.Is(err, virt.ErrUnavailable) {
		return err
	}
	return nil
}
