package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Box is a rectangle in theme colours, to put behind other things.
type Box struct {
	widget.BaseWidget
	fill, edge theme.Token
	stroke     float32
	rect       *canvas.Rectangle
	least      fyne.Size
}

// NewBox returns a box with round corners of that radius. theme.None as edge
// draws no line, as fill nothing inside.
func NewBox(fill, edge theme.Token, radius float32) *Box {
	b := &Box{fill: fill, edge: edge, rect: newRect(radius)}
	b.ExtendBaseWidget(b)
	return b
}

// SetColors changes fill and edge.
func (b *Box) SetColors(fill, edge theme.Token) {
	if b.fill == fill && b.edge == edge {
		return
	}
	b.fill, b.edge = fill, edge
	b.Refresh()
}

// SetStroke gives the edge a width in units; zero is a hairline.
func (b *Box) SetStroke(width float32) {
	b.stroke = width
	b.Refresh()
}

// SetMinSize gives the box a least size.
func (b *Box) SetMinSize(size fyne.Size) {
	b.least = size
	b.Refresh()
}

// CreateRenderer is part of fyne.Widget.
func (b *Box) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(b, func() fyne.Size { return b.least }, func(s fyne.Size) { b.rect.Resize(s) }, b.paint, b.rect)
}

func (b *Box) paint() {
	paintRect(b.rect, b.fill, b.edge)
	if b.stroke > 0 && b.edge != theme.None {
		b.rect.StrokeWidth = b.stroke
	}
}

// HLine is a horizontal separator one hairline high.
func HLine() fyne.CanvasObject { return newLine() }

// VLine is a vertical separator one hairline wide.
func VLine() fyne.CanvasObject { return newLine() }

// line is a separator; its least size is a hairline both ways.
type line struct {
	widget.BaseWidget
	rect *canvas.Rectangle
}

func newLine() *line {
	l := &line{rect: newRect(0)}
	l.ExtendBaseWidget(l)
	return l
}

func (l *line) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(l,
		func() fyne.Size { return fyne.NewSquareSize(Hairline()) },
		func(s fyne.Size) { l.rect.Resize(s) },
		func() { paintRect(l.rect, theme.Line, theme.None) },
		l.rect)
}

// Dot is a filled circle, such as the mark of an unsaved tab.
func Dot(diameter float32, token theme.Token) fyne.CanvasObject {
	return Center(Sized(diameter, diameter, NewBox(token, theme.None, diameter/2)))
}
