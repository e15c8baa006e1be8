package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Checkbox is a choice that is applied with its form.
type Checkbox struct {
	control
	label   string
	checked bool
	mixed   bool
	changed func(bool)
	box     *canvas.Rectangle
	tick    *canvas.Image
	text    *canvas.Text
	edge    *canvas.Rectangle
}

const checkSide = 18

// NewCheckbox returns a box that calls changed when the person uses it.
func NewCheckbox(label string, changed func(checked bool)) *Checkbox {
	c := &Checkbox{label: label, changed: changed, box: newRect(5), edge: newRing(5), text: BodyText.newText(label)}
	c.tick = &canvas.Image{FillMode: canvas.ImageFillContain}
	c.noEnter = true
	c.act = func() {
		c.SetChecked(!c.checked)
		if c.changed != nil {
			c.changed(c.checked)
		}
	}
	c.extend(c)
	return c
}

// Checked tells whether the box is ticked.
func (c *Checkbox) Checked() bool { return c.checked }

// SetChecked ticks the box, or not, without calling anybody.
func (c *Checkbox) SetChecked(checked bool) {
	if c.checked == checked && !c.mixed {
		return
	}
	c.checked, c.mixed = checked, false
	c.Refresh()
}

// SetMixed shows that some of the things the box stands for are ticked.
func (c *Checkbox) SetMixed() {
	c.checked, c.mixed = false, true
	c.Refresh()
}

// A11y describes the box.
func (c *Checkbox) A11y() Node {
	n := Node{Role: "check box", Name: c.label, Description: c.tip(), Actions: []string{"toggle"}}
	n.States = append(when(c.checked, "checked"), when(c.mixed, "indeterminate")...)
	return n
}

// CreateRenderer is part of fyne.Widget.
func (c *Checkbox) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(c, c.min, c.layout, c.paint, c.box, c.tick, c.text, c.edge)
}

func (c *Checkbox) min() fyne.Size {
	if c.label == "" {
		return fyne.NewSize(checkSide, 28)
	}
	return fyne.NewSize(checkSide+8+SnapUp(BodyText.measure(c.label).Width), 28)
}

func (c *Checkbox) layout(size fyne.Size) {
	y := (size.Height - checkSide) / 2
	putRect(c.box, 0, y, checkSide, checkSide)
	placeRing(c.edge, 0, y, checkSide, checkSide)
	putRect(c.tick, 2, y+2, 14, 14)
	placeLine(c.text, size, false)
	c.text.Move(fyne.NewPos(checkSide+8, c.text.Position().Y))
}

func (c *Checkbox) paint() {
	on := c.checked || c.mixed
	fill, edge, words, mark := theme.None, theme.ControlEdge, theme.Text, theme.OnFill
	switch {
	case c.disabled:
		fill, edge, words, mark = theme.Pressed, theme.Line, theme.Disabled, theme.DisabledMuted
	case on && c.hovered:
		fill, edge = theme.FillHover, theme.None
	case on:
		fill, edge = theme.Fill, theme.None
	case c.hovered:
		fill = theme.HoverRow
	}
	paintRect(c.box, fill, edge)
	c.text.Text, c.text.Color = c.label, theme.Color(words)
	c.tick.Hidden = !on
	if on {
		glyph := "check"
		if c.mixed {
			glyph = "minus"
		}
		paintIcon(c.tick, glyph, 14, theme.Color(mark))
	}
	paintRing(c.edge, c.visible)
}
