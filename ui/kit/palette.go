package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A PaletteItem is one thing that a palette offers.
type PaletteItem struct {
	ID     string // what it is remembered by
	Icon   string
	Token  theme.Token // of the icon; empty means theme.Muted
	Title  string
	Detail string // of what, or where
	Keys   string // the combination that does the same; may be empty
	Do     func()
	DoNew  func() // in a tab of its own; nil where Do is all there is
}

// A PaletteGroup is items under a heading.
type PaletteGroup struct {
	Title string
	Items []PaletteItem
}

// PaletteSpec says what a palette finds.
type PaletteSpec struct {
	Name string // for screen readers, and while nothing is typed
	// Find returns what fits the text, the best first. It runs with every key
	// and MUST NOT wait for anything.
	Find func(text string) []PaletteGroup
	// None says that nothing fits.
	None string
	// Tips stand at the foot, at the right.
	Tips []PaletteTip
	// Keys close the palette again.
	Keys Keys
	// Done hears what was done, Left that the palette is closed; both may be nil.
	Done func(PaletteItem)
	Left func()
}

// A PaletteTip is something to type and what comes of it.
type PaletteTip struct{ Typed, Words string }

// Palette is a field over the window and under it what fits the text in it.
// Enter does the chosen one, Ctrl+Enter in a tab of its own.
type Palette struct {
	widget.BaseWidget
	kit    *Kit
	spec   PaletteSpec
	layer  *layer
	field  *Entry
	rows   []*paletteRow // all that were made
	shown  int           // so many of the rows are in use
	chosen int
	list   *fyne.Container
	scroll *container.Scroll
	card   *fyne.Container
	unbind func()
}

// Measures of a palette, in units.
const (
	paletteWidth  = 640
	paletteTop    = .22 // of the window's height
	paletteHead   = 58
	paletteFoot   = 38
	paletteRowH   = 38
	paletteTitle  = 30
	paletteInset  = 9 // of rows, from the card's edge
	paletteMargin = 16
	paletteMost   = 430 // the list's height; then it scrolls
)

// OpenPalette shows a palette in the kit's window.
func OpenPalette(k *Kit, spec PaletteSpec) *Palette {
	p := &Palette{kit: k, spec: spec, list: Col(0)}
	p.field = NewEntry(spec.Name, spec.Name).Bare()
	p.field.OnChanged = func(string) { p.find() }
	p.field.OnKey = p.key
	p.scroll = container.NewVScroll(p.list)
	head := Height(paletteHead, Pad(0, 18, 0, 18, Row(2, NewIcon("search", 18, theme.Muted), Grow(p.field), NewKeyCap(lang.L("Esc")))))
	p.card = Stack(newShadow(14, deepBlur, deepDrop, 1), NewBox(theme.Surface, theme.OverlayEdge, 14),
		PadAll(1, Col(0, head, HLine(), Grow(p.scroll), HLine(), p.foot())))
	p.ExtendBaseWidget(p)
	p.find()
	p.open()
	return p
}

func (p *Palette) foot() fyne.CanvasObject {
	row := Row(8, NewKeyCap("↑ ↓"), NewText(SmallText, lang.L("move")), Gap(4, 0), NewKeyCap(lang.L("Enter")), NewText(SmallText, lang.L("run")),
		Gap(4, 0), NewKeyCap(lang.L("Ctrl Enter")), NewText(SmallText, lang.L("in a new tab")), Spacer())
	for _, tip := range p.spec.Tips {
		row.Add(NewKeyCap(tip.Typed))
		row.Add(NewText(SmallText, tip.Words))
	}
	return Height(paletteFoot, Pad(0, paletteMargin, 0, paletteMargin, row))
}

func (p *Palette) open() {
	p.layer = newLayer(p.kit.Win.Canvas(), true, p)
	p.layer.arrange = p.arrange
	p.layer.outside = func(*desktop.MouseEvent) { p.Close() }
	p.layer.onKey = func(e *fyne.KeyEvent) { p.key(e) }
	p.unbind = p.kit.Shortcuts.Add(
		Shortcut{Keys: MustKeys("Ctrl+Enter"), Over: true, Do: func() { p.run(true) }},
		Shortcut{Keys: p.spec.Keys, Over: true, Do: p.Close})
	p.layer.open()
	p.kit.Win.Canvas().Focus(p.field.Focusable())
}

// Close takes the palette away; the focus returns to where it was.
func (p *Palette) Close() {
	if !p.layer.isOpen() {
		return
	}
	p.unbind()
	p.layer.close()
	if p.spec.Left != nil {
		p.spec.Left()
	}
}

// IsOpen tells whether the palette is open.
func (p *Palette) IsOpen() bool { return p.layer.isOpen() }

// Type puts the text into the field, as if it was typed.
func (p *Palette) Type(text string) {
	p.field.SetText(text)
	p.find()
}

