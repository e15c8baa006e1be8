package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Button does something at once when pressed.
type Button struct {
	control
	kind   buttonKind
	icon   string
	label  string
	name   string // what screen readers say of a button without a label
	height float32
	busy   bool
	arrow  string // a small icon behind the label
	popup  bool
	split  func() []MenuItem // what the arrow of a split button opens

	back, edge *canvas.Rectangle // edge is the focus ring
	text       *canvas.Text
	picture    *canvas.Image
	tail       *canvas.Image
}

// Primary is the one button of a screen that stands out.
func Primary(icon, label string, do func()) *Button { return newButton(primary, icon, label, do) }

// Secondary is a button with an edge. icon may be empty.
func Secondary(icon, label string, do func()) *Button { return newButton(secondary, icon, label, do) }

// Quiet is a button without an edge.
func Quiet(icon, label string, do func()) *Button { return newButton(quiet, icon, label, do) }

// Danger is the button of a confirmation that destroys something. Enter does
// not press it, Space does.
func Danger(icon, label string, do func()) *Button {
	b := newButton(danger, icon, label, do)
	b.noEnter = true
	return b
}

// DangerQuiet is a quiet button that leads to such a confirmation.
func DangerQuiet(icon, label string, do func()) *Button {
	return newButton(dangerQuiet, icon, label, do)
}

// Link looks like words in the accent colour.
func Link(icon, label string, do func()) *Button { return newButton(link, icon, label, do) }

// IconButton is a quiet icon, 28 units wide, for tool bars and rows. The name
// is its tooltip and what screen readers say.
func IconButton(icon, name string, do func()) *Button {
	return newButton(quietMuted, icon, "", do).named(name).Small()
}

// SecondaryIcon is an icon with an edge, 32 units wide, for headers.
func SecondaryIcon(icon, name string, do func()) *Button {
	return newButton(secondary, icon, "", do).named(name)
}

// MenuButton opens a menu of the items that items returns at that moment.
func MenuButton(label string, items func() []MenuItem) *Button {
	b := newButton(secondary, "", label, nil)
	b.arrow = "chevron-down"
	b.opensMenu(items)
	return b
}

// IconMenuButton is SecondaryIcon that opens a menu, such as the "…" of a header.
func IconMenuButton(icon, name string, items func() []MenuItem) *Button {
	b := SecondaryIcon(icon, name, nil)
	b.opensMenu(items)
	return b
}

func (b *Button) opensMenu(items func() []MenuItem) {
	b.popup = true
	b.act = func() { ShowMenuUnder(b, items()) }
	b.keys = func(e *fyne.KeyEvent) bool {
		if e.Name == fyne.KeyDown {
			b.press()
			return true
		}
		return false
	}
}

func newButton(kind buttonKind, icon, label string, do func()) *Button {
	b := &Button{kind: kind, icon: icon, label: label, height: 32}
	b.act = do
	b.back, b.edge = newRect(8), newRing(8)
	b.picture = &canvas.Image{FillMode: canvas.ImageFillContain}
	b.tail = &canvas.Image{FillMode: canvas.ImageFillContain}
	b.text = b.style().newText(label)
	b.extend(b)
	return b
}

func (b *Button) named(name string) *Button {
	b.name, b.hint = name, name
	return b
}

// SetName changes what an icon button is called.
func (b *Button) SetName(name string) { b.named(name) }

// WithKeys adds a key combination to the tooltip and returns the button.
func (b *Button) WithKeys(keys string) *Button {
	words := b.label
	if words == "" {
		words = b.name
	}
	b.hint, b.keyHint = words, keys
	return b
}

// AlsoOn makes a further key press the button while it has the focus.
func (b *Button) AlsoOn(key fyne.KeyName) *Button {
	b.keys = func(e *fyne.KeyEvent) bool {
		if e.Name == key {
			b.press()
		}
		return e.Name == key
	}
	return b
}

// Small makes the button 28 units high, for tool bars and tables.
func (b *Button) Small() *Button { return b.high(28) }

// Large makes the button 40 units high, for welcome and login.
func (b *Button) Large() *Button { return b.high(40) }

func (b *Button) high(height float32) *Button {
	b.height = height
	b.text.TextSize = b.style().size()
	b.Refresh()
	return b
}

// WithHint sets the tooltip and returns the button.
func (b *Button) WithHint(hint string) *Button {
	b.hint = hint
	return b
}

// Label returns what the button says.
func (b *Button) Label() string { return b.label }

