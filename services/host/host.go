// Package host keeps the libvirt connections: it opens them, notices when they
// hang or break, opens them again, and lends them to the other services behind
// the door that asks for permission.
package host

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/event"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Service holds the connections of this process.
type Service struct {
	door *operation.Door
	bus  *event.Bus
	data string // directory for the embedded driver's files
	dirs storage.Dirs

	keyring *storage.Keyring
	secrets secrets
	ctx     context.Context // the life of the service
	cancel  context.CancelFunc

	saving sync.Mutex // held while saved hosts and their connections change

	mu     sync.Mutex
	asker  Asker
	hosts  map[virt.HostID]*connection
	order  []virt.HostID
	first  []func(virt.Event)
	closed bool
	chores []chan error // each has room for its one answer
}

// New returns a Service without hosts. dirs are where saved hosts, secrets and
// the embedded driver's machines lie.
func New(door *operation.Door, bus *event.Bus, dirs storage.Dirs) *Service {
	s := &Service{
		door: door, bus: bus, data: dirs.Data, dirs: dirs, hosts: map[virt.HostID]*connection{},
		keyring: storage.NewKeyring(dirs), secrets: secrets{of: map[string]string{}},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.registerInverses()
	return s
}

// BeforeNews registers a function that hears each libvirt event before the bus
// does, so that a cache is never older than the news of its change. It must
// return at once and must not call libvirt. Register before Add.
func (s *Service) BeforeNews(hear func(virt.Event)) { s.first = append(s.first, hear) }

// Add makes a host of a libvirt URI, or of the name of a saved host, and begins
// to connect to it. Empty means this computer: qemu:///system when it answers,
// else qemu:///session, else the embedded driver. One that is already there is
// not added twice, and the URI of a saved host means that host, with its key and
// its way.
func (s *Service) Add(ctx context.Context, uri string) (virt.HostID, error) {
	if err := s.door.May(ctx, virt.ConnectHost, virt.Ref{Kind: virt.KindHost, Name: uri}); err != nil {
		return "", err
	}
	if uri != "" && !IsURI(uri) {
		h, err := s.savedHost(virt.HostID(uri))
		if err != nil {
			return "", err
		}
		return h.Name, s.begin(h)
	}
	h := virt.SavedHost{Transport: virt.TransportLocal}
	if uri != "" {
		var err error
		if h, err = virt.HostFromURI(uri); err != nil {
			return "", err
		}
	}
	hosts, _ := storage.ReadHosts(s.dirs.HostsDir()) //nolint:errcheck // files that cannot be used are told where saved hosts are listed
	if i := slices.IndexFunc(hosts, func(saved virt.SavedHost) bool { return saved.URI() == h.URI() }); i >= 0 {
		return hosts[i].Name, s.begin(hosts[i])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.order {
		if s.hosts[id].asked == h.URI() {
			return id, nil
		}
	}
	id, err := s.freeID(uri, hosts)
	if err != nil {
		return "", err
	}
	h.Name = id
	return id, s.keepOpen(h, false)
}

// begin connects to a host unless it is there already.
func (s *Service) begin(h virt.SavedHost) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.hosts[h.Name]; there {
		return nil
	}
	return s.keepOpen(h, true)
}

// keepOpen starts the keeper of a connection, to a host that is saved or was only
// asked for. The caller holds s.mu.
func (s *Service) keepOpen(h virt.SavedHost, saved bool) error {
	if s.closed {
		return virt.Errorf(virt.KindUnavailable, "the program is closing")
	}
	c := newConnection(s, h, saved)
	s.hosts[h.Name] = c
	s.order = append(s.order, h.Name)
	go c.keep()
	return nil
}

// List returns the hosts that are connected or to be connected: those that are
// not saved first, then the saved ones in their order.
func (s *Service) List(ctx context.Context) ([]virt.Host, error) {
	if err := s.door.May(ctx, virt.ListHosts, virt.Ref{Kind: virt.KindHost}); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	connections := make([]*connection, 0, len(s.order))
	for _, id := range s.order {
		connections = append(connections, s.hosts[id])
	}
	slices.SortStableFunc(connections, func(a, b *connection) int { return a.place - b.place })
	hosts := make([]virt.Host, 0, len(connections))
	for _, c := range connections {
		hosts = append(hosts, c.status())
	}
	return hosts, nil
}

// IDs returns the names of the hosts of List.
func (s *Service) IDs(ctx context.Context) ([]virt.HostID, error) {
	hosts, err := s.List(ctx)
	ids := make([]virt.HostID, 0, len(hosts))
	for _, h := range hosts {
		ids = append(ids, h.ID)
	}
	return ids, err
}

// Show returns what is known of a host, with its free memory as of now.
func (s *Service) Show(ctx context.Context, id virt.HostID) (virt.Host, error) {
	host, err := Read(ctx, s, virt.ShowHost, id, func(c *hypervisor.Conn) (virt.Host, error) { return c.HostInfo() })
	if err != nil {
		return virt.Host{}, err
	}
	c, err := s.find(id)
	if err != nil {
		return virt.Host{}, err
	}
	return c.learn(host), nil
}

// Retry tries an offline host again now instead of at its next turn.
func (s *Service) Retry(ctx context.Context, id virt.HostID) error {
	if err := s.door.May(ctx, virt.ConnectHost, virt.HostRef(id)); err != nil {
		return err
	}
	c, err := s.find(id)
	if err != nil {
		return err
	}
	c.hurry()
	return nil
}

// Wait blocks until the host has been reached, or returns why it was not.
func (s *Service) Wait(ctx context.Context, id virt.HostID) error {
	_, err := Read(ctx, s, virt.ShowHost, id, func(*hypervisor.Conn) (struct{}, error) { return struct{}{}, nil })
	return err
}

// Do asks the door for the action on the target and, when it is allowed, runs
// work with the connection of the target's host.
func (s *Service) Do(ctx context.Context, action virt.Action, target virt.Ref,
	work func(context.Context, *hypervisor.Conn, *operation.Progress) error,
) error {
	return s.door.Do(ctx, action, target, func(ctx context.Context, p *operation.Progress) error {
		c, err := s.find(target.Host)
		if err != nil {
			return err
		}
		conn, giveBack, err := c.lend(ctx)
		if err != nil {
			return err
		}
		defer giveBack()
		return explained(work(ctx, conn, p)) // may rightly take long; reads notice a host that hangs
	})
}

// Read asks the door for a reading action on a host and returns what read
// finds. When ctx ends first, Read returns at once; the libvirt call, which
// cannot be cancelled, ends by itself and its answer is dropped.
func Read[T any](ctx context.Context, s *Service, action virt.Action, id virt.HostID, read func(*hypervisor.Conn) (T, error)) (T, error) {
	var zero T
	if err := s.door.May(ctx, action, virt.HostRef(id)); err != nil {
		return zero, err
	}
	c, err := s.find(id)
	if err != nil {
		return zero, err
	}
	if _, err := c.wait(ctx); err != nil {
		return zero, err
	}
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		defer c.watch()()
		conn, giveBack, err := c.lend(ctx)
		if err != nil {
			done <- answer{zero, err}
			return
		}
		value, err := read(conn)
		giveBack() // before the caller goes on, whose next call may then have it
		done <- answer{value, err}
	}()
	select {
	case a := <-done:
		return a.value, explained(a.err)
	case <-ctx.Done():
		return zero, &virt.Error{Kind: virt.KindOf(ctx.Err()), Action: action, Ref: virt.HostRef(id), Err: ctx.Err()}
	}
}

