package host

import (
	"context"
	"slices"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// ListWhole is List with all that Show tells of the hosts that are connected.
func (s *Service) ListWhole(ctx context.Context) ([]virt.Host, error) {
	hosts, err := s.List(ctx)
	for i, h := range hosts {
		if h.State != virt.HostConnected {
			continue
		}
		if whole, err := s.Show(ctx, h.ID); err == nil { // one that went meanwhile is listed as it was
			hosts[i] = whole
		}
	}
	return hosts, err
}

// WithSaved adds to the hosts of a list the saved ones that are not in it, with
// the state virt.HostSaved, and brings all into their order: first those that
// are not saved. The error names files that cannot be used; every other host is
// in the list.
func (s *Service) WithSaved(ctx context.Context, hosts []virt.Host) ([]virt.Host, error) {
	saved, err := s.Saved(ctx)
	place := func(h virt.Host) int {
		return slices.IndexFunc(saved, func(s virt.SavedHost) bool { return s.Name == h.ID })
	}
	for _, h := range saved {
		if !slices.ContainsFunc(hosts, func(known virt.Host) bool { return known.ID == h.Name }) {
			hosts = append(hosts, virt.Host{ID: h.Name, URI: h.URI(), State: virt.HostSaved})
		}
	}
	slices.SortStableFunc(hosts, func(a, b virt.Host) int { return place(a) - place(b) })
	return hosts, err
}
