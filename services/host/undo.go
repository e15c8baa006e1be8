package host

import (
	"context"
	"errors"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// undoPatience is how long an inverse waits for a host that was lost to come
// back: a daemon that is updated or crashed is there again within seconds.
const undoPatience = 10 * time.Second

// Undo lends the connection of the URI to an inverse that the door runs: it
// needs no permission of its own, because it takes back what was permitted. A
// host that was lost just now is given a few seconds to come back. One that is
// not reached is virt.ErrUnavailable.
func Undo(ctx context.Context, s *Service, uri string, run func(*hypervisor.Conn) error) error {
	for _, c := range s.atURI(uri) {
		conn, err := c.wait(ctx)
		if conn != nil && conn.URI() != uri {
			continue // this computer, by another driver
		}
		if err == nil {
			err = c.runLent(ctx, run)
		}
		if errors.Is(err, virt.ErrUnavailable) && c.wasReached() {
			return undoAgain(ctx, s, c, lent{conn, uri}, run, err)
		}
		if conn != nil || c.asked == uri {
			return err
		}
	}
	return virt.Errorf(virt.KindUnavailable, "the host %s is not connected", uri).
		WithHint("Connect to it and recover again: kvm-cli --host URI operation recover")
}

// lent is a connection, or none, and the URI it was asked for.
type lent struct {
	conn *hypervisor.Conn
	uri  string
}

// undoAgain runs the inverse with the host's next connection, if one comes soon.
func undoAgain(ctx context.Context, s *Service, c *connection, broken lent, run func(*hypervisor.Conn) error, failure error) error {
	ctx, cancel := context.WithTimeout(ctx, undoPatience)
	defer cancel()
	news, stop := s.bus.Subscribe()
	defer stop()
	for {
		if conn, err := c.wait(ctx); err == nil && conn != broken.conn && conn.URI() == broken.uri {
			return c.runLent(ctx, run)
		}
		select {
		case <-news:
		case <-ctx.Done():
			return failure
		}
	}
}

// runLent runs an inverse with a connection of its own.
func (c *connection) runLent(ctx context.Context, run func(*hypervisor.Conn) error) error {
	conn, giveBack, err := c.lend(ctx)
	if err != nil {
		return err
	}
	defer giveBack()
	return run(conn)
}

// atURI returns the hosts that have the URI or may come to have it.
func (s *Service) atURI(uri string) []*connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*connection
	for _, id := range s.order {
		if c := s.hosts[id]; c.asked == uri || c.asked == "" {
			found = append(found, c)
		}
	}
	return found
}

// wasReached reports whether the host has ever answered this process.
func (c *connection) wasReached() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reached
}