// Stream is Read for something that stays open, such as a console: the
// connection is given back when the stream is closed. When the host is lost, which
// libvirt does not tell streams, Read ends with virt.ErrUnavailable.
func Stream(ctx context.Context, s *Service, action virt.Action, id virt.HostID, open func(*hypervisor.Conn) (io.ReadWriteCloser, error)) (io.ReadWriteCloser, error) {
	if err := s.door.May(ctx, action, virt.HostRef(id)); err != nil {
		return nil, err
	}
	c, err := s.find(id)
	if err != nil {
		return nil, err
	}
	first, err := c.wait(ctx)
	if err != nil {
		return nil, err
	}
	conn, giveBack, err := c.lend(ctx)
	if err != nil {
		return nil, err
	}
	stream, err := open(conn)
	if err != nil {
		giveBack()
		return nil, err
	}
	lent := &lentStream{ReadWriteCloser: stream, giveBack: sync.OnceFunc(giveBack), closed: make(chan struct{})}
	lent.close = sync.OnceFunc(func() { close(lent.closed) })
	go lent.endWith(c.broken(first))
	return lent, nil
}

// A lentStream has a connection for itself.
type lentStream struct {
	io.ReadWriteCloser
	giveBack func()
	closed   chan struct{}
	close    func() // closes closed
	lost     atomic.Bool
}

// endWith ends Read and Write when the host is lost.
func (s *lentStream) endWith(gone <-chan struct{}) {
	select {
	case <-gone:
		s.lost.Store(true)
		_ = s.ReadWriteCloser.Close() //nolint:errcheck // the owner closes it again
	case <-s.closed:
	}
}

// Read waits for what comes.
func (s *lentStream) Read(p []byte) (int, error) {
	n, err := s.ReadWriteCloser.Read(p)
	if err != nil && s.lost.Load() {
		err = virt.Errorf(virt.KindUnavailable, "the connection to the host was lost").WithHint(hintGone)
	}
	return n, err
}

// Close ends the stream and gives its connection back.
func (s *lentStream) Close() error {
	s.close()
	defer s.giveBack()
	return s.ReadWriteCloser.Close()
}

// explained adds what helps to the failure of a call whose connection broke.
func explained(err error) error {
	if !errors.Is(err, virt.ErrUnavailable) || virt.HintOf(err) != "" {
		return err
	}
	return &virt.Error{Kind: virt.KindOf(err), Err: err, Hint: hintGone}
}

const hintGone = "The host's libvirt daemon went away or does not answer. Try again when it is back."

// Close ends all connections. Calls that still wait for a daemon are left
// behind; they end with their sockets.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	hosts := make([]*connection, 0, len(s.order))
	for _, id := range s.order {
		hosts = append(hosts, s.hosts[id])
	}
	s.mu.Unlock()
	s.cancel()
	limit := time.After(slowAfter)
	for _, c := range hosts {
		select {
		case <-c.ended:
		case <-limit:
			slog.Warn("hosts left while a call still waits")
			return
		}
	}
}

func (s *Service) find(id virt.HostID) (*connection, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, found := s.hosts[id]
	if !found {
		return nil, &virt.Error{
			Kind: virt.KindNotFound, Ref: virt.HostRef(id), Err: virt.Errorf(virt.KindNotFound, "no host is called %q", id),
			Hint: "Name a saved host or give a libvirt URI.",
		}
	}
	return c, nil
}

// hear passes a libvirt event on: caches first, then everybody.
func (s *Service) hear(ev virt.Event) {
	if ev.Time.IsZero() {
		ev.Time = time.Now()
	}
	for _, hear := range s.first {
		hear(ev)
	}
	s.bus.Publish(ev)
}
