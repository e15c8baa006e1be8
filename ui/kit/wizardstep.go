package kit

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Measures of a wizard's list of steps.
const (
	stepHeight float32 = 46
	stepDisc   float32 = 24
)

// stepButton is one entry of a wizard's list of steps: its number, its name and
// the line down to the next. Done is ticked, what comes is a ring, and a step
// with an error says so and stays reachable.
type stepButton struct {
	control
	name          string
	number, count int
	now, done     bool
	wrong         bool
	disc          *canvas.Circle
	digit, words  *canvas.Text
	picture       *canvas.Image
	down          *canvas.Rectangle
	edge          *canvas.Rectangle
}

func newStepButton(number, count int, name string, do func()) *stepButton {
	b := &stepButton{name: name, number: number, count: count, disc: &canvas.Circle{},
		digit: SmallMediumText.newText(strconv.Itoa(number)), words: MediumText.newText(name),
		picture: &canvas.Image{FillMode: canvas.ImageFillContain}, down: newRect(0), edge: newRing(8)}
	b.act = do
	b.extend(b)
	return b
}

// set changes what the step looks like.
func (b *stepButton) set(now, done, wrong, reachable bool) {
	b.now, b.done, b.wrong, b.disabled = now, done, wrong, !reachable && !now
	b.Refresh()
}

// A11y describes the step.
func (b *stepButton) A11y() Node {
	n := Node{Role: "list item", Actions: []string{"click"}, States: when(b.now, "selected"),
		Name: lang.L("Step {{.Number}} of {{.Count}}: {{.Name}}", map[string]any{"Number": b.number, "Count": b.count, "Name": b.name})}
	if b.wrong {
		n.States = append(n.States, "invalid")
	} else if b.done {
		n.States = append(n.States, "checked")
	}
	return n
}

// CreateRenderer is part of fyne.Widget.
func (b *stepButton) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(b, func() fyne.Size { return fyne.NewSize(120, stepHeight) }, b.layout, b.paint,
		b.down, b.disc, b.digit, b.picture, b.words, b.edge)
}

func (b *stepButton) layout(size fyne.Size) {
	putRect(b.disc, 0, 0, stepDisc, stepDisc)
	m := b.digit.MinSize()
	putRect(b.digit, (stepDisc-m.Width)/2, (stepDisc-m.Height)/2, m.Width, m.Height)
	putRect(b.picture, (stepDisc-14)/2, (stepDisc-14)/2, 14, 14)
	w := b.words.MinSize()
	putRect(b.words, stepDisc+10, (stepDisc-w.Height)/2, w.Width, w.Height)
	putRect(b.down, stepDisc/2, stepDisc+4, 1, stepHeight-stepDisc-8)
	placeRing(b.edge, 0, 0, size.Width, stepDisc)
}

func (b *stepButton) paint() {
	fill, edge, digit, words, icon := theme.None, theme.ControlEdge, theme.Muted, theme.Muted, ""
	switch {
	case b.wrong:
		fill, edge, words, icon = theme.Tint(theme.Err), theme.Err, theme.Text, "circle-alert"
	case b.now:
		fill, edge, digit, words = theme.Fill, theme.None, theme.OnFill, theme.Text
	case b.done:
		fill, edge, words, icon = theme.Tint(theme.OK), theme.None, theme.Text, "check"
	case b.hovered && !b.disabled:
		edge, words = theme.Muted, theme.Text
	}
	b.disc.FillColor = filling(fill)
	b.disc.StrokeColor, b.disc.StrokeWidth = theme.Color(edge), 0
	if edge != theme.None {
		b.disc.StrokeWidth = 1.5
	}
	b.digit.Color, b.digit.Hidden = theme.Color(digit), icon != ""
	b.picture.Hidden = icon == ""
	if icon != "" {
		token := theme.OK
		if b.wrong {
			token = theme.Err
		}
		paintIcon(b.picture, icon, 14, theme.Color(token))
	}
	b.words.Color = theme.Color(words)
	paintRect(b.down, theme.Line, theme.None)
	b.down.Hidden = b.number == b.count
	paintRing(b.edge, b.visible)
}
