package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// paletteRow shows one item of a palette. Its words are as wide as they are;
// the detail is shortened where there is no room.
type paletteRow struct {
	pressable
	palette *Palette
	index   int
	item    PaletteItem
	chosen  bool
	back    *Box
	icon    *Icon
	title   *Text
	detail  *Text
	cap     *keyCap
}

func newPaletteRow(p *Palette, index int) *paletteRow {
	r := &paletteRow{palette: p, index: index, back: NewBox(theme.None, theme.None, 8), icon: NewIcon("search", 16, theme.Muted),
		title: NewText(MediumText, "").Shorten(), detail: NewText(SmallText, "").Shorten(), cap: newKeyCap("")}
	r.act = func() {
		p.chosen = r.index
		p.run(false)
	}
	r.extend(r)
	return r
}

// set shows another item.
func (r *paletteRow) set(item PaletteItem) {
	r.item = item
	r.icon.size = 16
	if len(item.Icon) > 3 && item.Icon[:3] == "st-" {
		r.icon.size = glyphSize(item.Icon)
	}
	r.icon.SetIcon(item.Icon)
	r.title.SetText(item.Title)
	r.detail.SetText(item.Detail)
	r.hovered = false
	r.Refresh()
}

func (r *paletteRow) setChosen(chosen bool) {
	if r.chosen != chosen {
		r.chosen = chosen
		r.Refresh()
	}
}

// MouseIn is part of desktop.Hoverable. It chooses nothing: the pointer often
// lies where the palette opens.
func (r *paletteRow) MouseIn(*desktop.MouseEvent) {
	r.hovered = true
	r.Refresh()
}

// A11y describes the row.
func (r *paletteRow) A11y() Node {
	return Node{Role: "list item", Name: r.item.Title, Description: r.item.Detail, Value: r.item.Keys,
		States: append([]string{"selectable"}, when(r.chosen, "selected")...), Actions: []string{"click"}}
}

// CreateRenderer is part of fyne.Widget.
func (r *paletteRow) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(r, func() fyne.Size { return fyne.NewSize(120, paletteRowH) }, r.layout, r.paint, r.back, r.icon, r.title, r.detail, r.cap.Container)
}

func (r *paletteRow) layout(size fyne.Size) {
	const icon, words, gap = 20, 49, 12
	putRect(r.back, paletteInset, 0, size.Width-2*paletteInset, size.Height)
	putRect(r.icon, icon, (size.Height-16)/2, 16, 16)
	right := size.Width - paletteInset - 10
	if r.cap.Visible() {
		m := minSize(r.cap.Container)
		putRect(r.cap.Container, right-m.Width, (size.Height-m.Height)/2, m.Width, m.Height)
		right -= m.Width + gap
	}
	title, detail := minSize(r.title).Height, minSize(r.detail).Height
	width := min(SnapUp(MediumText.measure(r.item.Title).Width)+1, right-words) // 1: edges are snapped
	putRect(r.title, words, (size.Height-title)/2, width, title)
	left := words + width + gap
	setHidden(r.detail, right-left < shortest)
	putRect(r.detail, left, (size.Height-detail)/2, max(0, right-left), detail)
}

func (r *paletteRow) paint() {
	fill, icon := theme.None, r.item.Token
	if icon == "" {
		icon = theme.Muted
	}
	words := keysNow(r.item.Keys)
	switch {
	case r.chosen:
		fill = theme.Selection
		if r.item.Token == "" {
			icon = theme.Accent
		}
		if words == "" {
			words = lang.L("Enter")
		}
	case r.hovered:
		fill = theme.HoverRow
	}
	r.back.SetColors(fill, theme.None)
	r.icon.SetToken(icon)
	r.cap.set(words)
}

// keyCap is a key as it is drawn on a keyboard.
type keyCap struct {
	*fyne.Container
	words *Text
}

func newKeyCap(words string) *keyCap {
	c := &keyCap{words: NewText(MicroText, words)}
	c.Container = Stack(NewBox(theme.Control, theme.Line, 5), Height(20, Pad(0, 7, 0, 7, Row(0, c.words))))
	return c
}

// NewKeyCap is a key or a combination as it is drawn on a keyboard.
func NewKeyCap(words string) *fyne.Container { return newKeyCap(words).Container }

// set changes the words; none hide the key.
func (c *keyCap) set(words string) {
	c.words.SetText(words)
	c.Hidden = words == ""
}
