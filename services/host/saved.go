package host

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Saved returns the hosts that the connection manager keeps, in their order,
// whether they are connected or not; List says which are. Files that cannot be
// used are in the error, with every other host in the list.
func (s *Service) Saved(ctx context.Context) ([]virt.SavedHost, error) {
	if err := s.door.May(ctx, virt.ListHosts, virt.Ref{Kind: virt.KindHost}); err != nil {
		return nil, err
	}
	return storage.ReadHosts(s.dirs.HostsDir())
}

func (s *Service) savedHost(name virt.HostID) (virt.SavedHost, error) {
	h, err := storage.ReadHost(s.dirs.HostsDir(), name)
	if errors.Is(err, virt.ErrNotFound) || virt.CheckHostName(name) != nil {
		return h, &virt.Error{
			Kind: virt.KindNotFound, Ref: virt.HostRef(name), Err: virt.Errorf(virt.KindNotFound, "no host is called %q", name),
			Hint: "Write the name of a saved host, or a libvirt URI such as qemu:///system or qemu+ssh://root@server/system.",
		}
	}
	return h, err
}

// Save keeps a host. old is its name so far, empty for a new one: a name that
// is taken is then virt.KindExists. A file of the name that is no host is set
// aside. A connection that is open and would now be made otherwise is made anew.
func (s *Service) Save(ctx context.Context, old virt.HostID, h virt.SavedHost) error {
	return s.door.Do(ctx, virt.SaveHost, virt.HostRef(h.Name), func(ctx context.Context, p *operation.Progress) error {
		if err := h.Check(); err != nil {
			return err
		}
		s.saving.Lock()
		defer s.saving.Unlock()
		if err := s.locked(ctx, func() error { return s.write(old, h, p) }); err != nil {
			return err
		}
		s.reconnect(old, h)
		s.tell(h.Name)
		return nil
	})
}

// write puts the host into its file; the caller holds the lock.
func (s *Service) write(old virt.HostID, h virt.SavedHost, p *operation.Progress) error {
	dir := s.dirs.HostsDir()
	before, err := storage.ReadHost(dir, h.Name)
	switch {
	case old != h.Name && err == nil:
		return virt.Errorf(virt.KindExists, "a host is already called %q", h.Name).WithHint("Choose another name, or edit that host.")
	case old != "" && old != h.Name:
		if before, err = s.savedHost(old); err != nil {
			return err
		}
	case old == "":
		h.Order = s.lastPlace(h.Order)
	}
	if err := storage.WriteHost(dir, h); err != nil {
		return err
	}
	p.Diff(textOf(before), textOf(h))
	if old != "" && old != h.Name {
		return storage.RemoveHost(dir, old)
	}
	return nil
}

// lastPlace is the order of a new host: behind all others, unless it has one.
func (s *Service) lastPlace(order int) int {
	hosts, _ := storage.ReadHosts(s.dirs.HostsDir()) //nolint:errcheck // broken files of other hosts are no concern of this one
	if order != 0 || len(hosts) == 0 {
		return order
	}
	return hosts[len(hosts)-1].Order + 1
}

// Remove forgets a saved host and ends its connection. Its passwords are
// forgotten, too, where the keyring lets us.
func (s *Service) Remove(ctx context.Context, name virt.HostID) error {
	return s.door.Do(ctx, virt.RemoveHost, virt.HostRef(name), func(ctx context.Context, p *operation.Progress) error {
		s.saving.Lock()
		defer s.saving.Unlock()
		h, err := s.savedHost(name)
		if err != nil && !errors.Is(err, virt.ErrInvalid) {
			return err
		}
		err = s.locked(ctx, func() error { return storage.RemoveHost(s.dirs.HostsDir(), name) })
		if err != nil {
			return err
		}
		p.Diff(textOf(h), "")
		s.drop(name)
		s.forgetLater(h)
		s.tell(name)
		return nil
	})
}

