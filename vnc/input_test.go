package vnc_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"slices"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

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

func TestOtherKeysLetGoWhereThatIsWished(t *testing.T) {
	guest := rfbtest.Start(t, "")
	screen, _, window := connect(t, guest)
	released := 0
	screen.OnRelease = func() { released++ }
	screen.SetRelease([]rfb.KeyCode{rfb.KeyRightCtrl})
	window.Canvas().Focus(screen)
	for _, k := range []rfb.KeyCode{rfb.KeyLeftCtrl, rfb.KeyLeftAlt} {
		screen.KeyDown(key(k))
	}
	for _, k := range []rfb.KeyCode{rfb.KeyLeftAlt, rfb.KeyLeftCtrl} {
		screen.KeyUp(key(k))
	}
	if released != 0 || window.Canvas().Focused() != screen {
		t.Error("the usual keys let go")
	}
	screen.KeyDown(key(rfb.KeyRightCtrl))
	screen.KeyUp(key(rfb.KeyRightCtrl))
	if released != 1 || window.Canvas().Focused() != nil {
		t.Errorf("released %d times, focused %v", released, window.Canvas().Focused())
	}
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
