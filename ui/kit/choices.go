package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A Choice is one card of Choices.
type Choice struct {
	ID    string // what the program calls it
	Icon  string
	Title string
	Text  string // one line under the title
}

// Choices choose one of a few things that need a picture and a line of
// explanation each. The arrows move the choice.
type Choices struct {
	widget.BaseWidget
	name    string
	cards   []*choiceCard
	chosen  int // -1 for none
	changed func(id string)
	grid    *fyne.Container
}

// NewChoices returns the cards in columns, none chosen. changed is called when
// the person chooses.
func NewChoices(name string, columns int, changed func(id string), choices ...Choice) *Choices {
	c := &Choices{name: name, chosen: -1, changed: changed, grid: Grid(columns, 10)}
	for i, choice := range choices {
		card := newChoiceCard(c, i, choice)
		c.cards = append(c.cards, card)
		c.grid.Add(card)
	}
	c.ExtendBaseWidget(c)
	return c
}

// Chosen is the ID of the choice; empty for none.
func (c *Choices) Chosen() string {
	if c.chosen < 0 {
		return ""
	}
	return c.cards[c.chosen].choice.ID
}

// Choose moves the choice without calling anybody.
func (c *Choices) Choose(id string) {
	c.chosen = -1
	for i, card := range c.cards {
		if card.choice.ID == id {
			c.chosen = i
		}
	}
	for _, card := range c.cards {
		card.Refresh()
	}
}

// Focusable is the card that gets the focus first.
func (c *Choices) Focusable() fyne.Focusable { return c.cards[max(0, c.chosen)] }

// SetColumns changes the number of columns.
func (c *Choices) SetColumns(columns int) {
	SetColumns(c.grid, columns)
	c.grid.Refresh()
}

func (c *Choices) pick(i int) {
	if c.chosen == i || c.cards[i].disabled {
		return
	}
	c.Choose(c.cards[i].choice.ID)
	if c.changed != nil {
		c.changed(c.Chosen())
	}
}

func (c *Choices) move(from, by int) {
	next := (from + by + len(c.cards)) % len(c.cards)
	c.pick(next)
	if canvas := canvasOf(c.cards[next]); canvas != nil {
		canvas.Focus(c.cards[next])
	}
}

// A11y describes the group.
func (c *Choices) A11y() Node { return Node{Role: "radio group", Name: c.name} }

// Children returns the cards.
func (c *Choices) Children() []fyne.CanvasObject { return []fyne.CanvasObject{c.grid} }

// CreateRenderer is part of fyne.Widget.
func (c *Choices) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(c, func() fyne.Size { return minSize(c.grid) }, func(s fyne.Size) { c.grid.Resize(s) }, func() {}, c.grid)
}

// choiceCard is one of Choices.
type choiceCard struct {
	control
	owner   *Choices
	index   int
	choice  Choice
	back    *Box
	icon    *Icon
	content *fyne.Container
	edge    *canvas.Rectangle
}

func newChoiceCard(owner *Choices, index int, choice Choice) *choiceCard {
	c := &choiceCard{owner: owner, index: index, choice: choice, back: NewBox(theme.Inset, theme.Line, 10),
		icon: NewIcon(choice.Icon, 20, theme.Muted), edge: newRing(10)}
	words := Col(3, NewText(MediumText, choice.Title).Shorten(), NewText(SmallText, choice.Text).Shorten())
	c.content = Pad(11, 12, 12, 12, RowTop(12, c.icon, Grow(words)))
	c.noEnter = true
	c.act = func() { owner.pick(index) }
	c.keys = func(e *fyne.KeyEvent) bool {
		switch e.Name {
		case fyne.KeyLeft, fyne.KeyUp:
			owner.move(index, -1)
		case fyne.KeyRight, fyne.KeyDown:
			owner.move(index, 1)
		default:
			return false
		}
		return true
	}
	c.extend(c)
	return c
}

// A11y describes the card.
func (c *choiceCard) A11y() Node {
	return Node{Role: "radio button", Name: c.choice.Title, Description: c.choice.Text,
		States: when(c.owner.chosen == c.index, "checked"), Actions: []string{"click"}}
}

// CreateRenderer is part of fyne.Widget.
func (c *choiceCard) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(c, func() fyne.Size { return fyne.NewSize(150, 64) }, func(size fyne.Size) {
		c.back.Resize(size)
		c.content.Resize(size)
		placeRing(c.edge, 0, 0, size.Width, size.Height)
	}, c.paint, c.back, c.content, c.edge)
}

func (c *choiceCard) paint() {
	fill, edge, icon, stroke := theme.Inset, theme.Line, theme.Muted, float32(0)
	switch {
	case c.owner.chosen == c.index:
		fill, edge, icon, stroke = theme.Selection, theme.Accent, theme.Accent, 1.5
	case c.hovered || c.held:
		fill, edge = theme.Control, theme.HoverEdge
	}
	c.back.SetColors(fill, edge)
	c.back.SetStroke(stroke)
	c.icon.SetToken(icon)
	paintRing(c.edge, c.visible)
}
