package kit_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/ui/kit"
)

func TestAClickOnATitleSortsAndAnotherTurnsTheOrder(t *testing.T) {
	var saved []kit.TableLayout
	s := openTable(t, machines(6), func(spec *kit.TableSpec[machine]) {
		spec.Arranged = func(l kit.TableLayout) { saved = append(saved, l) }
	})

	s.press("CPU", desktop.MouseButtonPrimary, 0)
	s.press("CPU", desktop.MouseButtonPrimary, 0)

	if rows := s.shownRows(); rows[0] != "vm-00005" {
		t.Errorf("the first row is %q", rows[0])
	}
	if len(saved) != 2 || saved[1].Sort != "cpu" || !saved[1].Descending {
		t.Errorf("saved %+v", saved)
	}
	s.press("State", desktop.MouseButtonPrimary, 0)
	if got := s.Layout(); got.Sort != "cpu" {
		t.Errorf("a column without order sorts: %+v", got)
	}
}

func TestNarrowTablesDropColumnsByTheirOrder(t *testing.T) {
	s := openTable(t, machines(2), nil)
	titles := func() []string {
		var all []string
		for _, e := range s.element("Columns").Children {
			all = append(all, e.Name)
		}
		return all
	}

	for _, row := range []struct {
		width float32
		want  []string
	}{
		{900, []string{"Name", "State", "CPU", "Memory", "Host"}},
		{600, []string{"Name", "State", "CPU", "Memory"}},
		{500, []string{"Name", "State", "CPU"}},
		{300, []string{"Name", "State"}},
		{900, []string{"Name", "State", "CPU", "Memory", "Host"}},
	} {
		s.w.Win.Resize(fyne.NewSize(row.width, 400))
		if got := titles(); !slices.Equal(got, row.want) {
			t.Errorf("at %v units: %v, want %v", row.width, got, row.want)
		}
	}
}

func TestColumnsAreChosenMovedResizedAndSaved(t *testing.T) {
	s := openTable(t, machines(2), nil)
	s.ShowColumn("memory", false)
	s.ShowColumn("name", false) // must stay
	s.MoveColumn("host", "name")
	state, cpu := s.element("State"), s.element("CPU")
	s.dragEdge(float32(state.X+state.W)+8, 30)

	if got := s.element("CPU").W; got != cpu.W-30 {
		t.Errorf("CPU is %d wide, want %d", got, cpu.W-30)
	}
	saved := s.Layout()
	other := openTable(t, machines(2), nil)
	other.SetLayout(saved)

	var titles []string
	for _, e := range other.element("Columns").Children {
		titles = append(titles, e.Name)
	}
	if want := []string{"Name", "Host", "State", "CPU"}; !slices.Equal(titles, want) {
		t.Errorf("columns are %v, want %v", titles, want)
	}
	if got := other.element("State"); got.W != state.W+30 || got.X != state.X {
		t.Errorf("State is %d wide at %d, want %d at %d: its edge follows the pointer", got.W, got.X, state.W+30, state.X)
	}
}

// dragEdge drags the edge of a column by some units.
func (s *sheet) dragEdge(x, by float32) {
	s.t.Helper()
	head := s.element("Columns")
	var handle interface {
		fyne.Draggable
		desktop.Mouseable
	}
	for _, o := range s.Children() {
		if d, ok := o.(interface {
			fyne.Draggable
			desktop.Mouseable
		}); ok {
			handle = d
		}
	}
	at := fyne.PointEvent{Position: fyne.NewPos(x-float32(head.X), 10), AbsolutePosition: fyne.NewPos(x, 10)}
	handle.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: at})
	for range 3 {
		handle.Dragged(&fyne.DragEvent{PointEvent: at, Dragged: fyne.NewDelta(by/3, 0)})
	}
	handle.DragEnd()
}

func TestTheHeadWorksByKeys(t *testing.T) {
	s := openTable(t, machines(3), nil)
	var head interface {
		fyne.Focusable
		desktop.Keyable
	}
	for _, o := range s.Children() {
		if f, ok := o.(interface {
			fyne.Focusable
			desktop.Keyable
		}); ok {
			head = f
		}
	}
	s.w.Win.Canvas().Focus(head)
	press := func(names ...fyne.KeyName) {
		for _, name := range names {
			head.TypedKey(&fyne.KeyEvent{Name: name})
		}
	}

	press(fyne.KeyRight, fyne.KeyRight, fyne.KeyReturn, fyne.KeyReturn)
	if got := s.Layout(); got.Sort != "cpu" || !got.Descending {
		t.Errorf("arranged %+v", got)
	}
	if value := s.element("Columns").Value; value != "CPU" {
		t.Errorf("the head is on %q", value)
	}
	width := s.element("CPU").W
	head.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	press(fyne.KeyRight)
	if got := s.element("CPU").W; got != width+8 {
		t.Errorf("CPU is %d wide, want %d", got, width+8)
	}
	press(fyne.KeyDown)
	if s.w.Win.Canvas().Focused() != fyne.Focusable(s.DataTable) {
		t.Error("Down does not lead into the rows")
	}
}
