package kit

import (
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
}

func newRenderer(w fyne.Widget, min func() fyne.Size, layout func(fyne.Size), paint func(), objects ...fyne.CanvasObject) *renderer {
	paint()
	return &renderer{objects: objects, min: min, layout: layout, paint: paint, size: w.Size}
}

func (r *renderer) Destroy() {}

func (r *renderer) Layout(size fyne.Size) { r.layout(size) }

func (r *renderer) MinSize() fyne.Size { return r.min() }

func (r *renderer) Objects() []fyne.CanvasObject { return r.objects }

// Refresh repaints, and lays out again because words may have changed width.
func (r *renderer) Refresh() {
	r.paint()
	r.layout(r.size())
	for _, o := range r.objects {
		o.Refresh()
	}
}

// paintRect gives a rectangle its fill and, unless edge is None, a hairline.
func paintRect(r *canvas.Rectangle, fill, edge theme.Token) {
	r.FillColor = theme.Color(fill)
	r.StrokeColor, r.StrokeWidth = theme.Color(edge), 0
	if edge != theme.None {
		r.StrokeWidth = Hairline()
	}
}

func newRect(radius float32) *canvas.Rectangle {
	r := canvas.NewRectangle(theme.Color(theme.None))
	r.CornerRadius = radius
	return r
}
