//go:build linux && cgo && !wayland

package vnc

/*
#cgo LDFLAGS: -lX11
#include <X11/Xlib.h>
#include <X11/XKBlib.h>

static int grab_keyboard(void *display, unsigned long window) {
	int status = XGrabKeyboard(display, window, True, GrabModeAsync, GrabModeAsync, CurrentTime);
	XFlush(display);
	return status;
}

static void ungrab_keyboard(void *display) {
	XUngrabKeyboard(display, CurrentTime);
	XFlush(display);
}

static int locked_modifiers(void *display) {
	XkbStateRec state;
	if (XkbGetState(display, XkbUseCoreKbd, &state) != Success)
		return -1;
	return state.locked_mods;
}

static const char *gl_string(void *get_string, unsigned name) {
	return (const char *)((const unsigned char *(*)(unsigned))get_string)(name);
}
*/
import "C"

import (
	"time"
	"unsafe"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"github.com/go-gl/glfw/v3.3/glfw"
)

// What X11 and OpenGL call it.
const (
	scanCodeOffset = 8 // X11 counts keys from 8

	grabSuccess    = 0
	lockMask       = 1 << 1 // CapsLock
	mod2Mask       = 1 << 4 // NumLock
	glRendererName = 0x1f01
)

// An attempt to grab fails while another program holds the keyboard, such as a
// menu of the window manager that is just closing.
const (
	grabAttempts = 5
	grabPause    = 50 * time.Millisecond
)

// native reaches through Fyne to the GLFW window below, for what Fyne has no
// call for. All of it belongs to Fyne's goroutine. Where GLFW is not below
// (Fyne's test driver), nothing is reached and every call does nothing.
type native struct {
	canvas  fyne.Canvas // for which window was looked up
	window  *glfw.Window
	focused bool
	grabbed bool

	released glfw.CursorPosCallback // Fyne's own, while the pointer is captured
	holding  bool
}

// reach finds the window of the screen; it is called while Fyne paints it. It
// reports whether this is another window than before.
func (n *native) reach(s *Screen) bool {
	c := s.canvas()
	if c == nil || c == n.canvas {
		return false
	}
	n.leave()
	n.canvas = c
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
				n.window = current
			}
		})
	}
	if n.window != nil && n.focused {
		n.grabKeyboard()
	}
	return n.window != nil
}

// leave gives back what was taken from the window.
func (n *native) leave() {
	focused := n.focused
	n.ungrabKeyboard()
	n.focused = focused
	n.freePointer()
	n.window = nil
}

// renderer names what executes OpenGL; it is called while Fyne paints.
func (n *native) renderer() string {
	getString := glfw.GetProcAddress("glGetString")
	if n.window == nil || getString == nil {
		return ""
	}
	return C.GoString(C.gl_string(getString, glRendererName))
}

// grabKeyboard makes the X server send all keys to this window.
func (n *native) grabKeyboard() {
	n.focused = true
	n.tryGrab(grabAttempts)
}

func (n *native) tryGrab(attempts int) {
	if n.window == nil || !n.focused || n.grabbed || attempts == 0 {
		return
	}
	status := C.grab_keyboard(display(), C.ulong(n.window.GetX11Window()))
	n.grabbed = status == grabSuccess
	if !n.grabbed {
		time.AfterFunc(grabPause, func() { fyne.Do(func() { n.tryGrab(attempts - 1) }) })
	}
}

func (n *native) ungrabKeyboard() {
	n.focused = false
	if n.grabbed {
		C.ungrab_keyboard(display())
		n.grabbed = false
	}
}

// nativeLocks are the lock lights of the keyboard, where they can be known.
type nativeLocks struct {
	known, caps, num bool
}

func (n *native) locks() nativeLocks {
	if n.window == nil {
		return nativeLocks{}
	}
	locked := C.locked_modifiers(display())
	return nativeLocks{known: locked >= 0, caps: locked&lockMask != 0, num: locked&mod2Mask != 0}
}

// capturePointer hides the pointer and reports its movements without end. It
// reports whether it could.
func (n *native) capturePointer(moved func(dx, dy float64)) bool {
	if n.window == nil || n.holding {
		return false
	}
	n.holding = true
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
	if !n.holding {
		return
	}
	n.holding = false
	n.window.SetCursorPosCallback(n.released)
	n.window.SetInputMode(glfw.CursorMode, glfw.CursorNormal)
}

func (n *native) captured() bool { return n.holding }

func display() unsafe.Pointer { return unsafe.Pointer(glfw.GetX11Display()) }