// Order puts the saved hosts of the names first, in this order; the others
// follow in the order they had.
func (s *Service) Order(ctx context.Context, names []virt.HostID) error {
	return s.door.Do(ctx, virt.OrderHosts, virt.Ref{Kind: virt.KindHost}, func(ctx context.Context, _ *operation.Progress) error {
		s.saving.Lock()
		defer s.saving.Unlock()
		err := s.locked(ctx, func() error { return s.reorder(names) })
		s.tell("")
		return err
	})
}

func (s *Service) reorder(names []virt.HostID) error {
	hosts, err := storage.ReadHosts(s.dirs.HostsDir())
	if err != nil && len(hosts) == 0 {
		return err
	}
	for _, name := range names {
		if _, err := s.savedHost(name); err != nil {
			return err
		}
	}
	place := func(h virt.SavedHost) int {
		if i := slices.Index(names, h.Name); i >= 0 {
			return i
		}
		return len(names)
	}
	slices.SortStableFunc(hosts, func(a, b virt.SavedHost) int { return place(a) - place(b) })
	for i, h := range hosts {
		if h.Order == i+1 {
			continue
		}
		h.Order = i + 1
		s.move(h)
		if err := storage.WriteHost(s.dirs.HostsDir(), h); err != nil {
			return err
		}
	}
	return nil
}

// Connect begins to connect to a saved host, and tries again now where it is
// offline. It does not wait; see Wait.
func (s *Service) Connect(ctx context.Context, name virt.HostID) error {
	if err := s.door.May(ctx, virt.ConnectHost, virt.HostRef(name)); err != nil {
		return err
	}
	if c, err := s.find(name); err == nil {
		c.hurry()
		return nil
	}
	h, err := s.savedHost(name)
	if err != nil {
		return err
	}
	if err := s.begin(h); err != nil {
		return err
	}
	s.tell(name)
	return nil
}

// ConnectAtStart begins to connect to the saved hosts that are marked so. The
// error names files that cannot be used; all other hosts are connected.
func (s *Service) ConnectAtStart(ctx context.Context) error {
	hosts, err := s.Saved(ctx)
	for _, h := range hosts {
		if h.AtStart {
			err = errors.Join(err, s.Connect(ctx, h.Name))
		}
	}
	return err
}

// Disconnect ends the connection of a host, questions and attempts included. A
// saved host stays saved.
func (s *Service) Disconnect(ctx context.Context, name virt.HostID) error {
	if err := s.door.May(ctx, virt.DisconnectHost, virt.HostRef(name)); err != nil {
		return err
	}
	if _, err := s.find(name); err != nil {
		return err
	}
	s.drop(name)
	s.tell(name)
	return nil
}

// drop ends a connection, if there is one. Calls that are under way end by
// themselves.
func (s *Service) drop(name virt.HostID) {
	s.mu.Lock()
	c := s.hosts[name]
	delete(s.hosts, name)
	s.order = slices.DeleteFunc(s.order, func(id virt.HostID) bool { return id == name })
	s.mu.Unlock()
	if c != nil {
		c.cancel()
	}
}

// reconnect makes the connection of a host that was edited anew.
func (s *Service) reconnect(old virt.HostID, h virt.SavedHost) {
	c, err := s.find(old)
	if err != nil || old == "" {
		return
	}
	was := c.saved
	was.AtStart, was.Order = h.AtStart, h.Order
	if was == h {
		s.move(h)
		return
	}
	s.drop(old)
	_ = s.begin(h) //nolint:errcheck // only a program that closes refuses
}

// move gives the connection of a host its place in lists.
func (s *Service) move(h virt.SavedHost) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.hosts[h.Name]; c != nil {
		c.place = h.Order
	}
}

// locked runs write while no other process changes the saved hosts.
func (s *Service) locked(ctx context.Context, write func() error) error {
	unlock, err := storage.Lock(ctx, filepath.Join(s.dirs.Data, "hosts.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	return write()
}

// tell says that the list of hosts is another one.
func (s *Service) tell(name virt.HostID) {
	s.hear(virt.Event{Kind: virt.HostChanged, Ref: virt.HostRef(name), Time: time.Now()})
}

// textOf is the host as its file has it, for the difference in the audit log.
func textOf(h virt.SavedHost) string {
	if h.Name == "" {
		return ""
	}
	text, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}
