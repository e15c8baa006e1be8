package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// KeyField shows a key combination. Pressed, it waits for another one: Esc
// leaves it as it is, Backspace takes it away.
type KeyField struct {
	control
	name     string
	keys     string
	waiting  bool
	recorded func(Keys)
	back     *canvas.Rectangle
	words    *Text
}

// NewKeyField returns a field. recorded gets what the person has pressed, the
// zero Keys for none. The name is for screen readers.
func NewKeyField(name string, recorded func(Keys)) *KeyField {
	f := &KeyField{name: name, recorded: recorded, back: newRect(8), words: NewText(SmallMediumText, "")}
	f.act = func() { f.wait(true) }
	f.control.keys = f.typed
	f.extend(f)
	return f
}

// typed takes a key without modifiers while the field waits.
func (f *KeyField) typed(e *fyne.KeyEvent) bool {
	if !f.waiting {
		return false
	}
	switch e.Name {
	case fyne.KeyEscape:
		f.wait(false)
	case fyne.KeyBackspace:
		f.take(Keys{})
	case fyne.KeyEnter:
		f.take(Keys{Key: fyne.KeyReturn})
	default:
		f.take(Keys{Key: e.Name, Mod: heldModifiers() & fyne.KeyModifierShift})
	}
	return true
}

// SetKeys makes the field say the combination; empty is none.
func (f *KeyField) SetKeys(keys string) {
	if f.keys != keys {
		f.keys = keys
		f.Refresh()
	}
}

func (f *KeyField) wait(on bool) {
	f.waiting = on
	f.Refresh()
}

func (f *KeyField) take(keys Keys) {
	f.wait(false)
	f.recorded(keys)
}

// FocusLost is part of fyne.Focusable.
func (f *KeyField) FocusLost() {
	f.waiting = false
	f.control.FocusLost()
}

// TypedShortcut takes the combination, or hands it on.
func (f *KeyField) TypedShortcut(s fyne.Shortcut) {
	if !f.waiting {
		PassShortcut(f, s)
		return
	}
	if keys, ok := keysOf(s); ok {
		f.take(keys)
	}
}

// keysOf is the combination that Fyne announces so.
func keysOf(s fyne.Shortcut) (Keys, bool) {
	if custom, ok := s.(*desktop.CustomShortcut); ok {
		return Keys{custom.KeyName, custom.Modifier}, true
	}
	for _, key := range []fyne.KeyName{fyne.KeyZ, fyne.KeyY, fyne.KeyA, fyne.KeyC, fyne.KeyX, fyne.KeyV} {
		keys := Keys{key, fyne.KeyModifierControl}
		if keys.shortcut().ShortcutName() == s.ShortcutName() {
			return keys, true
		}
	}
	return Keys{}, false
}

func (f *KeyField) text() string {
	switch {
	case f.waiting:
		return lang.L("Press keys…")
	case f.keys == "":
		return lang.L("None")
	}
	return f.keys
}

// A11y describes the field.
func (f *KeyField) A11y() Node {
	return Node{Role: "push button", Name: f.name, Value: f.text(), Description: lang.L("Change the key combination"), Actions: []string{"click"}}
}

// CreateRenderer is part of fyne.Widget.
func (f *KeyField) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(f, func() fyne.Size { return fyne.NewSize(keyFieldWidth, 28) }, func(s fyne.Size) {
		putRect(f.back, 0, 0, s.Width, s.Height)
		m := minSize(f.words)
		putRect(f.words, (s.Width-m.Width)/2, (s.Height-m.Height)/2, m.Width, m.Height)
	}, f.paint, f.back, f.words)
}

// keyFieldWidth has room for the longest combination.
const keyFieldWidth = 150

func (f *KeyField) paint() {
	paintRect(f.back, theme.Control, theme.ControlEdge)
	words := theme.Text
	switch {
	case f.waiting:
		f.back.StrokeColor, f.back.StrokeWidth = theme.Color(theme.Accent), theme.FocusWidth()
		words = theme.Accent
	case f.visible:
		f.back.StrokeColor, f.back.StrokeWidth = theme.Color(theme.Accent), theme.FocusWidth()
	case f.hovered:
		f.back.StrokeColor = theme.Color(theme.Muted)
	}
	if f.keys == "" && !f.waiting {
		words = theme.Muted
	}
	f.words.SetText(f.text())
	f.words.SetToken(words)
}
