package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Measures of a rail: with words, and with icons only.
const (
	RailWidth    = 76
	RailNarrow   = 56
	railHigh     = 50
	railLow      = 40
	railIcon     = 20
	railGap      = 3
	railRounding = 9
)

// RailButton is a place on the rail: an icon with a word under it.
type RailButton struct {
	control
	icon, label string
	selected    bool
	compact     bool
	back, edge  *canvas.Rectangle
	picture     *canvas.Image
	word        *canvas.Text
	badge       *Badge
}

// NewRailButton returns a place that calls do when it is chosen.
func NewRailButton(icon, label string, do func()) *RailButton {
	b := &RailButton{icon: icon, label: label, back: newRect(railRounding), edge: newRing(railRounding), badge: NewBadge(theme.Fill)}
	b.act = do
	b.picture = &canvas.Image{FillMode: canvas.ImageFillContain}
	b.word = MicroText.newText(label)
	b.extend(b)
	return b
}

// SetSelected says whether the place is the one that is shown.
func (b *RailButton) SetSelected(selected bool) {
	if b.selected == selected {
		return
	}
	b.selected = selected
	b.Refresh()
}

// SetCompact leaves the icon only; its tooltip has the word.
func (b *RailButton) SetCompact(compact bool) {
	if b.compact == compact {
		return
	}
	b.compact = compact
	b.hint = ""
	if compact {
		b.hint = b.label
	}
	b.Refresh()
}

// SetCount shows a number on the icon; zero shows none.
func (b *RailButton) SetCount(count int) {
	b.badge.SetCount(count)
	b.Refresh()
}

// A11y describes the place.
func (b *RailButton) A11y() Node {
	return Node{Role: "page tab", Name: b.label, States: when(b.selected, "selected"), Actions: []string{"click"}}
}

// CreateRenderer is part of fyne.Widget.
func (b *RailButton) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(b, b.min, b.layout, b.paint, b.back, b.picture, b.word, b.badge, b.edge)
}

func (b *RailButton) min() fyne.Size {
	if b.compact {
		return fyne.NewSize(RailNarrow, railLow)
	}
	return fyne.NewSize(RailWidth, railHigh)
}

func (b *RailButton) layout(size fyne.Size) {
	inset := float32(6)
	top := float32(6)
	if b.compact {
		inset, top = 8, (size.Height-railIcon)/2
	}
	putRect(b.back, inset, 0, size.Width-2*inset, size.Height)
	placeRing(b.edge, inset, 0, size.Width-2*inset, size.Height)
	putRect(b.picture, (size.Width-railIcon)/2, top, railIcon, railIcon)
	m := b.word.MinSize()
	b.word.Resize(m)
	b.word.Move(fyne.NewPos(Snap((size.Width-m.Width)/2), Snap(top+railIcon+railGap)))
	mark := minSize(b.badge)
	putRect(b.badge, size.Width/2+6, top-4, mark.Width, mark.Height)
}

func (b *RailButton) paint() {
	words, icon, fill := theme.Muted, theme.Muted, theme.None
	switch {
	case b.selected:
		words, icon, fill = theme.Text, theme.Accent, theme.Selection
	case b.hovered || b.held:
		words, icon, fill = theme.Text, theme.Text, theme.HoverRow
	}
	paintRect(b.back, fill, theme.None)
	paintIcon(b.picture, b.icon, railIcon, theme.Color(icon))
	b.word.Text, b.word.Color, b.word.Hidden = b.label, theme.Color(words), b.compact
	paintRing(b.edge, b.visible)
}
