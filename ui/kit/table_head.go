package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// tableHeader is the line of column titles. A click sorts, dragging an edge
// resizes; with the focus Left and Right go from column to column, Enter and
// Space sort, Shift+Left and Shift+Right resize.
type tableHeader struct {
	widget.BaseWidget
	table   *table
	current int // among the shown columns, for the keyboard
	hovered *column
	edge    bool      // the pointer is on an edge
	drag    *edgeDrag // of the edge that is being moved
	focused bool
	held    shiftKey

	line, ring *canvas.Rectangle
	box        *canvas.Rectangle
	tick       *canvas.Image
	titles     []*headTitle // by column as designed
	objects    []fyne.CanvasObject
}

// edgeReach is how near to an edge of a column the pointer grabs it.
const edgeReach = 5

func newTableHeader(t *table) *tableHeader {
	h := &tableHeader{
		table: t, line: newRect(0), ring: newRect(6), box: newRect(5), tick: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	h.objects = []fyne.CanvasObject{h.line, h.ring, h.box, h.tick}
	for range t.columns {
		title := newHeadTitle()
		h.titles = append(h.titles, title)
		h.objects = append(h.objects, title)
	}
	h.ExtendBaseWidget(h)
	return h
}

// mark shows titles, order, selection and focus as they are now.
func (h *tableHeader) mark() {
	t := h.table
	setFill(h.line, theme.Line)
	for _, c := range t.columns {
		h.titles[c.index].show(c, t.sortBy == c.id, t.descending, h.hovered == c)
	}
	setHidden(h.box, !t.checks())
	setHidden(h.tick, !t.checks())
	if t.checks() {
		icon := "minus"
		if len(t.selected) == len(t.ids) {
			icon = "check"
		}
		paintCheck(h.box, h.tick, icon, true)
	}
	setStroke(h.ring, h.focused)
}

func (h *tableHeader) layout(size fyne.Size) {
	if size.Width <= 0 {
		return
	}
	putRect(h.line, 0, size.Height-Hairline(), size.Width, Hairline())
	putCheck(h.box, h.tick, size.Height)
	for _, c := range h.table.columns {
		title := h.titles[c.index]
		setHidden(title, !c.shown())
		if c.shown() {
			title.Resize(fyne.NewSize(c.w, size.Height))
			title.Move(fyne.NewPos(c.x, 0))
		}
	}
	if shown := h.table.shownColumns(); h.current < len(shown) {
		c := shown[h.current]
		putRect(h.ring, c.x-6, 4, c.w+12, size.Height-8)
	}
}

// A11y names the header and the column that the keyboard is on.
func (h *tableHeader) A11y() Node {
	value := ""
	if shown := h.table.shownColumns(); h.current < len(shown) {
		value = shown[h.current].title
	}
	return Node{Role: "header", Name: lang.L("Columns"), Value: value}
}

// Children returns the titles from left to right.
func (h *tableHeader) Children() []fyne.CanvasObject {
	var titles []fyne.CanvasObject
	for _, c := range h.table.shownColumns() {
		titles = append(titles, h.titles[c.index])
	}
	return titles
}

// at returns the column under x, and whether x grabs that column's right edge.
func (h *tableHeader) at(x float32) (c *column, edge bool) {
	for _, c := range h.table.shownColumns() {
		end := c.x + c.w + tableGap/2
		if x > end-edgeReach && x < end+edgeReach {
			return c, true
		}
		if x >= c.x-tableGap/2 && x < end {
			return c, false
		}
	}
	return nil, false
}

// MouseIn is part of desktop.Hoverable.
func (h *tableHeader) MouseIn(e *desktop.MouseEvent) { h.MouseMoved(e) }

// MouseMoved is part of desktop.Hoverable.
func (h *tableHeader) MouseMoved(e *desktop.MouseEvent) {
	h.hovered, h.edge = h.at(e.Position.X)
	if h.edge || h.hovered != nil && !h.hovered.sortable {
		h.hovered = nil
	}
	h.mark()
}

// MouseOut is part of desktop.Hoverable.
func (h *tableHeader) MouseOut() {
	h.hovered, h.edge = nil, false
	h.mark()
}

// Cursor shows that an edge can be dragged.
func (h *tableHeader) Cursor() desktop.Cursor {
	if h.edge || h.drag != nil {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}

// MouseDown is part of desktop.Mouseable.
func (h *tableHeader) MouseDown(e *desktop.MouseEvent) {
	t := h.table
	if e.Button == desktop.MouseButtonSecondary {
		if t.headMenu != nil {
			t.headMenu(e.AbsolutePosition)
		}
		return
	}
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	if t.checks() && e.Position.X < tablePad+tableCheck+tableGap/2 {
		t.selectAllOrNone()
		return
	}
	c, edge := h.at(e.Position.X)
	switch {
	case c == nil:
	case edge:
		h.drag = grabEdge(t.shownColumns(), c)
	default:
		t.sortByColumn(c)
	}
}

// MouseUp is part of desktop.Mouseable.
func (h *tableHeader) MouseUp(*desktop.MouseEvent) { h.DragEnd() }

// Dragged moves the edge that was grabbed.
func (h *tableHeader) Dragged(e *fyne.DragEvent) {
	if h.drag == nil {
		return
	}
	h.drag.move(e.Dragged.DX)
	h.table.rearrange()
}

// DragEnd ends resizing and saves the width.
func (h *tableHeader) DragEnd() {
	if h.drag == nil {
		return
	}
	moved := h.drag.moved != 0
	h.drag = nil
	if moved {
		h.table.arrangementChanged()
	}
}

// FocusGained is part of fyne.Focusable.
func (h *tableHeader) FocusGained() {
	h.focused, h.held = true, shiftKey{}
	h.Refresh()
}

// FocusLost is part of fyne.Focusable.
func (h *tableHeader) FocusLost() {
	h.focused = false
	h.Refresh()
}

// KeyDown is part of desktop.Keyable.
func (h *tableHeader) KeyDown(e *fyne.KeyEvent) { h.held.set(e, true) }

// KeyUp is part of desktop.Keyable.
func (h *tableHeader) KeyUp(e *fyne.KeyEvent) { h.held.set(e, false) }

// TypedRune is part of fyne.Focusable.
func (h *tableHeader) TypedRune(rune) {}

// TypedKey is part of fyne.Focusable.
func (h *tableHeader) TypedKey(e *fyne.KeyEvent) {
	shown := h.table.shownColumns()
	if len(shown) == 0 {
		return
	}
	h.current = min(h.current, len(shown)-1)
	c := shown[h.current]
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyRight:
		step := map[fyne.KeyName]int{fyne.KeyLeft: -1, fyne.KeyRight: 1}[e.Name]
		if h.held.down {
			h.table.resize(c, c.w+float32(8*step))
			h.table.arrangementChanged()
		} else {
			h.current = max(0, min(h.current+step, len(shown)-1))
		}
		h.Refresh()
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		h.table.sortByColumn(c)
	case fyne.KeyDown:
		focus(h.table.self)
	default:
		passKey(h, e)
	}
}

// CreateRenderer is part of fyne.Widget.
func (h *tableHeader) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(h, func() fyne.Size { return fyne.NewSize(0, headHeight) }, h.layout, h.mark, h.objects...)
}
