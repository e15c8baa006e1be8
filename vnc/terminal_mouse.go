package vnc

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/vnc/vt"
)

// A second click within doubleClick on the same cell marks the word, a third the
// line. A notch of the wheel is wheelLines.
const (
	doubleClick = 400 * time.Millisecond
	wheelLines  = 3
)

// terminalMouse remembers what the buttons do.
type terminalMouse struct {
	down   bool      // the left one, for marking
	told   vt.Button // the one that a program believes to be down
	tells  bool      // there is such a one
	how    vt.SelectMode
	anchor vt.Point
	cell   vt.Point // of the last click
	at     time.Time
	clicks int
	wheel  float32
	seen   vt.Point // where a program last heard of the mouse
}

var terminalButtons = map[desktop.MouseButton]vt.Button{
	desktop.MouseButtonPrimary: vt.LeftButton, desktop.MouseButtonTertiary: vt.MiddleButton, desktop.MouseButtonSecondary: vt.RightButton,
}

// MouseDown takes the focus and marks text, or tells a program that asked for
// the mouse, unless Shift is held. The right button asks for the menu, the middle
// one pastes what is marked.
func (t *Terminal) MouseDown(event *desktop.MouseEvent) {
	if c := t.canvas(); c != nil && c.Focused() != t {
		c.Focus(t)
	}
	var menu bool
	t.change(func() {
		t.keyboard.hostKey = false
		cell, edge := t.placeAt(event.Position)
		shift := event.Modifier&fyne.KeyModifierShift != 0
		switch {
		case t.term.WantsMouse() && !shift:
			t.mouse.told, t.mouse.tells = terminalButtons[event.Button], true
			t.tellMouse(vt.Press, t.mouse.told, cell, event.Modifier)
		case event.Button == desktop.MouseButtonPrimary:
			t.beginMarking(cell, edge, event.Modifier)
		case event.Button == desktop.MouseButtonTertiary:
			t.typedPaste(t.term.SelectedText())
		default:
			menu = event.Button == desktop.MouseButtonSecondary
		}
	})
	if menu {
		tell(t.OnMenu, event.AbsolutePosition)
	}
}

// beginMarking counts clicks; Shift goes on with what is marked, Alt marks a
// rectangle.
func (t *Terminal) beginMarking(cell, edge vt.Point, mods fyne.KeyModifier) {
	m := &t.mouse
	m.down = true
	if mods&fyne.KeyModifierShift != 0 && t.term.HasSelection() {
		t.mark(cell, edge)
		return
	}
	if cell == m.cell && time.Since(m.at) < doubleClick {
		m.clicks++
	} else {
		m.clicks = 1
	}
	m.cell, m.at = cell, time.Now()
	m.how, m.anchor = vt.ByCharacter, edge
	switch m.clicks % 3 {
	case 2:
		m.how, m.anchor = vt.ByWord, cell
	case 0:
		m.how, m.anchor = vt.ByLine, cell
	case 1:
		if mods&fyne.KeyModifierAlt != 0 {
			m.how = vt.ByBlock
		}
	}
	t.mark(cell, edge)
}

func (t *Terminal) mark(cell, edge vt.Point) {
	head := edge
	if t.mouse.how == vt.ByWord || t.mouse.how == vt.ByLine {
		head = cell
	}
	t.term.Select(t.mouse.how, t.mouse.anchor, head)
}

// MouseUp ends marking.
func (t *Terminal) MouseUp(event *desktop.MouseEvent) {
	t.change(func() {
		cell, _ := t.placeAt(event.Position)
		t.releaseMouse(cell, event.Modifier)
	})
}

func (t *Terminal) releaseMouse(cell vt.Point, mods fyne.KeyModifier) {
	t.mouse.down = false
	if t.mouse.tells {
		t.mouse.tells = false
		t.tellMouse(vt.Release, t.mouse.told, cell, mods)
	}
}

// MouseIn is not needed: the buttons are as they were.
func (t *Terminal) MouseIn(*desktop.MouseEvent) {}

// MouseOut is not needed: a drag goes on outside.
func (t *Terminal) MouseOut() {}

