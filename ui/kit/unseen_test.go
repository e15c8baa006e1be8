package kit

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// The painter takes the same time, and with software OpenGL the same memory, for
// a fill that cannot be seen, unless it is color.Transparent.
func TestFillsThatCannotBeSeenAreNotDrawn(t *testing.T) {
	left := 0
	var look func(fyne.CanvasObject)
	look = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *canvas.Rectangle:
			left += unseen(t, o.FillColor)
		case *canvas.Circle:
			left += unseen(t, o.FillColor)
		}
		for _, child := range drawn(o) {
			look(child)
		}
	}
	look(newScene(t, everything()).win.Content())
	if left == 0 {
		t.Error("the page has no fill that cannot be seen: nothing was tested")
	}
}

func unseen(t *testing.T, fill color.Color) int {
	if fill == nil || fill == color.Transparent {
		return 1
	}
	if _, _, _, a := fill.RGBA(); a == 0 {
		t.Errorf("%#v is drawn", fill)
	}
	return 0
}
