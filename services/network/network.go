// Package network lists, starts and stops libvirt's virtual networks.
package network

import (
	"cmp"
	"context"
	"slices"

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
