//go:build linux && cgo && !wayland

package vnc

import (
	"github.com/go-gl/glfw/v3.3/glfw"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// sideButtonOf has the buttons that Fyne tells without a name.
var sideButtonOf = map[glfw.MouseButton]rfb.Buttons{
	glfw.MouseButton4: rfb.ButtonBack,
	glfw.MouseButton5: rfb.ButtonForward,
}

// watchButtons learns, before Fyne tells of a button, which one it is. It is called
// when the pointer comes over the widget.
func (n *native) watchButtons() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.watching || n.gone() {
		return
	}
	n.watching = true
	var before glfw.MouseButtonCallback
	before = n.window.SetMouseButtonCallback(func(w *glfw.Window, button glfw.MouseButton, action glfw.Action, mods glfw.ModifierKey) {
		n.mu.Lock()
		if action == glfw.Press {
			n.sides |= sideButtonOf[button]
		} else {
			n.sides &^= sideButtonOf[button]
		}
		n.mu.Unlock()
		before(w, button, action, mods)
	})
	n.clicked = before
}

// unwatchButtons is called when the pointer leaves the widget.
func (n *native) unwatchButtons() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.unwatch()
}

func (n *native) unwatch() {
	if n.watching && !n.gone() {
		n.window.SetMouseButtonCallback(n.clicked)
	}
	n.watching, n.sides = false, 0
}

// sideButtons returns which of them are down.
func (n *native) sideButtons() rfb.Buttons {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.sides
}
