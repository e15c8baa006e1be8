package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// RadioGroup chooses one of a few things; the arrows move the choice.
type RadioGroup struct {
	widget.BaseWidget
	name    string
	buttons []*radioButton
	chosen  int
	changed func(int)
	all     *fyne.Container
}

// NewRadioGroup returns the choices beside each other, the first one chosen.
// changed is called when the person chooses.
func NewRadioGroup(name string, changed func(chosen int), labels ...string) *RadioGroup {
	g := &RadioGroup{name: name, changed: changed, all: Row(16)}
	for i, label := range labels {
		b := newRadioButton(g, i, label)
		g.buttons = append(g.buttons, b)
		g.all.Add(b)
	}
	g.ExtendBaseWidget(g)
	return g
}

// Chosen returns the index of the choice.
func (g *RadioGroup) Chosen() int { return g.chosen }

// Choose moves the choice without calling anybody.
func (g *RadioGroup) Choose(i int) {
	g.chosen = i
	for _, b := range g.buttons {
		b.Refresh()
	}
}

func (g *RadioGroup) pick(i int) {
	if g.chosen == i {
		return
	}
	g.Choose(i)
	if g.changed != nil {
		g.changed(i)
	}
}

func (g *RadioGroup) move(by int) {
	next := (g.chosen + by + len(g.buttons)) % len(g.buttons)
	g.pick(next)
	if canvas := canvasOf(g.buttons[next]); canvas != nil {
		canvas.Focus(g.buttons[next])
	}
}

// A11y describes the group.
func (g *RadioGroup) A11y() Node { return Node{Role: "radio group", Name: g.name} }

// Children returns the buttons.
func (g *RadioGroup) Children() []fyne.CanvasObject { return []fyne.CanvasObject{g.all} }

// CreateRenderer is part of fyne.Widget.
func (g *RadioGroup) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(g, func() fyne.Size { return minSize(g.all) }, func(s fyne.Size) { g.all.Resize(s) }, func() {}, g.all)
}

type radioButton struct {
	control
	group *RadioGroup
	index int
	label string
	dot   *canvas.Circle
	text  *canvas.Text
	edge  *canvas.Rectangle
}

func newRadioButton(g *RadioGroup, index int, label string) *radioButton {
	b := &radioButton{group: g, index: index, label: label, dot: &canvas.Circle{}, text: BodyText.newText(label), edge: newRing(checkSide / 2)}
	b.noEnter = true
	b.act = func() { g.pick(index) }
	b.keys = func(e *fyne.KeyEvent) bool {
		switch e.Name {
		case fyne.KeyLeft, fyne.KeyUp:
			g.move(-1)
		case fyne.KeyRight, fyne.KeyDown:
			g.move(1)
		default:
			return false
		}
		return true
	}
	b.extend(b)
	return b
}

func (b *radioButton) A11y() Node {
	return Node{Role: "radio button", Name: b.label, States: when(b.group.chosen == b.index, "checked"), Actions: []string{"click"}}
}

func (b *radioButton) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(b,
		func() fyne.Size { return fyne.NewSize(checkSide+8+SnapUp(BodyText.measure(b.label).Width), 28) },
		func(s fyne.Size) {
			y := (s.Height - checkSide) / 2
			putRect(b.dot, 0, y, checkSide, checkSide)
			placeRing(b.edge, 0, y, checkSide, checkSide)
			placeLine(b.text, s, false)
			b.text.Move(fyne.NewPos(checkSide+8, b.text.Position().Y))
		}, b.paint, b.dot, b.text, b.edge)
}

func (b *radioButton) paint() {
	b.dot.FillColor = theme.Color(theme.None)
	b.dot.StrokeColor, b.dot.StrokeWidth = theme.Color(theme.ControlEdge), 1.5
	if b.group.chosen == b.index {
		b.dot.FillColor = theme.Color(theme.OnFill)
		b.dot.StrokeColor, b.dot.StrokeWidth = theme.Color(theme.Fill), 5
	}
	words := theme.Text
	if b.disabled {
		words = theme.Disabled
	}
	b.text.Color = theme.Color(words)
	paintRing(b.edge, b.visible)
}
