package kit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// machine is what the tables of these tests show.
type machine struct {
	id, name string
	running  bool
	cpu      float64
	host     string
}

func (m machine) state() kit.Cell {
	if m.running {
		return kit.StateCell("Running", "st-run", theme.OK)
	}
	return kit.StateCell("Off", "st-off", theme.Muted)
}

func machines(n int) []machine {
	all := make([]machine, n)
	for i := range all {
		all[i] = machine{id: fmt.Sprint(i), name: fmt.Sprintf("vm-%05d", i), running: i%2 == 0, cpu: float64(i%100) / 100, host: "lab"}
	}
	return all
}

func machineSpec() kit.TableSpec[machine] {
	return kit.TableSpec[machine]{
		Name: "Machines",
		ID:   func(m machine) string { return m.id },
		Sort: "name",
		Columns: []kit.Column[machine]{
			{ID: "name", Title: "Name", Width: 120, Flex: 1, Cell: func(m machine) kit.Cell { return kit.NameCell(m.name) }, Less: func(a, b machine) bool { return a.name < b.name }},
			{ID: "state", Title: "State", Width: 92, Cell: machine.state},
			{
				ID: "cpu", Title: "CPU", Width: 110, Drop: 3,
				Cell: func(m machine) kit.Cell { return kit.UsageCell(m.cpu, fmt.Sprintf("%.0f %%", m.cpu*100)) },
				Less: func(a, b machine) bool { return a.cpu < b.cpu },
			},
			{ID: "memory", Title: "Memory", Width: 90, Trailing: true, Drop: 2, Cell: func(machine) kit.Cell { return kit.SmallCell("6.1 of 8 GiB") }},
			{ID: "host", Title: "Host", Width: 90, Drop: 1, Cell: func(m machine) kit.Cell { return kit.MutedCell(m.host) }},
		},
	}
}

// sheet is a table in a window, and what its hooks were told.
type sheet struct {
	*kit.DataTable[machine]
	t   *testing.T
	w   *kittest.Window
	log []string
}

func (s *sheet) note(what string, rows ...machine) {
	names := []string{}
	for _, m := range rows {
		names = append(names, m.id)
	}
	s.log = append(s.log, what+" "+strings.Join(names, ","))
}

func openTable(t *testing.T, rows []machine, change func(*kit.TableSpec[machine])) *sheet {
	t.Helper()
	s := &sheet{t: t, w: kittest.Open(t, nil)}
	spec := machineSpec()
	spec.Open = func(m machine) { s.note("open", m) }
	spec.OpenNew = func(m machine) { s.note("new", m) }
	spec.Rename = func(m machine) { s.note("rename", m) }
	spec.Delete = func(rows []machine) { s.note("delete", rows...) }
	spec.Menu = func(rows []machine, _ fyne.Position) { s.note("menu", rows...) }
	if change != nil {
		change(&spec)
	}
	s.DataTable = kit.NewTable(spec)
	s.SetRows(rows)
	s.w.Win.SetContent(s.DataTable)
	s.w.Win.Resize(fyne.NewSize(900, 436)) // ten rows of 40 under the head
	return s
}

// element is the element of that name as a person would find it now.
func (s *sheet) element(name string) kit.Element {
	s.t.Helper()
	found, ok := findElement(kit.Accessibility(s.w.Win, 1), name)
	if !ok {
		s.t.Fatalf("nothing is called %q", name)
	}
	return found
}

func findElement(e kit.Element, name string) (kit.Element, bool) {
	if e.Name == name {
		return e, true
	}
	for _, child := range e.Children {
		if found, ok := findElement(child, name); ok {
			return found, true
		}
	}
	return kit.Element{}, false
}

// shownRows lists the names of the rows that can be seen, top down.
func (s *sheet) shownRows() []string {
	var names []string
	for _, child := range s.element("Machines").Children {
		if child.Role == "table row" {
			names = append(names, child.Name)
		}
	}
	return names
}

// press presses a mouse button on the element of that name.
func (s *sheet) press(name string, button desktop.MouseButton, held fyne.KeyModifier) {
	s.t.Helper()
	e := s.element(name)
	s.pressAt(float32(e.X+e.W/2), float32(e.Y+e.H/2), button, held)
}

func (s *sheet) pressAt(x, y float32, button desktop.MouseButton, held fyne.KeyModifier) {
	s.t.Helper()
	pressAt(s.t, s.w.Win, x, y, button, held)
}

