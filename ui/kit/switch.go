package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Switch turns something on or off that takes effect at once.
type Switch struct {
	control
	name    string
	on      bool
	back    *canvas.Rectangle
	knob    *canvas.Rectangle
	edge    *canvas.Rectangle
	changed func(bool)
}

const switchWidth, switchHeight = 34, 20

// NewSwitch returns a switch that calls changed when the person uses it. The
// name is the label of its row.
func NewSwitch(name string, changed func(on bool)) *Switch {
	s := &Switch{name: name, changed: changed, back: newRect(switchHeight / 2), knob: newRect(7), edge: newRing(switchHeight / 2)}
	s.noEnter = true
	s.act = func() {
		s.SetOn(!s.on)
		if s.changed != nil {
			s.changed(s.on)
		}
	}
	s.extend(s)
	return s
}

// On tells whether it is on.
func (s *Switch) On() bool { return s.on }

// SetOn turns it without calling anybody.
func (s *Switch) SetOn(on bool) {
	if s.on == on {
		return
	}
	s.on = on
	s.Refresh()
}

// A11y describes the switch.
func (s *Switch) A11y() Node {
	return Node{Role: "switch", Name: s.name, Description: s.tip(), States: when(s.on, "checked"), Actions: []string{"toggle"}}
}

// CreateRenderer is part of fyne.Widget.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(s, func() fyne.Size { return fyne.NewSize(switchWidth, 28) }, s.layout, s.paint, s.back, s.knob, s.edge)
}

func (s *Switch) layout(size fyne.Size) {
	x, y := size.Width-switchWidth, (size.Height-switchHeight)/2
	putRect(s.back, x, y, switchWidth, switchHeight)
	placeRing(s.edge, x, y, switchWidth, switchHeight)
	side, left := float32(12), x+4
	if s.on {
		side, left = 14, x+switchWidth-14-3
	}
	s.knob.CornerRadius = side / 2
	putRect(s.knob, left, y+(switchHeight-side)/2, side, side)
}

func (s *Switch) paint() {
	fill, edge, knob := theme.None, theme.ControlEdge, theme.ControlEdge
	switch {
	case s.disabled && s.on:
		fill, edge, knob = theme.Pressed, theme.None, theme.DisabledMuted
	case s.disabled:
		edge, knob = theme.Line, theme.DisabledMuted
	case s.on && s.hovered:
		fill, edge, knob = theme.FillHover, theme.None, theme.OnFill
	case s.on:
		fill, edge, knob = theme.Fill, theme.None, theme.OnFill
	case s.hovered:
		fill = theme.HoverRow
	}
	paintRect(s.back, fill, edge)
	paintRect(s.knob, knob, theme.None)
	paintRing(s.edge, s.visible)
}
