package vnc

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// notch is how far Fyne scrolls for one notch of a wheel.
const notch = 25

// A pointer remembers the buttons that the guest believes to be down, and
// movements too small to be sent yet.
type pointer struct {
	at      image.Point // pixel of the guest
	buttons rfb.Buttons
	wheel   fyne.Delta
	dx, dy  float64 // of a captured pointer
}

// buttonOf translates a single button; the others have no name in the protocol.
var buttonOf = map[desktop.MouseButton]rfb.Buttons{
	desktop.MouseButtonPrimary:   rfb.ButtonLeft,
	desktop.MouseButtonSecondary: rfb.ButtonRight,
	desktop.MouseButtonTertiary:  rfb.ButtonMiddle,
}

// sideButtons have no name in Fyne; native sees them.
const sideButtons = rfb.ButtonBack | rfb.ButtonForward

// buttonsOf translates a set of buttons.
func buttonsOf(set desktop.MouseButton) rfb.Buttons {
	var all rfb.Buttons
	for fyneButton, button := range buttonOf {
		if set&fyneButton != 0 {
			all |= button
		}
	}
	return all
}

// MouseDown takes the focus and presses a button.
func (s *Screen) MouseDown(event *desktop.MouseEvent) {
	if s.ViewOnly {
		return
	}
	if c := s.canvas(); c != nil && c.Focused() != s {
		c.Focus(s)
	}
	s.mu.Lock()
	s.keyboard.hostKey = false
	s.pointer.buttons |= buttonOf[event.Button] | s.native.sideButtons()
	capture := s.client != nil && !s.client.Absolute() && s.native.capturePointer(s.movedBy)
	if capture { // as everywhere, the click that captures is not the guest's
		s.pointer.buttons = 0
	}
	s.mu.Unlock()
	if !capture {
		s.sendAt(event.Position)
	}
}

// MouseUp releases a button.
func (s *Screen) MouseUp(event *desktop.MouseEvent) {
	s.mu.Lock()
	s.pointer.buttons &^= buttonOf[event.Button] | sideButtons&^s.native.sideButtons()
	s.mu.Unlock()
	s.sendAt(event.Position)
}

// MouseIn follows the pointer. A button released outside is released now.
func (s *Screen) MouseIn(event *desktop.MouseEvent) {
	s.native.watchButtons()
	s.MouseMoved(event)
}

// MouseMoved follows the pointer. One that has stayed is not told: somebody else
// may have moved the guest's meanwhile.
func (s *Screen) MouseMoved(event *desktop.MouseEvent) {
	s.mu.Lock()
	held := s.pointer.buttons & (buttonsOf(event.Button) | s.native.sideButtons())
	stays := held == s.pointer.buttons && s.placed.toGuest(event.Position) == s.pointer.at
	s.pointer.buttons = held
	s.mu.Unlock()
	if !stays {
		s.sendAt(event.Position)
	}
	if s.OnPointer != nil {
		s.OnPointer(event.Position)
	}
}

// MouseOut leaves the guest's pointer where it is.
func (s *Screen) MouseOut() { s.native.unwatchButtons() }

// Dragged follows the pointer with a button down, also outside the widget.
func (s *Screen) Dragged(event *fyne.DragEvent) { s.sendAt(event.Position) }

// DragEnd releases the buttons, wherever the pointer is.
func (s *Screen) DragEnd() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pointer.buttons = 0
	s.sendPointer()
}

// Scrolled turns the guest's wheel by whole notches.
func (s *Screen) Scrolled(event *fyne.ScrollEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pointer.wheel.DX += event.Scrolled.DX
	s.pointer.wheel.DY += event.Scrolled.DY
	s.turnWheel(&s.pointer.wheel.DY, rfb.WheelUp, rfb.WheelDown)
	s.turnWheel(&s.pointer.wheel.DX, rfb.WheelLeft, rfb.WheelRight)
}

// turnWheel sends a press and a release per notch and keeps the rest; the
// caller holds s.mu.
func (s *Screen) turnWheel(way *float32, forth, back rfb.Buttons) {
	for ; *way >= notch; *way -= notch {
		s.clickWheel(forth)
	}
	for ; *way <= -notch; *way += notch {
		s.clickWheel(back)
	}
}

func (s *Screen) clickWheel(wheel rfb.Buttons) {
	held := s.pointer.buttons
	s.pointer.buttons |= wheel
	s.sendPointer()
	s.pointer.buttons = held
	s.sendPointer()
}

// sendAt puts the guest's pointer to a position of the widget. While it is
// captured, only buttons are sent: movements come by movedBy.
func (s *Screen) sendAt(pos fyne.Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pointer.at = s.placed.toGuest(pos)
	s.sendPointer()
}

// sendPointer sends position and buttons; the caller holds s.mu.
func (s *Screen) sendPointer() {
	switch {
	case s.client == nil:
	case s.native.captured():
		s.client.PointerRelative(0, 0, s.pointer.buttons)
	default:
		s.client.Pointer(s.pointer.at.X, s.pointer.at.Y, s.pointer.buttons)
	}
}

// movedBy follows a captured pointer; fractions are kept for the next time.
func (s *Screen) movedBy(dx, dy float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wholeX, restX := math.Modf(s.pointer.dx + dx)
	wholeY, restY := math.Modf(s.pointer.dy + dy)
	s.pointer.dx, s.pointer.dy = restX, restY
	if s.client != nil && (wholeX != 0 || wholeY != 0) {
		s.client.PointerRelative(int(wholeX), int(wholeY), s.pointer.buttons)
	}
}

// freePointer ends a capture and releases the buttons.
func (s *Screen) freePointer() {
	if !s.native.captured() {
		return
	}
	s.mu.Lock()
	s.pointer.buttons = 0
	s.sendPointer()
	s.mu.Unlock()
	s.native.freePointer()
}
