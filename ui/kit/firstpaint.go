package kit

import (
	"image"

	"fyne.io/fyne/v2/canvas"
)

// OnFirstPaint runs painted once, while the first frame of the window is drawn.
func (s *Stage) OnFirstPaint(painted func()) {
	mark := canvas.NewRaster(func(int, int) image.Image {
		if painted != nil {
			painted()
			painted = nil
		}
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	})
	s.page.Add(Sized(1, 1, mark))
}
