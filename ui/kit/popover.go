package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Popover is a small card that hangs from a control until the person looks
// elsewhere: Esc or a click beside it closes it.
type Popover struct {
	widget.BaseWidget
	name  string
	layer *layer
	card  *fyne.Container
}

// ShowPopover opens a popover under its owner, or above it where there is no
// room. The first control of the content has the focus. It returns nil when
// the owner is in no window.
func ShowPopover(owner fyne.CanvasObject, name string, content fyne.CanvasObject) *Popover {
	on := canvasOf(owner)
	if on == nil {
		return nil
	}
	p := &Popover{name: name, card: raised(12, content)}
	p.ExtendBaseWidget(p)
	at, size := positionOf(owner), owner.Size()
	p.layer = newLayer(on, false, p)
	p.layer.arrange = func(room fyne.Size) {
		wanted := minSize(p.card)
		p.Resize(wanted)
		p.Move(under(at, size, room, wanted))
	}
	p.layer.outside = func(*desktop.MouseEvent) { p.Close() }
	p.layer.onKey = func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			p.Close()
		}
	}
	p.layer.open()
	if first := firstFocusable(content); first != nil {
		on.Focus(first)
	}
	return p
}

// Close takes the popover away. The focus returns to where it was.
func (p *Popover) Close() { p.layer.close() }

// IsOpen tells whether the popover is open.
func (p *Popover) IsOpen() bool { return p.layer.isOpen() }

// A11y describes the popover.
func (p *Popover) A11y() Node { return Node{Role: "dialog", Name: p.name} }

// Children returns what the popover shows.
func (p *Popover) Children() []fyne.CanvasObject { return []fyne.CanvasObject{p.card} }

// CreateRenderer is part of fyne.Widget.
func (p *Popover) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(p, func() fyne.Size { return minSize(p.card) }, func(s fyne.Size) { p.card.Resize(s) }, func() {}, p.card)
}
