package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// renderer draws a kit widget that keeps its own canvas objects: paint gives
// them the colours of now, layout their places.
type renderer struct {
	objects []fyne.CanvasObject
	min     func() fyne.Size
	layout  func(fyne.Size)
	paint   func()
	size    func() fyne.Size
	painted look
}

// A look is what the paint of a widget depends on besides the widget itself.
type look struct {
	colours theme.Version
	scale   float32
}

func lookNow() look { return look{theme.Shown(), Scale()} }

func newRenderer(w fyne.Widget, min func() fyne.Size, layout func(fyne.Size), paint func(), objects ...fyne.CanvasObject) *renderer {
	paint()
	return &renderer{objects: objects, min: min, layout: layout, paint: paint, size: w.Size, painted: lookNow()}
}

func (r *renderer) Destroy() {}

func (r *renderer) Layout(size fyne.Size) { r.layout(size) }

// MinSize is asked of everything that is about to be shown. What was away from
// the window while the look changed has missed that, and takes it over here.
func (r *renderer) MinSize() fyne.Size {
	if r.painted != lookNow() {
		r.Refresh()
	}
	return r.min()
}

func (r *renderer) Objects() []fyne.CanvasObject { return r.objects }

// Refresh repaints, and lays out again because words may have changed width.
func (r *renderer) Refresh() {
	r.painted = lookNow()
	r.paint()
	r.layout(r.size())
	for _, o := range r.objects {
		o.Refresh()
	}
}

// paintRect gives a rectangle its fill and, unless edge is None, a hairline.
func paintRect(r *canvas.Rectangle, fill, edge theme.Token) {
	r.FillColor = filling(fill)
	r.StrokeColor, r.StrokeWidth = theme.Color(edge), 0
	if edge == theme.None {
		return
	}
	r.StrokeWidth = Hairline()
	if fill == theme.None {
		r.FillColor = hollow(edge)
	}
}

// filling is a token's colour for what is filled with it. Of colours that cannot
// be seen the painter leaves out only color.Transparent; it would draw the others.
func filling(token theme.Token) color.Color {
	if c := theme.Color(token); c.A != 0 {
		return c
	}
	return color.Transparent
}

// hollow is as good as nothing in the colour of an edge. The painter blends the
// pixels of an edge with what is inside, and what is nothing counts as black.
func hollow(edge theme.Token) color.Color {
	c := theme.Color(edge)
	c.A = 1
	return c
}

func newRect(radius float32) *canvas.Rectangle {
	r := canvas.NewRectangle(filling(theme.None))
	r.CornerRadius = radius
	return r
}
