//go:build linux && cgo && !wayland

package vnc

/*
#include <X11/Xlib.h>

// Each bit is a key by X11's number.
static void keys_down(void *display, char *keys) {
	XQueryKeymap(display, keys);
}

static void lend_keyboard(void *display) {
	XUngrabKeyboard(display, CurrentTime);
	XSync(display, False);
}

static void tell_release(void *display, unsigned long window, unsigned key) {
	XEvent event = {.xkey = {
		.type = KeyRelease, .display = display, .window = window,
		.root = DefaultRootWindow(display), .same_screen = True, .keycode = key,
	}};
	XPutBackEvent(display, &event);
}
*/
import "C"

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// quiet keeps the X library off stderr.
var quiet = sync.OnceFunc(func() { xgb.Logger.SetOutput(io.Discard) })

// grabs says whether all keys come to this window.
func (n *native) grabs() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.grabbed
}

// lend lets go of the keyboard and presses the key again, with the others of its
// combination, so that the desktop may take it: nobody else saw the first press.
// When all are up the keyboard is taken back. Without a grab it does nothing.
func (n *native) lend(combination []rfb.KeyCode, key rfb.KeyCode) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.grabbed || n.gone() {
		return
	}
	C.lend_keyboard(display())
	n.grabbed, n.lent = false, combination // which keeps it from grabbing
	go func() {
		if err := pressAgain(combination, key); err != nil {
			fyne.LogError("keys for the desktop", err)
		}
		n.awaitRelease()
	}()
}

// lends says whether the key was lent and is not yet taken back.
func (n *native) lends(key rfb.KeyCode) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Contains(n.lent, key)
}

// awaitRelease takes the keyboard back once the lent keys are up. Of those whose
// release went to others GLFW is told, which would not know the next press.
func (n *native) awaitRelease() {
	time.AfterFunc(grabPause, func() {
		fyne.Do(func() {
			n.mu.Lock()
			defer n.mu.Unlock()
			if n.gone() {
				return
			}
			if down := keysDown(); slices.ContainsFunc(n.lent, down.has) {
				n.awaitRelease()
				return
			}
			for _, key := range n.lent {
				C.tell_release(display(), C.ulong(n.window.GetX11Window()), C.uint(key+scanCodeOffset))
			}
			n.lent = nil
			n.tryGrab(grabAttempts)
		})
	})
}

// regrab tries again to get the keyboard, which another program held: a key that
// comes here says that it does no longer.
func (n *native) regrab() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tryGrab(1)
}

// A keymap has a bit for each key that is down.
type keymap [32]byte

func keysDown() (m keymap) {
	var bits [len(m)]C.char
	C.keys_down(display(), &bits[0])
	for i, b := range bits {
		m[i] = byte(b)
	}
	return m
}

func (m keymap) has(key rfb.KeyCode) bool {
	code := key + scanCodeOffset
	return int(code/8) < len(m) && m[code/8]&(1<<(code%8)) != 0
}

// settles is how many milliseconds desktops get to learn that another keyboard is
// used now: window managers then ask anew for the keys that are theirs.
const settles = 50

// pressAgain presses and releases the key by the X server's XTEST extension; that the
// person still holds it counts no more. Others of the combination that were released
// meanwhile are pressed and released with it.
func pressAgain(combination []rfb.KeyCode, key rfb.KeyCode) error {
	quiet()
	conn, err := xgb.NewConn()
	if err != nil {
		return fmt.Errorf("the display: %w", err)
	}
	defer conn.Close()
	if err := xtest.Init(conn); err != nil {
		return fmt.Errorf("XTEST: %w", err)
	}
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	send := func(kind byte, key rfb.KeyCode, after uint32) {
		xtest.FakeInput(conn, kind, byte(key+scanCodeOffset), after, root, 0, 0, 0)
	}
	send(xproto.KeyRelease, key, 0)
	send(xproto.KeyRelease, key, settles)
	keys, err := xproto.QueryKeymap(conn).Reply()
	if err != nil {
		return fmt.Errorf("which keys are down: %w", err)
	}
	down := keymap(keys.Keys)
	up := slices.DeleteFunc(slices.Clone(combination), func(k rfb.KeyCode) bool { return k == key || down.has(k) })
	for _, k := range up {
		send(xproto.KeyPress, k, 0)
	}
	send(xproto.KeyPress, key, 0)
	send(xproto.KeyRelease, key, 0)
	for _, k := range slices.Backward(up) {
		send(xproto.KeyRelease, k, 0)
	}
	_, err = xproto.GetInputFocus(conn).Reply() // all was done by then
	return err
}
