package console

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/vnc"
)

// A serialLine is the connection of a terminal to a port of a machine. Its fields
// and methods belong to the UI goroutine unless they say otherwise.
type serialLine struct {
	kit      *kit.Kit
	svc      *services.Services
	vm       virt.Ref
	terminal *vnc.Terminal
	changed  func() // status or open is another

	open    bool // connected, or trying to be
	gaveUp  bool // ended by itself, and nobody has asked to try again
	status  vnc.Status
	retryAt time.Time // of a status Lost that is tried again
	wasOpen bool      // at least once, since dial

	mu     sync.Mutex // orders calls of Connect, and keeps device
	device string
	take   atomic.Bool // the next attempt takes the port from whoever has it
	turn   atomic.Int64
	cancel func()
}

func newSerialLine(k *kit.Kit, svc *services.Services, machine virt.Ref, device string, terminal *vnc.Terminal) *serialLine {
	l := &serialLine{kit: k, svc: svc, vm: machine, device: device, terminal: terminal, changed: func() {}, cancel: func() {}}
	terminal.OnStatus = func(s vnc.Status) {
		turn := l.turn.Load()
		k.Do(func() {
			if l.turn.Load() == turn {
				l.heard(s)
			}
		})
	}
	return l
}

// dial connects, or connects afresh. The terminal tries again by itself until
// hangUp. take takes the port from another program, once.
func (l *serialLine) dial(take bool) {
	l.cancel()
	turn := l.turn.Add(1)
	l.take.Store(take)
	l.open, l.gaveUp, l.wasOpen, l.status = true, false, false, vnc.Status{State: vnc.Connecting}
	l.cancel = l.kit.Keep(func(ctx context.Context) error {
		l.mu.Lock()
		if l.turn.Load() == turn {
			l.terminal.Connect(ctx, l.connect)
		}
		l.mu.Unlock()
		<-ctx.Done()
		return nil
	}, nil)
	l.changed()
}

// hangUp ends the connection and all attempts; the text stays.
func (l *serialLine) hangUp() {
	if !l.open {
		return
	}
	l.turn.Add(1)
	l.cancel()
	l.open = false
	l.changed()
}

// close is hangUp for good. It does not wait; the kit waits when it closes.
func (l *serialLine) close() {
	l.changed = func() {}
	l.hangUp()
	l.terminal.Close()
	l.kit.Keep(func(context.Context) error {
		l.terminal.Wait()
		return nil
	}, nil)
}

// setDevice says by which name the port is known from now on.
func (l *serialLine) setDevice(device string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.device = device
}

// connected says whether the port is open.
func (l *serialLine) connected() bool { return l.open && l.status.State == vnc.Connected }

// lost says whether there is no connection, although there should be one.
func (l *serialLine) lost() bool { return l.gaveUp || l.open && l.status.Err != nil }

// inUse says whether another program has the port.
func (l *serialLine) inUse() bool { return l.gaveUp && errors.Is(l.status.Err, vm.ErrPortInUse) }

func (l *serialLine) heard(s vnc.Status) {
	if s.State == vnc.Connecting && l.status.Err != nil {
		s.Err = l.status.Err // the reason stands until it works again
	}
	l.status = s
	l.retryAt = time.Now().Add(s.RetryIn)
	l.wasOpen = l.wasOpen || s.State == vnc.Connected
	if s.State == vnc.Lost && (isFinal(s.Err) || errors.Is(s.Err, vm.ErrPortInUse)) {
		l.gaveUp = true
		l.hangUp()
	}
	l.changed()
}

// connect is called by the terminal, on a goroutine of its own.
func (l *serialLine) connect(ctx context.Context) (io.ReadWriteCloser, error) {
	l.mu.Lock()
	device := l.device
	l.mu.Unlock()
	return l.svc.VMs.OpenPort(ctx, l.vm, device, l.take.Swap(false))
}
