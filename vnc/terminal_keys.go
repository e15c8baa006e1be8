package vnc

import (
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/vnc/vt"
)

var terminalMods = map[fyne.KeyName]vt.Mods{
	desktop.KeyShiftLeft: vt.Shift, desktop.KeyShiftRight: vt.Shift,
	desktop.KeyControlLeft: vt.Ctrl, desktop.KeyControlRight: vt.Ctrl,
	desktop.KeyAltLeft: vt.Alt, // the right one may be AltGr, which makes characters
}

var terminalKeys = map[fyne.KeyName]vt.Key{
	fyne.KeyUp: vt.KeyUp, fyne.KeyDown: vt.KeyDown, fyne.KeyRight: vt.KeyRight, fyne.KeyLeft: vt.KeyLeft,
	fyne.KeyHome: vt.KeyHome, fyne.KeyEnd: vt.KeyEnd, fyne.KeyInsert: vt.KeyInsert, fyne.KeyDelete: vt.KeyDelete,
	fyne.KeyPageUp: vt.KeyPageUp, fyne.KeyPageDown: vt.KeyPageDown, fyne.KeyReturn: vt.KeyEnter, fyne.KeyEnter: vt.KeyKeypadEnter,
	fyne.KeyTab: vt.KeyTab, fyne.KeyBackspace: vt.KeyBackspace, fyne.KeyEscape: vt.KeyEscape,
	fyne.KeyF1: vt.KeyF1, fyne.KeyF2: vt.KeyF1 + 1, fyne.KeyF3: vt.KeyF1 + 2, fyne.KeyF4: vt.KeyF1 + 3,
	fyne.KeyF5: vt.KeyF1 + 4, fyne.KeyF6: vt.KeyF1 + 5, fyne.KeyF7: vt.KeyF1 + 6, fyne.KeyF8: vt.KeyF1 + 7,
	fyne.KeyF9: vt.KeyF1 + 8, fyne.KeyF10: vt.KeyF1 + 9, fyne.KeyF11: vt.KeyF1 + 10, fyne.KeyF12: vt.KeyF1 + 11,
}

// KeyDown keeps the modifiers, which Fyne does not tell with a key.
func (t *Terminal) KeyDown(event *fyne.KeyEvent) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lastKey = event.Name
	t.mods |= terminalMods[event.Name]
	if key, ok := keyOf(event); ok {
		t.keyboard.press(key, t.letsGo)
	}
}

// KeyUp keeps the modifiers. The end of the keys of SetRelease lets go of the
// keyboard.
func (t *Terminal) KeyUp(event *fyne.KeyEvent) {
	t.mu.Lock()
	t.mods &^= terminalMods[event.Name]
	key, ok := keyOf(event)
	hostKey := ok && t.keyboard.release(key)
	t.mu.Unlock()
	if hostKey {
		t.giveBack()
		if t.OnRelease != nil {
			t.OnRelease()
		}
	}
}

// TypedRune sends a character, which the person's layout has made.
func (t *Terminal) TypedRune(r rune) {
	t.change(func() { t.typed(t.term.Char(r, 0)) })
}

// TypedKey sends a key without Ctrl or Alt, again while it is held. Shift with
// the keys that move by pages moves through the history.
func (t *Terminal) TypedKey(event *fyne.KeyEvent) {
	if t.passesNow() {
		tell(t.OnHostKey, event)
		return
	}
	t.change(func() { t.typedKey(event.Name, t.mods&vt.Shift) })
}

// typed sends what was typed and shows the newest lines, where it will appear.
func (t *Terminal) typed(b []byte) {
	t.scrolled = false
	t.term.ClearSelection()
	t.send(b)
}

func (t *Terminal) typedKey(name fyne.KeyName, mods vt.Mods) {
	key, known := terminalKeys[name]
	switch {
	case !known:
	case mods == vt.Shift && t.historyKey(key):
	default:
		t.typed(t.term.Key(key, mods))
	}
}

// historyKey moves through the history.
func (t *Terminal) historyKey(key vt.Key) bool {
	if t.term.Alternate() {
		return false
	}
	_, rows := t.term.Size()
	switch key {
	case vt.KeyPageUp:
		t.scrollBy(1 - rows)
	case vt.KeyPageDown:
		t.scrollBy(rows - 1)
	case vt.KeyHome:
		t.scrollTo(t.term.First())
	case vt.KeyEnd:
		t.scrollTo(t.term.Top())
	default:
		return false
	}
	return true
}

