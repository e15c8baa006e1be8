package kit

import (
	"math"
	"sync/atomic"
)

// scaleBits holds the device pixels per unit of the window, as float32 bits;
// zero, before the first window, means 1. Layouts need it before their objects
// are on a canvas, so it cannot be asked of one.
var scaleBits atomic.Uint32

// Scale returns the device pixels per unit of the window on screen.
func Scale() float32 {
	if s := math.Float32frombits(scaleBits.Load()); s > 0 {
		return s
	}
	return 1
}

// SetScale tells the layouts how many device pixels a unit has. The Stage calls
// it when its canvas changes scale.
func SetScale(scale float32) { scaleBits.Store(math.Float32bits(scale)) }

// Snap rounds a coordinate to whole device pixels. Text and lines anywhere
// else are blurred.
func Snap(v float32) float32 {
	s := float64(Scale())
	return float32(math.Round(float64(v)*s) / s)
}

// SnapUp rounds a length up to whole device pixels.
func SnapUp(v float32) float32 {
	s := float64(Scale())
	return float32(math.Ceil(float64(v)*s-.01) / s)
}

// Hairline is the width of the thinnest line: 1 device pixel below a scale of
// 2, then 2, and so on.
func Hairline() float32 {
	s := Scale()
	return max(1, float32(math.Floor(float64(s)+.01))) / s
}
