package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"
)

// focusWidget is a widget that takes the keyboard.
type focusWidget interface {
	fyne.Widget
	fyne.Focusable
}

// table is a DataTable without its row type: rows are indexes and IDs.
type table struct {
	widget.BaseWidget
	self    focusWidget
	name    string
	columns []*column // in the order shown
	ids     []string  // of the rows shown
	place   map[string]int
	total   int // rows before filtering
	loading bool

	sortBy     string
	descending bool
	arranged   int // grows with every new arrangement of columns

	selected       map[string]bool
	cursor, anchor string
	focused, ring  bool
	held           shiftKey
	click          clickTimer
	ahead          typeAhead

	cell             func(row, col int) Cell
	newCard          func() (content fyne.CanvasObject, show func(row int)) // nil: no cards
	rowName          func(row int) string
	reorder          func()
	open             func(row int)
	openNew          func(row int)
	rename           func(row int)
	remove           func()
	menu             func(at fyne.Position)
	headMenu         func(at fyne.Position)
	selectionChanged func()
	onArranged       func()

	head            *tableHeader
	list            *rowList // what shows the rows now: lines or grid
	lines, grid     *rowList
	single          bool // has no check boxes
	skeleton        fyne.CanvasObject
	banner          fyne.CanvasObject
	top             *fyne.Container // holds the banner
	rest            *fyne.Container // holds what stands instead of rows
	empty, filtered fyne.CanvasObject
}

func (t *table) init(self focusWidget) {
	t.self = self
	t.selected, t.place = map[string]bool{}, map[string]int{}
	t.head = newTableHeader(t)
	t.lines = newRowList(tableRowHeight(), func() rowWidget { return newTableRow(t) })
	t.list = t.lines
	if t.newCard != nil {
		t.grid = newRowList(cardHeight, func() rowWidget { return newTableCard(t) })
		t.grid.width, t.grid.pad = cardWidth, cardPad
		t.grid.scroll.Hide()
	}
	t.skeleton = Pad(14, tablePad, 0, tablePad, NewSkeleton(8))
	t.top, t.rest = Stack(), Stack()
	t.ExtendBaseWidget(self)
}

// SetBanner shows an object, such as an error banner, above the rows; nil
// takes it away.
func (t *table) SetBanner(banner fyne.CanvasObject) {
	t.banner, t.top.Objects = banner, one(banner)
	t.Refresh()
}

// SetLoading shows a skeleton instead of rows until SetRows.
func (t *table) SetLoading() {
	t.loading = true
	t.Refresh()
}

// Choices returns the columns in their order, for a menu that chooses them.
func (t *table) Choices() []ColumnChoice {
	choices := make([]ColumnChoice, len(t.columns))
	for i, c := range t.columns {
		choices[i] = ColumnChoice{ID: c.id, Title: c.title, Shown: !c.hidden, Fixed: c.index == 0}
	}
	return choices
}

// ShowColumn shows or hides a column. The first column stays.
func (t *table) ShowColumn(id string, show bool) {
	for _, c := range t.columns {
		if c.id == id && c.index > 0 {
			c.hidden = !show
		}
	}
	t.rearrange()
	t.arrangementChanged()
}

// MoveColumn puts a column behind another one. The first column stays.
func (t *table) MoveColumn(id, behind string) {
	var moved *column
	var order []*column
	for _, c := range t.columns {
		if c.id == id && c.index > 0 {
			moved = c
		}
	}
	if moved == nil || id == behind {
		return
	}
	for _, c := range t.columns {
		if c != moved {
			order = append(order, c)
		}
		if c.id == behind {
			order = append(order, moved)
		}
	}
	if len(order) != len(t.columns) {
		return // behind is no column
	}
	t.columns = order
	t.rearrange()
	t.arrangementChanged()
}

func (t *table) shownColumns() []*column {
	var shown []*column
	for _, c := range t.columns {
		if c.shown() {
			shown = append(shown, c)
		}
	}
	return shown
}

// sortByColumn orders by the column, or turns the order around.
func (t *table) sortByColumn(c *column) {
	if !c.sortable {
		return
	}
	t.descending = t.sortBy == c.id && !t.descending
	t.sortBy = c.id
	t.reorder()
	t.head.Refresh()
	t.arrangementChanged()
}

// resize gives the column that width, as far as it may.
func (t *table) resize(c *column, width float32) {
	c.chosen = max(c.min, width)
	t.rearrange()
}

