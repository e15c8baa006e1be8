package kit

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// rowWidget is one line of a rowList. bind makes it show the row of that
// index; it changes only what differs from what it shows already.
type rowWidget interface {
	fyne.CanvasObject
	bind(index int)
}

// rowList scrolls over any number of rows of equal height with as many widgets
// as fit the window. It is the engine of tables and trees: every call costs
// O(visible rows). With a width, several rows stand beside each other in a line.
type rowList struct {
	height float32 // of a row
	width  float32 // the least of a row; zero: a row takes the whole line
	pad    float32 // around all rows
	count  int
	make   func() rowWidget
	scroll *container.Scroll
	body   *rowBody
	pool   []rowWidget
	bound  []int // index shown by each of the pool, -1 for none
}

func newRowList(height float32, newRow func() rowWidget) *rowList {
	l := &rowList{height: height, make: newRow}
	l.body = &rowBody{list: l}
	l.body.ExtendBaseWidget(l.body)
	l.scroll = container.NewVScroll(l.body)
	l.scroll.OnScrolled = func(fyne.Position) { l.place(false) }
	return l
}

// setCount changes the number of rows and shows all visible ones anew.
func (l *rowList) setCount(count int) {
	if l.count != count {
		l.count = count
		l.scroll.Refresh() // the bar, and the offset if it is beyond the end now
	}
	l.place(true)
}

// rebind shows all visible rows anew.
func (l *rowList) rebind() { l.place(true) }

// visible returns the range of rows that can be seen, wholly or in part.
func (l *rowList) visible() (first, end int) {
	if l.height <= 0 {
		return 0, 0
	}
	top := l.scroll.Offset.Y - l.pad
	first = int(top/l.height) * l.across()
	end = int(math.Ceil(float64((top+l.scroll.Size().Height)/l.height))) * l.across()
	return max(0, min(first, l.count)), max(0, min(end, l.count))
}

// across is how many rows stand in a line.
func (l *rowList) across() int {
	if l.width == 0 {
		return 1
	}
	return max(1, int((l.scroll.Size().Width-2*l.pad)/l.width))
}

// heightOf is how high so many rows are.
func (l *rowList) heightOf(rows int) float32 {
	across := l.across()
	return float32((rows+across-1)/across)*l.height + 2*l.pad
}

// page is how many rows fit.
func (l *rowList) page() int { return max(1, int(l.scroll.Size().Height/l.height)) * l.across() }

// show scrolls as little as needed to bring the row into view.
func (l *rowList) show(index int) {
	top := float32(index/l.across())*l.height + l.pad
	bottom := top + l.height
	offset, room := l.scroll.Offset.Y, l.scroll.Size().Height
	switch {
	case index < 0 || room <= 0:
		return
	case top < offset:
		offset = top
	case bottom > offset+room:
		offset = bottom - room
	default:
		return
	}
	l.scrollTo(offset)
}

func (l *rowList) scrollTo(offset float32) {
	l.scroll.ScrollToOffset(fyne.NewPos(0, offset))
	l.place(false)
}

// place puts widgets where rows are visible. Rows that had a widget keep it;
// they are bound again only when all says so.
func (l *rowList) place(all bool) {
	defer timed("rows")()
	first, end := l.visible()
	l.grow(end - first)
	across := l.across()
	size := fyne.NewSize(l.scroll.Size().Width, l.height)
	if l.width > 0 {
		size.Width = float32(int((size.Width - 2*l.pad) / float32(across)))
	}
	if len(l.pool) == 0 {
		return
	}
	for slot, row := range l.pool {
		index := first + (slot-first%len(l.pool)+len(l.pool))%len(l.pool)
		if index >= end {
			l.bound[slot] = -1
			row.Hide()
			continue
		}
		if all || l.bound[slot] != index {
			l.bound[slot] = index
			row.bind(index)
		}
		row.Resize(size)
		row.Move(fyne.NewPos(l.pad+float32(index%across)*size.Width, l.snapped(index/across)))
		row.Show()
	}
}

// snapped is the place of a line, moved so that it is on whole device pixels
// also when the scroll offset is not.
func (l *rowList) snapped(line int) float32 {
	offset := l.scroll.Offset.Y
	return Snap(l.pad+float32(line)*l.height-offset) + offset
}

func (l *rowList) grow(rows int) {
	for len(l.pool) < rows {
		row := l.make()
		row.Hide()
		l.pool = append(l.pool, row)
		for i := range l.bound {
			l.bound[i] = -1 // the order of the pool has changed
		}
		l.bound = append(l.bound, -1)
	}
}

// at returns the widget that shows the row, or nil.
func (l *rowList) at(index int) rowWidget {
	for slot, shown := range l.bound {
		if shown == index {
			return l.pool[slot]
		}
	}
	return nil
}

// rowBody is what scrolls: the height of all rows, holding the visible ones.
type rowBody struct {
	widget.BaseWidget
	list *rowList
}

// Children returns the visible rows from top to bottom.
func (b *rowBody) Children() []fyne.CanvasObject {
	first, end := b.list.visible()
	var rows []fyne.CanvasObject
	for index := first; index < end; index++ {
		if row := b.list.at(index); row != nil {
			rows = append(rows, row)
		}
	}
	return rows
}

func (b *rowBody) CreateRenderer() fyne.WidgetRenderer { return &rowBodyRenderer{body: b} }

type rowBodyRenderer struct {
	body    *rowBody
	objects []fyne.CanvasObject
}

func (r *rowBodyRenderer) Destroy() {}

func (r *rowBodyRenderer) Layout(fyne.Size) { r.body.list.place(false) }

func (r *rowBodyRenderer) MinSize() fyne.Size {
	return fyne.NewSize(0, r.body.list.heightOf(r.body.list.count))
}

func (r *rowBodyRenderer) Objects() []fyne.CanvasObject {
	for i := len(r.objects); i < len(r.body.list.pool); i++ {
		r.objects = append(r.objects, r.body.list.pool[i])
	}
	return r.objects
}

// Refresh leaves the rows alone: they refresh themselves when bound, and Fyne
// refreshes them one by one when the theme changes.
func (r *rowBodyRenderer) Refresh() { r.body.list.place(false) }
