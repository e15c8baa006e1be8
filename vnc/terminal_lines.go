package vnc

import (
	"image"
	"math"
)

// lineArms are the box drawing characters from U+2500 on: how thick the arms
// upwards, to the right, downwards and to the left are. 1 is light, 2 heavy, 3
// double. Dots stand for what is drawn otherwise.
const lineArms = "0101020210102020................................0110021001200220" +
	"0011001200210022110012002100220010011002200120021110121021101120" +
	"2120221012202220101110122011102120212012102220220111011202110212" +
	"0121012202210222110111021201120221012102220122021111111212111212" +
	"211111212121211222111122122122121222212222212222................" +
	"0303303003100130033000130031003313003100330010033001300313103130" +
	"3330101330313033031301310333130331013303131331313333011000111001" +
	"1100............000110000100001000022000020000200201102001022010"

const lineFirst, lineLast = 0x2500, 0x257f

// armsOf returns the arms of a box drawing character.
func armsOf(r rune) (arms [4]byte, ok bool) {
	if r < lineFirst || r > lineLast {
		return arms, false
	}
	code := lineArms[4*(r-lineFirst):][:4]
	for i := range arms {
		arms[i] = code[i] - '0'
	}
	return arms, code[0] != '.'
}

// isDrawn says whether the terminal draws the character itself, so that it meets
// those beside it.
func isDrawn(r rune) bool {
	_, line := armsOf(r)
	return line || isDashed(r) || r >= 0x2580 && r <= 0x259f
}

func isDashed(r rune) bool { return r >= 0x2504 && r <= 0x250b || r >= 0x254c && r <= 0x254f }

// drawLine draws a character for which isDrawn is true.
func drawLine(to *image.RGBA, r rune, cell image.Rectangle, thin int, c pixel) {
	switch {
	case r >= 0x2580:
		drawBlock(to, r, cell, c)
	case isDashed(r):
		drawDashes(to, r, cell, thin, c)
	case r >= 0x256d && r <= 0x2570:
		drawArc(to, r, cell, thin, c)
	default:
		arms, _ := armsOf(r)
		p := pen{to: to, cell: cell, thin: thin, color: c, arms: arms}
		p.draw()
	}
}

// A pen draws the arms of one character. Coordinates are pixels from the cell's
// middle, along an arm and across it.
type pen struct {
	to    *image.RGBA
	cell  image.Rectangle
	thin  int
	color pixel
	arms  [4]byte
}

const (
	armUp = iota
	armRight
	armDown
	armLeft
)

func (p *pen) draw() {
	for arm := range p.arms {
		switch p.arms[arm] {
		case 1, 2:
			p.simple(arm)
		case 3:
			p.double(arm)
		}
	}
}

func (p *pen) thickness(weight byte) int {
	if weight == 2 {
		return p.thin + max(1, p.thin) + p.thin%2
	}
	return p.thin
}

// gap is how far the two lines of a double one are from the middle.
func (p *pen) gap() int { return p.thin + max(1, p.thin/2) }

// beside returns the two arms across one: towards the top or the left first.
func beside(arm int) (first, second int) {
	if arm == armUp || arm == armDown {
		return armLeft, armRight
	}
	return armUp, armDown
}

// simple draws an arm of one line from the middle, or from the line of a double
// one that it meets.
func (p *pen) simple(arm int) {
	a, b := beside(arm)
	across := max(p.arms[a], p.arms[b])
	start := -p.thickness(across) / 2
	if across == 3 {
		opposite := p.arms[(arm+2)%4] != 0
		switch {
		case opposite:
			start = 0
		case p.arms[a] == p.arms[b]:
			start = p.gap()
		default:
			start = -p.gap()
		}
	}
	p.stroke(arm, start, 0, p.thickness(p.arms[arm]))
}

// double draws an arm of two lines, each from where it meets those across.
func (p *pen) double(arm int) {
	a, b := beside(arm)
	for side, sides := range [2][2]int{{a, b}, {b, a}} {
		start := -p.thin / 2
		switch {
		case p.arms[sides[0]] == 3:
			start = p.gap()
		case p.arms[sides[1]] == 3:
			start = -p.gap()
		}
		offset := -p.gap()
		if side == 1 {
			offset = p.gap()
		}
		p.stroke(arm, start-p.thin/2, offset, p.thin)
	}
}

// stroke draws from start, measured from the middle towards the arm's end, to
// the cell's edge.
func (p *pen) stroke(arm, start, offset, thick int) {
	mid := image.Pt((p.cell.Min.X+p.cell.Max.X)/2, (p.cell.Min.Y+p.cell.Max.Y)/2)
	low := offset - thick/2
	r := p.cell
	switch arm {
	case armUp:
		r.Min.X, r.Max.X, r.Max.Y = mid.X+low, mid.X+low+thick, mid.Y-start+p.thin%2
	case armDown:
		r.Min.X, r.Max.X, r.Min.Y = mid.X+low, mid.X+low+thick, mid.Y+start
	case armLeft:
		r.Min.Y, r.Max.Y, r.Max.X = mid.Y+low, mid.Y+low+thick, mid.X-start+p.thin%2
	case armRight:
		r.Min.Y, r.Max.Y, r.Min.X = mid.Y+low, mid.Y+low+thick, mid.X+start
	}
	fillRect(p.to, r.Intersect(p.cell), p.color)
}

