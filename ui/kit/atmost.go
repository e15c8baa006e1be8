package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// AtMost gives the object the width there is, but no more than width: lines of
// a form that the eye can follow.
func AtMost(width float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&atMost{width}, object)
}

type atMost struct{ width float32 }

func (*atMost) MinSize(objects []fyne.CanvasObject) fyne.Size { return maxMinSize(objects) }

func (a *atMost) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		putRect(o, 0, 0, min(size.Width, a.width), size.Height)
	}
}
