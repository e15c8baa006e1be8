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
	g := newRadioGroup(name, changed, 16)
	for i, label := range labels {
		b := &radioButton{}
		b.init(g, i, label)
		b.extend(b)
		g.add(b)
	}
	return g
}

func newRadioGroup(name string, changed func(int), gap float32) *RadioGroup {
	g := &RadioGroup{name: name, changed: changed, all: Row(gap)}
	g.ExtendBaseWidget(g)
	return g
}

// add appends a choice, whatever it looks like.
func (g *RadioGroup) add(b *radioButton) {
	g.buttons = append(g.buttons, b)
	g.all.Add(b.self)
}

// Focusable returns the chosen button, to give it the keyboard.
func (g *RadioGroup) Focusable() fyne.Focusable { return g.buttons[g.chosen].focusable() }

// Chosen returns the index of the choice.
func (g *RadioGroup) Chosen() int { return g.chosen }

// Choose moves the choice without calling anybody. The keyboard goes with it when
// the group has it.
func (g *RadioGroup) Choose(i int) {
	if c := canvasOf(g.buttons[g.chosen].self); c != nil && c.Focused() == g.Focusable() && i != g.chosen {
		c.Focus(g.buttons[i].focusable())
	}
	g.chosen = i
	for _, b := range g.buttons {
		b.self.Refresh()
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
	if canvas := canvasOf(g.buttons[next].self); canvas != nil {
		canvas.Focus(g.buttons[next].focusable())
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

// init makes everything but the widget itself.
func (b *radioButton) init(g *RadioGroup, index int, label string) {
	b.group, b.index, b.label = g, index, label
	b.dot, b.text, b.edge = &canvas.Circle{}, BodyText.newText(label), newRing(checkSide/2)
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
}

func (b *radioButton) focusable() fyne.Focusable {
	f, _ := b.self.(fyne.Focusable) // every control is one
	return f
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
	b.dot.FillColor = hollow(theme.ControlEdge)
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
