package vnc_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"net"
	"slices"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// history collects what a screen tells.
type history struct {
	mu       sync.Mutex
	statuses []vnc.Status
	events   []string
}

func (h *history) status(s vnc.Status) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.statuses = append(h.statuses, s)
}

func (h *history) event(e string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

func (h *history) last() vnc.Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.statuses) == 0 {
		return vnc.Status{}
	}
	return h.statuses[len(h.statuses)-1]
}

func (h *history) all() []vnc.Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.statuses)
}

func (h *history) count(event string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, e := range h.events {
		if e == event {
			n++
		}
	}
	return n
}

// show puts a screen into a window of Fyne's test driver.
func show(t *testing.T) (*vnc.Screen, *history, fyne.Window) {
	t.Helper()
	test.NewTempApp(t)
	screen, told := vnc.NewScreen("Screen of test"), &history{}
	screen.OnStatus, screen.Trace = told.status, told.event
	window := test.NewTempWindow(t, screen)
	window.SetPadded(false)
	window.Resize(fyne.NewSize(900, 400))
	t.Cleanup(func() {
		screen.Close()
		screen.Wait()
	})
	return screen, told, window
}

func dial(guest *rfbtest.Guest) vnc.DialFunc {
	return func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", guest.Socket)
	}
}

// nobody expects no question.
var nobody vnc.Guard

// A keeper gives one password after the other.
type keeper struct {
	mu      sync.Mutex
	answer  func(asked int) (string, error)
	asked   int
	refused int
	entered int
}

// Prepare is part of vnc.Guard.
func (k *keeper) Prepare(_ context.Context, opts *rfb.Options) error {
	opts.Password = func(context.Context) (string, error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.asked++
		return k.answer(k.asked)
	}
	return nil
}

// Again is part of vnc.Guard.
func (k *keeper) Again(_ context.Context, err error) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	var auth *rfb.AuthError
	if errors.As(err, &auth) {
		k.refused++
		return true
	}
	return false
}

// Entered is part of vnc.Guard.
func (k *keeper) Entered() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.entered++
}

// connect shows a guest's screen and waits for its first picture.
func connect(t *testing.T, guest *rfbtest.Guest) (*vnc.Screen, *history, fyne.Window) {
	t.Helper()
	screen, told, window := show(t)
	screen.Connect(t.Context(), dial(guest), nobody)
	rfbtest.Eventually(t, "a picture", func() bool { return screen.Stats().Updates > 0 })
	rfbtest.Eventually(t, "Connected", func() bool { return told.last().State == vnc.Connected })
	return screen, told, window
}

func TestTheGuestsPictureIsPaintedInTheMiddleOfTheWindow(t *testing.T) {
	guest := rfbtest.Start(t, "")
	screen, told, window := connect(t, guest)
	if s := told.last(); s.Width != 720 || s.Height != 400 {
		t.Errorf("status %+v", s)
	}
	guest.Do(t, "stop", nil)
	truth := guest.Screendump(t)
	rfbtest.Eventually(t, "the picture", func() bool { return bytes.Equal(screen.Picture().Pix, truth.Pix) })
	screen.Close()
	screen.Wait()

	painted, ok := window.Canvas().Capture().(*image.NRGBA)
	if !ok {
		t.Fatal("Fyne paints in another way")
	}
	if err := differs(painted.SubImage(image.Rect(90, 0, 90+720, 400)), truth); err != nil {
		t.Error(err)
	}
	if differs(image.NewRGBA(truth.Rect), truth) == nil {
		t.Error("the guest's screen is black: nothing was compared")
	}
	if stats := screen.Stats(); stats.Width != 720 || stats.Height != 400 || len(stats.Hash) != 16 {
		t.Errorf("stats %+v", stats)
	}
}

func TestAHiddenScreenIsNeitherUpdatedNorPainted(t *testing.T) {
	guest := rfbtest.Start(t, "")
	screen, told, _ := connect(t, guest)
	screen.Hide()
	screen.SendKeys(rfb.KeyA)
	wantKeys(t, guest, 0x1e, 0x9e)
	before, painted := screen.Stats().Updates, told.count(vnc.TraceRepaintAsked)
	for n := range 3 {
		was := guest.Screendump(t)
		screen.SendKeys(rfb.KeyA)
		rfbtest.Eventually(t, "the guest shows the key", func() bool {
			return len(guest.Keys(t)) == 2*n+4 && !bytes.Equal(guest.Screendump(t).Pix, was.Pix)
		})
	}
	if got := screen.Stats().Updates - before; got > 2 {
		t.Errorf("%d updates while hidden", got)
	}
	if got := told.count(vnc.TraceRepaintAsked) - painted; got > 1 {
		t.Errorf("%d repaints while hidden", got)
	}
	screen.Show()
	guest.Do(t, "stop", nil)
	truth := guest.Screendump(t)
	rfbtest.Eventually(t, "the picture", func() bool { return bytes.Equal(screen.Picture().Pix, truth.Pix) })
	rfbtest.Eventually(t, "a repaint", func() bool { return told.count(vnc.TraceRepaintAsked) > painted })
}

func TestTheScreenSaysWhatItIs(t *testing.T) {
	screen, _, _ := show(t)
	if screen.A11yRole() != "drawing area" || screen.A11yName() != "Screen of test" {
		t.Errorf("role %q, name %q", screen.A11yRole(), screen.A11yName())
	}
	screen.SetName("Screen of web")
	if screen.A11yName() != "Screen of web" {
		t.Errorf("name %q", screen.A11yName())
	}
	if !screen.AcceptsTab() {
		t.Error("Tab leaves the guest")
	}
	if err := screen.RequestSize(800, 600); !errors.Is(err, rfb.ErrFixedSize) {
		t.Errorf("RequestSize without a connection: %v", err)
	}
}

func TestActualSizeNeedsTheGuestsRoom(t *testing.T) {
	guest := rfbtest.Start(t, "")
	screen, _, _ := connect(t, guest)
	if size := screen.MinSize(); size.Width > 200 {
		t.Errorf("fitting needs %v", size)
	}
	screen.SetScaling(vnc.ActualSize)
	if size := screen.MinSize(); size != fyne.NewSize(720, 400) {
		t.Errorf("actual size needs %v", size)
	}
}
