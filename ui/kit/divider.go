package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// dividerGrip is how wide the part is that can be taken with the pointer.
const dividerGrip = 6

// Divider is the invisible grip on the line between two panes.
type Divider struct {
	widget.BaseWidget
	moved func(dx float32)
	ended func()
}

// NewDivider returns a grip that tells how far it is dragged, and when it is let go.
func NewDivider(moved func(dx float32), ended func()) *Divider {
	d := &Divider{moved: moved, ended: ended}
	d.ExtendBaseWidget(d)
	return d
}

// Cursor is part of desktop.Cursorable.
func (d *Divider) Cursor() desktop.Cursor { return desktop.HResizeCursor }

// Dragged is part of fyne.Draggable.
func (d *Divider) Dragged(e *fyne.DragEvent) { d.moved(e.Dragged.DX) }

// DragEnd is part of fyne.Draggable.
func (d *Divider) DragEnd() { d.ended() }

// A11y says what the grip is.
func (d *Divider) A11y() Node { return Node{Role: "separator"} }

// CreateRenderer is part of fyne.Widget.
func (d *Divider) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(d, func() fyne.Size { return fyne.NewSize(dividerGrip, dividerGrip) }, func(fyne.Size) {}, func() {})
}
