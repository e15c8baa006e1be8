package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// A Shortcut is a key combination of a window and what it does. Name and Group
// are words for the list of shortcuts.
type Shortcut struct {
	ID    string
	Name  string
	Group string
	Keys  Keys
	Also  []Keys // further combinations that do the same
	Do    func()
	// Palette is the icon with which the palette offers it; empty means that it
	// does not.
	Palette string
	// When says whether it may run now; nil means always.
	When func() bool
	// Over lets it run while a dialog or menu lies over the page.
	Over bool
}

// Shortcuts are the key combinations of one window. They work wherever the
// focus is, as long as the focused widget passes on what it does not use (see
// PassKey and PassShortcut; every widget of this package does).
type Shortcuts struct {
	win    fyne.Window
	list   []*Shortcut
	chosen map[string][]Keys // instead of a shortcut's own, by ID
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
		s.listen(s.of(added[i]))
	}
	s.list = append(s.list, added...)
	return func() {
		s.list = slices.DeleteFunc(s.list, func(sc *Shortcut) bool { return slices.Contains(added, sc) })
	}
}

// Choose gives the shortcuts of those IDs other combinations than their own; an
// empty list leaves a shortcut without any. All others have their own again.
func (s *Shortcuts) Choose(chosen map[string][]Keys) {
	s.chosen = chosen
	for _, keys := range chosen {
		s.listen(keys)
	}
}

// of returns the combinations of a shortcut that count now.
func (s *Shortcuts) of(sc *Shortcut) []Keys {
	if chosen, ok := s.chosen[sc.ID]; ok {
		return chosen
	}
	if sc.Keys == (Keys{}) {
		return nil
	}
	return append([]Keys{sc.Keys}, sc.Also...)
}

// List returns the shortcuts in the order in which they were added, with the
// combinations that count now.
func (s *Shortcuts) List() []Shortcut {
	all := make([]Shortcut, len(s.list))
	for i, sc := range s.list {
		all[i] = *sc
		all[i].Keys, all[i].Also = Keys{}, nil
		if keys := s.of(sc); len(keys) > 0 {
			all[i].Keys, all[i].Also = keys[0], keys[1:]
		}
	}
	return all
}

// Own returns the combinations that the shortcut of that ID has where nobody
// chose others.
func (s *Shortcuts) Own(id string) []Keys {
	for _, sc := range s.list {
		if sc.ID == id && sc.Keys != (Keys{}) {
			return append([]Keys{sc.Keys}, sc.Also...)
		}
	}
	return nil
}

// Keys returns the first combination of the shortcut with that ID as people
// write it; empty when there is none.
func (s *Shortcuts) Keys(id string) string {
	for _, sc := range s.list {
		if keys := s.of(sc); sc.ID == id && len(keys) > 0 {
			return keys[0].String()
		}
	}
	return ""
}

// listen makes the canvas report the combinations.
func (s *Shortcuts) listen(all []Keys) {
	for _, keys := range all {
		if sc := keys.shortcut(); sc != nil {
			s.win.Canvas().AddShortcut(sc, func(fyne.Shortcut) { s.run(keys) })
		}
	}
}

// run runs the newest shortcut with these keys that may run now.
func (s *Shortcuts) run(keys Keys) bool {
	covered := s.win.Canvas().Overlays().Top() != nil
	for _, sc := range slices.Backward(s.list) {
		if slices.Contains(s.of(sc), keys) && (!covered || sc.Over) && (sc.When == nil || sc.When()) {
			sc.Do()
			return true
		}
	}
	return false
}

// ChooseKeys gives shortcuts of the window, and of those opened for it, other
// combinations than their own, as Shortcuts.Choose does. Buttons and menus show
// them from then on.
func (k *Kit) ChooseKeys(chosen map[string][]Keys) {
	k.Shortcuts.Choose(chosen)
	names := map[string]string{}
	for _, sc := range k.Shortcuts.list {
		if _, other := chosen[sc.ID]; other {
			names[sc.Keys.String()] = k.Shortcuts.Keys(sc.ID)
		}
	}
	shownKeys = names
	for _, child := range k.windows() {
		child.Shortcuts.Choose(chosen)
	}
}

// shownKeys are the combinations that are shown instead of those that the
// program's texts name. They are read and written on the UI goroutine.
var shownKeys map[string]string

// keysNow is the combination that stands for the one a text names.
func keysNow(keys string) string {
	if keys == "" {
		return ""
	}
	parsed, err := ParseKeys(keys)
	if err != nil {
		return keys
	}
	if now, other := shownKeys[parsed.String()]; other {
		return now
	}
	return keys
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