// pressAt finds what lies under the point as the driver does and presses it.
func pressAt(t *testing.T, w fyne.Window, x, y float32, button desktop.MouseButton, held fyne.KeyModifier) {
	t.Helper()
	at := fyne.NewPos(x, y)
	var hit desktop.Mouseable
	var inside fyne.Position
	var walk func(o fyne.CanvasObject, origin fyne.Position)
	walk = func(o fyne.CanvasObject, origin fyne.Position) {
		origin = origin.Add(o.Position())
		size := o.Size()
		if !o.Visible() || at.X < origin.X || at.Y < origin.Y || at.X >= origin.X+size.Width || at.Y >= origin.Y+size.Height {
			return
		}
		if m, ok := o.(desktop.Mouseable); ok {
			hit, inside = m, at.Subtract(origin)
		}
		for _, child := range objectsIn(o) {
			walk(child, origin)
		}
	}
	walk(w.Content(), fyne.Position{})
	if hit == nil {
		t.Fatalf("nothing to press at %v", at)
	}
	e := &desktop.MouseEvent{Button: button, Modifier: held, PointEvent: fyne.PointEvent{Position: inside, AbsolutePosition: at}}
	hit.MouseDown(e)
	hit.MouseUp(e)
}

func objectsIn(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case fyne.Widget:
		return test.WidgetRenderer(o).Objects()
	}
	return nil
}

func (s *sheet) key(names ...fyne.KeyName) {
	for _, name := range names {
		s.TypedKey(&fyne.KeyEvent{Name: name})
	}
}

func (s *sheet) selected() []string {
	ids := []string{}
	for _, m := range s.SelectedRows() {
		ids = append(ids, m.id)
	}
	return ids
}

func (s *sheet) wantSelected(ids ...string) {
	s.t.Helper()
	if got := s.selected(); !slices.Equal(got, ids) {
		s.t.Errorf("selected %v, want %v", got, ids)
	}
}

func (s *sheet) wantLog(want ...string) {
	s.t.Helper()
	if !slices.Equal(s.log, want) {
		s.t.Errorf("the hooks heard %q, want %q", s.log, want)
	}
}

func TestATableOfThousandsHoldsOnlyWhatIsSeen(t *testing.T) {
	s := openTable(t, machines(10000), nil)

	node := s.element("Machines")
	if node.Role != "table" || node.Description != "10000 rows" {
		t.Errorf("the table calls itself %s, %q", node.Role, node.Description)
	}
	rows := s.shownRows()
	if len(rows) != 10 || rows[0] != "vm-00000" {
		t.Errorf("%d rows are in the tree, the first is %q", len(rows), rows[0])
	}
	cell := s.element("CPU: 4 %")
	if cell.Role != "table cell" || !slices.Contains(cell.States, "showing") {
		t.Errorf("the cell is %+v", cell)
	}
}

func TestAClickSelectsAndWithControlAndShiftSeveral(t *testing.T) {
	s := openTable(t, machines(20), nil)

	s.press("vm-00002", desktop.MouseButtonPrimary, 0)
	s.wantSelected("2")
	s.press("vm-00005", desktop.MouseButtonPrimary, fyne.KeyModifierControl)
	s.wantSelected("2", "5")
	s.press("vm-00007", desktop.MouseButtonPrimary, fyne.KeyModifierShift)
	s.wantSelected("5", "6", "7")
	s.press("vm-00006", desktop.MouseButtonPrimary, fyne.KeyModifierControl)
	s.wantSelected("5", "7")
	s.press("vm-00003", desktop.MouseButtonPrimary, 0)

	s.wantSelected("3")
	if states := s.element("vm-00003").States; !slices.Contains(states, "selected") {
		t.Errorf("the row says %v", states)
	}
}

func TestCheckBoxesComeWithTheFirstSelection(t *testing.T) {
	s := openTable(t, machines(5), nil)
	before := s.element("Name: vm-00001").X

	s.press("vm-00001", desktop.MouseButtonPrimary, 0)

	if after := s.element("Name: vm-00001").X; after != before+34 {
		t.Errorf("the cells moved from %d to %d, want room for check boxes", before, after)
	}
	row := s.element("vm-00003")
	s.pressAt(20, float32(row.Y+10), desktop.MouseButtonPrimary, 0)
	s.wantSelected("1", "3")
	s.pressAt(20, 18, desktop.MouseButtonPrimary, 0) // the box in the head
	s.wantSelected("0", "1", "2", "3", "4")
	s.pressAt(20, 18, desktop.MouseButtonPrimary, 0)
	s.wantSelected()
}

func TestClicksOpenRowsAndTheirMenus(t *testing.T) {
	s := openTable(t, machines(9), nil)

	s.press("vm-00001", desktop.MouseButtonPrimary, 0)
	s.press("vm-00001", desktop.MouseButtonPrimary, 0)
	s.press("vm-00002", desktop.MouseButtonTertiary, 0)
	s.press("vm-00003", desktop.MouseButtonSecondary, 0)
	s.press("vm-00004", desktop.MouseButtonPrimary, fyne.KeyModifierShift)
	s.press("vm-00004", desktop.MouseButtonSecondary, 0) // inside the selection: it stays
	row := s.element("vm-00006")
	s.pressAt(float32(row.X+row.W-30), float32(row.Y+20), desktop.MouseButtonPrimary, 0) // the "…" button

	s.wantLog("open 1", "new 2", "menu 3", "menu 3,4", "menu 6")
}

