package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// slideInGap lies between the edge and what has slid in.
const slideInGap = 8

// A SlideIn holds an object at the middle of its top edge, which slides in and
// out. Everything else below it stays as it is: it takes no room and no clicks.
type SlideIn struct {
	Content *fyne.Container

	object fyne.CanvasObject
	in     bool // on its way in, or there
	way    float32
	motion *fyne.Animation
}

// NewSlideIn returns the holder of an object that is out.
func NewSlideIn(object fyne.CanvasObject) *SlideIn {
	s := &SlideIn{object: object}
	object.Hide()
	s.Content = container.New((*slideInLayout)(s), object)
	return s
}

// In says whether the object is in, or on its way.
func (s *SlideIn) In() bool { return s.in }

// Enter lets the object slide in.
func (s *SlideIn) Enter() {
	if s.in {
		return
	}
	s.in = true
	s.object.Show()
	s.move(1, func() {})
}

// Leave lets it slide out.
func (s *SlideIn) Leave() {
	if s.in {
		s.in = false
		s.move(0, s.object.Hide)
	}
}

// Vanish takes it out at once.
func (s *SlideIn) Vanish() {
	s.halt()
	s.in, s.way = false, 0
	s.object.Hide()
}

func (s *SlideIn) halt() {
	if s.motion != nil {
		s.motion.Stop()
		s.motion = nil
	}
}

func (s *SlideIn) move(to float32, done func()) {
	s.halt()
	if !Motion() {
		s.way = to
		s.Content.Refresh()
		done()
		return
	}
	from := s.way
	s.motion = fyne.NewAnimation(slideTime, func(part float32) {
		s.way = from + (to-from)*part
		s.Content.Refresh()
		if part == 1 {
			done()
		}
	})
	s.motion.Start()
}

type slideInLayout SlideIn

// MinSize is part of fyne.Layout.
func (s *slideInLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout is part of fyne.Layout.
func (s *slideInLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		own := o.MinSize()
		o.Resize(own)
		o.Move(fyne.NewPos((size.Width-own.Width)/2, s.way*(slideInGap+own.Height)-own.Height))
	}
}

// An Edge is an unseen strip that says that the pointer is over it.
type Edge struct {
	widget.BaseWidget
	over func(over bool)
}

// NewEdge returns a strip; over hears of the pointer's coming, each of its moves
// and its going.
func NewEdge(over func(over bool)) *Edge {
	e := &Edge{over: over}
	e.ExtendBaseWidget(e)
	return e
}

// MouseIn is part of desktop.Hoverable.
func (e *Edge) MouseIn(*desktop.MouseEvent) { e.over(true) }

// MouseMoved is part of desktop.Hoverable.
func (e *Edge) MouseMoved(*desktop.MouseEvent) { e.over(true) }

// MouseOut is part of desktop.Hoverable.
func (e *Edge) MouseOut() { e.over(false) }

// CreateRenderer is part of fyne.Widget.
func (e *Edge) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}
