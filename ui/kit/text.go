package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// TextStyle is one of the few combinations of size and weight in use.
type TextStyle int

// The styles.
const (
	BodyText        TextStyle = iota // 13 regular: everything
	MediumText                       // 13 medium: names and labels
	StrongText                       // 13 semi bold: titles of banners and toasts
	DisplayText                      // 24 semi bold: welcome
	TitleText                        // 20 semi bold: page header
	DialogText                       // 17 semi bold: title of a dialog
	PanelText                        // 15 semi bold: navigator, panels, empty states
	HeadingText                      // 14 semi bold: title of a card
	MetricText                       // 22 semi bold: the number of a tile
	SmallText                        // 12 regular, muted: help
	SmallMediumText                  // 12 medium: chips, table heads, values
	MicroText                        // 11 medium, muted: counts, axes, key caps
	FactText                         // 11 regular, muted: facts at the right of tree rows and menus
	MonoText                         // 12 mono: addresses, paths
	CodeText                         // 13 mono: XML
)

func (s TextStyle) size() float32 {
	switch s {
	case DisplayText:
		return 24
	case TitleText:
		return 20
	case DialogText:
		return 17
	case PanelText:
		return 15
	case HeadingText:
		return 14
	case MetricText:
		return 22
	case SmallText, SmallMediumText, MonoText:
		return 12
	case MicroText, FactText:
		return 11
	}
	return 13
}

func (s TextStyle) token() theme.Token {
	switch s {
	case SmallText, MicroText, FactText:
		return theme.Muted
	}
	return theme.Text
}

// font returns the theme's style and, for words of usual letters, the font
// itself: Fyne knows no medium, and for each of its styles it reads two fonts and
// the computer's list of fonts to fall back on. Other words need those.
func (s TextStyle) font(words string) (fyne.TextStyle, fyne.Resource) {
	style, font := s.styleAndFont()
	if !usual(words) {
		font = nil
	}
	return style, font
}

func (s TextStyle) styleAndFont() (fyne.TextStyle, fyne.Resource) {
	switch s {
	case MediumText, SmallMediumText, MicroText:
		return fyne.TextStyle{}, theme.Medium()
	case StrongText, DisplayText, TitleText, DialogText, PanelText, HeadingText, MetricText:
		return fyne.TextStyle{Bold: true}, theme.SemiBold()
	case MonoText, CodeText:
		return fyne.TextStyle{Monospace: true}, theme.Mono()
	}
	return fyne.TextStyle{}, theme.Regular()
}

// usual says whether our fonts have all letters: those of Latin, Greek and
// Cyrillic alphabets, punctuation, arrows.
func usual(words string) bool {
	for _, r := range words {
		if r >= 0x530 && (r < 0x1e00 || r >= 0x2200) {
			return false
		}
	}
	return true
}

// measure returns the size of one line in this style.
func (s TextStyle) measure(text string) fyne.Size {
	style, font := s.font(text)
	size, _ := fyne.CurrentApp().Driver().RenderedTextSize(text, s.size(), style, font)
	return size
}

// newText returns the canvas object for one line in this style.
func (s TextStyle) newText(text string) *canvas.Text {
	t := canvas.NewText(text, theme.Color(s.token()))
	t.TextSize = s.size()
	t.TextStyle, t.FontSource = s.font(text)
	return t
}

// shorten cuts the text at its end so that it and "…" fit into the width.
func (s TextStyle) shorten(text string, width float32) string {
	if s.measure(text).Width <= width+.5 {
		return text
	}
	runes := []rune(text)
	short := func(n int) string { return strings.TrimRight(string(runes[:n]), " ·") + "…" }
	low, high := 0, len(runes)
	for low < high {
		mid := (low + high + 1) / 2
		if s.measure(short(mid)).Width <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return short(low)
}

// Text is one line of words in a theme colour.
type Text struct {
	widget.BaseWidget
	style    TextStyle
	token    theme.Token
	words    string
	short    bool
	trailing bool
	line     *canvas.Text
}

// NewText returns a line in the style and its usual colour.
func NewText(style TextStyle, words string) *Text {
	t := &Text{}
	t.init(t, style, words)
	return t
}

func (t *Text) init(self fyne.Widget, style TextStyle, words string) {
	t.style, t.token, t.words, t.line = style, style.token(), words, style.newText(words)
	t.ExtendBaseWidget(self)
}

// In gives the words another colour and returns the text.
func (t *Text) In(token theme.Token) *Text {
	t.SetToken(token)
	return t
}

// Trailing aligns the words at the right edge and returns the text.
func (t *Text) Trailing() *Text {
	t.trailing = true
	return t
}

// Shorten lets the text become narrower than its words, which then end in "…",
// and returns the text.
func (t *Text) Shorten() *Text {
	t.short = true
	return t
}

// Words returns what the text says, also where it is shortened on screen.
func (t *Text) Words() string { return t.words }

// SetText changes the words. The same words again cost nothing.
func (t *Text) SetText(words string) {
	if t.words == words {
		return
	}
	t.words = words
	t.Refresh()
}

// SetToken changes the colour.
func (t *Text) SetToken(token theme.Token) {
	if t.token == token {
		return
	}
	t.token = token
	t.Refresh()
}

// A11y says the words as a label.
func (t *Text) A11y() Node { return Node{Role: "label", Name: t.words} }

// CreateRenderer is part of fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(t, t.min, t.layout, t.paint, t.line)
}

// shortest is the least width of a text that may be shortened.
const shortest = 20

func (t *Text) min() fyne.Size {
	m := t.style.measure(t.words)
	if t.short {
		m.Width = min(m.Width, shortest)
	}
	return fyne.NewSize(SnapUp(m.Width), SnapUp(m.Height))
}

func (t *Text) layout(size fyne.Size) {
	words := t.words
	if t.short && size.Width > 0 {
		words = t.style.shorten(words, size.Width)
	}
	if t.line.Text != words {
		t.line.Text = words
		t.line.TextStyle, t.line.FontSource = t.style.font(words)
		t.line.Refresh()
	}
	placeLine(t.line, size, t.trailing)
}

func (t *Text) paint() { t.line.Color = theme.Color(t.token) }

// ShortText is a text that may be shortened, and says all of its words in a
// tooltip. It takes the pointer, so it is not for rows and buttons, which have
// it themselves.
type ShortText struct{ Text }

// NewShortText returns a line in the style and its usual colour.
func NewShortText(style TextStyle, words string) *ShortText {
	t := &ShortText{}
	t.short = true
	t.init(t, style, words)
	return t
}

// MouseIn shows the tooltip if the words do not fit.
func (t *ShortText) MouseIn(*desktop.MouseEvent) {
	if t.line.Text != t.words {
		showTip(t, t.words, hoverDelay)
	}
}

// MouseMoved is part of desktop.Hoverable.
func (t *ShortText) MouseMoved(*desktop.MouseEvent) {}

// MouseOut hides the tooltip.
func (t *ShortText) MouseOut() { hideTip(t) }

// placeLine puts one line at the left or right edge and in the middle of the
// height, on whole device pixels.
func placeLine(line *canvas.Text, size fyne.Size, trailing bool) {
	m := line.MinSize()
	x := float32(0)
	if trailing {
		x = size.Width - SnapUp(m.Width)
	}
	line.Resize(m)
	line.Move(fyne.NewPos(Snap(x), Snap((size.Height-SnapUp(m.Height))/2)))
}
