package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Card is a panel with a title. Head and body are 16 units from the edges.
type Card struct {
	widget.BaseWidget
	title string
	all   *fyne.Container
}

// NewCard returns a card. title may be empty; right, at the end of the title
// line, may be nil.
func NewCard(title string, right, body fyne.CanvasObject) *Card {
	if title == "" && right == nil {
		return newCard("", PadAll(16, body))
	}
	head := Row(8, Grow(NewText(HeadingText, title).Shorten()))
	if right != nil {
		head.Add(right)
	}
	return newCard(title, Col(0, Pad(12, 16, 8, 16, Height(24, head)), Grow(Pad(0, 16, 14, 16, body))))
}

// NewFlushCard returns a card whose body reaches its edges, for tables.
func NewFlushCard(name string, body fyne.CanvasObject) *Card { return newCard(name, PadAll(1, body)) }

func newCard(title string, inside fyne.CanvasObject) *Card {
	c := &Card{title: title, all: Stack(NewBox(theme.Surface, theme.Line, 12), inside)}
	c.ExtendBaseWidget(c)
	return c
}

// A11y describes the card.
func (c *Card) A11y() Node { return Node{Role: "panel", Name: c.title} }

// Children returns what the card shows.
func (c *Card) Children() []fyne.CanvasObject { return []fyne.CanvasObject{c.all} }

// CreateRenderer is part of fyne.Widget.
func (c *Card) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(c, func() fyne.Size { return minSize(c.all) }, func(s fyne.Size) { c.all.Resize(s) }, func() {}, c.all)
}

// NewSectionCard returns a card of settings: rows with lines between them.
func NewSectionCard(title, help string, rows ...fyne.CanvasObject) *Card {
	list, top := Col(0), float32(4)
	if title != "" {
		top = 14
		head := Col(3, NewText(HeadingText, title))
		if help != "" {
			head.Add(NewText(SmallText, help))
		}
		list.Add(Pad(0, 0, 12, 0, head))
	}
	for i, row := range rows {
		if i > 0 {
			list.Add(HLine())
		}
		list.Add(Pad(12, 0, 12, 0, row))
	}
	return newCard(title, Pad(top, 16, 4, 16, list))
}

// LinkCard is a card that is one button: tile, title, a few words and an arrow.
type LinkCard struct {
	control
	title, text string
	back        *Box
	edge        *canvas.Rectangle
	content     *fyne.Container
}

// NewLinkCard returns a card that does something when pressed.
func NewLinkCard(icon, title, text string, do func()) *LinkCard {
	c := &LinkCard{title: title, text: text, back: NewBox(theme.Surface, theme.Line, 12), edge: newRing(12)}
	c.act = do
	c.content = PadAll(16, Col(4,
		Pad(0, 0, 10, 0, Row(0, NewIconTile(icon, theme.Accent, 36), Spacer(), NewIcon("arrow-right", 16, theme.Muted))),
		NewText(PanelText, title).Shorten(),
		NewParagraph(SmallText, text, 216)))
	c.extend(c)
	return c
}

// A11y describes the card as a button.
func (c *LinkCard) A11y() Node {
	return Node{Role: "push button", Name: c.title, Description: c.text, Actions: []string{"click"}}
}

// CreateRenderer is part of fyne.Widget.
func (c *LinkCard) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(c, func() fyne.Size { return minSize(c.content) }, c.layout, c.paint, c.back, c.content, c.edge)
}

func (c *LinkCard) layout(size fyne.Size) {
	c.back.Resize(size)
	c.content.Resize(size)
	placeRing(c.edge, 0, 0, size.Width, size.Height)
}

func (c *LinkCard) paint() {
	fill, edge := theme.Surface, theme.Line
	if c.hovered || c.held {
		fill, edge = theme.Control, theme.HoverEdge
	}
	c.back.SetColors(fill, edge)
	paintRing(c.edge, c.visible)
}

// MetricCard shows one number of now and its curve.
type MetricCard struct {
	widget.BaseWidget
	title       string
	all         *fyne.Container
	value, unit *Text
	fact        *Text
	numbers     *fyne.Container
	legend      *fyne.Container
	summary     string
}

// NewMetricCard returns a card for a number that is not known yet. body is
// its chart or bar.
func NewMetricCard(title string, body fyne.CanvasObject) *MetricCard {
	m := &MetricCard{title: title, value: NewText(MetricText, "–"), unit: NewText(BodyText, "").In(theme.Muted),
		fact: NewText(SmallText, "").Shorten().Trailing(), legend: Row(8)}
	m.numbers = Row(6, m.value, Pad(6, 0, 0, 0, m.unit), Grow(Pad(6, 0, 0, 0, m.fact)))
	m.all = Stack(NewBox(theme.Surface, theme.Line, 12), Pad(12, 16, 12, 16, Col(0,
		Height(20, Row(8, NewText(SmallText, title), Spacer(), m.legend)), m.numbers, Gap(1, 8), Grow(body))))
	m.ExtendBaseWidget(m)
	return m
}

// SetValue gives the number, its unit and a line of help. An old number is muted.
func (m *MetricCard) SetValue(value, unit, fact string, stale bool) {
	token := theme.Text
	if stale {
		token = theme.Muted
	}
	m.value.SetToken(token)
	if m.value.Words() == value && m.unit.Words() == unit && m.fact.Words() == fact {
		return
	}
	m.value.SetText(value)
	m.unit.SetText(unit)
	m.fact.SetText(fact)
	m.numbers.Refresh() // not the chart, which would be drawn again
}

// SetLegend names the curves, in their order.
func (m *MetricCard) SetLegend(entries ...fyne.CanvasObject) {
	m.legend.Objects = entries
	m.all.Refresh()
}

// Describe says the curve in words, for screen readers.
func (m *MetricCard) Describe(summary string) { m.summary = summary }

// A11y describes the card.
func (m *MetricCard) A11y() Node {
	return Node{Role: "panel", Name: m.title, Value: m.value.Words() + " " + m.unit.Words(), Description: m.summary}
}

// Children returns what the card shows.
func (m *MetricCard) Children() []fyne.CanvasObject { return []fyne.CanvasObject{m.all} }

// CreateRenderer is part of fyne.Widget.
func (m *MetricCard) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(m, func() fyne.Size { return minSize(m.all) }, func(s fyne.Size) { m.all.Resize(s) }, func() {}, m.all)
}

// NewLegend is the name of a curve behind a short line in its colour.
func NewLegend(token theme.Token, name string) fyne.CanvasObject {
	return NewLegendText(token, NewText(SmallText, name))
}

// NewLegendText is NewLegend with a text whose words change.
func NewLegendText(token theme.Token, name *Text) fyne.CanvasObject {
	return Row(6, Sized(12, 3, NewBox(theme.Graphic(token), theme.None, 1.5)), name)
}

// NewFact is one line of a card: name left and muted, value right.
func NewFact(name string, value fyne.CanvasObject) fyne.CanvasObject {
	return Height(19, Row(8, NewText(SmallText, name), Grow(value)))
}

// NewFactText is NewFact with words, and returns them so that they can change.
func NewFactText(name, value string) (fact fyne.CanvasObject, words *Text) {
	words = NewText(SmallMediumText, value).Shorten().Trailing()
	return NewFact(name, words), words
}
