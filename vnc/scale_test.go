package vnc

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
)

func TestThePictureKeepsItsShapeInTheMiddle(t *testing.T) {
	for _, c := range []struct {
		name          string
		widget        fyne.Size
		guest         image.Point
		density       float32
		how           Scaling
		x, y          float32
		width, height float32
		sharp         bool
	}{
		{"beside", fyne.NewSize(1000, 400), image.Pt(720, 400), 1, Fit, 140, 0, 720, 400, true},
		{"above and below", fyne.NewSize(640, 800), image.Pt(640, 480), 1, Fit, 0, 160, 640, 480, true},
		{"doubled", fyne.NewSize(1280, 960), image.Pt(640, 480), 1, Fit, 0, 0, 1280, 960, true},
		{"smaller", fyne.NewSize(400, 400), image.Pt(800, 600), 1, Fit, 0, 50, 400, 300, false},
		{"doubled by a dense monitor", fyne.NewSize(640, 480), image.Pt(640, 480), 2, Fit, 0, 0, 640, 480, true},
		{"one to one on a dense monitor", fyne.NewSize(640, 480), image.Pt(640, 480), 2, ActualSize, 160, 120, 320, 240, true},
		{"one to one, larger than the widget", fyne.NewSize(300, 300), image.Pt(800, 600), 1, ActualSize, 0, 0, 800, 600, true},
		{"odd remainder on whole pixels", fyne.NewSize(101, 50), image.Pt(50, 50), 1, Fit, 25, 0, 50, 50, true},
		{"the largest whole multiple", fyne.NewSize(1900, 1000), image.Pt(640, 480), 1, Whole, 310, 20, 1280, 960, true},
		{"a whole multiple is at least one", fyne.NewSize(300, 300), image.Pt(800, 600), 1, Whole, 0, 0, 800, 600, true},
		{"a whole multiple on a monitor of odd density", fyne.NewSize(800, 600), image.Pt(320, 200), 1.5, Whole, 80, 100, 640, 400, true},
		{"threefold", fyne.NewSize(1000, 1000), image.Pt(320, 200), 1, Triple, 20, 200, 960, 600, true},
		{"fourfold, larger than the widget", fyne.NewSize(300, 300), image.Pt(320, 200), 2, Quadruple, 0, 0, 640, 400, true},
	} {
		p := place(c.widget, c.guest, c.density, c.how)
		if p.origin != fyne.NewPos(c.x, c.y) || p.size != fyne.NewSize(c.width, c.height) || p.sharp != c.sharp {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
}

func TestPositionsBecomePixelsOfTheGuest(t *testing.T) {
	p := place(fyne.NewSize(1000, 400), image.Pt(360, 200), 1, Fit) // doubled, 140 beside
	for _, c := range []struct {
		pos  fyne.Position
		want image.Point
	}{
		{fyne.NewPos(140, 0), image.Pt(0, 0)},
		{fyne.NewPos(141.9, 1.9), image.Pt(0, 0)},
		{fyne.NewPos(142, 2), image.Pt(1, 1)},
		{fyne.NewPos(859, 399), image.Pt(359, 199)},
		{fyne.NewPos(10, 200), image.Pt(0, 100)},
		{fyne.NewPos(5000, -7), image.Pt(359, 0)},
	} {
		if got := p.toGuest(c.pos); got != c.want {
			t.Errorf("%v: %v, want %v", c.pos, got, c.want)
		}
	}
	if got := (placement{}).toGuest(fyne.NewPos(5, 5)); got != (image.Point{}) {
		t.Errorf("without a picture: %v", got)
	}
}
