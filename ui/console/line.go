package console

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
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
			l.screen.Connect(ctx, l.connect, l.askPassword)
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

// errNoPassword ends the attempts of a screen whose password nobody gives.
var errNoPassword = errors.New("no password was given")

// askPassword asks the person, and waits for the answer on a goroutine of the
// screen. The password is not kept.
func (l *line) askPassword(ctx context.Context, reason string) (string, error) {
	given := make(chan string, 1)
	refused := make(chan struct{}, 1)
	var dialog *kit.Dialog
	l.kit.Do(func() {
		dialog = l.newPasswordDialog(reason != "", given, refused)
		dialog.Open(l.kit.Win.Canvas())
	})
	select {
	case word := <-given:
		return word, nil
	case <-refused:
		return "", errNoPassword
	case <-ctx.Done():
		l.kit.Do(func() { dialog.Close() })
		return "", ctx.Err()
	}
}

// newPasswordDialog asks for the password of the screen; again says that the
// one before was wrong.
func (l *line) newPasswordDialog(again bool, given chan<- string, refused chan<- struct{}) *kit.Dialog {
	entry := kit.NewPassword(lang.L("Password"), "")
	row := kit.NewField(lang.L("Password"), lang.L("It is not kept."), entry)
	if again {
		row.SetProblem(lang.L("The machine did not accept the password."))
	}
	var dialog *kit.Dialog
	connect := kit.Primary("", lang.L("Connect"), func() {
		dialog.Close()
		given <- entry.Text()
	})
	dialog = kit.NewDialog(kit.DialogSpec{
		Title:    lang.L("The screen asks for a password"),
		Text:     lang.L("“{{.Name}}” shows its screen only to those who know it.", map[string]any{"Name": l.vm.Name}),
		Tile:     kit.NewIconTile("key-round", theme.Accent, 40),
		Body:     row,
		Action:   connect,
		OnCancel: func() { refused <- struct{}{} },
	})
	return dialog
}
