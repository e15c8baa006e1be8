package kit

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// shiftKey follows Shift while a widget has the focus: Fyne reports plain keys
// without it. Combinations with Control and Alt come as shortcuts.
type shiftKey struct{ down bool }

func (s *shiftKey) set(e *fyne.KeyEvent, down bool) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		s.down = down
	}
}

// FocusGained is part of fyne.Focusable.
func (t *table) FocusGained() {
	t.focused, t.held = true, shiftKey{}
	if t.cursor == "" && len(t.ids) > 0 {
		first, _ := t.list.visible()
		t.cursor = t.ids[first]
	}
	t.remark()
}

// FocusLost is part of fyne.Focusable.
func (t *table) FocusLost() {
	t.focused, t.ring = false, true // whoever comes back by key sees where he is
	t.remark()
}

// KeyDown is part of desktop.Keyable.
func (t *table) KeyDown(e *fyne.KeyEvent) { t.held.set(e, true) }

// KeyUp is part of desktop.Keyable.
func (t *table) KeyUp(e *fyne.KeyEvent) { t.held.set(e, false) }

// ringed says whether the table shows that it has the focus.
func (t *table) ringed() bool { return t.ring }

// TypedKey moves, selects and opens. What a table has no use for goes to the
// window.
func (t *table) TypedKey(e *fyne.KeyEvent) {
	t.ring = true
	row, ok := t.place[t.cursor]
	if to, moves := t.target(e.Name, row, ok); moves {
		if len(t.ids) > 0 {
			t.move(to)
		}
		return
	}
	keys := Keys{Key: e.Name}
	if e.Name == fyne.KeyEnter {
		keys.Key = fyne.KeyReturn
	}
	if t.held.down {
		keys.Mod = fyne.KeyModifierShift
	}
	if !ok || !t.actOn(row, keys) {
		passKey(t.self, e)
	}
}

// move puts the cursor on the row and selects it, with Shift all from the
// anchor on.
func (t *table) move(to int) {
	t.list.show(to)
	if t.held.down {
		t.chooseTo(to)
	} else {
		t.chooseOnly(to)
	}
}

// under is where on the canvas the menu of a row opens by key.
func (t *table) under(row int) fyne.Position {
	w := t.list.at(row)
	if w == nil {
		return positionOf(t.self)
	}
	return positionOf(w).AddXY(tablePad, t.list.height)
}

// listTarget returns where a key moves the cursor in a list, if it moves it.
// Without a cursor the first key puts it on the first row.
func listTarget(key fyne.KeyName, row int, has bool, count, page int) (to int, moves bool) {
	last := count - 1
	switch key {
	case fyne.KeyUp:
		to = row - 1
	case fyne.KeyDown:
		to = row + 1
	case fyne.KeyPageUp:
		to = row - page
	case fyne.KeyPageDown:
		to = row + page
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = last
	default:
		return row, false
	}
	if !has && key != fyne.KeyEnd {
		to = 0
	}
	return max(0, min(to, last)), true
}

func isEnterName(key fyne.KeyName) bool { return key == fyne.KeyReturn || key == fyne.KeyEnter }

// TypedRune jumps to the next row that begins with what is typed.
func (t *table) TypedRune(r rune) {
	now := time.Now()
	if r == ' ' && !t.ahead.going(now) {
		return
	}
	prefix, further := t.ahead.add(r, now)
	if row, ok := findAhead(prefix, t.place[t.cursor], further, len(t.ids), t.rowName); ok {
		t.ring = true
		t.list.show(row)
		t.chooseOnly(row)
	}
}

// findAhead looks for a row whose name begins with the prefix, from the row on
// or from the next one, and around.
func findAhead(prefix string, row int, further bool, count int, name func(int) string) (found int, ok bool) {
	if further {
		row++
	}
	for i := range count {
		at := (row + i) % count
		if strings.HasPrefix(strings.ToLower(name(at)), prefix) {
			return at, true
		}
	}
	return 0, false
}

// TypedShortcut selects all, opens in a new tab, toggles; the rest goes to the
// window.
func (t *table) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutSelectAll); ok {
		t.chooseAll()
		return
	}
	row, has := t.place[t.cursor]
	custom, ok := s.(*desktop.CustomShortcut)
	if ok && has && custom.Modifier == fyne.KeyModifierControl {
		keys := Keys{Key: custom.KeyName, Mod: custom.Modifier}
		if keys.Key == fyne.KeyEnter {
			keys.Key = fyne.KeyReturn
		}
		if t.actOn(row, keys) {
			return
		}
		if to, moves := t.target(custom.KeyName, row, true); moves {
			t.list.show(to)
			t.cursor, t.anchor, t.ring = t.ids[to], t.ids[to], true
			t.remark()
			return
		}
	}
	PassShortcut(t.self, s)
}
