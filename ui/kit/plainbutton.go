package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// PlainButton makes any object a button, such as a line of words that opens
// what it tells of.
type PlainButton struct {
	control
	name     string
	content  fyne.CanvasObject
	back     *Box
	edge     *canvas.Rectangle
	foldable bool
	open     bool
}

// NewPlainButton returns a button that shows content and calls do. The name is
// for screen readers.
func NewPlainButton(name string, content fyne.CanvasObject, do func()) *PlainButton {
	b := &PlainButton{name: name, content: content, back: NewBox(theme.None, theme.None, 8), edge: newRing(8)}
	b.act = do
	b.extend(b)
	return b
}

// SetName changes what screen readers call it.
func (b *PlainButton) SetName(name string) { b.name = name }

// A11y describes the button.
func (b *PlainButton) A11y() Node {
	n := Node{Role: "push button", Name: b.name, Description: b.tip(), Actions: []string{"click"}}
	n.States = append(when(b.foldable, "expandable"), when(b.open, "expanded")...)
	return n
}

// Children returns what it shows.
func (b *PlainButton) Children() []fyne.CanvasObject { return []fyne.CanvasObject{b.content} }

// CreateRenderer is part of fyne.Widget.
func (b *PlainButton) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(b, func() fyne.Size { return minSize(b.content) }, func(s fyne.Size) {
		b.back.Resize(s)
		b.content.Resize(s)
		placeRing(b.edge, ringGap, ringGap, s.Width-2*ringGap, s.Height-2*ringGap)
	}, b.paint, b.back, b.content, b.edge)
}

func (b *PlainButton) paint() {
	fill := theme.None
	if b.hovered && !b.disabled {
		fill = theme.HoverRow
	}
	b.back.SetColors(fill, theme.None)
	paintRing(b.edge, b.visible)
}

// Fold is a line that shows or hides what is under it when it is pressed.
type Fold struct {
	head    *PlainButton
	arrow   *Icon
	details fyne.CanvasObject
	content *fyne.Container
	refit   func()
	folded  func(open bool) // the person has pressed it
}

// NewFold returns a closed fold. refit runs when its height has changed.
func NewFold(name string, line, details fyne.CanvasObject, refit func()) *Fold {
	f := &Fold{arrow: NewIcon("chevron-right", 14, theme.Muted), details: details, refit: refit}
	details.Hide()
	f.head = NewPlainButton(name, Pad(0, 12, 0, 12, Row(10, f.arrow, Grow(line))), f.press)
	f.head.foldable = true
	f.content = Col(0, f.head, details)
	return f
}

func (f *Fold) press() {
	f.SetOpen(!f.head.open)
	if f.folded != nil {
		f.folded(f.head.open)
	}
}

// OnFold hears whether the person has opened or closed it.
func (f *Fold) OnFold(folded func(open bool)) { f.folded = folded }

// Content returns what to lay out.
func (f *Fold) Content() fyne.CanvasObject { return f.content }

// SetOpen shows or hides the details.
func (f *Fold) SetOpen(open bool) {
	f.head.open = open
	f.arrow.SetIcon("chevron-right")
	if open {
		f.arrow.SetIcon("chevron-down")
	}
	f.details.Hide()
	if open {
		f.details.Show()
	}
	f.content.Refresh()
	f.refit()
}
