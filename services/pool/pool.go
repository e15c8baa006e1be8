// Package pool lists storage pools and their volumes and makes the default pool
// where a host has none.
package pool

import (
	"cmp"
	"context"
	"slices"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Service works on pools and volumes.
type Service struct{ hosts *host.Service }

// New returns a Service over the hosts.
func New(hosts *host.Service) *Service { return &Service{hosts: hosts} }

// List returns the host's pools by name.
func (s *Service) List(ctx context.Context, id virt.HostID) ([]virt.Pool, error) {
	return host.Read(ctx, s.hosts, virt.ListPools, id, func(c *hypervisor.Conn) ([]virt.Pool, error) {
		pools, err := c.Pools()
		for i := range pools {
			pools[i].Host = id
		}
		slices.SortFunc(pools, func(a, b virt.Pool) int { return cmp.Compare(a.Name, b.Name) })
		return pools, err
	})
}

// Volumes returns the volumes of an active pool by name.
func (s *Service) Volumes(ctx context.Context, id virt.HostID, pool string) ([]virt.Volume, error) {
	return host.Read(ctx, s.hosts, virt.ListPools, id, func(c *hypervisor.Conn) ([]virt.Volume, error) {
		volumes, err := c.Volumes(pool)
		slices.SortFunc(volumes, func(a, b virt.Volume) int { return cmp.Compare(a.Name, b.Name) })
		return volumes, err
	})
}
