package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Row puts objects beside each other, gap units apart, centred vertically.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flex{gap: gap, align: alignCenter}, objects...)
}

// RowTop is Row with the objects at the top edge.
func RowTop(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flex{gap: gap, align: alignStart}, objects...)
}

// RowFill is Row with the objects as high as the row.
func RowFill(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flex{gap: gap, align: alignFill}, objects...)
}

// Col puts objects under each other, gap units apart, as wide as the column.
func Col(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flex{vertical: true, gap: gap, align: alignFill}, objects...)
}

// ColStart is Col with the objects at the left edge in their own width.
func ColStart(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flex{vertical: true, gap: gap, align: alignStart}, objects...)
}

// ColCenter is Col with the objects centred in their own width.
func ColCenter(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flex{vertical: true, gap: gap, align: alignCenter}, objects...)
}

// Grow lets the object take the room that is left in its row or column.
func Grow(object fyne.CanvasObject) *fyne.Container { return GrowBy(1, object) }

// GrowBy is Grow with a weight, when several objects share the room.
func GrowBy(weight float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&grow{weight: weight}, object)
}

// Spacer takes the room that is left in its row or column.
func Spacer() *fyne.Container { return Grow(Gap(0, 0)) }

// Gap is empty room.
func Gap(width, height float32) *fyne.Container {
	return container.New(&gap{fyne.NewSize(width, height)})
}

// Grid puts objects into columns of equal width and rows of equal height.
func Grid(columns int, gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&grid{columns: columns, gap: gap}, objects...)
}

// Stack puts objects on top of each other, all of the same size.
func Stack(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&padding{}, objects...)
}

// Pad leaves room around the object: top, right, bottom, left.
func Pad(top, right, bottom, left float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&padding{top, right, bottom, left}, object)
}

// PadAll leaves the same room on all sides of the object.
func PadAll(all float32, object fyne.CanvasObject) *fyne.Container {
	return Pad(all, all, all, all, object)
}

// Center puts the object into the middle in its own size.
func Center(object fyne.CanvasObject) *fyne.Container { return At(.5, .5, object) }

// At puts the object in its own size where the shares of the free room say: 0
// is left or top, 1 right or bottom.
func At(x, y float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&place{x: x, y: y}, object)
}

// Width fixes the width of the object.
func Width(width float32, object fyne.CanvasObject) *fyne.Container { return Sized(width, 0, object) }

// Height fixes the height of the object.
func Height(height float32, object fyne.CanvasObject) *fyne.Container {
	return Sized(0, height, object)
}

// Sized fixes both; zero keeps the object's own measure.
func Sized(width, height float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&fixed{width, height}, object)
}

// minSize is the object's least size in whole device pixels.
func minSize(object fyne.CanvasObject) fyne.Size {
	m := object.MinSize()
	return fyne.NewSize(SnapUp(m.Width), SnapUp(m.Height))
}

func maxMinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if o.Visible() {
			size = size.Max(minSize(o))
		}
	}
	return size
}

// putRect moves and sizes the object so that its edges are on whole device pixels.
func putRect(object fyne.CanvasObject, x, y, width, height float32) {
	left, top := Snap(x), Snap(y)
	object.Move(fyne.NewPos(left, top))
	object.Resize(fyne.NewSize(max(0, Snap(x+width)-left), max(0, Snap(y+height)-top)))
}

type padding struct{ top, right, bottom, left float32 }

func (p *padding) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return maxMinSize(objects).Add(fyne.NewSize(p.left+p.right, p.top+p.bottom))
}

func (p *padding) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		putRect(o, p.left, p.top, size.Width-p.left-p.right, size.Height-p.top-p.bottom)
	}
}

type gap struct{ size fyne.Size }

func (g *gap) MinSize([]fyne.CanvasObject) fyne.Size { return g.size }

func (*gap) Layout([]fyne.CanvasObject, fyne.Size) {}

type fixed struct{ width, height float32 }

func (f *fixed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := maxMinSize(objects)
	if f.width > 0 {
		size.Width = f.width
	}
	if f.height > 0 {
		size.Height = f.height
	}
	return size
}

func (*fixed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		putRect(o, 0, 0, size.Width, size.Height)
	}
}

type place struct{ x, y float32 }

func (*place) MinSize(objects []fyne.CanvasObject) fyne.Size { return maxMinSize(objects) }

func (p *place) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		m := minSize(o)
		putRect(o, (size.Width-m.Width)*p.x, (size.Height-m.Height)*p.y, m.Width, m.Height)
	}
}

type grid struct {
	columns int
	gap     float32
}

func (g *grid) rows(objects []fyne.CanvasObject) int {
	return (len(shown(objects)) + g.columns - 1) / g.columns
}

func (g *grid) MinSize(objects []fyne.CanvasObject) fyne.Size {
	cell := maxMinSize(objects)
	across, down := float32(g.columns), float32(g.rows(objects))
	return fyne.NewSize(cell.Width*across+g.gap*(across-1), max(0, cell.Height*down+g.gap*(down-1)))
}

func (g *grid) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	rows := g.rows(objects)
	if rows == 0 {
		return
	}
	width := (size.Width - g.gap*float32(g.columns-1)) / float32(g.columns)
	height := (size.Height - g.gap*float32(rows-1)) / float32(rows)
	for i, o := range shown(objects) {
		x, y := float32(i%g.columns), float32(i/g.columns)
		putRect(o, x*(width+g.gap), y*(height+g.gap), width, height)
	}
}

func shown(objects []fyne.CanvasObject) []fyne.CanvasObject {
	var visible []fyne.CanvasObject
	for _, o := range objects {
		if isShown(o) {
			visible = append(visible, o)
		}
	}
	return visible
}

// isShown also sees through Grow, whose object may be hidden alone.
func isShown(object fyne.CanvasObject) bool {
	if !object.Visible() {
		return false
	}
	if c, ok := object.(*fyne.Container); ok && weight(object) > 0 {
		return c.Objects[0].Visible()
	}
	return true
}
