package vnc_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
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

func nobody(context.Context, string) (string, error) { return "", errors.New("no password expected") }

// connect shows a guest's screen and waits for its first picture.
func connect(t *testing.T, guest *rfbtest.Guest) (*vnc.Screen, *history, fyne.Window) {
	t.Helper()
	screen, told, window := show(t)
	screen.Connect(t.Context(), dial(guest), nobody)
	rfbtest.Eventually(t, "a picture", func() bool { return screen.Stats().Updates > 0 })
	rfbtest.Eventually(t, "Connected", func() bool { return told.last().State == vnc.Connected })
	return screen, told, window
}

func key(code rfb.KeyCode) *fyne.KeyEvent {
	return &fyne.KeyEvent{Physical: fyne.HardwareKey{ScanCode: int(code) + 8}}
}

func wantKeys(t *testing.T, guest *rfbtest.Guest, want ...byte) {
	t.Helper()
	rfbtest.Eventually(t, "the keys arrive", func() bool { return len(guest.Keys(t)) >= len(want) })
	if got := guest.Keys(t); !bytes.Equal(got, want) {
		t.Errorf("the guest read % x, want % x", got, want)
	}
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

	painted := window.Canvas().Capture()
	for _, at := range []image.Point{{0, 0}, {8, 20}, {360, 200}, {719, 399}} {
		r, g, b, _ := painted.At(90+at.X, at.Y).RGBA()
		want := truth.RGBAAt(at.X, at.Y)
		if uint8(r>>8) != want.R || uint8(g>>8) != want.G || uint8(b>>8) != want.B {
			t.Errorf("at %v: %x %x %x, want %v", at, r>>8, g>>8, b>>8, want)
		}
	}
	if stats := screen.Stats(); stats.Width != 720 || stats.Height != 400 || len(stats.Hash) != 16 {
		t.Errorf("stats %+v", stats)
	}
}

func TestKeysReachTheGuestAndAreReleasedWhenTheFocusIsLost(t *testing.T) {
	guest := rfbtest.Start(t, "")
	screen, _, window := connect(t, guest)
	window.Canvas().Focus(screen)
	screen.KeyDown(key(rfb.KeyA))
	screen.TypedKey(key(rfb.KeyA)) // a repetition is the guest's business
	screen.KeyUp(key(rfb.KeyA))
	screen.KeyDown(key(rfb.KeyRightCtrl))
	screen.KeyDown(key(rfb.KeyB))
	screen.TypedShortcut(&fyne.ShortcutCopy{})
	screen.KeyDown(key(0)) // a key without a place
	window.Canvas().Unfocus()
	wantKeys(t, guest, 0x1e, 0x9e, 0xe0, 0x1d, 0x30, 0xb0, 0xe0, 0x9d)
	screen.KeyUp(key(rfb.KeyB)) // comes late, as it does when a window loses the focus
	screen.SendKeys(rfb.KeyLeftCtrl, rfb.KeyLeftAlt, rfb.KeyDelete)
	rfbtest.Eventually(t, "the keys", func() bool {
		return bytes.HasSuffix(guest.Keys(t), []byte{0x1d, 0x38, 0xe0, 0x53, 0xe0, 0xd3, 0xb8, 0x9d})
	})
}

func TestLeftCtrlAltLetsGoUnlessAnotherKeyCameBetween(t *testing.T) {
	guest := rfbtest.Start(t, "")
	screen, _, window := connect(t, guest)
	released := 0
	var focus []bool
	screen.OnRelease = func() { released++ }
	screen.OnFocus = func(f bool) { focus = append(focus, f) }
	window.Canvas().Focus(screen)

	for _, k := range []rfb.KeyCode{rfb.KeyLeftCtrl, rfb.KeyLeftAlt, rfb.KeyT} {
		screen.KeyDown(key(k))
	}
	for _, k := range []rfb.KeyCode{rfb.KeyT, rfb.KeyLeftAlt, rfb.KeyLeftCtrl} {
		screen.KeyUp(key(k))
	}
	if released != 0 || window.Canvas().Focused() != screen {
		t.Error("Ctrl+Alt+T let go")
	}
	screen.KeyDown(key(rfb.KeyLeftAlt))
	screen.KeyDown(key(rfb.KeyLeftCtrl))
	screen.KeyUp(key(rfb.KeyLeftAlt))
	if released != 1 || window.Canvas().Focused() != nil || !slices.Equal(focus, []bool{true, false}) {
		t.Errorf("released %d times, focused %v, focus %v", released, window.Canvas().Focused(), focus)
	}
	wantKeys(t, guest, 0x1d, 0x38, 0x14, 0x94, 0xb8, 0x9d, 0x38, 0x1d, 0xb8, 0x9d)
}

