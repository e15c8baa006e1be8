package kit

import "fyne.io/fyne/v2"

// splitArrow is the part of a split button, from its right edge, that opens
// the menu.
const splitArrow = 28

// SplitButton does the usual thing when pressed; its arrow, and the key Down,
// open a menu of what else can be done.
func SplitButton(icon, label string, do func(), items func() []MenuItem) *Button {
	b := newButton(secondary, icon, label, do)
	b.arrow, b.popup, b.split = "chevron-down", true, items
	b.keys = func(e *fyne.KeyEvent) bool {
		if e.Name == fyne.KeyDown && !b.disabled && !b.blocked {
			ShowMenuUnder(b, items())
			return true
		}
		return false
	}
	return b
}

// Tapped presses the button, or opens the menu of its arrow.
func (b *Button) Tapped(e *fyne.PointEvent) {
	if b.split != nil && !b.disabled && !b.blocked && e.Position.X > b.Size().Width-splitArrow {
		hideTip(b)
		ShowMenuUnder(b, b.split())
		return
	}
	b.press()
}