// rearrange gives the columns their places again.
func (t *table) rearrange() {
	t.arranged++
	arrange(t.columns, t.Size().Width, t.checks(), t.menu != nil)
	t.head.Refresh()
	t.list.rebind()
}

func (t *table) arrangementChanged() {
	if t.onArranged != nil {
		t.onArranged()
	}
}

// setIDs shows other rows. Selection and cursor stay with their rows; those of
// rows that are gone go with them.
func (t *table) setIDs(ids []string, total int) {
	was := t.place[t.cursor]
	t.ids, t.total = ids, total
	t.place = make(map[string]int, len(ids))
	for i, id := range ids {
		t.place[id] = i
	}
	lost := false
	had := t.checks()
	for id := range t.selected {
		if _, stays := t.place[id]; !stays {
			delete(t.selected, id)
			lost = true
		}
	}
	if _, stays := t.place[t.cursor]; !stays {
		t.cursor = ""
		if len(ids) > 0 && t.focused {
			t.cursor = ids[min(was, len(ids)-1)]
		}
	}
	t.list.count = min(t.list.count, len(ids)) // no widget may look for a row that is gone
	if had != t.checks() {
		t.rearrange()
	}
	t.list.setCount(len(ids))
	t.showInstead()
	t.head.mark()
	if lost && t.selectionChanged != nil {
		t.selectionChanged()
	}
}

// checks says whether the column of check boxes is shown.
func (t *table) checks() bool { return len(t.selected) > 0 && !t.single }

// instead returns what stands where the rows would be, or nil.
func (t *table) instead() fyne.CanvasObject {
	switch {
	case t.loading && t.total == 0:
		return t.skeleton
	case len(t.ids) > 0 || t.loading:
		return nil
	case t.total > 0:
		return t.filtered
	}
	return t.empty
}

// A11y says how many rows there are; only the visible ones are in the tree.
func (t *table) A11y() Node {
	n := Node{Role: "table", Name: t.name, States: when(!t.single, "multiselectable")}
	n.Description = lang.N("{{.Count}} rows", len(t.ids), map[string]any{"Count": len(t.ids)})
	if len(t.ids) < t.total {
		n.Description = lang.L("{{.Count}} of {{.Total}} rows", map[string]any{"Count": len(t.ids), "Total": t.total})
	}
	if t.loading {
		n.States = append(n.States, "busy")
	}
	return n
}

// Children returns the titles, the banner, and the rows or what stands there.
func (t *table) Children() []fyne.CanvasObject {
	if t.Cards() {
		return []fyne.CanvasObject{t.top, t.list.scroll, t.rest}
	}
	return []fyne.CanvasObject{t.head, t.top, t.list.scroll, t.rest}
}

// CreateRenderer is part of fyne.Widget.
func (t *table) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{t.head, t.top, t.lines.scroll, t.rest}
	if t.grid != nil {
		objects = append(objects, t.grid.scroll)
	}
	return &tableRenderer{t, objects}
}

type tableRenderer struct {
	table   *table
	objects []fyne.CanvasObject
}

func (r *tableRenderer) Destroy()                     {}
func (r *tableRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *tableRenderer) MinSize() fyne.Size           { return fyne.NewSize(200, headHeight+2*rowHeight) }

func (r *tableRenderer) Layout(size fyne.Size) {
	t := r.table
	t.arranged++
	arrange(t.columns, size.Width, t.checks(), t.menu != nil)
	top := t.headHeight()
	putRect(t.head, 0, 0, size.Width, top)
	t.head.layout(t.head.Size())
	if t.banner != nil {
		height := minSize(t.top).Height
		putRect(t.top, 0, top, size.Width, height)
		top += height
	}
	putRect(t.list.scroll, 0, top, size.Width, size.Height-top)
	putRect(t.rest, 0, top, size.Width, size.Height-top)
	t.list.rebind()
}

// Refresh lays out again for a banner that came or went; rows repaint themselves.
func (r *tableRenderer) Refresh() {
	t := r.table
	t.lines.height = tableRowHeight()
	setHidden(t.head, t.Cards())
	setHidden(t.top, t.banner == nil)
	t.showInstead()
	r.Layout(t.Size())
	t.head.Refresh()
}

// showInstead shows the rows, or what stands there without any.
func (t *table) showInstead() {
	held := one(t.instead())
	setHidden(t.list.scroll, held != nil)
	setHidden(t.rest, held == nil)
	if !slices.Equal(held, t.rest.Objects) {
		t.rest.Objects = held
		t.rest.Refresh()
	}
}
