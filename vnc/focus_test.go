package vnc_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/jezek/xgb/xproto"

	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// openAnother opens a window of another program on the desktop, and returns its
// number.
func (d *realDesktop) openAnother() string {
	d.t.Helper()
	x := pointOn(d.t, d.display)
	window, err := xproto.NewWindowId(x.Conn)
	x.must(err)
	x.must(xproto.CreateWindowChecked(x.Conn, 0, window, x.root, 0, 0, 200, 100, 0, xproto.WindowClassInputOutput, 0, 0, nil).Check())
	x.must(xproto.MapWindowChecked(x.Conn, window).Check())
	return fmt.Sprint(window)
}

func TestWhatTheWindowManagerWouldTakeReachesTheGuest(t *testing.T) {
	guest := rfbtest.Start(t, "")
	d := openWindow(t, guest)
	d.openAnother()
	d.x("windowactivate", "--sync", d.window)
	d.takeKeyboard()
	before := len(guest.Keys(t))
	for _, keys := range []string{"alt+Tab", "Super_L", "alt+F4", "ctrl+alt+Delete"} {
		d.x("key", keys)
	}
	want := []byte{ // xdotool releases in the order in which it has pressed
		0x38, 0x0f, 0xb8, 0x8f, 0xe0, 0x5b, 0xe0, 0xdb, 0x38, 0x3e, 0xb8, 0xbe,
		0x1d, 0x38, 0xe0, 0x53, 0x9d, 0xb8, 0xe0, 0xd3,
	}
	var got []byte
	rfbtest.Eventually(t, "the keys", func() bool {
		got = guest.Keys(t)[before:]
		return len(got) >= len(want)
	})
	if !bytes.Equal(got, want) {
		t.Errorf("the guest read % x, want % x", got, want)
	}
	if focused := d.x("getwindowfocus"); focused != d.window || d.heard("focus false") {
		t.Errorf("the window manager gave the focus to %s", focused)
	}
}

func TestHeldKeysAreReleasedWhenAnotherWindowTakesTheFocus(t *testing.T) {
	guest := rfbtest.Start(t, "")
	d := openWindow(t, guest)
	other := d.openAnother()
	d.x("windowactivate", "--sync", d.window)
	d.takeKeyboard()
	before := len(guest.Keys(t))
	want := func(keys ...byte) {
		t.Helper()
		rfbtest.Eventually(t, "the keys", func() bool { return len(guest.Keys(t)) >= before+len(keys) })
		if got := guest.Keys(t)[before:]; !bytes.Equal(got, keys) {
			t.Errorf("the guest read % x, want % x", got, keys)
		}
		before += len(keys)
	}

	d.x("keydown", "050", "keydown", "105", "keydown", "038") // left Shift, right Ctrl, A
	want(0x2a, 0xe0, 0x1d, 0x1e)
	d.x("windowactivate", "--sync", other)
	want(0x9e, 0xe0, 0x9d, 0xaa)
	d.x("keyup", "038", "keyup", "105", "keyup", "050", "key", "b") // of the other window
	d.x("windowactivate", "--sync", d.window)
	rfbtest.Eventually(t, "the focus comes back", func() bool { return d.times("focus true") == 2 })
	d.x("key", "c")
	want(0x2e, 0xae)
}
