package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// zone is a part of a row that a click means something of its own on.
type zone int

const (
	zoneNone zone = iota
	zoneRow
	zoneCheck
	zoneMenu
)

// tableRow shows one row of a table.
type tableRow struct {
	widget.BaseWidget
	table   *table
	index   int
	id      string
	hovered zone
	widths  int // the arrangement of columns that was laid out last

	pill, ring, line *canvas.Rectangle
	box              *canvas.Rectangle
	tick, dots       *canvas.Image
	dotsBack         *canvas.Rectangle
	cells            []*cellView // by column as designed
	objects          []fyne.CanvasObject
}

func newTableRow(t *table) *tableRow {
	r := &tableRow{
		table: t, index: -1, pill: newRect(8), ring: newRect(8), line: newRect(0), box: newRect(5), dotsBack: newRect(7),
		tick: &canvas.Image{FillMode: canvas.ImageFillContain}, dots: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	r.objects = []fyne.CanvasObject{r.line, r.pill, r.ring, r.box, r.tick, r.dotsBack, r.dots}
	for range t.columns {
		v := newCellView()
		r.cells = append(r.cells, v)
		r.objects = append(r.objects, v)
	}
	r.ExtendBaseWidget(r)
	return r
}

// bind shows the row of that index; cells that stay the same cost nothing.
func (r *tableRow) bind(index int) {
	if r.index != index {
		r.hovered = zoneNone
	}
	r.index, r.id = index, r.table.ids[index]
	for _, c := range r.table.columns {
		if c.shown() {
			r.cells[c.index].show(c.title, c.trailing, r.table.cell(index, c.index))
		}
	}
	r.mark()
	if r.widths != r.table.arranged {
		r.layout(r.Size())
	}
}

// mark shows selection, pointer and focus.
func (r *tableRow) mark() {
	selected, t := r.table.selected[r.id], r.table
	setFill(r.pill, pillToken(selected, r.hovered != zoneNone))
	setStroke(r.ring, t.ring && t.focused && t.cursor == r.id)
	setFill(r.line, theme.Line)
	setHidden(r.line, r.index == len(t.ids)-1) // a card's edge is there, with round corners

	setHidden(r.box, !t.checks())
	setHidden(r.tick, !t.checks() || !selected)
	if t.checks() {
		paintCheck(r.box, r.tick, "check", selected)
	}
	setHidden(r.dots, t.menu == nil)
	setHidden(r.dotsBack, r.hovered != zoneMenu)
	setFill(r.dotsBack, theme.QuietHover)
	if t.menu != nil {
		paintIcon(r.dots, "ellipsis", 16, theme.Color(theme.Muted))
	}
}

// A11y says the row's name and whether it is selected.
func (r *tableRow) A11y() Node { return r.table.rowNode(r.index, r.id) }

func (t *table) rowNode(index int, id string) Node {
	states := []string{"selectable"}
	if t.selected[id] {
		states = append(states, "selected")
	}
	if t.cursor == id {
		states = append(states, "active")
	}
	actions := []string{"activate"}
	if t.menu != nil {
		actions = append(actions, "menu")
	}
	return Node{ID: id, Role: "table row", Name: t.rowName(index), States: states, Actions: actions}
}

// Children returns the cells from left to right.
func (r *tableRow) Children() []fyne.CanvasObject {
	var cells []fyne.CanvasObject
	for _, c := range r.table.columns {
		if c.shown() {
			cells = append(cells, r.cells[c.index])
		}
	}
	return cells
}

func (r *tableRow) zoneAt(x float32) zone {
	switch {
	case r.table.checks() && x < tablePad+tableCheck+tableGap/2:
		return zoneCheck
	case r.table.menu != nil && x >= r.Size().Width-tablePad-tableMenu:
		return zoneMenu
	}
	return zoneRow
}

// MouseIn is part of desktop.Hoverable.
func (r *tableRow) MouseIn(e *desktop.MouseEvent) { r.hover(r.zoneAt(e.Position.X)) }

// MouseMoved is part of desktop.Hoverable.
func (r *tableRow) MouseMoved(e *desktop.MouseEvent) { r.hover(r.zoneAt(e.Position.X)) }

// MouseOut is part of desktop.Hoverable.
func (r *tableRow) MouseOut() { r.hover(zoneNone) }

func (r *tableRow) hover(z zone) {
	if r.hovered == z {
		return
	}
	r.hovered = z
	r.mark()
	if z == zoneMenu {
		showTip(r, lang.L("More actions"), hoverDelay)
	} else {
		hideTip(r)
	}
}

// MouseDown is part of desktop.Mouseable.
func (r *tableRow) MouseDown(e *desktop.MouseEvent) {
	hideTip(r)
	r.table.pressed(r.index, r.zoneAt(e.Position.X), e)
}

// MouseUp is part of desktop.Mouseable.
func (r *tableRow) MouseUp(*desktop.MouseEvent) {}

func (r *tableRow) layout(size fyne.Size) {
	if size.Width <= 0 {
		return
	}
	r.widths = r.table.arranged
	hair := Hairline()
	putRect(r.line, 0, size.Height-hair, size.Width, hair)
	putRect(r.pill, selectionInset, 1, size.Width-2*selectionInset, size.Height-2-hair)
	putRect(r.ring, selectionInset, 1, size.Width-2*selectionInset, size.Height-2-hair)
	putCheck(r.box, r.tick, size.Height)
	right := size.Width - tablePad - tableMenu
	putRect(r.dotsBack, right, (size.Height-tableMenu)/2, tableMenu, tableMenu)
	putRect(r.dots, right+(tableMenu-16)/2, (size.Height-16)/2, 16, 16)
	for _, c := range r.table.columns {
		view := r.cells[c.index]
		view.Hidden = !c.shown()
		if c.shown() {
			view.Resize(fyne.NewSize(c.w, size.Height))
			view.Move(fyne.NewPos(c.x, 0))
		}
	}
}

func (r *tableRow) CreateRenderer() fyne.WidgetRenderer { return &tableRowRenderer{r} }

type tableRowRenderer struct{ row *tableRow }

func (r *tableRowRenderer) Destroy()                     {}
func (r *tableRowRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *tableRowRenderer) Objects() []fyne.CanvasObject { return r.row.objects }
func (r *tableRowRenderer) Layout(size fyne.Size)        { r.row.layout(size) }

func (r *tableRowRenderer) Refresh() {
	if r.row.index >= 0 {
		r.row.mark()
		r.row.layout(r.row.Size())
	}
	canvas.Refresh(r.row)
}