// SetLabel changes what the button says.
func (b *Button) SetLabel(label string) {
	if b.label == label {
		return
	}
	if b.hint == b.label {
		b.hint = label
	}
	b.label = label
	b.Refresh()
}

// SetIcon changes the icon; empty takes it away.
func (b *Button) SetIcon(icon string) {
	if b.icon == icon {
		return
	}
	b.icon = icon
	b.Refresh()
}

// OnPress changes what the button does.
func (b *Button) OnPress(do func()) { b.act = do }

// Press does what the button is for, unless it is disabled or busy.
func (b *Button) Press() { b.press() }

// SetBusy shows that the work of the button is running: the label stays, a
// waiting glyph takes the place of the icon, and clicks do nothing.
func (b *Button) SetBusy(busy bool) {
	if b.busy == busy {
		return
	}
	b.busy, b.blocked = busy, busy
	b.Refresh()
}

// A11y describes the button.
func (b *Button) A11y() Node {
	n := Node{Role: "push button", Name: b.label, Description: b.tip(), Actions: []string{"click"}}
	if n.Name == "" {
		n.Name = b.name
	}
	if n.Description == n.Name {
		n.Description = ""
	}
	n.States = append(when(b.busy, "busy"), when(b.popup, "has popup")...)
	return n
}

// CreateRenderer is part of fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(b, b.min, b.layout, b.paint, b.back, b.picture, b.text, b.tail, b.edge)
}

func (b *Button) glyph() string {
	if b.busy {
		return "loader-circle"
	}
	return b.icon
}

func (b *Button) style() TextStyle {
	if b.height <= 28 {
		return SmallMediumText
	}
	return MediumText
}

func (b *Button) iconSize() float32 {
	if b.height <= 28 {
		return 15
	}
	return 16
}

// iconGap lies between icon and label, tailGap between label and arrow.
const iconGap, tailGap = 7, 6

// insets returns the room left and right of icon and label.
func (b *Button) insets() (left, right float32) {
	switch {
	case b.kind == link:
		return 0, 0
	case b.height <= 28:
		left, right = 10, 10
	case b.height >= 40:
		left, right = 18, 18
	default:
		left, right = 12, 12
	}
	if b.glyph() != "" {
		left -= 2
	}
	if b.arrow != "" {
		right -= 3
	}
	return left, right
}

// inside returns the width of what the button shows.
func (b *Button) inside() float32 {
	width := float32(0)
	if b.glyph() != "" {
		width += Snap(b.iconSize())
	}
	if b.label != "" {
		if width > 0 {
			width += iconGap
		}
		width += SnapUp(b.style().measure(b.label).Width)
	}
	if b.arrow != "" {
		width += tailGap + Snap(b.iconSize()-1)
	}
	return width
}

func (b *Button) min() fyne.Size {
	if b.label == "" {
		return fyne.NewSquareSize(b.height)
	}
	left, right := b.insets()
	height := b.height
	if b.kind == link {
		height = max(20, SnapUp(b.style().measure(b.label).Height))
	}
	return fyne.NewSize(left+b.inside()+right, height)
}

func (b *Button) layout(size fyne.Size) {
	putRect(b.back, 0, 0, size.Width, size.Height)
	placeRing(b.edge, 0, 0, size.Width, size.Height)
	left, right := b.insets()
	x := left + (size.Width-left-right-b.inside())/2
	if b.label == "" {
		x = (size.Width - b.inside()) / 2
	}
	if b.glyph() != "" {
		side := Snap(b.iconSize())
		putRect(b.picture, x, (size.Height-side)/2, side, side)
		x += side + iconGap
	}
	placeLine(b.text, fyne.NewSize(0, size.Height), false)
	b.text.Move(fyne.NewPos(Snap(x), b.text.Position().Y))
	side := Snap(b.iconSize() - 1)
	putRect(b.tail, size.Width-right-side, (size.Height-side)/2, side, side)
}

func (b *Button) paint() {
	look := b.look()
	paintRect(b.back, look.back, look.edge)
	b.text.Text, b.text.Color = b.label, theme.Color(look.words)
	b.picture.Hidden = b.glyph() == ""
	if !b.picture.Hidden {
		paintIcon(b.picture, b.glyph(), b.iconSize(), theme.Color(look.words))
	}
	b.tail.Hidden = b.arrow == ""
	if !b.tail.Hidden {
		paintIcon(b.tail, b.arrow, b.iconSize()-1, theme.Color(look.tail))
	}
	paintRing(b.edge, b.visible)
}
