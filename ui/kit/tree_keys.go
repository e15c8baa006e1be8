package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// pressed answers a mouse button pressed on an item.
func (t *TreeList) pressed(item TreeItem, onChevron bool, e *desktop.MouseEvent) {
	t.ring = false
	focus(t)
	switch {
	case e.Button == desktop.MouseButtonSecondary:
		t.point(item.ID)
		if t.spec.Menu != nil {
			t.spec.Menu(item, e.AbsolutePosition)
		}
	case e.Button == desktop.MouseButtonTertiary:
		t.openNew(item)
	case e.Button != desktop.MouseButtonPrimary:
	case onChevron:
		t.Fold(item.ID, !t.closed(&item))
	case t.click.again(item.ID) || e.Modifier&fyne.KeyModifierControl != 0:
		t.openNew(item)
	default:
		t.choose(item)
	}
}

// choose shows the item.
func (t *TreeList) choose(item TreeItem) {
	changed := t.selected != item.ID
	t.selected, t.cursor = item.ID, item.ID
	t.remark()
	if changed && t.spec.Selected != nil {
		t.spec.Selected(item)
	}
}

// point puts the cursor on the item without showing it.
func (t *TreeList) point(id string) {
	t.cursor = id
	t.remark()
}

func (t *TreeList) openNew(item TreeItem) {
	t.point(item.ID)
	if t.spec.OpenNew != nil {
		t.spec.OpenNew(item)
	}
}

// remark repaints selection, cursor and pointer of the visible lines.
func (t *TreeList) remark() {
	for slot, index := range t.list.bound {
		if index >= 0 {
			t.list.pool[slot].(*treeRowView).mark()
		}
	}
}

// FocusGained is part of fyne.Focusable.
func (t *TreeList) FocusGained() {
	t.focused, t.held = true, shiftKey{}
	if _, shown := t.place[t.cursor]; !shown && len(t.lines) > 0 {
		t.cursor = t.lines[0].item.ID
	}
	t.remark()
}

// FocusLost is part of fyne.Focusable.
func (t *TreeList) FocusLost() {
	t.focused, t.ring = false, true // whoever comes back by key sees where he is
	t.remark()
}

// KeyDown is part of desktop.Keyable.
func (t *TreeList) KeyDown(e *fyne.KeyEvent) { t.held.set(e, true) }

// KeyUp is part of desktop.Keyable.
func (t *TreeList) KeyUp(e *fyne.KeyEvent) { t.held.set(e, false) }

// ringed says whether the tree shows that it has the focus.
func (t *TreeList) ringed() bool { return t.ring }

// TypedKey moves, opens and closes. What a tree has no use for goes to the window.
func (t *TreeList) TypedKey(e *fyne.KeyEvent) {
	t.ring = true
	at, has := t.place[t.cursor]
	if to, moves := listTarget(e.Name, at, has, len(t.lines), t.list.page()); moves {
		t.step(to, to-at)
		return
	}
	if !has || !t.actOn(at, e.Name) {
		passKey(t, e)
	}
}

// step shows the item of a line; lines that stand for loading ones are stepped
// over, at the end of the tree back.
func (t *TreeList) step(to, direction int) {
	toward := 1
	if direction < 0 || to == len(t.lines)-1 {
		toward = -1
	}
	for to >= 0 && to < len(t.lines) && t.lines[to].loading {
		to += toward
	}
	if to >= 0 && to < len(t.lines) {
		t.list.show(to)
		t.choose(*t.lines[to].item)
	}
}

// actOn does what the key does to the item under the cursor, and says whether
// it does anything.
func (t *TreeList) actOn(at int, key fyne.KeyName) bool {
	line := t.lines[at]
	item := *line.item
	switch {
	case key == fyne.KeyLeft && item.Folder && !t.closed(&item):
		t.Fold(item.ID, true)
	case key == fyne.KeyLeft:
		t.step(max(0, line.parent), -1)
	case key == fyne.KeyRight && item.Folder && t.closed(&item):
		t.Fold(item.ID, false)
	case key == fyne.KeyRight:
		if item.Folder && at+1 < len(t.lines) && t.lines[at+1].parent == at {
			t.step(at+1, 1)
		}
	case isEnterName(key) || key == fyne.KeySpace:
		if t.selected = item.ID; t.spec.Selected != nil {
			t.spec.Selected(item)
		}
		t.remark()
	case key == fyne.KeyF2 && t.spec.Rename != nil:
		t.spec.Rename(item)
	case key == fyne.KeyDelete && t.spec.Delete != nil:
		t.spec.Delete(item)
	case (key == desktop.KeyMenu || key == fyne.KeyF10 && t.held.down) && t.spec.Menu != nil:
		t.list.show(at)
		t.spec.Menu(item, t.under(at))
	default:
		return false
	}
	return true
}

// under is where on the canvas the menu of a line opens by key.
func (t *TreeList) under(at int) fyne.Position {
	w := t.list.at(at)
	if w == nil {
		return positionOf(t)
	}
	return positionOf(w).AddXY(treePad, treeRow)
}

func (t *TreeList) openAll(items []TreeItem) {
	for i := range items {
		if items[i].Folder {
			t.folded[items[i].ID] = false
			t.openAll(items[i].Children)
		}
	}
}

// TypedRune jumps to the next item that begins with what is typed; the star
// opens all folders.
func (t *TreeList) TypedRune(r rune) {
	now := time.Now()
	switch {
	case r == '*':
		t.openAll(t.items)
		t.flatten()
		return
	case r == ' ' && !t.ahead.going(now):
		return
	}
	prefix, further := t.ahead.add(r, now)
	name := func(i int) string { return t.lines[i].item.Text }
	if at, ok := findAhead(prefix, t.place[t.cursor], further, len(t.lines), name); ok {
		t.ring = true
		t.step(at, 1)
	}
}

// TypedShortcut opens in a new tab; the rest goes to the window.
func (t *TreeList) TypedShortcut(s fyne.Shortcut) {
	at, has := t.place[t.cursor]
	custom, ok := s.(*desktop.CustomShortcut)
	if ok && has && custom.Modifier == fyne.KeyModifierControl && isEnterName(custom.KeyName) {
		t.openNew(*t.lines[at].item)
		return
	}
	PassShortcut(t, s)
}