func TestKeysMoveSelectAndAct(t *testing.T) {
	s := openTable(t, machines(40), nil)
	s.w.Win.Canvas().Focus(s.DataTable)

	s.key(fyne.KeyDown)
	s.wantSelected("1")
	s.key(fyne.KeyEnd)
	s.wantSelected("39")
	if rows := s.shownRows(); rows[len(rows)-1] != "vm-00039" {
		t.Errorf("after End the last visible row is %q", rows[len(rows)-1])
	}
	s.key(fyne.KeyPageUp)
	s.wantSelected("29")
	s.key(fyne.KeyHome, fyne.KeyPageDown)
	s.wantSelected("10")
	s.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	s.key(fyne.KeyDown, fyne.KeyDown)
	s.wantSelected("10", "11", "12")
	s.key(fyne.KeyF10)
	s.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	s.key(fyne.KeySpace)
	s.wantSelected("10", "11")
	s.key(fyne.KeyUp, fyne.KeyReturn, fyne.KeyF2, desktop.KeyMenu, fyne.KeyDelete)
	s.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
	s.TypedShortcut(&fyne.ShortcutSelectAll{})
	if n := len(s.selected()); n != 40 {
		t.Errorf("Ctrl+A selected %d of 40", n)
	}
	s.key(fyne.KeyEscape)
	s.wantSelected()

	s.wantLog("menu 10,11,12", "open 11", "rename 11", "menu 11", "delete 11", "new 11")
}

func TestTypingJumpsToARow(t *testing.T) {
	rows := []machine{{id: "1", name: "gitlab"}, {id: "2", name: "db primary"}, {id: "3", name: "db-replica"}, {id: "4", name: "Web"}}
	s := openTable(t, rows, nil)
	s.w.Win.Canvas().Focus(s.DataTable)

	for _, r := range "we" {
		s.TypedRune(r)
	}
	s.wantSelected("4")

	s = openTable(t, rows, nil)
	s.w.Win.Canvas().Focus(s.DataTable)
	for _, r := range "db p" {
		if r == ' ' {
			s.key(fyne.KeySpace) // the key comes before its letter
		}
		s.TypedRune(r)
	}
	s.wantSelected("2")
}

func TestUpdatesKeepSelectionAndPlace(t *testing.T) {
	s := openTable(t, machines(100), nil)
	s.Select("50")
	s.ShowRow("50")
	changed := machines(101)
	changed[50].name = "vm-00050-renamed"
	changed = slices.Delete(changed, 3, 4)

	s.SetRows(changed)

	s.wantSelected("50")
	s.element("vm-00050-renamed") // still in sight
	gone := slices.DeleteFunc(changed, func(m machine) bool { return m.id == "50" })
	s.SetRows(gone)
	s.wantSelected()
}

func TestARowThatGoesUnderTheCursorLeavesItNearby(t *testing.T) {
	s := openTable(t, machines(3), nil)
	s.w.Win.Canvas().Focus(s.DataTable)
	s.key(fyne.KeyEnd)

	s.SetRows(machines(2))
	s.key(fyne.KeyReturn)

	s.wantLog("open 1")
}

func TestFilterAndEmptyStates(t *testing.T) {
	s := openTable(t, machines(4), func(spec *kit.TableSpec[machine]) {
		spec.Empty = widget.NewLabel("no machines yet")
		spec.Filtered = widget.NewLabel("no machine matches")
	})

	s.SetFilter(func(m machine) bool { return m.running })
	if d := s.element("Machines").Description; d != "2 of 4 rows" {
		t.Errorf("described as %q", d)
	}
	s.SetFilter(func(machine) bool { return false })
	s.element("no machine matches")
	s.SetFilter(nil)
	if len(s.shownRows()) != 4 {
		t.Error("without a filter the rows are not back")
	}
	s.SetRows(nil)
	s.element("no machines yet")
	s.SetLoading()
	s.element("Loading")
	s.SetRows(machines(1))
	if rows := s.shownRows(); len(rows) != 1 {
		t.Errorf("after loading, rows are %v", rows)
	}
}

func TestABannerPushesTheRowsDown(t *testing.T) {
	s := openTable(t, machines(4), nil)
	before := s.element("vm-00000").Y

	s.SetBanner(widget.NewLabel("hv-lab does not answer"))
	if s.element("vm-00000").Y <= s.element("hv-lab does not answer").Y || s.element("vm-00000").Y <= before {
		t.Error("the banner covers the rows")
	}
	s.SetBanner(nil)

	if after := s.element("vm-00000").Y; after != before {
		t.Errorf("rows are at %d, want %d again", after, before)
	}
}

func TestEveryControlOfATableHasAName(t *testing.T) {
	s := openTable(t, machines(3), nil)
	if bad := kit.Unnamed(s.DataTable); len(bad) > 0 {
		t.Errorf("%T has no name", bad[0])
	}
}
