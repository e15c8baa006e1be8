// Package network works on libvirt's virtual networks.
package network

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Service works on networks.
type Service struct{ hosts *host.Service }

// New returns a Service over the hosts.
func New(hosts *host.Service) *Service { return &Service{hosts: hosts} }

// List returns the host's networks by name.
func (s *Service) List(ctx context.Context, id virt.HostID) ([]virt.Network, error) {
	return host.Read(ctx, s.hosts, virt.ListNetworks, id, func(c *hypervisor.Conn) ([]virt.Network, error) {
		networks, err := c.Networks()
		for i := range networks {
			networks[i].Host = id
		}
		slices.SortFunc(networks, func(a, b virt.Network) int { return cmp.Compare(a.Name, b.Name) })
		return networks, err
	})
}

// Find returns the network that a name, a UUID or uuid:UUID names.
func (s *Service) Find(ctx context.Context, id virt.HostID, word string) (virt.Network, error) {
	networks, err := s.List(ctx, id)
	if err != nil {
		return virt.Network{}, err
	}
	return virt.Pick(networks, virt.KindNetwork, word, func(n virt.Network) virt.Ref { return n.Ref() })
}

// Start starts a network (virNetworkCreate).
func (s *Service) Start(ctx context.Context, network virt.Ref) error {
	return s.hosts.Do(ctx, virt.StartNetwork, network, func(_ context.Context, c *hypervisor.Conn, _ *operation.Progress) error {
		return c.StartNetwork(network.ID)
	})
}

// Stop stops a network (virNetworkDestroy). Running VMs stay, cut off.
func (s *Service) Stop(ctx context.Context, network virt.Ref) error {
	return s.hosts.Do(ctx, virt.StopNetwork, network, func(_ context.Context, c *hypervisor.Conn, _ *operation.Progress) error {
		return c.StopNetwork(network.ID)
	})
}

// SetAutostart says whether the network starts with its host (virNetworkSetAutostart).
func (s *Service) SetAutostart(ctx context.Context, network virt.Ref, on bool) error {
	return s.hosts.Do(ctx, virt.AutostartNetwork, network, func(_ context.Context, c *hypervisor.Conn, _ *operation.Progress) error {
		return c.SetNetworkAutostart(network.ID, on)
	})
}

// Delete removes the definition of a stopped network (virNetworkUndefine). One
// that is active, or in which VMs have a card, is virt.ErrState: these could not
// start any more.
func (s *Service) Delete(ctx context.Context, network virt.Ref) error {
	return s.hosts.Do(ctx, virt.DeleteNetwork, network, func(_ context.Context, c *hypervisor.Conn, _ *operation.Progress) error {
		n, err := c.NetworkByName(network.Name)
		if err != nil {
			return err
		}
		if n.Active {
			return virt.Errorf(virt.KindState, "the network %s is running", network.Name).WithHint("Stop it first.")
		}
		users, err := host.NetworkUsers(c, network.Name)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return virt.Errorf(virt.KindState, "the network %s is used by %s", network.Name, strings.Join(users, ", ")).
				WithHint("Connect these machines to another network first.")
		}
		return c.UndefineNetwork(network.ID)
	})
}
