package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Segmented chooses one of two to five views or values. It is one tab stop.
type Segmented struct {
	control
	name     string
	segments []*segment
	chosen   int
	changed  func(int)
	back     *Box
	row      *fyne.Container
	edge     *canvas.Rectangle
}

// NewSegmented returns the choices, the first one chosen. changed is called
// when the person chooses.
func NewSegmented(name string, changed func(chosen int), labels ...string) *Segmented {
	s := &Segmented{name: name, changed: changed, back: NewBox(theme.SegmentTrack, theme.Line, 8), edge: newRing(8), row: Row(2)}
	for i, label := range labels {
		seg := newSegment(s, i, label)
		s.segments = append(s.segments, seg)
		s.row.Add(seg)
	}
	s.keys = s.typed
	s.extend(s)
	return s
}

// Chosen returns the index of the choice.
func (s *Segmented) Chosen() int { return s.chosen }

// Choose moves the choice without calling anybody.
func (s *Segmented) Choose(i int) {
	if s.chosen == i {
		return
	}
	s.chosen = i
	for _, seg := range s.segments {
		seg.Refresh()
	}
}

func (s *Segmented) pick(i int) {
	if i < 0 || i >= len(s.segments) || i == s.chosen || s.disabled {
		return
	}
	s.Choose(i)
	if s.changed != nil {
		s.changed(i)
	}
}

func (s *Segmented) typed(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyLeft:
		s.pick(s.chosen - 1)
	case fyne.KeyRight:
		s.pick(s.chosen + 1)
	default:
		return false
	}
	return true
}

// A11y describes the control.
func (s *Segmented) A11y() Node {
	return Node{Role: "radio group", Name: s.name, Value: s.segments[s.chosen].label}
}

// Children returns the segments.
func (s *Segmented) Children() []fyne.CanvasObject { return []fyne.CanvasObject{s.row} }

// CreateRenderer is part of fyne.Widget.
func (s *Segmented) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(s,
		func() fyne.Size { return minSize(s.row).Add(fyne.NewSquareSize(4)) },
		func(size fyne.Size) {
			m := minSize(s.row)
			y := (size.Height - m.Height) / 2
			putRect(s.back, 0, y-2, m.Width+4, m.Height+4)
			putRect(s.row, 2, y, m.Width, m.Height)
			placeRing(s.edge, 0, y-2, m.Width+4, m.Height+4)
		},
		func() { paintRing(s.edge, s.visible) },
		s.back, s.row, s.edge)
}

// segment is one choice. It gives the focus to the whole control.
type segment struct {
	pressable
	owner *Segmented
	index int
	label string
	back  *canvas.Rectangle
	text  *canvas.Text
}

func newSegment(owner *Segmented, index int, label string) *segment {
	s := &segment{owner: owner, index: index, label: label, back: newRect(6), text: SmallMediumText.newText(label)}
	s.act = func() {
		owner.focusByMouse()
		owner.pick(index)
	}
	s.extend(s)
	return s
}

func (s *segment) A11y() Node {
	return Node{Role: "radio button", Name: s.label, States: when(s.index == s.owner.chosen, "checked"), Actions: []string{"click"}}
}

func (s *segment) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(s,
		func() fyne.Size { return fyne.NewSize(SnapUp(SmallMediumText.measure(s.label).Width)+24, 26) },
		func(size fyne.Size) {
			s.back.Resize(size)
			placeLine(s.text, size, false)
			s.text.Move(fyne.NewPos(12, s.text.Position().Y))
		}, s.paint, s.back, s.text)
}

func (s *segment) paint() {
	words, fill, edge := theme.Muted, theme.None, theme.None
	switch {
	case s.owner.disabled:
		words = theme.DisabledMuted
	case s.index == s.owner.chosen:
		words, fill, edge = theme.Text, theme.SegmentOn, theme.OverlayEdge
	case s.hovered:
		words = theme.Text
	}
	paintRect(s.back, fill, edge)
	s.text.Text, s.text.Color = s.label, theme.Color(words)
}
