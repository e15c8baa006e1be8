package console

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/vnc"
)

// A line is the connection of a screen widget to a machine's screen. Its fields
// and methods belong to the UI goroutine unless they say otherwise.
type line struct {
	kit     *kit.Kit
	svc     *services.Services
	vm      virt.Ref
	screen  *vnc.Screen
	changed func() // status or open is another

	open    bool // connected, or trying to be
	gaveUp  bool // ended by itself, and nobody has asked to try again
	status  vnc.Status
	retryAt time.Time // of a status Lost that is tried again

	mu     sync.Mutex // orders calls of Connect
	turn   atomic.Int64
	cancel func()
}

func newLine(k *kit.Kit, svc *services.Services, vm virt.Ref, screen *vnc.Screen) *line {
	l := &line{kit: k, svc: svc, vm: vm, screen: screen, changed: func() {}, cancel: func() {}}
	screen.OnStatus = func(s vnc.Status) {
		turn := l.turn.Load()
		k.Do(func() {
			if l.turn.Load() == turn {
				l.heard(s)
			}
		})
	}
	return l
}

// dial connects, or connects afresh. The screen tries again by itself until
// hangUp.
func (l *line) dial() {
	l.cancel()
	turn := l.turn.Add(1)
	l.open, l.gaveUp, l.status = true, false, vnc.Status{State: vnc.Connecting}
	l.cancel = l.kit.Keep(func(ctx context.Context) error {
		l.mu.Lock()
		if l.turn.Load() == turn {
			l.screen.Connect(ctx, l.connect, l.svc.Hosts.ScreenLogin(l.vm, asker{l.kit}))
		}
		l.mu.Unlock()
		<-ctx.Done()
		return nil
	}, nil)
	l.changed()
}

// hangUp ends the connection and all attempts; the last picture stays.
func (l *line) hangUp() {
	if !l.open {
		return
	}
	l.turn.Add(1)
	l.cancel()
	l.open = false
	l.changed()
}

// close is hangUp for good. It does not wait; the kit waits when it closes.
func (l *line) close() {
	l.changed = func() {}
	l.hangUp()
	l.screen.Close()
	l.kit.Keep(func(context.Context) error {
		l.screen.Wait()
		return nil
	}, nil)
}

// connected says whether the machine's screen is shown live.
func (l *line) connected() bool { return l.open && l.status.State == vnc.Connected }

// lost says whether there is no connection, although there should be one.
func (l *line) lost() bool { return l.gaveUp || l.open && l.status.Err != nil }

func (l *line) heard(s vnc.Status) {
	if s.State == vnc.Connecting && l.status.Err != nil {
		s.Err = l.status.Err // the reason stands until it works again
	}
	l.status = s
	l.retryAt = time.Now().Add(s.RetryIn)
	if s.State == vnc.Lost && (s.RetryIn == 0 || isFinal(s.Err)) {
		l.gaveUp = true
		l.hangUp()
	}
	l.changed()
}

// isFinal says whether trying again cannot help.
func isFinal(err error) bool {
	return errors.Is(err, virt.ErrUnsupported) || errors.Is(err, virt.ErrForbidden) || errors.Is(err, virt.ErrNotFound)
}

// connect is called by the screen, on a goroutine of its own.
func (l *line) connect(ctx context.Context) (net.Conn, error) { return l.svc.VMs.Screen(ctx, l.vm) }
