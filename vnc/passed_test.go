package vnc_test

import (
	"bytes"
	"fmt"
	"strconv"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// pass names the combinations that stay here.
func (d *realDesktop) pass(list string) {
	d.t.Helper()
	if _, err := fmt.Fprintln(d.orders, "pass "+list); err != nil {
		d.t.Fatal(err)
	}
	rfbtest.Eventually(d.t, "the list", func() bool { return d.heard("passes " + list) })
}

// wantDesktop waits until the window manager shows one of its desktops, counted
// from 1. Super with F1 to F4 goes to them, also when they repeat.
func (d *realDesktop) wantDesktop(number int) {
	d.t.Helper()
	rfbtest.Eventually(d.t, fmt.Sprint("desktop ", number), func() bool { return d.x("get_desktop") == strconv.Itoa(number-1) })
}

// wantLastKeys waits until what the guest's keyboard sent last is this.
func wantLastKeys(t *testing.T, guest *rfbtest.Guest, want ...byte) {
	t.Helper()
	rfbtest.Eventually(t, fmt.Sprintf("the guest gets % x", want), func() bool { return bytes.HasSuffix(guest.Keys(t), want) })
}

// startTelling starts a guest that tells what it got when the test fails.
func startTelling(t *testing.T) *rfbtest.Guest {
	t.Helper()
	guest := rfbtest.Start(t, "")
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the guest got % x", guest.Keys(t))
		}
	})
	return guest
}

// What a tap of Super is to a guest in which nothing may open.
var superWithdrawn = []byte{0xe0, 0x5b, 0x1d, 0x9d, 0xe0, 0xdb}

// untilTheGuestHasAllKeys presses Alt+Tab until that comes, which the window manager
// would take: a moment after a key for the desktop.
func untilTheGuestHasAllKeys(t *testing.T, guest *rfbtest.Guest, altTab func()) {
	t.Helper()
	before := len(guest.Keys(t))
	rfbtest.Eventually(t, "the guest has the keyboard", func() bool {
		altTab()
		return bytes.Contains(guest.Keys(t)[before:], []byte{0x38, 0x0f})
	})
}

func TestCombinationsOfTheListGoToTheDesktopOrTheWindowAndOthersToTheGuest(t *testing.T) {
	guest := startTelling(t)
	d := openWindow(t, guest)
	d.pass("Super+F1,Super+F2,F9,Ctrl+Shift+N")
	d.takeKeyboard()

	d.x("key", "F9") // which the window manager does not know
	rfbtest.Eventually(t, "the window gets its key", func() bool { return d.times("host key F9") == 1 })
	d.x("key", "ctrl+shift+n")
	rfbtest.Eventually(t, "the window gets its keys", func() bool { return d.times("host shortcut N") == 1 })
	wantKeys(t, guest, 0x1d, 0x2a, 0xaa, 0x9d)
	altTab := func() { d.x("key", "alt+Tab") }
	untilTheGuestHasAllKeys(t, guest, altTab)

	d.x("key", "super+F2") // all up before anybody can act
	d.wantDesktop(2)
	wantLastKeys(t, guest, superWithdrawn...)
	d.x("key", "super+F1")
	d.wantDesktop(1)

	// What is not in the list is the guest's, as before.
	untilTheGuestHasAllKeys(t, guest, altTab)
}

// XTEST, by which the desktop gets its keys, has a keyboard of its own beside those
// on which people type. Xvnc makes such a keyboard of what its viewers type.
func TestAKeyThatIsStillDownReachesTheDesktopFromAKeyboardOfItsOwn(t *testing.T) {
	guest := startTelling(t)
	d := newDesktop(t)
	server := rfbtest.StartXvnc(t, "1280x800")
	d.display = ":" + server.Display
	d.open(guest.Socket, "status 2 720 400")
	viewer := connectTo(t, server.Socket, rfb.Options{})
	key := func(key rfb.KeyCode, down bool) { viewer.Key(key.QNum(), key.Keysym(rfb.Locks{}), down) }
	d.pass("Super+F1,Super+F2,F9")
	d.takeKeyboard()

	key(rfb.KeyLeftMeta, true)
	wantLastKeys(t, guest, 0xe0, 0x5b)
	key(rfb.KeyF2, true)
	d.wantDesktop(2)
	wantLastKeys(t, guest, superWithdrawn...)
	key(rfb.KeyF2, false)
	key(rfb.KeyF1, true)
	d.wantDesktop(1)
	key(rfb.KeyF1, false)
	key(rfb.KeyLeftMeta, false)

	untilTheGuestHasAllKeys(t, guest, func() {
		for _, k := range []rfb.KeyCode{rfb.KeyLeftAlt, rfb.KeyTab} {
			key(k, true)
		}
		for _, k := range []rfb.KeyCode{rfb.KeyTab, rfb.KeyLeftAlt} {
			key(k, false)
		}
	})

	key(rfb.KeyF9, true)
	rfbtest.Eventually(t, "the window gets its key", func() bool { return d.times("host key F9") > 0 })
	key(rfb.KeyF9, false)
}
