//go:build linux && cgo && !wayland

package vnc

/*
#cgo LDFLAGS: -lX11
#include <X11/Xlib.h>
#include <X11/XKBlib.h>
#include <X11/keysym.h>

static int grab_keyboard(void *display, unsigned long window) {
	int status = XGrabKeyboard(display, window, True, GrabModeAsync, GrabModeAsync, CurrentTime);
	XFlush(display);
	return status;
}

static void ungrab_keyboard(void *display) {
	XUngrabKeyboard(display, CurrentTime);
	XFlush(display);
}

// Bits are those of rfb.Lights; known has those of the locks that the keyboard has.
static int lock_lights(void *display, int *known) {
	KeySym const keys[] = {XK_Scroll_Lock, XK_Num_Lock, XK_Caps_Lock};
	XkbStateRec state;
	int on = 0;
	*known = 0;
	if (XkbGetState(display, XkbUseCoreKbd, &state) != Success)
		return 0;
	for (int i = 0; i < 3; i++) {
		unsigned modifier = XkbKeysymToModifiers(display, keys[i]);
		*known |= (modifier != 0) << i;
		on |= ((state.locked_mods & modifier) != 0) << i;
	}
	return on;
}

static const char *gl_string(void *get_string, unsigned name) {
	return (const char *)((const unsigned char *(*)(unsigned))get_string)(name);
}
*/
import "C"

import (
	"sync"
	"time"
	"unsafe"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"github.com/go-gl/glfw/v3.3/glfw"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// What X11 and OpenGL call it.
const (
	scanCodeOffset = 8 // X11 counts keys from 8

	grabSuccess    = 0
	glRendererName = 0x1f01
)

// An attempt to grab fails while another program holds the keyboard, such as a
// menu of the window manager that is just closing.
const (
	grabAttempts = 5
	grabPause    = 50 * time.Millisecond
)

// native reaches through Fyne to the GLFW window below, for what Fyne has no
// call for. It is used on Fyne's goroutine. Where GLFW is not below (Fyne's
// test driver), nothing is reached and every call does nothing.
type native struct {
	mu      sync.Mutex  // for Fyne's test driver, whose fyne.Do runs on any goroutine
	canvas  fyne.Canvas // for which window was looked up
	window  *glfw.Window
	wanted  bool // the keyboard
	grabbed bool
	lent    []rfb.KeyCode // keys that are down, for which the keyboard was given back

	holding  bool                   // the pointer
	showing  int                    // GLFW's cursor mode before
	released glfw.CursorPosCallback // Fyne's own, while the pointer is held

	watching bool                     // the buttons
	clicked  glfw.MouseButtonCallback // Fyne's own, while they are watched
	sides    rfb.Buttons              // that are down
}

// reach finds the window of the canvas; it is called while Fyne paints it. It
// reports whether this is another window than before.
func (n *native) reach(c fyne.Canvas) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if c == nil || c == n.canvas {
		return false
	}
	n.ungrab()
	n.free()
	n.unwatch()
	n.canvas, n.window = c, windowOf(c)
	n.tryGrab(grabAttempts)
	return n.window != nil
}

// windowOf returns the window that Fyne paints now, if c is its canvas.
func windowOf(c fyne.Canvas) (found *glfw.Window) {
	for _, w := range fyne.CurrentApp().Driver().AllWindows() {
		below, ok := w.(driver.NativeWindow)
		if !ok || w.Canvas() != c {
			continue
		}
		below.RunNative(func(context any) {
			x11, ok := context.(driver.X11WindowContext)
			if !ok || x11.WindowHandle == 0 {
				return
			}
			if current := glfw.GetCurrentContext(); current != nil && uintptr(current.GetX11Window()) == x11.WindowHandle {
				found = current
			}
		})
	}
	return found
}

// renderer names what executes OpenGL; it is called while Fyne paints.
func (n *native) renderer() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.window == nil {
		return ""
	}
	getString := glfw.GetProcAddress("glGetString")
	if getString == nil {
		return ""
	}
	return C.GoString(C.gl_string(getString, glRendererName))
}

// grabKeyboard makes the X server send all keys to this window.
func (n *native) grabKeyboard() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.wanted = true
	n.tryGrab(grabAttempts)
}

// tryGrab leaves the keyboard to a window in front of this one: Fyne tells the
// focus again when this one comes to the front.
func (n *native) tryGrab(attempts int) {
	if n.gone() || !n.wanted || n.grabbed || n.lent != nil || attempts == 0 || n.window.GetAttrib(glfw.Focused) == glfw.False {
		return
	}
	n.grabbed = C.grab_keyboard(display(), C.ulong(n.window.GetX11Window())) == grabSuccess
	if n.grabbed {
		return
	}
	time.AfterFunc(grabPause, func() {
		fyne.Do(func() {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.tryGrab(attempts - 1)
		})
	})
}

func (n *native) ungrabKeyboard() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.wanted = false
	n.ungrab()
}

func (n *native) ungrab() {
	if n.grabbed && !n.gone() {
		C.ungrab_keyboard(display())
	}
	n.grabbed = false
}

// gone reports whether there is no window, or GLFW has ended with all windows,
// grabs and captures: a signal ends it before what the windows show.
func (n *native) gone() (gone bool) {
	defer func() { gone = gone || recover() != nil }()
	display()
	return n.window == nil
}

// locks asks the X server. Scroll Lock is a lock only where somebody wants it to
// be: then it has a modifier.
func (n *native) locks() nativeLocks {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.gone() {
		return nativeLocks{}
	}
	var known C.int
	on := C.lock_lights(display(), &known)
	return nativeLocks{known: rfb.Lights(known), on: rfb.Lights(on)}
}

// capturePointer hides the pointer and reports its movements without end. It
// reports whether it has begun to.
func (n *native) capturePointer(moved func(dx, dy float64)) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.gone() || n.holding {
		return false
	}
	n.holding, n.showing = true, n.window.GetInputMode(glfw.CursorMode)
	n.window.SetInputMode(glfw.CursorMode, glfw.CursorDisabled)
	if glfw.RawMouseMotionSupported() {
		n.window.SetInputMode(glfw.RawMouseMotion, glfw.True)
	}
	lastX, lastY := n.window.GetCursorPos()
	n.released = n.window.SetCursorPosCallback(func(_ *glfw.Window, x, y float64) {
		moved(x-lastX, y-lastY)
		lastX, lastY = x, y
	})
	return true
}

func (n *native) freePointer() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.free()
}

func (n *native) free() {
	if !n.holding {
		return
	}
	n.holding = false
	if !n.gone() {
		n.window.SetCursorPosCallback(n.released)
		n.window.SetInputMode(glfw.CursorMode, n.showing)
	}
}

// showCursor shows a pointer over the window that has changed its looks. Fyne asks
// for them when the pointer moves, and so it hears that it has.
func (n *native) showCursor() {
	n.mu.Lock()
	if n.gone() || n.holding || n.window.GetAttrib(glfw.Hovered) == glfw.False {
		n.mu.Unlock()
		return
	}
	moved := n.window.SetCursorPosCallback(nil)
	n.window.SetCursorPosCallback(moved)
	n.mu.Unlock()
	if moved != nil {
		x, y := n.window.GetCursorPos()
		moved(n.window, x, y)
	}
}

func (n *native) captured() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.holding
}

func display() unsafe.Pointer { return unsafe.Pointer(glfw.GetX11Display()) }
