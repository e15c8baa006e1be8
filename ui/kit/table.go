package kit

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virt/trace"
)

// TableSpec says what a DataTable of rows R shows and does. Only Name, ID and
// Columns are needed; hooks that are nil are not offered.
type TableSpec[R any] struct {
	// Name is what screen readers call the table.
	Name string
	// ID identifies a row for as long as its thing exists.
	ID func(R) string
	// Columns in the order in which they stand at first; the first one names
	// the row and cannot be hidden.
	Columns []Column[R]
	// Sort is the column that orders the rows at first; else they stand as given.
	Sort       string
	Descending bool

	// Open shows a row's thing, OpenNew in a tab of its own.
	Open    func(R)
	OpenNew func(R)
	// Menu shows the context menu of the rows at a place of the canvas.
	Menu func(rows []R, at fyne.Position)
	// HeadMenu shows the choice of columns at a place of the canvas.
	HeadMenu func(at fyne.Position)
	// Rename and Delete are behind F2 and Delete.
	Rename func(R)
	Delete func(rows []R)
	// Single hides the boxes that select several rows; the first one counts.
	Single bool
	// Selected hears of every change of the selection.
	Selected func(rows []R)
	// Arranged hears when a person has changed columns or order: save it.
	Arranged func(TableLayout)

	// Card makes what SetCards shows rows with.
	Card func() RowCard[R]

	// Empty stands where there are no rows, Filtered where the filter leaves none.
	Empty    fyne.CanvasObject
	Filtered fyne.CanvasObject
}

// DataTable shows any number of rows of which a person can select some. Rows
// are values: SetRows with newer ones repaints only the cells that differ, and
// keeps selection and place.
type DataTable[R any] struct {
	table
	spec   TableSpec[R]
	less   map[string]func(a, b R) bool
	cells  []func(R) Cell
	all    []R
	view   []R // filtered and in order: what is shown
	filter func(R) bool
	filled bool
}

// NewTable returns an empty table.
func NewTable[R any](spec TableSpec[R]) *DataTable[R] {
	t := &DataTable[R]{spec: spec, less: map[string]func(a, b R) bool{}}
	for i, c := range spec.Columns {
		t.columns = append(t.columns, newColumn(c, i))
		t.cells = append(t.cells, c.Cell)
		t.less[c.ID] = c.Less
	}
	t.name, t.sortBy, t.descending = spec.Name, spec.Sort, spec.Descending
	t.empty, t.filtered = spec.Empty, spec.Filtered
	t.single = spec.Single
	t.connect()
	t.init(t)
	return t
}

// connect gives the part without row type its hooks.
func (t *DataTable[R]) connect() {
	t.cell = func(row, col int) Cell { return t.cells[col](t.view[row]) }
	t.rowName = func(row int) string { return t.cells[0](t.view[row]).text }
	t.reorder = t.renew
	t.open, t.openNew, t.rename = t.onRow(t.spec.Open), t.onRow(t.spec.OpenNew), t.onRow(t.spec.Rename)
	t.headMenu = t.spec.HeadMenu
	if t.spec.Card != nil {
		t.newCard = func() (fyne.CanvasObject, func(int)) {
			card := t.spec.Card()
			return card.Content(), func(row int) { card.Show(t.view[row]) }
		}
	}
	if t.spec.Menu != nil {
		t.menu = func(at fyne.Position) { t.spec.Menu(t.SelectedRows(), at) }
	}
	if t.spec.Delete != nil {
		t.remove = func() { t.spec.Delete(t.SelectedRows()) }
	}
	if t.spec.Selected != nil {
		t.selectionChanged = func() { t.spec.Selected(t.SelectedRows()) }
	}
	if t.spec.Arranged != nil {
		t.onArranged = func() { t.spec.Arranged(t.Layout()) }
	}
}

func (t *DataTable[R]) onRow(hook func(R)) func(int) {
	if hook == nil {
		return nil
	}
	return func(row int) { hook(t.view[row]) }
}

// SetRows shows these rows instead. It also ends SetLoading.
func (t *DataTable[R]) SetRows(rows []R) {
	t.all, t.loading = slices.Clone(rows), false
	t.renew()
	if len(rows) > 0 && !t.filled {
		t.filled = true
		trace.Emit("list_filled", "name", t.name, "rows", len(rows))
	}
}

// SetFilter shows only the rows that keep wants; nil shows all.
func (t *DataTable[R]) SetFilter(keep func(R) bool) {
	t.filter = keep
	t.renew()
}

// Rows returns the rows as shown: filtered and in order.
func (t *DataTable[R]) Rows() []R { return slices.Clone(t.view) }

// VisibleRows returns the rows that can be seen, wholly or in part.
func (t *DataTable[R]) VisibleRows() []R {
	first, end := t.list.visible()
	return slices.Clone(t.view[first:end])
}

// SelectedRows returns the selected rows in the order shown.
func (t *DataTable[R]) SelectedRows() []R {
	rows := make([]R, 0, len(t.selected))
	for i, id := range t.ids {
		if t.selected[id] {
			rows = append(rows, t.view[i])
		}
	}
	return rows
}

// Layout returns how the table is arranged now.
func (t *DataTable[R]) Layout() TableLayout {
	return TableLayout{Columns: states(t.columns), Sort: t.sortBy, Descending: t.descending}
}

// SetLayout arranges the table as saved before. The zero layout changes nothing.
func (t *DataTable[R]) SetLayout(l TableLayout) {
	restore(t.columns, l.Columns)
	if t.less[l.Sort] != nil {
		t.sortBy, t.descending = l.Sort, l.Descending
	}
	t.rearrange()
	t.renew()
}

// renew applies filter and order, and shows the result.
func (t *DataTable[R]) renew() {
	view := make([]R, 0, len(t.all))
	for _, row := range t.all {
		if t.filter == nil || t.filter(row) {
			view = append(view, row)
		}
	}
	if less := t.less[t.sortBy]; less != nil {
		slices.SortStableFunc(view, func(a, b R) int {
			if t.descending {
				a, b = b, a
			}
			switch {
			case less(a, b):
				return -1
			case less(b, a):
				return 1
			}
			return 0
		})
	}
	t.view = view
	ids := make([]string, len(view))
	for i, row := range view {
		ids[i] = t.spec.ID(row)
	}
	t.setIDs(ids, len(t.all))
}
