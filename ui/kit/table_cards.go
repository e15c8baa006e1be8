package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A RowCard is what the card of a row shows. It is made once and shows many
// rows, one after the other.
type RowCard[R any] interface {
	Content() fyne.CanvasObject
	Show(row R)
}

// The size of a card with the space around it. Cards grow in width until they
// fill the line.
const (
	cardWidth  = 236 + 2*cardGap
	cardHeight = 180 + 2*cardGap
	cardGap    = 6 // half the space between two cards
	cardPad    = 8 // around all cards, besides their gap
	cardInset  = 8 // from a card's edge to what it shows
)

// SetCards shows the rows as the cards that TableSpec.Card makes, or as lines
// again. Selection, order and filter stay.
func (t *table) SetCards(cards bool) {
	if t.newCard == nil || cards == t.Cards() {
		return
	}
	was := t.list
	t.list = t.lines
	if cards {
		t.list = t.grid
	}
	was.setCount(0)
	was.scroll.Hide()
	t.list.setCount(len(t.ids))
	t.Refresh()
	if row, ok := t.place[t.cursor]; ok {
		t.list.show(row)
	}
}

// Cards says whether the rows are shown as cards.
func (t *table) Cards() bool { return t.grid != nil && t.list == t.grid }

// target is listTarget for lines, and for cards that stand beside each other.
func (t *table) target(key fyne.KeyName, row int, has bool) (to int, moves bool) {
	if !t.Cards() || !has {
		return listTarget(key, row, has, len(t.ids), t.list.page())
	}
	switch key {
	case fyne.KeyLeft:
		row--
	case fyne.KeyRight:
		row++
	case fyne.KeyUp:
		row -= t.list.across()
	case fyne.KeyDown:
		row += t.list.across()
	default:
		return listTarget(key, row, has, len(t.ids), t.list.page())
	}
	if row < 0 || row >= len(t.ids) {
		return t.place[t.cursor], true
	}
	return row, true
}

// tableCard shows one row of a table as a card.
type tableCard struct {
	widget.BaseWidget
	table   *table
	index   int
	id      string
	hovered zone

	back, ring, plate *canvas.Rectangle
	box, dotsBack     *canvas.Rectangle
	tick, dots        *canvas.Image
	content           fyne.CanvasObject
	show              func(row int)
}

