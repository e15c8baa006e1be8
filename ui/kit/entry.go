package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Entry is a field for one line of text, 32 units high.
type Entry struct {
	widget.BaseWidget

	// OnChanged is called with every change by the person.
	OnChanged func(text string)
	// OnSubmitted is called on Enter. Without it Enter answers the dialog.
	OnSubmitted func(text string)
	// OnLeave is called when the field loses the focus.
	OnLeave func()
	// OnKey gets every key before the field and says whether it has used it.
	OnKey func(*fyne.KeyEvent) bool
	// OnStep is called for Up and Down with 1 or -1, with Shift 10 or -10.
	OnStep func(by int)

	name    string
	field   *entryField
	plain   *barless // the field without scroll bars
	icon    *Icon
	unit    *Text
	eye     *Button
	alert   *Icon
	back    *canvas.Rectangle
	hovered bool
	wrong   bool
	bare    bool // without a frame of its own
}

// NewEntry returns a field with a placeholder. The name, usually the label of
// its row, is for screen readers.
func NewEntry(name, placeholder string) *Entry {
	e := &Entry{name: name, back: newRect(8), unit: NewText(SmallText, ""), alert: NewIcon("circle-alert", 15, theme.Err)}
	e.field = newEntryField(e, placeholder)
	e.plain = newBarless(e.field)
	e.alert.Hide()
	e.ExtendBaseWidget(e)
	return e
}

// NewSearch returns a field with a magnifying glass; Esc empties it.
func NewSearch(placeholder string, changed func(text string)) *Entry {
	e := NewEntry(placeholder, placeholder).WithIcon("search")
	e.OnChanged = changed
	e.field.clears = true
	return e
}

// NewPassword returns a field that hides its text, with an eye to show it.
func NewPassword(name, placeholder string) *Entry {
	e := NewEntry(name, placeholder)
	e.field.Password = true
	e.field.ActionItem = Gap(0, 0) // else Fyne adds an eye of its own
	e.eye = IconButton("eye", lang.L("Show the password"), nil)
	e.eye.act = e.toggleEye
	return e
}

func (e *Entry) toggleEye() {
	e.field.Password = !e.field.Password
	e.eye.SetIcon("eye-off")
	if e.field.Password {
		e.eye.SetIcon("eye")
	}
	e.field.Refresh()
}

// WithIcon puts an icon before the text and returns the entry.
func (e *Entry) WithIcon(icon string) *Entry {
	e.icon = NewIcon(icon, 15, theme.Muted)
	return e
}

// WithUnit puts a unit behind the text and returns the entry.
func (e *Entry) WithUnit(unit string) *Entry {
	e.unit.SetText(unit)
	return e
}

// Bare takes the frame away, for a field that is all of its surroundings, and
// returns the entry.
func (e *Entry) Bare() *Entry {
	e.bare = true
	return e
}

// Text returns what is typed.
func (e *Entry) Text() string { return e.field.Text }

// SetText changes the text without calling OnChanged.
func (e *Entry) SetText(text string) {
	if e.field.Text == text {
		return
	}
	changed := e.field.OnChanged
	e.field.OnChanged = nil
	e.field.SetText(text)
	e.field.OnChanged = changed
}

// SetPlaceholder changes what stands there while nothing is typed.
func (e *Entry) SetPlaceholder(words string) {
	if e.field.PlaceHolder != words {
		e.field.SetPlaceHolder(words)
	}
}

// SetWrong shows that the text cannot be used; the field's row says why.
func (e *Entry) SetWrong(wrong bool) {
	if e.wrong == wrong {
		return
	}
	e.wrong = wrong
	e.alert.Hidden = !wrong
	e.Refresh()
}

// Focus puts the keyboard into the field.
func (e *Entry) Focus() {
	if c := canvasOf(e); c != nil {
		c.Focus(e.field)
	}
}

// Focusable returns the part that takes the keyboard, for pages that name the
// control that has the focus first.
func (e *Entry) Focusable() fyne.Focusable { return e.field }

// SelectAll marks the whole text, so that typing replaces it.
func (e *Entry) SelectAll() { e.field.TypedShortcut(&fyne.ShortcutSelectAll{}) }

// Disable greys the field out.
func (e *Entry) Disable() {
	e.field.Disable()
	e.Refresh()
}

// Enable makes it work again.
func (e *Entry) Enable() {
	e.field.Enable()
	e.Refresh()
}

// Disabled tells whether it is greyed out.
func (e *Entry) Disabled() bool { return e.field.Disabled() }

// Children returns the part that is typed into, and the eye.
func (e *Entry) Children() []fyne.CanvasObject {
	if e.eye != nil {
		return []fyne.CanvasObject{e.plain, e.eye}
	}
	return []fyne.CanvasObject{e.plain}
}

// A11y describes the frame; the field inside has the text.
func (e *Entry) A11y() Node { return Node{Role: "panel", Name: e.name} }

// CreateRenderer is part of fyne.Widget.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{e.back, e.plain, e.unit, e.alert}
	if e.icon != nil {
		objects = append(objects, e.icon)
	}
	if e.eye != nil {
		objects = append(objects, e.eye)
	}
	return newRenderer(e, func() fyne.Size { return fyne.NewSize(76, 32) }, e.layout, e.paint, objects...)
}

// entryInset is the room that Fyne's entry leaves around its text.
const entryInset = 8

