package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// pressable is what everything that can be clicked has in common: it knows
// whether the pointer is over it or holds it, may be disabled with a reason,
// and has a tooltip.
type pressable struct {
	widget.BaseWidget
	self     fyne.Widget
	act      func()
	hovered  bool
	held     bool
	disabled bool
	blocked  bool // takes no clicks, but does not look disabled
	reason   string
	hint     string
	keyHint  string // the combination that does the same
}

func (p *pressable) extend(self fyne.Widget) {
	p.self = self
	p.ExtendBaseWidget(self)
}

// SetHint gives the tooltip.
func (p *pressable) SetHint(hint string) { p.hint, p.keyHint = hint, "" }

// Disable greys the control out. DisableBecause is kinder.
func (p *pressable) Disable() { p.DisableBecause("") }

// DisableBecause greys the control out; its tooltip says the reason.
func (p *pressable) DisableBecause(reason string) {
	p.reason = reason
	if p.disabled {
		return
	}
	p.disabled, p.held = true, false
	p.self.Refresh()
}

// Enable makes the control work again.
func (p *pressable) Enable() {
	if !p.disabled {
		return
	}
	p.disabled, p.reason = false, ""
	p.self.Refresh()
}

// Disabled tells whether the control is greyed out.
func (p *pressable) Disabled() bool { return p.disabled }

// Tapped presses the control.
func (p *pressable) Tapped(*fyne.PointEvent) { p.press() }

// press does what the control is for, unless it must not.
func (p *pressable) press() {
	if p.disabled || p.blocked || p.act == nil {
		return
	}
	hideTip(p.self)
	p.act()
}

// MouseDown is part of desktop.Mouseable.
func (p *pressable) MouseDown(e *desktop.MouseEvent) {
	hideTip(p.self)
	if e.Button == desktop.MouseButtonPrimary && !p.disabled && !p.blocked {
		p.held = true
		p.self.Refresh()
	}
}

// MouseUp is part of desktop.Mouseable.
func (p *pressable) MouseUp(*desktop.MouseEvent) { p.setHeld(false) }

// MouseIn is part of desktop.Hoverable.
func (p *pressable) MouseIn(*desktop.MouseEvent) {
	p.hovered = true
	p.self.Refresh()
	showTip(p.self, p.tip(), hoverDelay)
}

// MouseMoved is part of desktop.Hoverable.
func (p *pressable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is part of desktop.Hoverable. A button released elsewhere sends no
// MouseUp, so leaving also lets go.
func (p *pressable) MouseOut() {
	p.hovered, p.held = false, false
	hideTip(p.self)
	p.self.Refresh()
}

func (p *pressable) setHeld(held bool) {
	if p.held == held {
		return
	}
	p.held = held
	p.self.Refresh()
}

// tip is what the tooltip says: why the control is disabled, or its hint.
func (p *pressable) tip() string {
	if p.disabled && p.reason != "" {
		return p.reason
	}
	if keys := keysNow(p.keyHint); keys != "" {
		return p.hint + "   " + keys
	}
	return p.hint
}

// control is a pressable that can have the keyboard focus. The focus ring is
// for the keyboard: a click focuses without showing it.
type control struct {
	pressable
	focused bool
	visible bool // the focus shows a ring
	byMouse bool
	keys    func(*fyne.KeyEvent) bool // keys beyond Space and Enter; true when used
	noEnter bool                      // Enter does not press
}

// MouseDown also takes the focus.
func (c *control) MouseDown(e *desktop.MouseEvent) {
	c.focusByMouse()
	c.pressable.MouseDown(e)
}

func (c *control) focusByMouse() {
	if c.disabled || c.focused {
		return
	}
	if canvas := canvasOf(c.self); canvas != nil {
		c.focusQuietly(canvas)
	}
}

// focusQuietly takes the focus without showing it.
func (c *control) focusQuietly(on fyne.Canvas) {
	if focusable, ok := c.self.(fyne.Focusable); ok {
		c.byMouse = true
		on.Focus(focusable)
		c.byMouse = false
	}
}

// ringed says whether the control shows that it has the focus.
func (c *control) ringed() bool { return c.visible }

// MoveFocus gives the focus to a control as another one had it: with a ring where
// that showed one, and after a click without.
func MoveFocus(on fyne.Canvas, to fyne.Focusable) {
	from, known := on.Focused().(interface{ ringed() bool })
	quiet, can := to.(interface{ focusQuietly(on fyne.Canvas) })
	if known && can && !from.ringed() {
		quiet.focusQuietly(on)
		return
	}
	on.Focus(to)
}

// FocusGained is part of fyne.Focusable.
func (c *control) FocusGained() {
	c.focused, c.visible = true, !c.byMouse
	if c.visible {
		reveal(c.self)
		showTip(c.self, c.tip(), focusDelay)
	}
	c.self.Refresh()
}

// FocusLost is part of fyne.Focusable.
func (c *control) FocusLost() {
	c.focused, c.visible = false, false
	hideTip(c.self)
	c.self.Refresh()
}

// TypedRune is part of fyne.Focusable.
func (c *control) TypedRune(rune) {}

// TypedKey presses on Space and Enter, gives further keys to the control and
// the rest to the dialog or window around it.
func (c *control) TypedKey(e *fyne.KeyEvent) {
	if !c.visible {
		c.visible = true
		c.self.Refresh()
	}
	switch {
	case c.keys != nil && c.keys(e):
	case e.Name == fyne.KeySpace, !c.noEnter && isEnter(e):
		c.press()
	default:
		passKey(c.self, e)
	}
}

func isEnter(e *fyne.KeyEvent) bool { return e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter }

// newRing is the ring around a focused control with corners of that radius.
func newRing(radius float32) *canvas.Rectangle { return newRect(radius + 2) }

// paintRing shows or hides the ring.
func paintRing(ring *canvas.Rectangle, on bool) {
	ring.FillColor, ring.StrokeColor, ring.StrokeWidth = hollow(theme.Accent), theme.Color(theme.Accent), theme.FocusWidth()
	ring.Hidden = !on
}

// ringGap is the distance from a control to the outer edge of its ring.
const ringGap = 3

func placeRing(ring *canvas.Rectangle, x, y, width, height float32) {
	putRect(ring, x-ringGap, y-ringGap, width+2*ringGap, height+2*ringGap)
}

// canvasOf returns the canvas that shows the object, or nil. The driver knows
// only of objects that were painted; one that has the focus may have come up
// a moment ago, and its keys are not to be lost.
func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	driver := fyne.CurrentApp().Driver()
	if canvas := driver.CanvasForObject(o); canvas != nil {
		return canvas
	}
	for _, win := range driver.AllWindows() {
		if any(win.Canvas().Focused()) == any(o) {
			return win.Canvas()
		}
	}
	return nil
}

// positionOf returns where on its canvas the object is.
func positionOf(o fyne.CanvasObject) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
}
