package host

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/tunnel"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

const (
	slowAfter    = 2 * time.Second        // a call that waits longer makes the host slow
	firstBackoff = 250 * time.Millisecond // before the first new attempt
	lastBackoff  = 3 * time.Second        // between attempts at the most: one that is back is seen within 5 s
)

// A connection is one host: its URI, its open libvirt connection if there is
// one, and the goroutine that keeps it open.
type connection struct {
	service *Service
	id      virt.HostID
	asked   string // the URI that was asked for; empty for this computer
	saved   virt.SavedHost
	place   int // in lists; s.mu guards it
	cancel  context.CancelFunc
	ctx     context.Context // the life of the keeper, not of a call
	ended   chan struct{}
	again   chan struct{} // capacity 1: try now

	mu      sync.Mutex
	host    virt.Host
	conn    *hypervisor.Conn
	way     *tunnel.Way   // what conn goes over; nil: nothing of ours
	failure error         // why the last attempt failed
	settled chan struct{} // closed when the first attempt, or the running one, has ended
	waiting int           // calls that have waited longer than slowAfter
	reached bool          // it has answered at least once
	gone    chan struct{} // closed when conn is lost
	lending lending
}

func newConnection(s *Service, h virt.SavedHost, saved bool) *connection {
	id, uri := h.Name, h.URI()
	ctx, cancel := context.WithCancel(s.ctx)
	return &connection{
		service: s, id: id, asked: uri, saved: h, place: h.Order, ctx: ctx, cancel: cancel,
		ended: make(chan struct{}), again: make(chan struct{}, 1), settled: make(chan struct{}),
		lending: lending{slots: make(chan struct{}, mostLent)},
		host:    virt.Host{ID: id, URI: uri, State: virt.HostConnecting, Since: time.Now(), Saved: saved},
	}
}

// keep opens the connection, waits until it breaks, and begins again, until the
// host is removed.
func (c *connection) keep() {
	defer close(c.ended)
	pause := firstBackoff
	for c.ctx.Err() == nil {
		lost := make(chan string, 1)
		r, known, err := c.reach(lost)
		switch {
		case err != nil && c.wantsPerson(err):
			c.failed(err, 0)
			c.sleepUntilAsked()
			continue
		case err != nil:
			c.failed(err, pause)
			c.sleep(pause)
			pause = min(2*pause, lastBackoff)
			continue
		}
		pause = firstBackoff
		c.connected(r, known)
		select {
		case reason := <-lost:
			c.lost(r, reason)
			c.sleep(firstBackoff)
		case <-c.ctx.Done():
			c.forgetIdle()
			c.release(r)
		}
	}
}

func (c *connection) open(lost chan<- string) (route, error) {
	options := hypervisor.Options{
		Host:    c.id,
		OnEvent: c.service.hear,
		OnClose: func(reason string) {
			select {
			case lost <- reason:
			default:
			}
		},
	}
	i := c.service.interview(c.id)
	r, err := c.service.travel(c.ctx, c.saved, i, options, nil)
	if err == nil {
		i.succeeded()
	}
	return r, err
}

// reach opens the connection and asks what the host is. One that breaks before
// it has answered counts as not reached.
func (c *connection) reach(lost chan<- string) (route, virt.Host, error) {
	r, err := c.open(lost)
	if err != nil {
		return route{}, virt.Host{}, err
	}
	known, err := r.conn.HostInfo()
	if errors.Is(err, virt.ErrUnavailable) {
		c.release(r)
		return route{}, known, err
	}
	if err != nil {
		slog.Warn("host facts", "host", c.id, "err", err)
	}
	return r, known, nil
}

// wantsPerson reports whether trying again by itself is of no use: a login was
// refused, a key not accepted, a question not answered. A host counts refusals,
// and a person is asked once.
func (c *connection) wantsPerson(err error) bool {
	switch c.saved.Transport {
	case virt.TransportLocal, "":
		return false
	}
	switch virt.KindOf(err) {
	case virt.KindUnauthenticated, virt.KindForbidden, virt.KindInvalid, virt.KindCancelled, virt.KindUnsupported:
		return true
	default:
		return false
	}
}

// connected takes the fresh connection into use and tells everybody to load again.
func (c *connection) connected(r route, known virt.Host) {
	c.mu.Lock()
	c.conn, c.way, c.failure, c.reached = r.conn, r.way, nil, true
	c.gone = make(chan struct{})
	c.host = merge(c.host, known)
	c.host.URI = r.conn.URI()
	c.setState(virt.HostConnected, nil)
	c.mu.Unlock()
	c.tell(virt.HostChanged)
	c.tell(virt.Resync)
	c.settle()
}

// settle ends the wait for the first attempt. Its news were told before: whoever
// has waited hears of what comes later only.
func (c *connection) settle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	closeOnce(c.settled)
}

