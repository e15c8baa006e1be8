package host

import (
	"context"
	"errors"
	"slices"

	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// The kinds of inverses in the undo journal.
const (
	undoNetwork          = "host.remove-network"
	undoStartNetwork     = "host.stop-network"
	undoNetworkAutostart = "host.network-stays-off"
	undoStartPool        = "host.stop-pool"
	undoPoolAutostart    = "host.pool-stays-off"
	undoForwarding       = "host.forward-as-before"
)

// registerInverses teaches the door how to take back this package's steps. Each
// inverse may run twice and may find nothing to do.
func (s *Service) registerInverses() {
	for kind, run := range map[string]func(c *hypervisor.Conn, ref virt.Ref) error{
		undoNetwork:          RemoveUnusedNetwork,
		undoStartNetwork:     StopUnusedNetwork,
		undoNetworkAutostart: func(c *hypervisor.Conn, ref virt.Ref) error { return c.SetNetworkAutostart(ref.ID, false) },
		undoStartPool:        func(c *hypervisor.Conn, ref virt.Ref) error { return ignore(c.StopPool(ref.ID), virt.ErrState) },
		undoPoolAutostart:    func(c *hypervisor.Conn, ref virt.Ref) error { return c.SetPoolAutostart(ref.ID, false) },
	} {
		s.door.Inverse(kind, func(ctx context.Context, inv operation.Inverse, acted bool) error {
			if !acted && kind != undoNetwork { // only its UUID says whose it is
				return nil // somebody else may have done it; what is on harms nobody
			}
			return Undo(ctx, s, inv.Args["uri"], func(c *hypervisor.Conn) error { return ignore(run(c, inv.Ref), virt.ErrNotFound) })
		})
	}
	s.door.Inverse(undoForwarding, func(_ context.Context, inv operation.Inverse, acted bool) error {
		if !acted {
			return nil // as above
		}
		return setForwarding(inv.Args["was"])
	})
}

// step does act, with how it is taken back written down before. The inverse
// names the URI, because another process may give the host's name to another.
func step(ctx context.Context, c *hypervisor.Conn, p *operation.Progress, kind string, ref virt.Ref, act func() error) error {
	inverse := operation.Inverse{Kind: kind, Ref: ref, Args: map[string]string{"uri": c.URI()}}
	return p.Step(ctx, inverse, func(context.Context) error { return act() })
}

// StopUnusedNetwork stops a network that was started, unless a running VM is on
// it by now.
func StopUnusedNetwork(c *hypervisor.Conn, network virt.Ref) error {
	plugged := func(n virt.NIC) bool { return n.Target != "" } // it runs
	users, err := onNetwork(c, network.Name, plugged)
	if err != nil || len(users) > 0 {
		return err
	}
	return ignore(c.StopNetwork(network.ID), virt.ErrState)
}

// RemoveUnusedNetwork removes a network that was made, unless a VM is defined to
// use it by now.
func RemoveUnusedNetwork(c *hypervisor.Conn, network virt.Ref) error {
	users, err := NetworkUsers(c, network.Name)
	if err != nil || len(users) > 0 {
		return err
	}
	return RemoveNetwork(c, network.ID)
}

// NetworkUsers returns the names of the VMs with a card in the network of that
// name: now, or when they are started the next time.
func NetworkUsers(c *hypervisor.Conn, name string) ([]string, error) {
	return onNetwork(c, name, func(virt.NIC) bool { return true })
}

// onNetwork returns the names of the VMs of which a card on the network matches.
func onNetwork(c *hypervisor.Conn, name string, match func(virt.NIC) bool) ([]string, error) {
	var users []string
	var broken error
	err := c.EachDefinition(func(vm virt.Ref, text string) {
		f, err := domainxml.Read(text)
		broken = errors.Join(broken, err)
		if slices.ContainsFunc(f.NICs, func(n virt.NIC) bool { return n.Type == "network" && n.Source == name && match(n) }) {
			users = append(users, vm.Name)
		}
	})
	slices.Sort(users)
	return slices.Compact(users), errors.Join(err, broken)
}

// ignore makes an error of the kind none.
func ignore(err, kind error) error {
	if errors.Is(err, kind) {
		return nil
	}
	return err
}
