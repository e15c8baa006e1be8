package kit

import (
	"cmp"
	"slices"
)

// A Column of a DataTable whose rows are R.
type Column[R any] struct {
	ID    string
	Title string
	// Width is the width in units; with Flex it is where growing starts.
	Width float32
	// Min is the least width when a person resizes; 0 means 48.
	Min float32
	// Flex shares the room that is left among the columns that have it.
	Flex float32
	// Trailing aligns the column at its right edge: numbers.
	Trailing bool
	// Hidden columns are shown when a person chooses them.
	Hidden bool
	// Drop is the order in which columns go when the table is narrow: 1 first.
	// Columns with 0 always stay.
	Drop int
	// Cell says what the column shows of a row.
	Cell func(R) Cell
	// Less orders rows by this column; nil means that it cannot be sorted.
	Less func(a, b R) bool
}

// ColumnState is how a person has arranged one column.
type ColumnState struct {
	ID     string  `json:"id"`
	Width  float32 `json:"width,omitempty"` // 0: as designed
	Hidden bool    `json:"hidden,omitempty"`
}

// TableLayout is how a person has arranged a table: what a page saves.
type TableLayout struct {
	Columns    []ColumnState `json:"columns"`
	Sort       string        `json:"sort,omitempty"`
	Descending bool          `json:"descending,omitempty"`
}

// ColumnChoice is a column as the list of columns to choose from shows it.
type ColumnChoice struct {
	ID, Title string
	Shown     bool
	// Fixed columns cannot be hidden: the first one.
	Fixed bool
}

// Measures of a table, in units.
const (
	tablePad       = 16 // left and right of the cells
	tableGap       = 16 // between columns
	tableCheck     = 18 // the check box
	tableMenu      = 28 // the button at the end of a row
	headHeight     = 36
	rowHeight      = 40
	compactHeight  = 32
	leastColumn    = 48
	selectionInset = 6
)

// column is a Column without its row type, and where it is now.
type column struct {
	id, title       string
	width, min      float32
	flex            float32
	trailing        bool
	sortable        bool
	drop            int
	index           int // among the columns as designed
	chosen          float32
	hidden, dropped bool
	x, w            float32
}

func newColumn[R any](c Column[R], index int) *column {
	return &column{
		id: c.ID, title: c.Title, width: c.Width, min: cmp.Or(c.Min, leastColumn), flex: c.Flex,
		trailing: c.Trailing, sortable: c.Less != nil, drop: c.Drop, hidden: c.Hidden, index: index,
	}
}

// base is the width before room is shared out.
func (c *column) base() float32 { return cmp.Or(c.chosen, c.width) }

// grows says whether the column takes a share of the room that is left.
func (c *column) grows() bool { return c.flex > 0 && c.chosen == 0 }

func (c *column) shown() bool { return !c.hidden && !c.dropped }

// arrange gives every column its place in a table of that width, checks being
// whether the boxes stand before the first column, menu whether the row button
// stands after the last.
func arrange(columns []*column, width float32, checks, menu bool) {
	left, right := float32(tablePad), width-tablePad
	if checks {
		left += tableCheck + tableGap
	}
	if menu {
		right -= tableMenu
	}
	for _, c := range columns {
		c.dropped = false
	}
	for dropNext(columns, right-left) {
	}
	room, flex := right-left-needed(columns), float32(0)
	for _, c := range columns {
		if c.shown() && c.grows() {
			flex += c.flex
		}
	}
	for _, c := range columns {
		if !c.shown() {
			continue
		}
		w := c.base()
		if c.grows() {
			w = max(c.min, w+room*c.flex/flex)
		}
		c.x, c.w = Snap(left), Snap(left+w)-Snap(left)
		left += w + tableGap
	}
}

// dropNext hides the next column that may go, when the columns need more room
// than there is, and says whether it did.
func dropNext(columns []*column, room float32) bool {
	if needed(columns) <= room {
		return false
	}
	var next *column
	for _, c := range columns {
		if c.shown() && c.drop > 0 && (next == nil || c.drop < next.drop) {
			next = c
		}
	}
	if next != nil {
		next.dropped = true
	}
	return next != nil
}

func needed(columns []*column) float32 {
	total := float32(0)
	for _, c := range columns {
		if c.shown() {
			total += c.base() + tableGap
		}
	}
	return total - tableGap
}

// edgeDrag moves the edge between two columns. Behind a column that grows, the
// next column gives the room, so that the edge follows the pointer.
type edgeDrag struct {
	left, right           *column // right gives the room; nil when nobody does
	leftWidth, rightWidth float32
	moved                 float32
}

func grabEdge(shown []*column, left *column) *edgeDrag {
	d := &edgeDrag{left: left, leftWidth: left.w}
	at := slices.Index(shown, left)
	if at+1 < len(shown) && slices.ContainsFunc(shown[:at+1], (*column).grows) {
		d.right, d.rightWidth = shown[at+1], shown[at+1].w
	}
	return d
}

func (d *edgeDrag) move(by float32) {
	d.moved += by
	if d.right == nil {
		d.left.chosen = max(d.left.min, d.leftWidth+d.moved)
		return
	}
	change := max(d.left.min-d.leftWidth, min(d.moved, d.rightWidth-d.right.min))
	if !d.left.grows() {
		d.left.chosen = d.leftWidth + change
	}
	d.right.chosen = d.rightWidth - change
}

// states returns how the columns are arranged.
func states(columns []*column) []ColumnState {
	all := make([]ColumnState, len(columns))
	for i, c := range columns {
		all[i] = ColumnState{ID: c.id, Width: c.chosen, Hidden: c.hidden}
	}
	return all
}

// restore arranges the columns as saved. Columns that the saved layout does
// not know keep their place after those it knows; the first column stays first.
func restore(columns []*column, saved []ColumnState) {
	place := make(map[string]int, len(saved))
	for i, s := range saved {
		place[s.ID] = i
		if at := slices.IndexFunc(columns, func(c *column) bool { return c.id == s.ID }); at >= 0 {
			c := columns[at]
			c.hidden = s.Hidden && c.index > 0
			if s.Width > 0 {
				c.chosen = max(c.min, s.Width)
			}
		}
	}
	slices.SortStableFunc(columns, func(a, b *column) int {
		if a.index == 0 || b.index == 0 {
			return cmp.Compare(a.index, b.index)
		}
		pa, knownA := place[a.id]
		pb, knownB := place[b.id]
		if knownA && knownB {
			return cmp.Compare(pa, pb)
		}
		if knownA != knownB {
			return map[bool]int{true: -1, false: 1}[knownA]
		}
		return cmp.Compare(a.index, b.index)
	})
}