func newTableCard(t *table) *tableCard {
	c := &tableCard{
		table: t, index: -1, back: newRect(10), ring: newRect(10), plate: newRect(7), box: newRect(5), dotsBack: newRect(7),
		tick: &canvas.Image{FillMode: canvas.ImageFillContain}, dots: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	c.content, c.show = t.newCard()
	c.ExtendBaseWidget(c)
	return c
}

func (c *tableCard) bind(index int) {
	if c.index != index {
		c.hovered = zoneNone
	}
	c.index, c.id = index, c.table.ids[index]
	c.show(index)
	c.mark()
}

// mark shows selection, pointer and focus.
func (c *tableCard) mark() {
	t, selected := c.table, c.table.selected[c.id]
	setFill(c.back, theme.Inset)
	if edge := theme.Color(theme.Line); c.back.StrokeColor != edge || c.back.StrokeWidth != Hairline() {
		c.back.StrokeColor, c.back.StrokeWidth = edge, Hairline()
		c.back.Refresh()
	}
	setFill(c.ring, pillToken(selected, c.hovered != zoneNone))
	setStroke(c.ring, selected || t.ring && t.focused && t.cursor == c.id)

	setHidden(c.plate, !t.checks())
	setHidden(c.box, !t.checks())
	setHidden(c.tick, !t.checks() || !selected)
	if t.checks() {
		setFill(c.plate, theme.Surface)
		paintCheck(c.box, c.tick, "check", selected)
	}
	setHidden(c.dots, t.menu == nil)
	setHidden(c.dotsBack, c.hovered != zoneMenu)
	setFill(c.dotsBack, theme.QuietHover)
	if t.menu != nil {
		paintIcon(c.dots, "ellipsis", 16, theme.Color(theme.Muted))
	}
}

// A11y says the row's name and whether it is selected.
func (c *tableCard) A11y() Node { return c.table.rowNode(c.index, c.id) }

// Children returns what the card shows.
func (c *tableCard) Children() []fyne.CanvasObject { return []fyne.CanvasObject{c.content} }

func (c *tableCard) zoneAt(at fyne.Position) zone {
	dots := c.dotsBack.Position()
	switch {
	case at.X < cardGap || at.Y < cardGap || at.X >= c.Size().Width-cardGap || at.Y >= c.Size().Height-cardGap:
		return zoneNone
	case c.table.checks() && at.X < cardGap+40 && at.Y < cardGap+40:
		return zoneCheck
	case c.table.menu != nil && at.X >= dots.X && at.Y >= dots.Y && at.Y < dots.Y+tableMenu:
		return zoneMenu
	}
	return zoneRow
}

// MouseIn is part of desktop.Hoverable.
func (c *tableCard) MouseIn(e *desktop.MouseEvent) { c.hover(c.zoneAt(e.Position)) }

// MouseMoved is part of desktop.Hoverable.
func (c *tableCard) MouseMoved(e *desktop.MouseEvent) { c.hover(c.zoneAt(e.Position)) }

// MouseOut is part of desktop.Hoverable.
func (c *tableCard) MouseOut() { c.hover(zoneNone) }

func (c *tableCard) hover(z zone) {
	if c.hovered == z {
		return
	}
	c.hovered = z
	c.mark()
	if z == zoneMenu {
		showTip(c, lang.L("More actions"), hoverDelay)
	} else {
		hideTip(c)
	}
}

// MouseDown is part of desktop.Mouseable.
func (c *tableCard) MouseDown(e *desktop.MouseEvent) {
	hideTip(c)
	if where := c.zoneAt(e.Position); where != zoneNone {
		c.table.pressed(c.index, where, e)
	}
}

// MouseUp is part of desktop.Mouseable.
func (c *tableCard) MouseUp(*desktop.MouseEvent) {}

// CreateRenderer is part of fyne.Widget.
func (c *tableCard) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(c, func() fyne.Size { return fyne.Size{} }, c.layout, func() {
		if c.index >= 0 {
			c.mark()
		}
	}, c.back, c.ring, c.content, c.plate, c.box, c.tick, c.dotsBack, c.dots)
}

func (c *tableCard) layout(size fyne.Size) {
	width, height := size.Width-2*cardGap, size.Height-2*cardGap
	putRect(c.back, cardGap, cardGap, width, height)
	putRect(c.ring, cardGap, cardGap, width, height)
	inset := float32(cardGap + cardInset)
	putRect(c.content, inset, inset, size.Width-2*inset, size.Height-2*inset)
	putRect(c.plate, inset+6, inset+6, tableCheck+8, tableCheck+8)
	putRect(c.box, inset+10, inset+10, tableCheck, tableCheck)
	putRect(c.tick, inset+10+(tableCheck-12)/2, inset+10+(tableCheck-12)/2, 12, 12)
	right, low := size.Width-inset-tableMenu, inset+CardPicture+cardTextGap+(cardNameHeight-tableMenu)/2
	putRect(c.dotsBack, right, low, tableMenu, tableMenu)
	putRect(c.dots, right+(tableMenu-16)/2, low+(tableMenu-16)/2, 16, 16)
}

// What a card shows from top to bottom: a picture, and two lines.
const (
	// CardPicture is how high the picture of a card is.
	CardPicture    = 108
	cardTextGap    = 8
	cardNameHeight = 20
)

// CardContent puts the parts of a RowCard where the table expects them: the
// first line leaves room for the card's menu.
func CardContent(picture, name, state fyne.CanvasObject) *fyne.Container {
	return Col(0, Height(CardPicture, picture),
		Pad(cardTextGap, tableMenu+6, 6, 0, Height(cardNameHeight, name)), Height(22, state))
}