// MouseMoved marks text or tells a program.
func (t *Terminal) MouseMoved(event *desktop.MouseEvent) {
	t.mu.Lock()
	idle := !t.mouse.down && !t.term.WantsMouse()
	t.mu.Unlock()
	if !idle {
		t.movedTo(event.Position, event.Modifier)
	}
}

// Dragged marks text, also of lines that come into sight when the pointer is
// above or below.
func (t *Terminal) Dragged(event *fyne.DragEvent) {
	t.movedTo(event.Position, 0)
}

// DragEnd ends marking, wherever the pointer is.
func (t *Terminal) DragEnd() {
	t.change(func() { t.releaseMouse(t.mouse.seen, 0) })
}

func (t *Terminal) movedTo(at fyne.Position, mods fyne.KeyModifier) {
	t.change(func() {
		cell, edge := t.placeAt(at)
		if t.mouse.down {
			switch {
			case at.Y < 0:
				t.scrollBy(-1)
			case at.Y > t.Size().Height:
				t.scrollBy(1)
			}
			t.mark(cell, edge)
			return
		}
		if cell == t.mouse.seen {
			return
		}
		button := vt.NoButton
		if t.mouse.tells {
			button = t.mouse.told
		}
		t.tellMouse(vt.Move, button, cell, mods)
	})
}

// tellMouse tells the program; the caller holds t.mu.
func (t *Terminal) tellMouse(what vt.MouseAction, button vt.Button, cell vt.Point, mods fyne.KeyModifier) {
	t.mouse.seen = cell
	t.send(t.term.Mouse(what, button, cell.Col, cell.Line-t.term.Top(), terminalMouseMods(mods)))
}

func terminalMouseMods(m fyne.KeyModifier) (mods vt.Mods) {
	if m&fyne.KeyModifierAlt != 0 {
		mods |= vt.Alt
	}
	if m&fyne.KeyModifierControl != 0 {
		mods |= vt.Ctrl
	}
	return mods
}

// Scrolled moves through the history, or turns the wheel of a program.
func (t *Terminal) Scrolled(event *fyne.ScrollEvent) {
	t.change(func() {
		t.mouse.wheel += event.Scrolled.DY
		notches := int(t.mouse.wheel / notch)
		t.mouse.wheel -= float32(notches) * notch
		cell, _ := t.placeAt(event.Position)
		up := notches > 0
		for range max(notches, -notches) {
			b := t.term.Wheel(up, wheelLines, cell.Col, cell.Line-t.term.Top(), t.mods&^vt.Shift)
			switch {
			case b != nil:
				t.send(b)
			case t.term.WantsMouse():
			case up:
				t.scrollBy(-wheelLines)
			default:
				t.scrollBy(wheelLines)
			}
		}
	})
}

// Cursor is the one over text, or the usual one where a program has the mouse.
func (t *Terminal) Cursor() desktop.Cursor {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.term.WantsMouse() {
		return desktop.DefaultCursor
	}
	return desktop.TextCursor
}

// HasSelection says whether text is marked.
func (t *Terminal) HasSelection() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.term.HasSelection()
}

// SelectAll marks all text that is kept.
func (t *Terminal) SelectAll() { t.change(t.term.SelectAll) }

// Copy puts what is marked into the clipboard, if there is anything.
func (t *Terminal) Copy() {
	t.mu.Lock()
	text := t.term.SelectedText()
	t.mu.Unlock()
	if text != "" {
		fyne.CurrentApp().Clipboard().SetContent(text)
	}
}

// PasteClipboard types what is in the clipboard.
func (t *Terminal) PasteClipboard() { t.Paste(fyne.CurrentApp().Clipboard().Content()) }

// Paste types a text.
func (t *Terminal) Paste(text string) { t.change(func() { t.typedPaste(text) }) }

// Type sends characters as if they were typed, in which a carriage return is the
// Enter key.
func (t *Terminal) Type(keys string) { t.change(func() { t.typed([]byte(keys)) }) }

func (t *Terminal) typedPaste(text string) {
	if text != "" {
		t.typed(t.term.Paste(text))
	}
}
