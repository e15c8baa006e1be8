package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// revealMargin is how much is shown around what the keyboard comes to, such as a
// field's name above it.
const revealMargin float32 = 28

// reveal scrolls what the object stands in, so that it can be seen whole. What is
// seen already stays where it is.
func reveal(o fyne.CanvasObject) {
	c := canvasOf(o)
	if c == nil {
		return
	}
	root := c.Content()
	if top := c.Overlays().Top(); top != nil {
		root = top
	}
	scrolls, _ := scrollsAround(root, o)
	for _, s := range scrolls {
		bring(s, o)
	}
}

// scrollsAround returns the scrolled areas that the object stands in, the
// innermost first, and whether it stands below from at all.
func scrollsAround(from, o fyne.CanvasObject) (scrolls []*container.Scroll, found bool) {
	if from == o {
		return nil, true
	}
	inside, _ := children(from)
	for _, child := range inside {
		if scrolls, found = scrollsAround(child, o); !found {
			continue
		}
		if s, ok := from.(*container.Scroll); ok && s.Direction != container.ScrollHorizontalOnly {
			scrolls = append(scrolls, s)
		}
		return scrolls, true
	}
	return nil, false
}

// bring moves what is scrolled so far that the object is inside.
func bring(s *container.Scroll, o fyne.CanvasObject) {
	room := s.Size().Height
	top := positionOf(o).Y - positionOf(s).Y - ringGap
	bottom := top + o.Size().Height + 2*ringGap
	by := float32(0)
	switch {
	case room < 1:
		return
	case top < 0:
		by = top - revealMargin
	case bottom > room:
		by = min(bottom-room+revealMargin, top)
	default:
		return
	}
	most := max(0, s.Content.MinSize().Height-room)
	s.ScrollToOffset(fyne.NewPos(s.Offset.X, min(most, max(0, s.Offset.Y+by))))
}
