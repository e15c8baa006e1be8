package kit

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Chip says a state: shape, word and colour together.
type Chip struct {
	widget.BaseWidget
	icon  *Icon
	word  *Text
	back  *Box
	token theme.Token
	inner *fyne.Container
}

// NewChip returns a chip, 22 units high. icon may be a state glyph ("st-run")
// or any icon; empty for none.
func NewChip(icon, word string, token theme.Token) *Chip {
	c := &Chip{icon: NewIcon("st-off", 12, token), word: NewText(SmallMediumText, word), back: NewBox(theme.None, theme.None, 11)}
	c.inner = Row(6, c.icon, c.word)
	c.set(icon, word, token)
	c.ExtendBaseWidget(c)
	return c
}

// Set changes shape, word and colour.
func (c *Chip) Set(icon, word string, token theme.Token) {
	if c.word.Words() == word && c.token == token && c.icon.name == icon {
		return
	}
	c.set(icon, word, token)
	c.inner.Refresh()
	c.Refresh()
}

func (c *Chip) set(icon, word string, token theme.Token) {
	c.token = token
	c.icon.Hidden = icon == ""
	if icon != "" {
		c.icon.size = glyphSize(icon)
		c.icon.SetIcon(icon)
	}
	c.icon.SetToken(token)
	c.word.SetText(word)
	c.word.SetToken(token)
	c.back.SetColors(theme.Tint(token), theme.None)
}

// glyphSize is the size of a glyph in a chip: state glyphs fill their grid.
func glyphSize(icon string) float32 {
	switch icon {
	case "st-run", "st-off":
		return 10
	case "st-pause", "st-crash":
		return 11
	case "st-saved":
		return 12
	}
	return 13
}

// StateGlyph is the mark of a state in a tree row, 14 units wide.
func StateGlyph(icon string, token theme.Token) fyne.CanvasObject {
	return Sized(14, 14, Center(NewIcon(icon, glyphSize(icon), token)))
}

// A11y says the state as a label.
func (c *Chip) A11y() Node {
	return Node{Role: "label", Name: c.word.Words(), Description: lang.L("State")}
}

// CreateRenderer is part of fyne.Widget.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(c,
		func() fyne.Size { return fyne.NewSize(minSize(c.inner).Width+17, 22) },
		func(s fyne.Size) {
			width := minSize(c.inner).Width + 17
			putRect(c.back, 0, (s.Height-22)/2, width, 22)
			putRect(c.inner, 8, 0, width-17, s.Height)
		}, func() {}, c.back, c.inner)
}

// NewTag is a neutral word on a plate, such as a machine's tag or a key cap.
func NewTag(word string) fyne.CanvasObject {
	return Stack(NewBox(theme.Control, theme.Line, 5), Height(20, Pad(0, 6, 0, 6, Row(0, NewText(MicroText, word)))))
}

// Badge is a count on a filled pill, "99+" above 99. Zero hides it.
type Badge struct {
	widget.BaseWidget
	count int
	fill  theme.Token
	back  *canvas.Rectangle
	word  *canvas.Text
}

// NewBadge returns a badge filled with theme.ErrFill or theme.Fill.
func NewBadge(fill theme.Token) *Badge {
	b := &Badge{fill: fill, back: newRect(8), word: MicroText.newText("")}
	b.Hidden = true
	b.ExtendBaseWidget(b)
	return b
}

// SetCount changes the number.
func (b *Badge) SetCount(count int) {
	if b.count == count {
		return
	}
	b.count = count
	b.Hidden = count == 0
	b.Refresh()
}

func (b *Badge) text() string {
	if b.count > 99 {
		return "99+"
	}
	return strconv.Itoa(b.count)
}

// A11y says the number.
func (b *Badge) A11y() Node { return Node{Role: "label", Name: b.text()} }

// CreateRenderer is part of fyne.Widget.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(b,
		func() fyne.Size { return fyne.NewSize(max(16, SnapUp(MicroText.measure(b.text()).Width)+8), 16) },
		func(s fyne.Size) {
			b.back.Resize(s)
			m := b.word.MinSize()
			b.word.Resize(m)
			b.word.Move(fyne.NewPos(Snap((s.Width-m.Width)/2), Snap((s.Height-SnapUp(m.Height))/2)))
		},
		func() {
			paintRect(b.back, b.fill, theme.None)
			b.word.Text, b.word.Color = b.text(), theme.Color(theme.OnFill)
		}, b.back, b.word)
}

// FilterChip is a switch for a filter, with the number of things it matches.
type FilterChip struct {
	control
	word, count *Text
	on          bool
	back        *Box
	edge        *canvas.Rectangle
	inner       *fyne.Container
}

// NewFilterChip returns a chip that calls changed when it is pressed.
func NewFilterChip(word string, changed func(on bool)) *FilterChip {
	c := &FilterChip{word: NewText(SmallMediumText, word), count: NewText(MicroText, ""), back: NewBox(theme.None, theme.Line, 13), edge: newRing(13)}
	c.inner = Row(6, c.word, c.count)
	c.act = func() {
		c.SetOn(!c.on)
		if changed != nil {
			changed(c.on)
		}
	}
	c.extend(c)
	return c
}

// SetCount shows how many things the filter matches.
func (c *FilterChip) SetCount(count string) {
	c.count.SetText(count)
	c.Refresh()
}

// SetOn switches the chip without calling anybody.
func (c *FilterChip) SetOn(on bool) {
	if c.on == on {
		return
	}
	c.on = on
	c.Refresh()
}

// On tells whether the filter is on.
func (c *FilterChip) On() bool { return c.on }

// A11y describes the chip.
func (c *FilterChip) A11y() Node {
	return Node{Role: "toggle button", Name: c.word.Words(), Description: c.count.Words(), States: when(c.on, "checked"), Actions: []string{"toggle"}}
}

// CreateRenderer is part of fyne.Widget.
func (c *FilterChip) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(c,
		func() fyne.Size { return fyne.NewSize(minSize(c.inner).Width+20, 26) },
		func(s fyne.Size) {
			c.back.Resize(s)
			putRect(c.inner, 10, 0, s.Width-20, s.Height)
			placeRing(c.edge, 0, 0, s.Width, s.Height)
		}, c.paint, c.back, c.inner, c.edge)
}

func (c *FilterChip) paint() {
	words, fill, edge := theme.Muted, theme.None, theme.Line
	switch {
	case c.on:
		words, fill, edge = theme.Accent, theme.Tint(theme.Accent), theme.TintEdge(theme.Accent)
	case c.hovered || c.held:
		words, fill = theme.Text, theme.HoverRow
	}
	c.word.SetToken(words)
	c.count.SetToken(words)
	c.back.SetColors(fill, edge)
	paintRing(c.edge, c.visible)
}
