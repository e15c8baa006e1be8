package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// CodeEntry is a field for a text of many lines with fixed spaces, such as XML.
// Enter makes a new line and Tab leaves the field.
type CodeEntry struct {
	widget.BaseWidget

	// OnChanged is called with every change by the person.
	OnChanged func(text string)

	name  string
	field *codeField
	back  *canvas.Rectangle
	lines int
	wrong bool
}

// NewCodeEntry returns a field that shows so many lines at once. The name is for
// screen readers.
func NewCodeEntry(name string, lines int) *CodeEntry {
	e := &CodeEntry{name: name, lines: lines, back: newRect(10)}
	e.field = &codeField{owner: e}
	e.field.MultiLine = true
	e.field.Scroll = fyne.ScrollBoth
	e.field.Wrapping = fyne.TextWrapOff
	e.field.TextStyle = fyne.TextStyle{Monospace: true}
	e.field.OnChanged = func(text string) {
		if e.OnChanged != nil {
			e.OnChanged(text)
		}
	}
	e.field.ExtendBaseWidget(e.field)
	e.ExtendBaseWidget(e)
	return e
}

// Text returns what is in the field.
func (e *CodeEntry) Text() string { return e.field.Text }

// SetText changes the text without calling OnChanged.
func (e *CodeEntry) SetText(text string) {
	if e.field.Text == text {
		return
	}
	changed := e.field.OnChanged
	e.field.OnChanged = nil
	e.field.SetText(text)
	e.field.OnChanged = changed
}

// SetWrong shows that the text cannot be used; its row says why.
func (e *CodeEntry) SetWrong(wrong bool) {
	if e.wrong != wrong {
		e.wrong = wrong
		e.Refresh()
	}
}

// Focus puts the keyboard into the field.
func (e *CodeEntry) Focus() {
	if c := canvasOf(e); c != nil {
		c.Focus(e.field)
	}
}

// Focusable returns the part that takes the keyboard.
func (e *CodeEntry) Focusable() fyne.Focusable { return e.field }

// Children returns the part that is typed into.
func (e *CodeEntry) Children() []fyne.CanvasObject { return []fyne.CanvasObject{e.field} }

// A11y describes the frame; the field inside has the text.
func (e *CodeEntry) A11y() Node { return Node{Role: "panel", Name: e.name} }

// CreateRenderer is part of fyne.Widget.
func (e *CodeEntry) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(e, e.least, e.layout, e.paint, e.back, e.field)
}

func (e *CodeEntry) least() fyne.Size {
	return fyne.NewSize(200, SnapUp(CodeText.measure("M").Height)*float32(e.lines)+2*entryInset)
}

func (e *CodeEntry) layout(size fyne.Size) {
	putRect(e.back, 0, 0, size.Width, size.Height)
	putRect(e.field, 2, 2, size.Width-4, size.Height-4)
}

func (e *CodeEntry) paint() {
	paintRect(e.back, theme.Field, theme.ControlEdge)
	switch {
	case e.wrong:
		e.back.StrokeColor, e.back.StrokeWidth = theme.Color(theme.Err), 1.5
	case e.field.focused:
		e.back.StrokeColor, e.back.StrokeWidth = theme.Color(theme.Accent), theme.FocusWidth()
	}
}

// codeField is Fyne's entry of many lines, without Tab.
type codeField struct {
	widget.Entry
	owner   *CodeEntry
	focused bool
}

// AcceptsTab says that Tab moves the keyboard on: nobody is caught in the field.
func (f *codeField) AcceptsTab() bool { return false }

func (f *codeField) FocusGained() {
	f.focused = true
	f.Entry.FocusGained()
	f.owner.Refresh()
	reveal(f)
}

func (f *codeField) FocusLost() {
	f.focused = false
	f.Entry.FocusLost()
	f.owner.Refresh()
}

// TypedKey keeps the keys of editing and passes on those that mean something to
// the dialog or window.
func (f *codeField) TypedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeyEscape, typesNothing(e):
		passKey(f, e)
	default:
		f.Entry.TypedKey(e)
	}
}

// TypedShortcut keeps those of editing and passes on the window's.
func (f *codeField) TypedShortcut(s fyne.Shortcut) {
	if _, custom := s.(*desktop.CustomShortcut); custom && !isEditing(s) {
		PassShortcut(f, s)
		return
	}
	f.Entry.TypedShortcut(s)
}

// A11y describes the field.
func (f *codeField) A11y() Node {
	return Node{Role: "text", Name: f.owner.name, Value: f.Text, States: append([]string{"multi line", "editable"}, when(f.owner.wrong, "invalid")...)}
}
