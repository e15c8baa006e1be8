package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Responsive calls fit before the object is laid out in another size, so that
// it can leave out what does not fit. The least size is never more than least,
// which leaves the window free to shrink.
func Responsive(least fyne.Size, object fyne.CanvasObject, fit func(size fyne.Size)) *fyne.Container {
	return container.New(&responsive{least: least, fit: fit}, object)
}

type responsive struct {
	least fyne.Size
	fit   func(fyne.Size)
	last  fyne.Size
}

func (r *responsive) MinSize([]fyne.CanvasObject) fyne.Size { return r.least }

func (r *responsive) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if size != r.last {
		r.last = size
		r.fit(size)
	}
	for _, o := range objects {
		putRect(o, 0, 0, size.Width, size.Height)
	}
}

// SetColumns gives a Grid another number of columns.
func SetColumns(grid *fyne.Container, columns int) {
	if l, ok := grid.Layout.(interface{ setColumns(int) }); ok {
		l.setColumns(columns)
	}
}

func (g *grid) setColumns(columns int) { g.columns = columns }

// Snug gives the object the height that wanted says, as far as there is room:
// a card that ends with its last row.
func Snug(object fyne.CanvasObject, wanted func() float32) *fyne.Container {
	return container.New(&snug{wanted}, object)
}

type snug struct{ wanted func() float32 }

func (*snug) MinSize(objects []fyne.CanvasObject) fyne.Size { return maxMinSize(objects) }

func (s *snug) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		if o.Size().Width != size.Width {
			putRect(o, 0, 0, size.Width, size.Height) // what is wanted may depend on it
		}
		putRect(o, 0, 0, size.Width, min(size.Height, s.wanted()))
	}
}

// Lead puts objects behind a text. The text has the width of its words while
// there is room, and is shortened when there is not.
func Lead(gap float32, text *Text, behind ...fyne.CanvasObject) *fyne.Container {
	text.short = true
	return container.New(&lead{gap: gap, text: text}, append([]fyne.CanvasObject{text}, behind...)...)
}

type lead struct {
	gap  float32
	text *Text
}

func (l *lead) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return (&flex{gap: l.gap}).MinSize(objects)
}

func (l *lead) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	visible := shown(objects)
	room := size.Width
	for _, o := range visible[1:] {
		room -= minSize(o).Width + l.gap
	}
	x := float32(0)
	for i, o := range visible {
		m := minSize(o)
		if i == 0 {
			m.Width = max(m.Width, min(room, SnapUp(l.text.style.measure(l.text.words).Width)))
		}
		putRect(o, x, (size.Height-m.Height)/2, m.Width, m.Height)
		x += m.Width + l.gap
	}
}

// Middle puts the object into the middle, as high as there is room and no wider
// than width.
func Middle(width float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&middle{width}, object)
}

type middle struct{ width float32 }

func (m *middle) MinSize(objects []fyne.CanvasObject) fyne.Size { return maxMinSize(objects) }

func (m *middle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(m.width, size.Width)
	for _, o := range objects {
		putRect(o, (size.Width-width)/2, 0, width, size.Height)
	}
}
