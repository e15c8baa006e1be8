package kit

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// plot rasters curves. Its buffers are kept between pictures of one size, so
// that a chart that moves every second makes no garbage.
type plot struct {
	picture *image.RGBA
	mask    *image.Alpha
	pen     *vector.Rasterizer
}

const (
	curveWidth = 1.8
	areaAlpha  = 64 // of the area at its top; it fades to nothing
)

// draw returns the picture of the series between 0 and top, in the colours of
// now. The picture is valid until the next call.
func (p *plot) draw(width, height, grid int, top float64, series []Series) *image.RGBA {
	if p.picture == nil || p.picture.Rect.Dx() != width || p.picture.Rect.Dy() != height {
		box := image.Rect(0, 0, width, height)
		p.picture, p.mask, p.pen = image.NewRGBA(box), image.NewAlpha(box), vector.NewRasterizer(width, height)
	}
	clear(p.picture.Pix)
	if width < 2 || height < 4 {
		return p.picture
	}
	p.drawGrid(grid)
	for _, s := range series {
		p.drawSeries(s, top)
	}
	return p.picture
}

func (p *plot) drawGrid(spaces int) {
	if spaces == 0 {
		return
	}
	thick := max(1, int(Hairline()*Scale()+.01))
	line := image.NewUniform(theme.Color(theme.Pressed)) // lines of cards may be as strong as words
	height := p.picture.Rect.Dy()
	for i := range spaces + 1 {
		y := i * (height - thick) / spaces
		draw.Draw(p.picture, image.Rect(0, y, p.picture.Rect.Dx(), y+thick), line, image.Point{}, draw.Src)
	}
}

// drawSeries draws each run between gaps: area first, curve over it.
func (p *plot) drawSeries(s Series, top float64) {
	at := p.place(len(s.Values), top)
	start := 0
	for start < len(s.Values) {
		if math.IsNaN(s.Values[start]) {
			start++
			continue
		}
		end := start
		for end < len(s.Values) && !math.IsNaN(s.Values[end]) {
			end++
		}
		p.drawRun(s, start, end, at)
		start = end
	}
}

// place returns where in the picture the value of an index lies.
func (p *plot) place(count int, top float64) func(i int, v float64) (x, y float32) {
	width, height := float32(p.picture.Rect.Dx()), float32(p.picture.Rect.Dy())
	inset := 1.5 * Scale()
	return func(i int, v float64) (float32, float32) {
		share := float32(max(0, min(1, v/top)))
		return float32(i) * width / float32(max(1, count-1)), height - inset - share*(height-2*inset)
	}
}

func (p *plot) drawRun(s Series, start, end int, at func(int, float64) (float32, float32)) {
	c := theme.Color(theme.Graphic(s.Token))
	if s.Filled {
		p.area(s.Values, start, end, at)
		p.blend(c, true)
	}
	p.curve(s.Values, start, end, at)
	p.blend(c, false)
}

func (p *plot) area(values []float64, start, end int, at func(int, float64) (float32, float32)) {
	p.begin()
	floor := float32(p.picture.Rect.Dy())
	left, _ := at(start, 0)
	right, _ := at(end-1, 0)
	p.pen.MoveTo(left, floor)
	for i := start; i < end; i++ {
		p.pen.LineTo(at(i, values[i]))
	}
	p.pen.LineTo(right, floor)
	p.pen.ClosePath()
	p.pen.Draw(p.mask, p.mask.Rect, image.Opaque, image.Point{})
}

func (p *plot) curve(values []float64, start, end int, at func(int, float64) (float32, float32)) {
	p.begin()
	half := curveWidth / 2 * Scale()
	for i := start; i+1 < end; i++ {
		x0, y0 := at(i, values[i])
		x1, y1 := at(i+1, values[i+1])
		strokeSegment(p.pen, x0, y0, x1, y1, half)
	}
	if end-start == 1 {
		x, y := at(start, values[start])
		strokeSegment(p.pen, x-half, y, x+half, y, half)
	}
	p.pen.Draw(p.mask, p.mask.Rect, image.Opaque, image.Point{})
}

func (p *plot) begin() {
	p.pen.Reset(p.mask.Rect.Dx(), p.mask.Rect.Dy())
	p.pen.DrawOp = draw.Src
}

// strokeSegment adds a straight piece of line, a little longer than it is so
// that pieces join.
func strokeSegment(pen *vector.Rasterizer, x0, y0, x1, y1, half float32) {
	dx, dy := x1-x0, y1-y0
	length := float32(math.Hypot(float64(dx), float64(dy)))
	if length == 0 {
		return
	}
	ux, uy := dx/length*half, dy/length*half
	ex, ey := ux*.35, uy*.35
	pen.MoveTo(x0-uy-ex, y0+ux-ey)
	pen.LineTo(x1-uy+ex, y1+ux+ey)
	pen.LineTo(x1+uy+ex, y1-ux+ey)
	pen.LineTo(x0+uy-ex, y0-ux-ey)
	pen.ClosePath()
}

// blend lays the colour over the picture where the mask says; faded, it loses
// strength from the top of the picture down to nothing.
func (p *plot) blend(c color.NRGBA, faded bool) {
	height := p.picture.Rect.Dy()
	for y := range height {
		strength := uint32(255)
		if faded {
			strength = areaAlpha * uint32(height-y) / uint32(height)
		}
		to := p.picture.Pix[y*p.picture.Stride : (y+1)*p.picture.Stride]
		for x, cover := range p.mask.Pix[y*p.mask.Stride : y*p.mask.Stride+p.mask.Rect.Dx()] {
			if cover == 0 {
				continue
			}
			a := uint32(cover) * strength / 255
			rest := 255 - a
			px := to[x*4 : x*4+4 : x*4+4]
			px[0] = uint8((uint32(c.R)*a + uint32(px[0])*rest) / 255)
			px[1] = uint8((uint32(c.G)*a + uint32(px[1])*rest) / 255)
			px[2] = uint8((uint32(c.B)*a + uint32(px[2])*rest) / 255)
			px[3] = uint8(a + uint32(px[3])*rest/255)
		}
	}
}
