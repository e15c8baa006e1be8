package kit

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Keys is a key with the modifiers held while it is pressed.
type Keys struct {
	Key fyne.KeyName
	Mod fyne.KeyModifier
}

type modifier struct {
	word string
	bit  fyne.KeyModifier
}

// modifiers in the order in which they are written.
var modifiers = []modifier{
	{"Ctrl", fyne.KeyModifierControl},
	{"Alt", fyne.KeyModifierAlt},
	{"Super", fyne.KeyModifierSuper},
	{"Shift", fyne.KeyModifierShift},
}

// keyWords are keys whose word on the keyboard differs from Fyne's name.
var keyWords = map[string]fyne.KeyName{
	"Enter": fyne.KeyReturn, "Esc": fyne.KeyEscape, "Backspace": fyne.KeyBackspace,
	"PgUp": fyne.KeyPageUp, "PgDn": fyne.KeyPageDown,
}

// ParseKeys reads a combination such as "Ctrl+Shift+T", "F5" or "Alt+Left".
func ParseKeys(text string) (Keys, error) {
	parts := strings.Split(text, "+")
	var keys Keys
	for _, part := range parts[:len(parts)-1] {
		i := slices.IndexFunc(modifiers, func(m modifier) bool { return m.word == part })
		if i < 0 {
			return Keys{}, fmt.Errorf("%q is not a modifier key", part)
		}
		keys.Mod |= modifiers[i].bit
	}
	word := parts[len(parts)-1]
	if word == "" {
		return Keys{}, fmt.Errorf("%q names no key", text)
	}
	keys.Key = fyne.KeyName(word)
	if named, ok := keyWords[word]; ok {
		keys.Key = named
	}
	return keys, nil
}

// MustKeys is ParseKeys for texts in the source.
func MustKeys(text string) Keys {
	keys, err := ParseKeys(text)
	if err != nil {
		panic(err)
	}
	return keys
}

// String is the combination as people write it.
func (k Keys) String() string {
	var parts []string
	for _, m := range modifiers {
		if k.Mod&m.bit != 0 {
			parts = append(parts, m.word)
		}
	}
	word := string(k.Key)
	for shown, name := range keyWords {
		if name == k.Key {
			word = shown
		}
	}
	return strings.Join(append(parts, word), "+")
}

// shortcut is how Fyne announces the combination; nil if it comes as a plain key.
func (k Keys) shortcut() fyne.Shortcut {
	if k.Mod == fyne.KeyModifierControl {
		switch k.Key {
		case fyne.KeyZ:
			return &fyne.ShortcutUndo{}
		case fyne.KeyY:
			return &fyne.ShortcutRedo{}
		case fyne.KeyA:
			return &fyne.ShortcutSelectAll{}
		case fyne.KeyC:
			return &fyne.ShortcutCopy{}
		case fyne.KeyX:
			return &fyne.ShortcutCut{}
		case fyne.KeyV:
			return &fyne.ShortcutPaste{}
		}
	}
	if k.Mod == 0 || k.Mod == fyne.KeyModifierShift {
		return nil
	}
	return &desktop.CustomShortcut{KeyName: k.Key, Modifier: k.Mod}
}

// A Shortcut is a key combination of a window and what it does. Name and Group
// are words for the list of shortcuts.
type Shortcut struct {
	ID    string
	Name  string
	Group string
	Keys  Keys
	Do    func()
	// When says whether it may run now; nil means always.
	When func() bool
	// Over lets it run while a dialog or menu lies over the page.
	Over bool
}

// Shortcuts are the key combinations of one window. They work wherever the
// focus is, as long as the focused widget passes on what it does not use (see
// PassKey and PassShortcut; every widget of this package does).
type Shortcuts struct {
	win  fyne.Window
	list []*Shortcut
}

func newShortcuts(win fyne.Window) *Shortcuts {
	s := &Shortcuts{win: win}
	before := win.Canvas().OnTypedKey()
	win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		if !s.run(Keys{Key: e.Name, Mod: heldModifiers() & fyne.KeyModifierShift}) && before != nil {
			before(e)
		}
	})
	return s
}

// Add registers shortcuts. A later one with the same keys comes first, so that
// a page can override the window; remove takes them away again.
func (s *Shortcuts) Add(shortcuts ...Shortcut) (remove func()) {
	added := make([]*Shortcut, len(shortcuts))
	for i := range shortcuts {
		added[i] = &shortcuts[i]
		s.listen(shortcuts[i].Keys)
	}
	s.list = append(s.list, added...)
	return func() {
		s.list = slices.DeleteFunc(s.list, func(sc *Shortcut) bool { return slices.Contains(added, sc) })
	}
}

// Rebind gives the shortcut another combination and says whether it exists.
func (s *Shortcuts) Rebind(id string, keys Keys) bool {
	found := false
	for _, sc := range s.list {
		if sc.ID == id {
			sc.Keys, found = keys, true
			s.listen(keys)
		}
	}
	return found
}

// List returns the shortcuts in the order in which they were added.
func (s *Shortcuts) List() []Shortcut {
	all := make([]Shortcut, len(s.list))
	for i, sc := range s.list {
		all[i] = *sc
	}
	return all
}

// listen makes the canvas report the combination.
func (s *Shortcuts) listen(keys Keys) {
	if sc := keys.shortcut(); sc != nil {
		s.win.Canvas().AddShortcut(sc, func(fyne.Shortcut) { s.run(keys) })
	}
}

// run runs the newest shortcut with these keys that may run now.
func (s *Shortcuts) run(keys Keys) bool {
	covered := s.win.Canvas().Overlays().Top() != nil
	for _, sc := range slices.Backward(s.list) {
		if sc.Keys == keys && (!covered || sc.Over) && (sc.When == nil || sc.When()) {
			sc.Do()
			return true
		}
	}
	return false
}

// PassKey hands a key that the focused widget from has no use for to the
// window, whose shortcuts may know it.
func PassKey(from fyne.CanvasObject, e *fyne.KeyEvent) {
	c := canvasOf(from)
	if c == nil {
		return
	}
	if typed := c.OnTypedKey(); typed != nil {
		typed(e)
	}
}

// PassShortcut hands a shortcut that the focused widget from has no use for to
// the window. A widget that is a fyne.Shortcutable gets all of them first.
func PassShortcut(from fyne.CanvasObject, shortcut fyne.Shortcut) {
	c := canvasOf(from)
	if window, ok := c.(fyne.Shortcutable); ok {
		window.TypedShortcut(shortcut)
	}
}

// heldModifiers are the modifier keys that are down; none where the driver
// cannot tell.
func heldModifiers() fyne.KeyModifier {
	if driver, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return driver.CurrentKeyModifiers()
	}
	return 0
}
