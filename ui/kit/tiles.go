package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A PictureChoice is one of the choices of a group of pictures.
type PictureChoice struct {
	Label   string
	Picture fyne.CanvasObject
}

// Measures of a choice with a picture.
const (
	tileWidth  = 172
	tileHeight = 104
	tileInset  = 4
	tileGap    = 6 // above the label
)

// NewPictureGroup returns a radio group whose choices are pictures with their
// label below. changed is called when the person chooses.
func NewPictureGroup(name string, changed func(chosen int), choices ...PictureChoice) *RadioGroup {
	g := newRadioGroup(name, changed, 18)
	for i, c := range choices {
		t := &tile{picture: c.Picture, frame: newRect(10)}
		t.init(g, i, c.Label)
		t.edge = newRing(10)
		t.extend(t)
		g.add(&t.radioButton)
	}
	return g
}

// tile is a choice with a picture.
type tile struct {
	radioButton
	picture fyne.CanvasObject
	frame   *canvas.Rectangle
}

func (t *tile) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(t,
		func() fyne.Size { return fyne.NewSize(tileWidth, tileHeight+tileGap+28) },
		func(fyne.Size) {
			putRect(t.frame, 0, 0, tileWidth, tileHeight)
			putRect(t.picture, tileInset, tileInset, tileWidth-2*tileInset, tileHeight-2*tileInset)
			placeRing(t.edge, 0, 0, tileWidth, tileHeight)
			y := float32(tileHeight + tileGap)
			putRect(t.dot, 0, y+(28-checkSide)/2, checkSide, checkSide)
			placeLine(t.text, fyne.NewSize(tileWidth, 28), false)
			t.text.Move(t.text.Position().AddXY(checkSide+8, y))
		}, func() {
			t.paint()
			paintRect(t.frame, theme.Surface, theme.ControlEdge)
			switch {
			case t.group.chosen == t.index:
				t.frame.StrokeColor, t.frame.StrokeWidth = theme.Color(theme.Accent), 2
			case t.hovered:
				t.frame.StrokeColor = theme.Color(theme.Muted)
			}
		}, t.frame, t.picture, t.dot, t.text, t.edge)
}

// NewSwatchGroup returns a radio group of filled circles; the chosen one bears a
// tick. labels say what the colours are called.
func NewSwatchGroup(name string, changed func(chosen int), colours []theme.Token, labels []string) *RadioGroup {
	g := newRadioGroup(name, changed, 10)
	for i, colour := range colours {
		s := &swatch{colour: colour, disc: &canvas.Circle{}, tick: NewIcon("check", 14, theme.OnFill)}
		s.init(g, i, labels[i])
		s.hint = labels[i]
		s.edge = newRing(swatchSide / 2)
		s.extend(s)
		g.add(&s.radioButton)
	}
	return g
}

const swatchSide = 26

// swatch is a choice of a colour.
type swatch struct {
	radioButton
	colour theme.Token
	disc   *canvas.Circle
	tick   *Icon
}

func (s *swatch) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(s,
		func() fyne.Size { return fyne.NewSize(swatchSide, 32) },
		func(size fyne.Size) {
			y := (size.Height - swatchSide) / 2
			putRect(s.disc, 0, y, swatchSide, swatchSide)
			putRect(s.tick, (swatchSide-14)/2, y+(swatchSide-14)/2, 14, 14)
			placeRing(s.edge, 0, y, swatchSide, swatchSide)
		}, func() {
			s.disc.FillColor = theme.Color(s.colour)
			s.disc.StrokeColor, s.disc.StrokeWidth = theme.Color(theme.None), 0
			if s.hovered {
				s.disc.StrokeColor, s.disc.StrokeWidth = theme.Color(theme.Text), 2
			}
			s.tick.Hidden = s.group.chosen != s.index
			paintRing(s.edge, s.visible)
		}, s.disc, s.tick, s.edge)
}

// NewThemePicture returns a small picture of a window in that mode: in
// theme.System half of it is light and half of it dark.
func NewThemePicture(mode theme.Mode) fyne.CanvasObject {
	if mode == theme.System {
		return Stack(newMiniature(theme.Light, 0, .5), newMiniature(theme.Dark, .5, 1))
	}
	return newMiniature(mode, 0, 1)
}
