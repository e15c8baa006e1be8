// Package pool works on storage pools and their volumes.
package pool

import (
	"cmp"
	"context"
	"slices"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
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

// Find returns the pool that a name, a UUID or uuid:UUID names.
func (s *Service) Find(ctx context.Context, id virt.HostID, word string) (virt.Pool, error) {
	pools, err := s.List(ctx, id)
	if err != nil {
		return virt.Pool{}, err
	}
	return virt.Pick(pools, virt.KindPool, word, func(p virt.Pool) virt.Ref { return p.Ref() })
}

// Volumes returns the volumes of an active pool by name.
func (s *Service) Volumes(ctx context.Context, id virt.HostID, pool string) ([]virt.Volume, error) {
	return host.Read(ctx, s.hosts, virt.ListPools, id, func(c *hypervisor.Conn) ([]virt.Volume, error) {
		volumes, err := c.Volumes(pool)
		slices.SortFunc(volumes, func(a, b virt.Volume) int { return cmp.Compare(a.Name, b.Name) })
		return volumes, err
	})
}

// Start makes the pool's volumes available (virStoragePoolCreate).
func (s *Service) Start(ctx context.Context, pool virt.Ref) error {
	return s.act(ctx, virt.StartPool, pool, (*hypervisor.Conn).StartPool)
}

// Stop makes them unavailable; they stay where they are (virStoragePoolDestroy).
func (s *Service) Stop(ctx context.Context, pool virt.Ref) error {
	return s.act(ctx, virt.StopPool, pool, (*hypervisor.Conn).StopPool)
}

// Refresh looks for volumes that came or went by other hands (virStoragePoolRefresh).
func (s *Service) Refresh(ctx context.Context, pool virt.Ref) error {
	return s.act(ctx, virt.RefreshPool, pool, (*hypervisor.Conn).RefreshPool)
}

// SetAutostart says whether the pool starts with its host (virStoragePoolSetAutostart).
func (s *Service) SetAutostart(ctx context.Context, pool virt.Ref, on bool) error {
	return s.act(ctx, virt.AutostartPool, pool, func(c *hypervisor.Conn, id string) error { return c.SetPoolAutostart(id, on) })
}

func (s *Service) act(ctx context.Context, action virt.Action, pool virt.Ref, act func(*hypervisor.Conn, string) error) error {
	return s.hosts.Do(ctx, action, pool, func(_ context.Context, c *hypervisor.Conn, _ *operation.Progress) error {
		return act(c, pool.ID)
	})
}