// TypedShortcut sends keys with Ctrl or Alt, but for those that belong to
// terminals: Ctrl+Shift with C, V, A and F, Ctrl+Insert and Shift+Insert.
func (t *Terminal) TypedShortcut(shortcut fyne.Shortcut) {
	if t.passesNow() {
		tell(t.OnHostShortcut, shortcut)
		return
	}
	t.mu.Lock()
	last := t.lastKey
	t.mu.Unlock()
	switch s := shortcut.(type) {
	case *fyne.ShortcutCopy:
		if last == fyne.KeyInsert {
			t.Copy()
			return
		}
		t.control('c')
	case *fyne.ShortcutPaste:
		if last == fyne.KeyInsert {
			t.PasteClipboard()
			return
		}
		t.control('v')
	case *fyne.ShortcutCut:
		if last == fyne.KeyDelete {
			t.change(func() { t.typedKey(fyne.KeyDelete, vt.Shift) })
			return
		}
		t.control('x')
	case *fyne.ShortcutSelectAll:
		t.control('a')
	case *fyne.ShortcutUndo:
		t.control('z')
	case *fyne.ShortcutRedo:
		t.control('y')
	case *desktop.CustomShortcut:
		t.combination(s)
	}
}

func (t *Terminal) control(r rune) { t.change(func() { t.typed(t.term.Char(r, vt.Ctrl)) }) }

// combination is any key with Ctrl, Alt or Super.
func (t *Terminal) combination(s *desktop.CustomShortcut) {
	if s.Modifier == fyne.KeyModifierControl|fyne.KeyModifierShift && t.ownKey(s.KeyName) {
		return
	}
	if s.Modifier&fyne.KeyModifierSuper != 0 {
		return
	}
	var mods vt.Mods
	for from, to := range map[fyne.KeyModifier]vt.Mods{
		fyne.KeyModifierShift: vt.Shift, fyne.KeyModifierControl: vt.Ctrl, fyne.KeyModifierAlt: vt.Alt,
	} {
		if s.Modifier&from != 0 {
			mods |= to
		}
	}
	t.change(func() {
		if r, ok := characterOf(s.KeyName, mods&vt.Shift != 0); ok {
			t.typed(t.term.Char(r, mods&^vt.Shift))
			return
		}
		t.typedKey(s.KeyName, mods)
	})
}

// ownKey is Ctrl+Shift and a key.
func (t *Terminal) ownKey(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyC:
		t.Copy()
	case fyne.KeyV:
		t.PasteClipboard()
	case fyne.KeyA:
		t.SelectAll()
	case fyne.KeyF:
		if t.OnFind != nil {
			t.OnFind()
		}
	case fyne.KeyUp:
		t.change(func() { t.scrollBy(-1) })
	case fyne.KeyDown:
		t.change(func() { t.scrollBy(1) })
	default:
		return false
	}
	return true
}

// characterOf returns the character of a key that has one.
func characterOf(name fyne.KeyName, shift bool) (rune, bool) {
	if name == fyne.KeySpace {
		return ' ', true
	}
	if len(name) != 1 {
		return 0, false
	}
	r := rune(name[0])
	switch {
	case !shift:
		r = unicode.ToLower(r)
	case r == '-':
		r = '_'
	case r == '/':
		r = '?'
	}
	return r, true
}

// giveBack lets go of the keyboard.
func (t *Terminal) giveBack() {
	t.mu.Lock()
	focused := t.focused
	t.mu.Unlock()
	if !focused {
		return
	}
	if c := t.canvas(); c != nil && c.Focused() == t {
		c.Unfocus()
		return
	}
	t.FocusLost() // it is not in a window any more
}

// FocusGained takes the keyboard.
func (t *Terminal) FocusGained() { t.setFocused(true) }

// FocusLost gives the keyboard back.
func (t *Terminal) FocusLost() { t.setFocused(false) }

func (t *Terminal) setFocused(focused bool) {
	changed := false
	t.change(func() {
		changed = t.focused != focused
		t.focused = focused
		t.keyboard, t.mods = keyboard{}, 0
		if changed {
			t.send(t.term.Focus(focused))
		}
	})
	if changed {
		tell(t.OnFocus, focused)
	}
}

// AcceptsTab keeps Tab for the guest.
func (t *Terminal) AcceptsTab() bool { return true }