func (e *Entry) layout(size fyne.Size) {
	putRect(e.back, 0, 0, size.Width, size.Height)
	left, right := float32(10), size.Width-10
	if e.icon != nil {
		putRect(e.icon, left, (size.Height-15)/2, 15, 15)
		left += 15 + 8
	}
	if e.eye != nil {
		putRect(e.eye, size.Width-30, (size.Height-28)/2, 28, 28)
		right = size.Width - 30
	}
	if e.wrong {
		putRect(e.alert, right-15, (size.Height-15)/2, 15, 15)
		right -= 15 + 6
	}
	if e.unit.Words() != "" {
		m := minSize(e.unit)
		putRect(e.unit, right-m.Width, (size.Height-m.Height)/2, m.Width, m.Height)
		right -= m.Width + 6
	}
	height := minSize(e.field).Height
	putRect(e.plain, left-entryInset, (size.Height-height)/2, right-left+2*entryInset, height)
}

func (e *Entry) paint() {
	paintRect(e.back, theme.Field, theme.ControlEdge)
	switch {
	case e.bare:
		paintRect(e.back, theme.None, theme.None)
	case e.Disabled():
		e.back.StrokeColor = theme.Color(theme.Line)
	case e.wrong:
		e.back.StrokeColor, e.back.StrokeWidth = theme.Color(theme.Err), 1.5
	case e.field.focused:
		e.back.StrokeColor, e.back.StrokeWidth = theme.Color(theme.Accent), theme.FocusWidth()
	case e.hovered:
		e.back.StrokeColor = theme.Color(theme.Muted)
	}
}

// entryField is Fyne's entry, which draws nothing around its text here.
type entryField struct {
	widget.Entry
	owner    *Entry
	focused  bool
	renderer *asleep // nil before it is drawn
	clears   bool    // Esc empties it
	before   string  // the text when it got the focus; Esc brings it back
}

func newEntryField(owner *Entry, placeholder string) *entryField {
	f := &entryField{owner: owner}
	f.PlaceHolder = placeholder
	f.Wrapping = fyne.TextWrap(fyne.TextTruncateClip) // one line that scrolls
	f.OnChanged = func(text string) {
		if owner.OnChanged != nil {
			owner.OnChanged(text)
		}
	}
	f.ExtendBaseWidget(f)
	return f
}

func (f *entryField) FocusGained() {
	f.wake()
	f.focused, f.before = true, f.Text
	f.Entry.FocusGained()
	f.owner.Refresh()
	reveal(f)
}

func (f *entryField) FocusLost() {
	f.focused = false
	f.Entry.FocusLost()
	f.owner.Refresh()
	if f.owner.OnLeave != nil {
		f.owner.OnLeave()
	}
}

// MouseIn lights the edge up.
func (f *entryField) MouseIn(*desktop.MouseEvent) {
	f.owner.hovered = true
	f.owner.Refresh()
}

// MouseMoved is part of desktop.Hoverable.
func (f *entryField) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends that.
func (f *entryField) MouseOut() {
	f.owner.hovered = false
	f.owner.Refresh()
}

// TypedKey keeps the keys of editing and passes on those that mean something
// to the dialog or window.
func (f *entryField) TypedKey(e *fyne.KeyEvent) {
	switch {
	case f.owner.OnKey != nil && f.owner.OnKey(e):
	case e.Name == fyne.KeyEscape:
		f.escape(e)
	case isEnter(e) && f.owner.OnSubmitted != nil:
		f.owner.OnSubmitted(f.Text)
	case isEnter(e):
		passKey(f, e)
	case (e.Name == fyne.KeyUp || e.Name == fyne.KeyDown) && f.owner.OnStep != nil:
		f.owner.OnStep(step(e))
	case e.Name == fyne.KeyUp, e.Name == fyne.KeyDown, typesNothing(e):
		passKey(f, e)
	default:
		f.Entry.TypedKey(e)
	}
}

// typesNothing tells whether the key is one that no text has a use for: F1 to F12,
// and the menu's.
func typesNothing(e *fyne.KeyEvent) bool {
	return e.Name == desktop.KeyMenu || len(e.Name) > 1 && e.Name[0] == 'F' && e.Name[1] >= '1' && e.Name[1] <= '9'
}

func step(e *fyne.KeyEvent) int {
	by := 1
	if heldModifiers()&fyne.KeyModifierShift != 0 {
		by = 10
	}
	if e.Name == fyne.KeyDown {
		return -by
	}
	return by
}

// escape undoes the typing; a second time it leaves the key to the dialog.
func (f *entryField) escape(e *fyne.KeyEvent) {
	back := f.before
	if f.clears {
		back = ""
	}
	if f.Text == back {
		passKey(f, e)
		return
	}
	f.SetText(back)
}

// TypedShortcut keeps those of editing and passes on the window's.
func (f *entryField) TypedShortcut(s fyne.Shortcut) {
	if _, custom := s.(*desktop.CustomShortcut); custom && !isEditing(s) {
		PassShortcut(f, s)
		return
	}
	f.Entry.TypedShortcut(s)
}

// isEditing tells whether the combination moves or deletes by words in a text.
func isEditing(s fyne.Shortcut) bool {
	c, ok := s.(*desktop.CustomShortcut)
	if !ok || c.Modifier&^(fyne.KeyModifierControl|fyne.KeyModifierShift) != 0 {
		return false
	}
	switch c.KeyName {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete:
		return true
	}
	return false
}

// A11y describes the field.
func (f *entryField) A11y() Node {
	n := Node{Role: "text", Name: f.owner.name, Value: f.Text, States: when(!f.Disabled(), "editable")}
	n.States = append(n.States, when(f.owner.wrong, "invalid")...)
	if f.Password {
		n.Role, n.Value = "password text", ""
	}
	return n
}