// drawDashes draws the dashed lines: two, three or four dashes in a cell.
func drawDashes(to *image.RGBA, r rune, cell image.Rectangle, thin int, c pixel) {
	count := 2
	switch {
	case r <= 0x2507:
		count = 3
	case r <= 0x250b:
		count = 4
	}
	upright := r&2 != 0
	weight := byte(1 + r&1)
	p := pen{to: to, cell: cell, thin: thin, color: c}
	thick := p.thickness(weight)
	for i := range count {
		part := cell
		if upright {
			part.Min.X = (cell.Min.X+cell.Max.X)/2 - thick/2
			part.Max.X = part.Min.X + thick
			part.Min.Y = cell.Min.Y + cell.Dy()*i/count
			part.Max.Y = max(part.Min.Y+1, cell.Min.Y+cell.Dy()*(i+1)/count-max(1, thin))
		} else {
			part.Min.Y = (cell.Min.Y+cell.Max.Y)/2 - thick/2
			part.Max.Y = part.Min.Y + thick
			part.Min.X = cell.Min.X + cell.Dx()*i/count
			part.Max.X = max(part.Min.X+1, cell.Min.X+cell.Dx()*(i+1)/count-max(1, thin))
		}
		fillRect(to, part, c)
	}
}

// drawArc draws a rounded corner: two arms, and a quarter of a circle between.
func drawArc(to *image.RGBA, r rune, cell image.Rectangle, thin int, c pixel) {
	right, down := r == 0x256d || r == 0x2570, r == 0x256d || r == 0x256e
	mid := image.Pt((cell.Min.X+cell.Max.X)/2-thin/2, (cell.Min.Y+cell.Max.Y)/2-thin/2)
	half := float64(thin) / 2
	centre := image.Pt(mid.X, mid.Y) // of the line's pixels
	radius := float64(min(cell.Dx(), cell.Dy())) / 2
	cx, cy := float64(centre.X)+half-radius, float64(centre.Y)+half-radius
	if right {
		cx = float64(centre.X) + half + radius
	}
	if down {
		cy = float64(centre.Y) + half + radius
	}
	for y := cell.Min.Y; y < cell.Max.Y; y++ {
		for x := cell.Min.X; x < cell.Max.X; x++ {
			dx, dy := float64(x)+.5-cx, float64(y)+.5-cy
			var distance float64
			switch inX, inY := right == (dx < 0), down == (dy < 0); {
			case inX && inY:
				distance = math.Abs(math.Hypot(dx, dy) - radius)
			case inX: // beyond the arc along the upright arm
				distance = math.Abs(math.Abs(dx) - radius)
			case inY:
				distance = math.Abs(math.Abs(dy) - radius)
			default:
				continue
			}
			if a := min(1, max(0, half+.5-distance)); a > 0 {
				i := to.PixOffset(x, y)
				alpha := uint8(255 * a)
				to.Pix[i], to.Pix[i+1], to.Pix[i+2] = mixed(to.Pix[i], c.r, alpha), mixed(to.Pix[i+1], c.g, alpha), mixed(to.Pix[i+2], c.b, alpha)
			}
		}
	}
}

// quadrants are the blocks from U+2596 on: 1 is the upper left quarter, 2 the
// upper right, 4 the lower left, 8 the lower right.
var quadrants = [...]int{4, 8, 1, 13, 9, 7, 11, 2, 6, 14}

// drawBlock draws the block elements.
func drawBlock(to *image.RGBA, r rune, cell image.Rectangle, c pixel) {
	w, h := cell.Dx(), cell.Dy()
	part := func(x0, y0, x1, y1 int) { // in eighths
		fillRect(to, image.Rect(cell.Min.X+(w*x0+4)/8, cell.Min.Y+(h*y0+4)/8, cell.Min.X+(w*x1+4)/8, cell.Min.Y+(h*y1+4)/8), c)
	}
	n := int(r - 0x2580)
	switch {
	case n == 0:
		part(0, 0, 8, 4)
	case n <= 8:
		part(0, 8-n, 8, 8)
	case n <= 15:
		part(0, 0, 16-n, 8)
	case n == 0x10:
		part(4, 0, 8, 8)
	case n <= 0x13:
		shade := glyph{mask: image.NewAlpha(image.Rect(0, 0, w, h))}
		for i := range shade.mask.Pix {
			shade.mask.Pix[i] = uint8(64 * (n - 0x10)) // at most 192
		}
		blend(to, cell, &shade, cell.Min, c)
	case n == 0x14:
		part(0, 0, 8, 1)
	case n == 0x15:
		part(7, 0, 8, 8)
	default:
		for i, corner := range [4]image.Point{{0, 0}, {4, 0}, {0, 4}, {4, 4}} {
			if quadrants[n-0x16]&(1<<i) != 0 {
				part(corner.X, corner.Y, corner.X+4, corner.Y+4)
			}
		}
	}
}
