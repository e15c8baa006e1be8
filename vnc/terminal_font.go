package vnc

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"fyne.io/fyne/v2"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"github.com/kvmmanager/kvm-manager/vnc/vt"
)

// maxGlyphs bounds the cache of drawn characters.
const maxGlyphs = 4096

// A terminalFont draws characters of one font and size into cells of whole
// pixels. The font's size is changed a little so that its characters are as wide
// as the cells.
type terminalFont struct {
	face   font.Face
	known  *sfnt.Font
	buffer sfnt.Buffer
	cell   image.Point // in pixels
	ascent int         // of the base line below the cell's top
	line   int         // thickness of lines
	glyphs map[glyphKey]*glyph
}

// A glyphKey is a character in a style: bold and italic are made of the regular
// font, which is the only monospaced one of the theme.
type glyphKey struct {
	r     rune
	style vt.Attr
}

// A glyph is the coverage of a character; at is its corner within the cell.
type glyph struct {
	mask *image.Alpha
	at   image.Point
}

// missing stands for the characters that a font has not.
var missing glyph

// newTerminalFont reads a font; size is in pixels.
func newTerminalFont(resource fyne.Resource, size float64) (*terminalFont, error) {
	known, err := opentype.Parse(resource.Content())
	if err != nil {
		return nil, err
	}
	f := &terminalFont{known: known, glyphs: map[glyphKey]*glyph{}}
	ppem := fixed.Int26_6(math.Round(64 * size))
	index, err := known.GlyphIndex(&f.buffer, 'M')
	if err != nil {
		return nil, err
	}
	advance, err := known.GlyphAdvance(&f.buffer, index, ppem, font.HintingNone)
	if err != nil {
		return nil, err
	}
	width := max(1, math.Round(float64(advance)/64))
	size *= width * 64 / max(1, float64(advance))
	f.face, err = opentype.NewFace(known, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, err
	}
	m := f.face.Metrics()
	f.ascent = m.Ascent.Round()
	f.cell = image.Pt(int(width), max(1, f.ascent+m.Descent.Ceil()))
	f.line = max(1, int(math.Round(size/14)))
	return f, nil
}

// glyph returns a character in a style, nil where there is nothing to draw, and
// whether the font has it.
func (f *terminalFont) glyph(r rune, style vt.Attr) (g *glyph, has bool) {
	key := glyphKey{r, style & (vt.Bold | vt.Italic)}
	if g, known := f.glyphs[key]; known {
		return g, g != &missing
	}
	if len(f.glyphs) >= maxGlyphs {
		clear(f.glyphs)
	}
	g = &missing
	if index, err := f.known.GlyphIndex(&f.buffer, r); err == nil && index != 0 {
		g = f.drawn(key)
	}
	f.glyphs[key] = g
	return g, g != &missing
}

func (f *terminalFont) drawn(key glyphKey) *glyph {
	bounds, mask, corner, _, ok := f.face.Glyph(fixed.P(0, f.ascent), key.r)
	if !ok || bounds.Empty() {
		return nil
	}
	own := image.NewAlpha(image.Rectangle{Max: bounds.Size()})
	draw.Draw(own, own.Rect, mask, corner, draw.Src)
	g := &glyph{mask: own, at: bounds.Min}
	if key.style&vt.Italic != 0 {
		g = g.slanted(f.ascent)
	}
	if key.style&vt.Bold != 0 {
		g = g.thickened(f.line)
	}
	return g
}

// thickened returns the glyph drawn again a little to the right.
func (g *glyph) thickened(by int) *glyph {
	size := g.mask.Rect.Size()
	wide := image.NewAlpha(image.Rect(0, 0, size.X+by, size.Y))
	for y := range size.Y {
		from, to := g.mask.Pix[y*g.mask.Stride:][:size.X], wide.Pix[y*wide.Stride:][:size.X+by]
		for x, a := range from {
			for n := range by + 1 {
				to[x+n] = max(to[x+n], a)
			}
		}
	}
	return &glyph{mask: wide, at: g.at}
}

// slanted returns the glyph leaning to the right by a fifth of its height.
func (g *glyph) slanted(ascent int) *glyph {
	const slope = .2
	size := g.mask.Rect.Size()
	shift := func(y int) float64 { return slope * float64(ascent-(g.at.Y+y)) }
	least := int(math.Floor(min(shift(size.Y-1), 0)))
	most := int(math.Ceil(max(shift(0), 0))) + 1
	wide := image.NewAlpha(image.Rect(0, 0, size.X+most-least, size.Y))
	for y := range size.Y {
		by := shift(y) - float64(least)
		whole := int(by)
		part := by - float64(whole)
		for x := range size.X {
			a := float64(g.mask.AlphaAt(x, y).A)
			add(wide, x+whole, y, a*(1-part))
			add(wide, x+whole+1, y, a*part)
		}
	}
	return &glyph{mask: wide, at: g.at.Add(image.Pt(least, 0))}
}

func add(to *image.Alpha, x, y int, a float64) {
	to.SetAlpha(x, y, color.Alpha{A: uint8(min(255, float64(to.AlphaAt(x, y).A)+a+.5))})
}

// A pixel is red, green and blue.
type pixel struct{ r, g, b uint8 }

func pixelOf(c vt.Color) pixel {
	r, g, b, _ := c.RGB()
	return pixel{r, g, b}
}

// fillRect paints a rectangle of one colour.
func fillRect(to *image.RGBA, r image.Rectangle, c pixel) {
	r = r.Intersect(to.Rect)
	if r.Empty() {
		return
	}
	first := to.Pix[to.PixOffset(r.Min.X, r.Min.Y):][:4*r.Dx()]
	for i := 0; i < len(first); i += 4 {
		first[i], first[i+1], first[i+2], first[i+3] = c.r, c.g, c.b, 0xff
	}
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		copy(to.Pix[to.PixOffset(r.Min.X, y):], first)
	}
}

// blend paints a colour through a mask whose corner is at a place.
func blend(to *image.RGBA, clip image.Rectangle, g *glyph, at image.Point, c pixel) {
	area := g.mask.Rect.Add(at).Intersect(clip).Intersect(to.Rect)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		mask := g.mask.Pix[g.mask.PixOffset(area.Min.X-at.X, y-at.Y):][:area.Dx()]
		pix := to.Pix[to.PixOffset(area.Min.X, y):][:4*area.Dx()]
		for x, a := range mask {
			if a == 0 {
				continue
			}
			p := pix[4*x : 4*x+3 : 4*x+3]
			p[0], p[1], p[2] = mixed(p[0], c.r, a), mixed(p[1], c.g, a), mixed(p[2], c.b, a)
		}
	}
}

func mixed(under, over, alpha uint8) uint8 {
	n := int(under)*(255-int(alpha)) + int(over)*int(alpha)
	return uint8((n + 127) / 255) // between the two
}
