package kit

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"github.com/kvmmanager/kvm-manager/assets"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Icon is a drawing of one colour from assets/icons.
type Icon struct {
	widget.BaseWidget
	name    string
	size    float32
	token   theme.Token
	picture *canvas.Image
}

// NewIcon returns the icon of that name, size units wide and high. It panics
// when there is no such icon.
func NewIcon(name string, size float32, token theme.Token) *Icon {
	i := &Icon{name: name, size: size, token: token, picture: &canvas.Image{FillMode: canvas.ImageFillContain}}
	i.ExtendBaseWidget(i)
	return i
}

// SetIcon shows another drawing.
func (i *Icon) SetIcon(name string) {
	if i.name == name {
		return
	}
	i.name = name
	i.Refresh()
}

// SetToken changes the colour.
func (i *Icon) SetToken(token theme.Token) {
	if i.token == token {
		return
	}
	i.token = token
	i.Refresh()
}

// CreateRenderer is part of fyne.Widget.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(i, func() fyne.Size { return fyne.NewSquareSize(Snap(i.size)) }, i.layout, i.paint, i.picture)
}

func (i *Icon) layout(size fyne.Size) {
	side := Snap(i.size)
	putRect(i.picture, (size.Width-side)/2, (size.Height-side)/2, side, side)
}

func (i *Icon) paint() { paintIcon(i.picture, i.name, i.size, theme.Color(i.token)) }

// paintIcon sets the picture's drawing.
func paintIcon(picture *canvas.Image, name string, size float32, c color.NRGBA) {
	d := drawing{
		name: name, colour: c, line: strokeWidth(size) * Scale(),
		side: int(math.Round(float64(Snap(size) * Scale()))),
	}
	if pixels := d.pixels(); picture.Image != pixels {
		picture.Image = pixels
		picture.Refresh()
	}
}

// A drawing is all that the pixels of an icon depend on.
type drawing struct {
	name   string
	colour color.NRGBA
	line   float32 // width, device pixels
	side   int     // of the square, device pixels
}

// drawings are the pixels of those that have been drawn. Fyne by itself would
// read the SVG anew whenever a widget with an icon is refreshed.
var drawings sync.Map

func (d drawing) pixels() image.Image {
	if known, ok := drawings.Load(d); ok {
		return known.(image.Image)
	}
	drawn, _ := drawings.LoadOrStore(d, d.draw())
	return drawn.(image.Image)
}

func (d drawing) draw() image.Image {
	source, err := assets.Icon(d.name)
	if err != nil {
		panic(err) // names are constants of the program
	}
	source = bytes.ReplaceAll(source, []byte("currentColor"), fmt.Appendf(nil, "#%02x%02x%02x", d.colour.R, d.colour.G, d.colour.B))
	source = bytes.ReplaceAll(source, []byte(`stroke-width="2"`), fmt.Appendf(nil, `stroke-width="%.2f"`, d.line))
	icon, err := oksvg.ReadIconStream(bytes.NewReader(source))
	if err != nil {
		panic(err) // so are the drawings
	}
	icon.SetTarget(0, 0, float64(d.side), float64(d.side))
	pixels := image.NewRGBA(image.Rect(0, 0, d.side, d.side))
	icon.Draw(rasterx.NewDasher(d.side, d.side, rasterx.NewScannerGV(d.side, d.side, pixels, pixels.Bounds())), 1)
	return pixels
}

// strokeWidth is the line of an icon of that size. The rasteriser does not
// scale it with the path, so it is given in device pixels at scale 1.
func strokeWidth(size float32) float32 {
	switch {
	case size <= 12:
		return 1.4
	case size <= 14:
		return 1.45
	case size <= 17:
		return 1.55
	case size <= 20:
		return 1.7
	}
	return 2
}
