package host

import (
	"context"
	"net/url"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// libvirt's client library may crash when several threads call through one
// connection at once: a thread that waits can leave a source behind in the
// connection's event loop that points into its stack (seen with 9.0 when a
// daemon hangs while calls wait). So a call has its connection for itself:
// the host's first one, which also tells the news, or a further one.
const (
	mostLent = 16 // calls under way on one host; more wait
	mostIdle = 2  // further connections that are kept open
)

// lending keeps the connections of one host that calls may have.
type lending struct {
	slots chan struct{}
	busy  *hypervisor.Conn   // the first connection while a call has it
	idle  []*hypervisor.Conn // further ones that no call has
	of    *hypervisor.Conn   // the first connection that idle belongs to
}

// lend returns a connection that no other call has, and what gives it back.
// Drivers inside this process have no client library between: all calls share
// their one connection.
func (c *connection) lend(ctx context.Context) (*hypervisor.Conn, func(), error) {
	first, err := c.wait(ctx)
	if err != nil {
		return nil, nil, err
	}
	if inProcess(first.URI()) {
		return first, func() {}, nil
	}
	select {
	case c.lending.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, &virt.Error{Kind: virt.KindOf(ctx.Err()), Ref: virt.HostRef(c.id), Err: ctx.Err()}
	}
	conn := c.take(first)
	if conn == nil {
		if conn, err = c.openFurther(ctx, first); err != nil {
			<-c.lending.slots
			return nil, nil, err
		}
	}
	return conn, func() { c.giveBack(first, conn); <-c.lending.slots }, nil
}

// take returns a connection that nobody has, or nil.
func (c *connection) take(first *hypervisor.Conn) *hypervisor.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &c.lending
	if l.busy != first {
		l.busy = first
		return first
	}
	if l.of != first || len(l.idle) == 0 {
		return nil
	}
	conn := l.idle[len(l.idle)-1]
	l.idle = l.idle[:len(l.idle)-1]
	return conn
}

// giveBack keeps the connection for the next call, or closes it when there are
// enough or the host has been lost meanwhile.
func (c *connection) giveBack(first, conn *hypervisor.Conn) {
	c.mu.Lock()
	l := &c.lending
	if conn == first {
		if l.busy == first {
			l.busy = nil
		}
		c.mu.Unlock()
		return
	}
	keep := c.conn == first && len(l.idle) < mostIdle
	if keep {
		l.of = first
		l.idle = append(l.idle, conn)
	}
	c.mu.Unlock()
	if !keep {
		c.release(route{conn: conn})
	}
}

// forgetIdle closes the connections that no call has.
func (c *connection) forgetIdle() {
	c.mu.Lock()
	idle := c.lending.idle
	c.lending.idle, c.lending.of = nil, nil
	c.mu.Unlock()
	for _, conn := range idle {
		c.release(route{conn: conn})
	}
}

// openFurther opens one more connection to where the first one leads. Opening
// cannot be broken off; one that comes too late is closed.
func (c *connection) openFurther(ctx context.Context, first *hypervisor.Conn) (*hypervisor.Conn, error) {
	type answer struct {
		conn *hypervisor.Conn
		err  error
	}
	opened := make(chan answer)
	late := make(chan struct{})
	defer close(late)
	go func() {
		conn, err := c.service.another(c.ctx, c.saved, first)
		select {
		case opened <- answer{conn, err}:
		case <-late:
			if err == nil {
				c.release(route{conn: conn})
			}
		}
	}()
	select {
	case a := <-opened:
		return a.conn, a.err
	case <-c.broken(first):
		return nil, virt.Errorf(virt.KindUnavailable, "the connection to %s was lost", c.id).WithHint(hintGone)
	case <-ctx.Done():
		return nil, &virt.Error{Kind: virt.KindOf(ctx.Err()), Ref: virt.HostRef(c.id), Err: ctx.Err()}
	}
}

// broken returns a channel that is closed when the host's first connection is
// another than the given one.
func (c *connection) broken(first *hypervisor.Conn) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != first {
		closed := make(chan struct{})
		close(closed)
		return closed
	}
	return c.gone
}

// inProcess reports whether the URI's driver works inside this process.
func inProcess(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil {
		return false
	}
	driver, transport, _ := strings.Cut(u.Scheme, "+")
	return transport == "" && u.Hostname() == "" && (driver == "test" || u.Path == "/embed")
}
