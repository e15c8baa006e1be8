package vnc

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Scaling is how the guest's pixels fill the widget.
type Scaling int

const (
	// Fit shows the whole screen as large as the widget allows.
	Fit Scaling = iota
	// ActualSize shows each pixel as one pixel of the monitor. The widget's
	// MinSize is the screen's: put it into a scroll container.
	ActualSize
	// Follow asks the guest for a screen of the widget's size, and fits the one
	// that it has meanwhile.
	Follow
	// Whole shows each pixel as a square of as many pixels of the monitor as the
	// widget allows; at least one, see ActualSize.
	Whole
	// Double shows each pixel as a square of two pixels of the monitor in each
	// direction, see ActualSize.
	Double
	// Triple is like Double, with three.
	Triple
	// Quadruple is like Double, with four.
	Quadruple
)

// least is how many pixels of the monitor are a pixel of the guest in each
// direction, at least; 0: any part of one.
func (how Scaling) least() int {
	switch how {
	case ActualSize, Whole:
		return 1
	case Double, Triple, Quadruple:
		return int(how-Double) + 2
	default:
		return 0
	}
}

// A placement is where the picture lies within the widget. It begins and ends
// on whole pixels of the monitor, so that nothing is blurred needlessly.
type placement struct {
	origin fyne.Position
	size   fyne.Size
	guest  image.Point // size of the guest's screen
	sharp  bool        // a guest pixel is a whole number of monitor pixels
}

// place puts a guest's screen into the middle of a widget. density is pixels of
// the monitor for one Fyne unit.
func place(widget fyne.Size, guest image.Point, density float32, how Scaling) placement {
	if guest.X == 0 || guest.Y == 0 || density <= 0 {
		return placement{}
	}
	room := roomOf(widget, density)
	pixels := fit(room, guest)
	if times := how.least(); times > 0 {
		if how == Whole {
			times = max(times, min(room.X/guest.X, room.Y/guest.Y))
		}
		pixels = guest.Mul(times)
	}
	left, top := max(0, (room.X-pixels.X)/2), max(0, (room.Y-pixels.Y)/2)
	return placement{
		origin: fyne.NewPos(float32(left)/density, float32(top)/density),
		size:   fyne.NewSize(float32(pixels.X)/density, float32(pixels.Y)/density),
		guest:  guest,
		sharp:  pixels.X > 0 && pixels.X%guest.X == 0 && pixels.Y%guest.Y == 0,
	}
}

// roomOf returns the size of a widget in whole pixels of the monitor.
func roomOf(widget fyne.Size, density float32) image.Point {
	return image.Pt(int(widget.Width*density), int(widget.Height*density))
}

// fit returns the largest size of guest's shape that fits into room.
func fit(room, guest image.Point) image.Point {
	factor := math.Min(float64(room.X)/float64(guest.X), float64(room.Y)/float64(guest.Y))
	return image.Pt(int(math.Round(float64(guest.X)*factor)), int(math.Round(float64(guest.Y)*factor)))
}

// toGuest returns the guest's pixel at a position of the widget; positions
// beside the picture give the nearest pixel.
func (p placement) toGuest(pos fyne.Position) image.Point {
	if p.size.Width == 0 || p.size.Height == 0 {
		return image.Point{}
	}
	scale := func(at, size float32, pixels int) int {
		n := int(math.Floor(float64(at / size * float32(pixels))))
		return max(0, min(n, pixels-1))
	}
	return image.Pt(
		scale(pos.X-p.origin.X, p.size.Width, p.guest.X),
		scale(pos.Y-p.origin.Y, p.size.Height, p.guest.Y),
	)
}

// scaleMode lets OpenGL repeat pixels where that is exact, and blend elsewhere.
func (p placement) scaleMode() canvas.ImageScale {
	if p.sharp {
		return canvas.ImageScalePixels
	}
	return canvas.ImageScaleSmooth
}
