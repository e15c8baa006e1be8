package kit

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Measures of the shadow under menus and toasts, and under dialogs.
const (
	softBlur, softDrop = 22, 6
	deepBlur, deepDrop = 36, 10
)

// raised puts the object on the surface of overlays, with a shadow.
func raised(radius float32, object fyne.CanvasObject) *fyne.Container {
	return Stack(newShadow(radius, softBlur, softDrop, .6), NewBox(theme.Overlay, theme.OverlayEdge, radius), object)
}

// shadow is the soft dark edge under an overlay. It draws outside its bounds
// and takes no room. The picture is kept until size or theme change.
type shadow struct {
	widget.BaseWidget
	radius, blur, drop float32
	share              float32 // of the theme's shadow
	raster             *canvas.Raster
	kept               *image.RGBA
	alpha              float32
}

func newShadow(radius, blur, drop, share float32) *shadow {
	s := &shadow{radius: radius, blur: blur, drop: drop, share: share}
	s.raster = canvas.NewRaster(s.draw)
	s.ExtendBaseWidget(s)
	return s
}

func (s *shadow) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(s, func() fyne.Size { return fyne.Size{} }, s.layout, func() {}, s.raster)
}

func (s *shadow) layout(size fyne.Size) {
	putRect(s.raster, -s.blur, s.drop-s.blur, size.Width+2*s.blur, size.Height+2*s.blur)
}

func (s *shadow) draw(width, height int) image.Image {
	alpha := theme.ShadowAlpha() * s.share
	if s.kept != nil && s.kept.Rect.Dx() == width && s.kept.Rect.Dy() == height && s.alpha == alpha {
		return s.kept
	}
	s.kept, s.alpha = image.NewRGBA(image.Rect(0, 0, width, height)), alpha
	drawShadow(s.kept, float64(s.radius*Scale()), float64(s.blur*Scale()), float64(alpha))
	return s.kept
}

// drawShadow fills the picture with black that fades out within blur pixels
// around a box with round corners. Only one quarter is computed.
func drawShadow(img *image.RGBA, radius, blur, alpha float64) {
	width, height := img.Rect.Dx(), img.Rect.Dy()
	halfW, halfH := float64(width)/2-blur, float64(height)/2-blur
	for y := range (height + 1) / 2 {
		for x := range (width + 1) / 2 {
			d := boxDistance(float64(width)/2-float64(x)-.5, float64(height)/2-float64(y)-.5, halfW, halfH, radius)
			fade := min(1, max(0, 1-d/blur))
			a := uint8(255 * alpha * fade * fade)
			if a == 0 {
				continue
			}
			for _, at := range [4]int{
				img.PixOffset(x, y), img.PixOffset(width-1-x, y),
				img.PixOffset(x, height-1-y), img.PixOffset(width-1-x, height-1-y),
			} {
				img.Pix[at+3] = a
			}
		}
	}
}

// boxDistance is the distance of a point from a box with round corners, both
// around the origin; negative inside.
func boxDistance(x, y, halfWidth, halfHeight, radius float64) float64 {
	qx, qy := math.Abs(x)-halfWidth+radius, math.Abs(y)-halfHeight+radius
	return math.Hypot(max(qx, 0), max(qy, 0)) + min(max(qx, qy), 0) - radius
}