func TestTheWindowsPointerMovesTheGuestsMouse(t *testing.T) {
	guest := rfbtest.Start(t, "")
	screen, _, window := connect(t, guest)
	at := func(x, y float32) desktop.MouseEvent {
		return desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}}
	}
	wantMouse := func(packet ...byte) {
		t.Helper()
		rfbtest.Eventually(t, "the mouse", func() bool { return bytes.HasSuffix(guest.Mouse(t), packet) })
	}
	in := at(190, 100)
	screen.MouseIn(&in)
	press := at(190, 100)
	press.Button = desktop.MouseButtonSecondary
	screen.MouseDown(&press)
	wantMouse(0x0a, 0, 0)
	if window.Canvas().Focused() != screen {
		t.Error("a click did not take the focus")
	}
	screen.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(195, 98)}})
	wantMouse(0x0a, 5, 2)
	screen.DragEnd()
	wantMouse(0x08, 0, 0)

	press.Button = desktop.MouseButtonPrimary
	screen.MouseDown(&press)
	wantMouse(0x39, 0xfb, 0xfe)
}

// tabletServer is a server with a 720x400 screen and an absolute pointer. It
// returns how to dial it and what its client sent after the handshake.
func tabletServer(t *testing.T) (vnc.DialFunc, func() []byte) {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = ours.Close() })
	var mu sync.Mutex
	var heard []byte
	go func() {
		answer := make([]byte, 12)
		for _, step := range []struct {
			say  string
			hear int
		}{
			{"RFB 003.008\n", 12}, {"\x01\x01", 1}, {"\x00\x00\x00\x00", 1},
			{"\x02\xd0\x01\x90" + string(make([]byte, 20)), 0},
		} {
			_, _ = ours.Write([]byte(step.say)) // the test fails by what is not heard
			_, _ = io.ReadFull(ours, answer[:step.hear])
		}
		b := make([]byte, 256)
		for {
			n, err := ours.Read(b)
			mu.Lock()
			heard = append(heard, b[:n]...)
			mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return func(context.Context) (net.Conn, error) { return theirs, nil }, func() []byte {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(heard)
	}
}

func TestATabletFollowsThePointerAndTheWheelTurnsByNotches(t *testing.T) {
	screen, told, _ := show(t)
	dial, heard := tabletServer(t)
	screen.Connect(t.Context(), dial, nobody)
	rfbtest.Eventually(t, "Connected", func() bool { return told.last().State == vnc.Connected })
	wantPointer := func(messages ...[3]int) {
		t.Helper()
		var want []byte
		for _, m := range messages { // buttons, x, y
			want = append(want, 5, byte(m[0]), byte(m[1]>>8), byte(m[1]), byte(m[2]>>8), byte(m[2]))
		}
		rfbtest.Eventually(t, "the pointer", func() bool { return bytes.HasSuffix(heard(), want) })
	}
	move := func(x, y float32, held desktop.MouseButton) *desktop.MouseEvent {
		return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: held}
	}

	screen.MouseIn(move(90+300, 50, 0)) // the picture begins 90 from the left
	wantPointer([3]int{0, 300, 50})
	screen.MouseDown(move(390, 50, desktop.MouseButtonPrimary))
	screen.MouseDown(move(390, 50, desktop.MouseButtonTertiary))
	wantPointer([3]int{3, 300, 50})
	screen.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(-200, 9999)}})
	wantPointer([3]int{3, 0, 399})
	screen.MouseUp(move(-200, 9999, desktop.MouseButtonTertiary))
	wantPointer([3]int{1, 0, 399})
	screen.DragEnd() // released outside: Fyne tells no more
	wantPointer([3]int{0, 0, 399})

	screen.MouseDown(move(390, 50, desktop.MouseButtonSecondary))
	wantPointer([3]int{4, 300, 50})
	screen.MouseIn(move(391, 50, 0)) // it was released outside
	wantPointer([3]int{0, 301, 50})

	screen.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 20)})
	screen.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(-25, 30)})
	wantPointer([3]int{8, 301, 50}, [3]int{0, 301, 50}, [3]int{8, 301, 50}, [3]int{0, 301, 50}, [3]int{64, 301, 50}, [3]int{0, 301, 50})
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

