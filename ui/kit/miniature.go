package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// miniature is a window drawn very small in one mode, between two shares of the
// width that it is given.
type miniature struct {
	widget.BaseWidget
	mode     theme.Mode
	from, to float32
	pieces   []*canvas.Rectangle
}

// A piece of a miniature: its colour, its place in shares of the miniature's
// width and in units from its upper edge, or from the lower one where they are
// negative or, for bottom, zero; and its radius.
type piece struct {
	token                    theme.Token
	left, top, right, bottom float32
	radius                   float32
}

// pieces of a window: navigator with its lines, title, card with two lines and a
// button. The first is the ground.
var windowPieces = []piece{
	{theme.Back, 0, 0, 1, 0, 7},
	{theme.Side, 0, 0, .235, 0, 7},
	{theme.Fill, .05, 8, .185, 12, 2},
	{theme.Muted, .05, 17, .185, 21, 2},
	{theme.Muted, .05, 26, .185, 30, 2},
	{theme.Text, .30, 9, .94, 14, 2},
	{theme.Line, .30, 20, .94, -8, 5},
	{theme.Surface, .30, 20, .94, -8, 5},
	{theme.Muted, .34, 26, .90, 29, 1.5},
	{theme.Muted, .34, 33, .90, 36, 1.5},
	{theme.Fill, .76, -22, .90, -13, 3},
}

// cardFace is the piece that lies on the one before it and leaves a hairline.
const cardFace = 7

func newMiniature(mode theme.Mode, from, to float32) *miniature {
	m := &miniature{mode: mode, from: from, to: to}
	for _, p := range windowPieces {
		m.pieces = append(m.pieces, newRect(p.radius))
	}
	m.ExtendBaseWidget(m)
	return m
}

// CreateRenderer is part of fyne.Widget.
func (m *miniature) CreateRenderer() fyne.WidgetRenderer {
	objects := make([]fyne.CanvasObject, len(m.pieces))
	for i, p := range m.pieces {
		objects[i] = p
	}
	return newRenderer(m, func() fyne.Size { return fyne.Size{} }, m.layout, m.paint, objects...)
}

func (m *miniature) layout(size fyne.Size) {
	at, width := m.from*size.Width, (m.to-m.from)*size.Width
	fromEnd := func(y float32) float32 {
		if y <= 0 {
			return size.Height + y
		}
		return y
	}
	for i, p := range windowPieces {
		top := p.top
		if top < 0 {
			top = fromEnd(top)
		}
		left, right, bottom := at+p.left*width, at+p.right*width, fromEnd(p.bottom)
		if i == cardFace {
			hair := Hairline()
			left, top, right, bottom = left+hair, top+hair, right-hair, bottom-hair
		}
		putRect(m.pieces[i], left, top, right-left, bottom-top)
	}
}

func (m *miniature) paint() {
	for i, p := range windowPieces {
		m.pieces[i].FillColor = theme.ColorIn(m.mode, p.token)
		m.pieces[i].StrokeWidth = 0
	}
}
