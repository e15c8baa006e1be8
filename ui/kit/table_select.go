package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Select makes exactly these rows selected. IDs that are not shown are ignored.
func (t *table) Select(ids ...string) {
	chosen := map[string]bool{}
	for _, id := range ids {
		if _, ok := t.place[id]; ok {
			chosen[id] = true
		}
	}
	if len(ids) > 0 {
		t.cursor, t.anchor = ids[0], ids[0]
	}
	t.choose(chosen)
}

// ShowRow scrolls the row into view.
func (t *table) ShowRow(id string) {
	if row, ok := t.place[id]; ok {
		t.list.show(row)
	}
}

// choose replaces the selection.
func (t *table) choose(selected map[string]bool) {
	had, same := t.checks(), len(selected) == len(t.selected)
	for id := range selected {
		same = same && t.selected[id]
	}
	t.selected = selected
	switch {
	case had != t.checks():
		t.rearrange()
	default:
		t.remark()
	}
	if !same && t.selectionChanged != nil {
		t.selectionChanged()
	}
}

// remark repaints selection, cursor and pointer of the visible rows.
func (t *table) remark() {
	for slot, index := range t.list.bound {
		if index >= 0 {
			t.list.pool[slot].(interface{ mark() }).mark()
		}
	}
	t.head.mark()
}

func (t *table) chooseOnly(row int) {
	t.cursor, t.anchor = t.ids[row], t.ids[row]
	t.choose(map[string]bool{t.ids[row]: true})
}

func (t *table) toggle(row int) {
	id := t.ids[row]
	selected := make(map[string]bool, len(t.selected)+1)
	for other := range t.selected {
		selected[other] = true
	}
	if selected[id] {
		delete(selected, id)
	} else {
		selected[id] = true
	}
	t.cursor, t.anchor = id, id
	t.choose(selected)
}

// chooseTo selects from the anchor to the row.
func (t *table) chooseTo(row int) {
	from, ok := t.place[t.anchor]
	if !ok {
		t.chooseOnly(row)
		return
	}
	selected := map[string]bool{}
	for i := min(from, row); i <= max(from, row); i++ {
		selected[t.ids[i]] = true
	}
	t.cursor = t.ids[row]
	t.choose(selected)
}

func (t *table) chooseAll() {
	selected := make(map[string]bool, len(t.ids))
	for _, id := range t.ids {
		selected[id] = true
	}
	t.choose(selected)
}

func (t *table) selectAllOrNone() {
	if len(t.selected) == len(t.ids) {
		t.choose(map[string]bool{})
	} else {
		t.chooseAll()
	}
}

// pressed answers a mouse button pressed on a row.
func (t *table) pressed(row int, where zone, e *desktop.MouseEvent) {
	t.ring = false
	focus(t.self)
	switch e.Button {
	case desktop.MouseButtonPrimary:
		t.pressedPrimary(row, where, e)
	case desktop.MouseButtonSecondary:
		t.menuOf(row, e.AbsolutePosition)
	case desktop.MouseButtonTertiary:
		if t.openNew != nil {
			t.chooseOnly(row)
			t.openNew(row)
		}
	}
}

func (t *table) pressedPrimary(row int, where zone, e *desktop.MouseEvent) {
	twice := t.click.again(t.ids[row])
	switch {
	case where == zoneCheck, e.Modifier&fyne.KeyModifierControl != 0:
		t.toggle(row)
	case where == zoneMenu:
		t.menuOf(row, e.AbsolutePosition)
	case e.Modifier&fyne.KeyModifierShift != 0:
		t.chooseTo(row)
	default:
		t.chooseOnly(row)
		if twice && t.open != nil {
			t.open(row)
		}
	}
}

// menuOf shows the menu of the selection, or of the row when it is not in it.
func (t *table) menuOf(row int, at fyne.Position) {
	if !t.selected[t.ids[row]] {
		t.chooseOnly(row)
	}
	t.cursor = t.ids[row]
	if t.menu != nil {
		t.menu(at)
	}
}

// clickTimer knows a double click. Fyne's own would hold back every single one.
type clickTimer struct {
	on   string
	when time.Time
}

// again notes a click on the thing and says whether it is the second of two.
func (c *clickTimer) again(on string) bool {
	now := time.Now()
	twice := c.on == on && now.Sub(c.when) < fyne.CurrentApp().Driver().DoubleTapDelay()
	c.on, c.when = on, now
	if twice {
		c.on = "" // a third click is not a second double click
	}
	return twice
}

// going says whether a word is being typed, to which a blank belongs.
func (t *typeAhead) going(now time.Time) bool {
	return len(t.letters) > 0 && now.Sub(t.last) <= typeAheadPause
}

// focus gives the keyboard to the widget.
func focus(w focusWidget) {
	if c := canvasOf(w); c != nil && c.Focused() != w {
		c.Focus(w)
	}
}
