package host

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Watch follows what other programs and editors make of the saved hosts, until
// ctx ends, which is no error: the connection of one that is gone ends, of one
// that leads elsewhere it is made anew, and virt.HostChanged is told. A file that
// cannot be used leaves its host as it is.
func (s *Service) Watch(ctx context.Context) error {
	if err := s.door.May(ctx, virt.ListHosts, virt.Ref{Kind: virt.KindHost}); err != nil {
		return err
	}
	dir := s.dirs.HostsDir()
	var known map[virt.HostID]virt.SavedHost
	storage.WatchDirs(ctx, func() { known = s.follow(known) }, dir, filepath.Dir(dir))
	return nil
}

// follow takes over what has changed since known and returns the hosts as they
// are now. Nil knows nothing, and changes nothing.
func (s *Service) follow(known map[virt.HostID]virt.SavedHost) map[virt.HostID]virt.SavedHost {
	s.saving.Lock()
	defer s.saving.Unlock()
	dir := s.dirs.HostsDir()
	hosts, _ := storage.ReadHosts(dir) //nolint:errcheck // who lists the hosts is told which files are broken
	now := map[virt.HostID]virt.SavedHost{}
	for _, h := range hosts {
		now[h.Name] = h
	}
	if known == nil {
		return now
	}
	for name, was := range known {
		if _, there := now[name]; there {
			continue
		}
		if _, err := storage.ReadHost(dir, name); !errors.Is(err, virt.ErrNotFound) {
			now[name] = was
			continue
		}
		s.drop(name)
		s.tell(name)
	}
	for name, h := range now {
		was, before := known[name]
		if before && was != h {
			s.reconnect(name, h)
		}
		if !before || was != h {
			s.tell(name)
		}
	}
	return now
}