func TestALostConnectionIsDimmedAndTriedAgain(t *testing.T) {
	guest := rfbtest.Start(t, "")
	screen, told, _ := show(t)
	var mu sync.Mutex
	socket := guest.Socket
	screen.Connect(t.Context(), func(ctx context.Context) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}, nobody)
	rfbtest.Eventually(t, "a picture", func() bool { return screen.Stats().Updates > 0 })
	picture := screen.Stats()
	guest.Kill()
	rfbtest.Eventually(t, "the second pause", func() bool { return told.last().RetryIn >= time.Second/2 })
	if after := screen.Stats(); after.Hash != picture.Hash && after.Updates == picture.Updates {
		t.Error("the last picture did not stay")
	}
	again := rfbtest.Start(t, "")
	mu.Lock()
	socket = again.Socket
	mu.Unlock()
	rfbtest.Eventually(t, "connected again", func() bool { return told.last().State == vnc.Connected })
	screen.SendKeys(rfb.KeyB)
	wantKeys(t, again, 0x30, 0xb0)
}

func TestAWrongPasswordIsAskedForAgainWithTheReason(t *testing.T) {
	guest := rfbtest.Start(t, ",password-secret=pw", "-object", "secret,id=pw,data=opensesame")
	screen, told, _ := show(t)
	var mu sync.Mutex
	var reasons []string
	screen.Connect(t.Context(), dial(guest), func(_ context.Context, reason string) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		reasons = append(reasons, reason)
		if len(reasons) == 1 {
			return "wrong", nil
		}
		return "opensesame", nil
	})
	rfbtest.Eventually(t, "Connected", func() bool { return told.last().State == vnc.Connected })
	mu.Lock()
	defer mu.Unlock()
	if len(reasons) != 2 || reasons[0] != "" || reasons[1] == "" {
		t.Errorf("reasons %q", reasons)
	}
}

func TestWhoGivesNoPasswordIsNotAskedAgain(t *testing.T) {
	guest := rfbtest.Start(t, ",password-secret=pw", "-object", "secret,id=pw,data=opensesame")
	screen, told, _ := show(t)
	cancelled := errors.New("cancelled")
	screen.Connect(t.Context(), dial(guest), func(context.Context, string) (string, error) { return "", cancelled })
	rfbtest.Eventually(t, "the end", func() bool { return told.last().State == vnc.Lost })
	if s := told.last(); !errors.Is(s.Err, cancelled) || s.RetryIn != 0 {
		t.Errorf("status %+v", s)
	}
}

func TestFailuresToDialAreToldAndRetriedEverSlower(t *testing.T) {
	screen, told, _ := show(t)
	refused := errors.New("nobody there")
	screen.Connect(t.Context(), func(context.Context) (net.Conn, error) { return nil, refused }, nobody)
	rfbtest.Eventually(t, "three attempts", func() bool { return len(told.all()) >= 6 })
	screen.Close()
	screen.Wait()
	pause := 250 * time.Millisecond
	for i, s := range told.all()[:6] {
		want := vnc.Status{State: vnc.Connecting}
		if i%2 == 1 {
			want = vnc.Status{State: vnc.Lost, Err: refused, RetryIn: pause}
			pause *= 2
		}
		if s != want {
			t.Errorf("status %d: %+v, want %+v", i, s, want)
		}
	}
}

func TestCloseDoesNotWaitForADialThatHangs(t *testing.T) {
	screen, told, _ := show(t)
	hanging, give := make(chan struct{}), make(chan net.Conn)
	screen.Connect(t.Context(), func(context.Context) (net.Conn, error) {
		close(hanging)
		return <-give, nil
	}, nobody)
	<-hanging
	start := time.Now()
	screen.Close()
	if took := time.Since(start); took > 100*time.Millisecond {
		t.Errorf("Close took %v", took)
	}
	ours, theirs := net.Pipe()
	give <- theirs
	screen.Wait()
	if _, err := ours.Read(make([]byte, 1)); err == nil {
		t.Error("the late connection was used")
	}
	if last := told.last(); last.State != vnc.Connecting {
		t.Errorf("told %+v after Close", last)
	}
}

func TestASecondConnectTakesOver(t *testing.T) {
	first, second := rfbtest.Start(t, ""), rfbtest.Start(t, "")
	screen, told, _ := connect(t, first)
	screen.Connect(t.Context(), dial(second), nobody)
	rfbtest.Eventually(t, "connected twice", func() bool {
		all := told.all()
		return len(all) == 4 && all[3].State == vnc.Connected
	})
	rfbtest.Eventually(t, "QEMU takes keys", func() bool { return screen.Stats().Updates > 1 })
	screen.SendKeys(rfb.KeyC)
	wantKeys(t, second, 0x2e, 0xae)
	if keys := first.Keys(t); len(keys) != 0 {
		t.Errorf("the first guest read % x", keys)
	}
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