func (c *connection) failed(err error, pause time.Duration) {
	c.mu.Lock()
	c.failure = err
	news := c.host.State != virt.HostOffline || c.host.Problem != err.Error()
	c.setState(virt.HostOffline, err)
	if pause > 0 {
		c.host.Retry = time.Now().Add(pause)
	}
	c.mu.Unlock()
	if news {
		slog.Warn("host not reached", "host", c.id, "err", err)
	}
	c.tell(virt.HostChanged)
	c.settle()
}

func (c *connection) lost(r route, reason string) {
	err := virt.Errorf(virt.KindUnavailable, "the connection to %s was lost: %s", c.id, reason).WithHint(hintGone)
	c.mu.Lock()
	c.conn, c.way, c.failure = nil, nil, err
	close(c.gone)
	c.setState(virt.HostOffline, err)
	c.host.Retry = time.Now().Add(firstBackoff)
	c.mu.Unlock()
	slog.Warn("host lost", "host", c.id, "reason", reason)
	c.tell(virt.HostChanged)
	go func() { // may wait for calls that still hang
		c.forgetIdle()
		c.release(r)
	}()
}

// release closes a connection and its way; what they say is only worth a log line.
func (c *connection) release(r route) {
	if err := r.close(); err != nil {
		slog.Debug("close connection", "host", c.id, "err", err)
	}
}

func (c *connection) sleep(pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.again:
	case <-c.ctx.Done():
	}
}

// sleepUntilAsked waits until somebody wants the next attempt.
func (c *connection) sleepUntilAsked() {
	select {
	case <-c.again:
	case <-c.ctx.Done():
	}
}

// hurry ends the pause before the next attempt.
func (c *connection) hurry() {
	select {
	case c.again <- struct{}{}:
	default:
	}
}

// wait returns the open connection; while the first attempt runs it waits for
// its end, so that a program just started need not know.
func (c *connection) wait(ctx context.Context) (*hypervisor.Conn, error) {
	select {
	case <-c.settled:
	case <-ctx.Done():
		return nil, &virt.Error{Kind: virt.KindOf(ctx.Err()), Ref: virt.HostRef(c.id), Err: ctx.Err()}
	case <-c.ctx.Done():
		return nil, virt.Errorf(virt.KindUnavailable, "the program is closing")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil {
		return nil, &virt.Error{Kind: virt.KindOf(c.failure), Ref: virt.HostRef(c.id), Err: c.failure, Hint: virt.HintOf(c.failure)}
	}
	return c.conn, nil
}

// watch notes that a call began; the function it returns notes its end. While a
// call has waited for slowAfter the host is slow.
func (c *connection) watch() func() {
	var counted, ended bool
	timer := time.AfterFunc(slowAfter, func() {
		c.mu.Lock()
		if ended {
			c.mu.Unlock()
			return
		}
		counted = true
		c.waiting++
		news := c.host.State == virt.HostConnected
		if news {
			c.setState(virt.HostSlow, nil)
		}
		c.mu.Unlock()
		if news {
			c.tell(virt.HostChanged)
		}
	})
	return func() {
		if timer.Stop() {
			return
		}
		c.mu.Lock()
		ended = true
		if counted {
			c.waiting--
		}
		news := c.waiting == 0 && c.host.State == virt.HostSlow
		if news {
			c.setState(virt.HostConnected, nil)
		}
		c.mu.Unlock()
		if news {
			c.tell(virt.HostChanged)
		}
	}
}

// setState notes the state and its reason; the caller holds c.mu.
func (c *connection) setState(state virt.HostState, err error) {
	if c.host.State != state {
		c.host.Since = time.Now()
	}
	c.host.State, c.host.Problem, c.host.Cause, c.host.Hint, c.host.Retry = state, "", "", "", time.Time{}
	if err != nil {
		c.host.Problem, c.host.Cause, c.host.Hint = err.Error(), virt.CauseOf(err), virt.HintOf(err)
	}
}

func (c *connection) status() virt.Host {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.host
}

// learn keeps fresh facts and returns the whole picture.
func (c *connection) learn(known virt.Host) virt.Host {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.host = merge(c.host, known)
	return c.host
}

// tell tells everybody; of what happened to the host with its state.
func (c *connection) tell(kind virt.EventKind) {
	ev := virt.Event{Kind: kind, Ref: virt.HostRef(c.id), Time: time.Now()}
	if kind == virt.HostChanged {
		ev.Detail = string(c.status().State)
	}
	c.service.hear(ev)
}

// merge takes what the hypervisor says and keeps what only we know.
func merge(ours, theirs virt.Host) virt.Host {
	theirs.ID, theirs.URI, theirs.State, theirs.Since = ours.ID, ours.URI, ours.State, ours.Since
	theirs.Saved = ours.Saved
	theirs.Retry, theirs.Problem, theirs.Cause, theirs.Hint = ours.Retry, ours.Problem, ours.Cause, ours.Hint
	return theirs
}

// closeOnce closes a channel that only its lock's holder closes.
func closeOnce(ch chan struct{}) {
	select {
	case <-ch:
	default:
		close(ch)
	}
}