// Again looks once more for the same text, because what there is to find has
// changed. The chosen item stays, where it is still found.
func (p *Palette) Again() {
	id := ""
	if p.chosen < p.shown {
		id = p.rows[p.chosen].item.ID
	}
	offset := p.scroll.Offset
	p.find()
	for i, row := range p.rows[:p.shown] {
		if row.item.ID == id {
			p.scroll.ScrollToOffset(offset)
			p.choose(i, false)
			return
		}
	}
}

// find shows what fits the text now, the first of it chosen.
func (p *Palette) find() {
	p.shown, p.chosen = 0, 0
	p.list.Objects = p.list.Objects[:0]
	groups := p.spec.Find(p.field.Text())
	for _, g := range groups {
		p.addHead(g.Title)
		for _, item := range g.Items {
			p.addRow(item)
		}
	}
	if p.shown == 0 {
		p.list.Add(Pad(20, 0, 12, paletteMargin+4, NewText(BodyText, p.spec.None).In(theme.Muted)))
	}
	p.mark()
	p.list.Refresh()
	p.scroll.ScrollToOffset(fyne.NewPos(0, 0))
	if p.layer != nil {
		p.arrange(p.layer.Size())
		p.card.Refresh()
	}
}

// addHead puts a heading into the list.
func (p *Palette) addHead(title string) {
	p.list.Objects = append(p.list.Objects, Height(paletteTitle, Pad(6, 0, 0, paletteMargin+4, Row(0, NewText(MicroText, title)))))
}

// addRow shows the item in a row that was made before, if there is one left.
func (p *Palette) addRow(item PaletteItem) {
	if p.shown == len(p.rows) {
		p.rows = append(p.rows, newPaletteRow(p, p.shown))
	}
	row := p.rows[p.shown]
	p.shown++
	row.set(item)
	p.list.Objects = append(p.list.Objects, row)
}

// key moves, runs and closes.
func (p *Palette) key(e *fyne.KeyEvent) bool {
	const page = 8
	switch {
	case e.Name == fyne.KeyDown:
		p.choose(p.chosen+1, true)
	case e.Name == fyne.KeyUp:
		p.choose(p.chosen-1, true)
	case e.Name == fyne.KeyPageDown:
		p.choose(p.chosen+page, false)
	case e.Name == fyne.KeyPageUp:
		p.choose(p.chosen-page, false)
	case isEnter(e):
		p.run(false)
	case e.Name == fyne.KeyEscape:
		p.Close()
	default:
		return false
	}
	return true
}

// choose marks a row and brings it into view; around goes on at the other end.
func (p *Palette) choose(row int, around bool) {
	if p.shown == 0 {
		return
	}
	if around {
		row = (row + p.shown) % p.shown
	}
	p.chosen = max(0, min(row, p.shown-1))
	p.mark()
	w := p.rows[p.chosen]
	top, bottom := w.Position().Y, w.Position().Y+w.Size().Height
	if p.chosen == 0 {
		top = 0 // with its heading
	}
	if top < p.scroll.Offset.Y {
		p.scroll.ScrollToOffset(fyne.NewPos(0, top))
	} else if bottom > p.scroll.Offset.Y+p.scroll.Size().Height {
		p.scroll.ScrollToOffset(fyne.NewPos(0, bottom-p.scroll.Size().Height))
	}
}

func (p *Palette) mark() {
	for i, row := range p.rows[:p.shown] {
		row.setChosen(i == p.chosen)
	}
}

// run closes the palette and does the chosen thing.
func (p *Palette) run(another bool) {
	if p.shown == 0 {
		return
	}
	item := p.rows[p.chosen].item
	p.Close()
	if p.spec.Done != nil {
		p.spec.Done(item)
	}
	if another && item.DoNew != nil {
		item.DoNew()
	} else {
		item.Do()
	}
}

// arrange puts the card where the eye is, as high as its results.
func (p *Palette) arrange(room fyne.Size) {
	width := min(paletteWidth, room.Width-2*paletteMargin)
	top := Snap(room.Height * paletteTop)
	fixed := float32(paletteHead + paletteFoot + 2 + 8)
	height := min(minSize(p.list).Height, paletteMost)
	if top+fixed+height > room.Height-paletteMargin {
		top = max(paletteMargin, room.Height-paletteMargin-fixed-height)
	}
	height = min(height, room.Height-2*paletteMargin-fixed)
	putRect(p, (room.Width-width)/2, top, width, fixed+height)
}

// A11y describes the palette.
func (p *Palette) A11y() Node { return Node{Role: "dialog", Name: p.spec.Name} }

// Children returns what the palette shows.
func (p *Palette) Children() []fyne.CanvasObject { return []fyne.CanvasObject{p.card} }

// CreateRenderer is part of fyne.Widget.
func (p *Palette) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(p, func() fyne.Size { return fyne.NewSize(200, 100) }, func(s fyne.Size) { p.card.Resize(s) }, func() {}, p.card)
}
