package kit

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

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

// paintIcon sets the picture's drawing. Fyne caches the rasters by the name of
// the resource, so the name says all that the raster depends on.
func paintIcon(picture *canvas.Image, name string, size float32, c color.NRGBA) {
	width := strokeWidth(size) * Scale()
	key := fmt.Sprintf("%s-%02x%02x%02x%02x-%.2f.svg", name, c.R, c.G, c.B, c.A, width)
	if picture.Resource != nil && picture.Resource.Name() == key {
		return
	}
	source, err := assets.Icon(name)
	if err != nil {
		panic(err) // names are constants of the program
	}
	source = bytes.ReplaceAll(source, []byte("currentColor"), fmt.Appendf(nil, "#%02x%02x%02x", c.R, c.G, c.B))
	source = bytes.ReplaceAll(source, []byte(`stroke-width="2"`), fmt.Appendf(nil, `stroke-width="%.2f"`, width))
	picture.Resource = fyne.NewStaticResource(key, source)
	picture.Refresh()
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
