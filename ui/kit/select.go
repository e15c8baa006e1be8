package kit

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Option is one choice of a Select.
type Option struct {
	ID       string // what the program calls it
	Label    string
	Help     string // a second line
	Disabled string // why it cannot be chosen here
}

// Select chooses one of many things from a list that opens under it.
type Select struct {
	control
	name    string
	options []Option
	chosen  int // -1 for none
	changed func(Option)
	typed   typeAhead
	back    *canvas.Rectangle
	words   *Text
	arrows  *Icon
}

// NewSelect returns a list of options, none chosen. changed is called when the
// person chooses. The name, usually the label of its row, is for screen readers.
func NewSelect(name string, options []Option, changed func(Option)) *Select {
	s := &Select{name: name, options: options, chosen: -1, changed: changed, back: newRect(8),
		words: NewText(BodyText, "").Shorten(), arrows: NewIcon("chevrons-up-down", 14, theme.Muted)}
	s.act = s.open
	s.keys = s.key
	s.extend(s)
	return s
}

// Chosen returns the chosen option; ok is false when there is none.
func (s *Select) Chosen() (option Option, ok bool) {
	if s.chosen < 0 {
		return Option{}, false
	}
	return s.options[s.chosen], true
}

// Choose moves the choice to the option with that ID without calling anybody.
func (s *Select) Choose(id string) {
	s.chosen = slices.IndexFunc(s.options, func(o Option) bool { return o.ID == id })
	s.Refresh()
}

// SetOptions replaces the list and keeps the choice where it is still in it.
func (s *Select) SetOptions(options []Option) {
	id := ""
	if chosen, ok := s.Chosen(); ok {
		id = chosen.ID
	}
	s.options = options
	s.Choose(id)
}

func (s *Select) open() {
	items := make([]MenuItem, len(s.options))
	for i, o := range s.options {
		items[i] = MenuItem{Label: o.Label, Help: o.Help, Disabled: o.Disabled, Checked: i == s.chosen, Do: func() { s.pick(i) }}
	}
	if m := showMenuUnder(s, items, s.Size().Width); m != nil {
		m.panels[0].maxRows = menuMaxRows
		m.show()
	}
}

func (s *Select) pick(i int) {
	if i == s.chosen || s.options[i].Disabled != "" {
		return
	}
	s.chosen = i
	s.Refresh()
	if s.changed != nil {
		s.changed(s.options[i])
	}
}

func (s *Select) key(e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyDown || e.Name == fyne.KeyUp {
		s.press()
		return true
	}
	return false
}

// TypedRune chooses the next option that begins with what was typed.
func (s *Select) TypedRune(r rune) {
	if unicode.IsSpace(r) || s.disabled {
		return
	}
	prefix, further := s.typed.add(r, time.Now())
	from := s.chosen
	if !further {
		from--
	}
	for n := range s.options {
		i := (from + 1 + n + len(s.options)) % len(s.options)
		if strings.HasPrefix(strings.ToLower(s.options[i].Label), prefix) && s.options[i].Disabled == "" {
			s.pick(i)
			return
		}
	}
}

// A11y describes the control.
func (s *Select) A11y() Node {
	n := Node{Role: "combo box", Name: s.name, Description: s.tip(), States: []string{"expandable"}, Actions: []string{"press"}}
	if chosen, ok := s.Chosen(); ok {
		n.Value = chosen.Label
	}
	return n
}

// CreateRenderer is part of fyne.Widget.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(s, func() fyne.Size { return fyne.NewSize(76, 32) },
		func(size fyne.Size) {
			putRect(s.back, 0, 0, size.Width, size.Height)
			putRect(s.words, 10, 0, size.Width-10-14-16, size.Height)
			putRect(s.arrows, size.Width-10-14, (size.Height-14)/2, 14, 14)
		}, s.paint, s.back, s.words, s.arrows)
}

func (s *Select) paint() {
	paintRect(s.back, theme.Field, theme.ControlEdge)
	words := theme.Text
	chosen, ok := s.Chosen()
	if !ok {
		chosen.Label, words = lang.L("Choose"), theme.Muted
	}
	switch {
	case s.disabled:
		words = theme.Disabled
		s.back.StrokeColor = theme.Color(theme.Line)
	case s.visible:
		s.back.StrokeColor, s.back.StrokeWidth = theme.Color(theme.Accent), theme.FocusWidth()
	case s.hovered:
		s.back.StrokeColor = theme.Color(theme.Muted)
	}
	s.words.SetText(chosen.Label)
	s.words.SetToken(words)
}
