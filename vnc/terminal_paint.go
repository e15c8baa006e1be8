package vnc

import (
	"image"
	"image/color"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/kvmmanager/kvm-manager/vnc/vt"
)

// Colours of marks, which must be told from any text.
var (
	markedColor  = pixel{0x2f, 0x55, 0x8f} // behind selected text
	foundColor   = pixel{0x6b, 0x57, 0x1c} // behind a text that was found
	currentColor = pixel{0xe0, 0xa8, 0x2e} // behind the one that was gone to
	onCurrent    = pixel{0x10, 0x10, 0x10}
	thumbColor   = pixel{0x5c, 0x63, 0x70} // of the scroll bar
)

// terminalPad is the room around the cells, in Fyne units.
const terminalPad = 6

// A terminalPicture is the terminal as pixels. Lines that are as they were
// painted last are not painted again.
type terminalPicture struct {
	font    *terminalFont
	pad     int // in pixels
	image   *image.RGBA
	rows    []paintedRow
	back    pixel
	framed  bool
	thumb   image.Rectangle
	scratch *image.RGBA // for lines of double size
	marks   []uint8
}

// A paintedRow is what was painted of a line.
type paintedRow struct {
	stamp    vt.Stamp
	from, to int // selected
	cursor   cursorLook
	marks    []uint8
	strange  []strangeGlyph
}

// cursorLook is the cursor within a row; its zero value is none.
type cursorLook struct {
	on, solid, wide bool
	col             int
	shape           vt.CursorShape
}

// A strangeGlyph is a character that the font lacks: Fyne draws it, with the
// fonts of the computer.
type strangeGlyph struct {
	text  string
	cell  image.Rectangle // in pixels
	color color.NRGBA
}

// resize gives the terminal as many cells as fit into the picture. Lines get
// other numbers by that.
func (p *terminalPicture) resize(t *Terminal, w, h int) bool {
	columns, rows := (w-2*p.pad)/p.font.cell.X, (h-2*p.pad)/p.font.cell.Y
	if before, was := t.term.Size(); columns <= 0 || rows <= 0 || columns == before && rows == was {
		return false
	}
	t.term.Resize(columns, rows)
	t.scrolled = false
	t.searchAgain()
	return true
}

// paint brings the picture up to date, and says whether the terminal has other
// cells than before; the caller holds t.mu.
func (p *terminalPicture) paint(t *Terminal, w, h int) (resized bool) {
	t.cell, t.pad = p.font.cell, p.pad
	resized = p.resize(t, w, h)
	p.prepare(t, w, h)
	columns, rows := t.term.Size()
	first := t.firstShown()
	for y := range rows {
		p.row(t, first+y, y, columns)
	}
	p.frame(t)
	p.scrollBar(t, first, rows)
	return resized
}

// prepare makes a picture of the size, and forgets what was painted when
// everything is to be painted again.
func (p *terminalPicture) prepare(t *Terminal, w, h int) {
	back := pixelOf(t.term.Background())
	size := image.Pt(max(1, w), max(1, h))
	columns, rows := t.term.Size()
	same := p.image != nil && p.image.Rect.Size() == size && p.back == back && len(p.rows) == rows && len(p.marks) == columns
	if same {
		return
	}
	if p.image == nil || p.image.Rect.Size() != size {
		p.image = image.NewRGBA(image.Rectangle{Max: size})
	}
	p.back = back
	fillRect(p.image, p.image.Rect, back)
	p.rows = make([]paintedRow, rows)
	p.marks = make([]uint8, columns)
	p.thumb, p.framed = image.Rectangle{}, false
}

// row paints a line unless it is as it was.
func (p *terminalPicture) row(t *Terminal, number, y, columns int) {
	line := t.term.Row(number)
	from, to := t.term.Selected(number)
	cursor := p.cursorIn(t, number)
	t.search.marks(number, columns, p.marks)
	before := &p.rows[y]
	if before.stamp == line.Stamp && before.from == from && before.to == to && before.cursor == cursor && slices.Equal(before.marks, p.marks) {
		return
	}
	*before = paintedRow{stamp: line.Stamp, from: from, to: to, cursor: cursor, marks: append(before.marks[:0], p.marks...), strange: before.strange[:0]}
	at := image.Pt(p.pad, p.pad+y*p.font.cell.Y)
	if line.Size == vt.SingleSize {
		p.cells(t, p.image, at, line, before)
		return
	}
	p.double(t, at, line, before, columns)
}

// double paints a line of twice the width, and perhaps half of twice the height.
func (p *terminalPicture) double(t *Terminal, at image.Point, line vt.Row, row *paintedRow, columns int) {
	size := image.Pt(columns*p.font.cell.X, p.font.cell.Y)
	if p.scratch == nil || p.scratch.Rect.Size() != size {
		p.scratch = image.NewRGBA(image.Rectangle{Max: size})
	}
	p.cells(t, p.scratch, image.Point{}, line, row)
	row.strange = row.strange[:0] // they would be too small, and at another place
	for y := range size.Y {
		from := y
		switch line.Size {
		case vt.DoubleTop:
			from = y / 2
		case vt.DoubleBottom:
			from = (size.Y + y) / 2
		}
		src, dst := p.scratch.Pix[from*p.scratch.Stride:], p.image.Pix[p.image.PixOffset(at.X, at.Y+y):]
		for x := range size.X {
			copy(dst[4*x:4*x+4], src[4*(x/2):])
		}
	}
}

func (p *terminalPicture) cursorIn(t *Terminal, number int) cursorLook {
	c := t.term.Cursor()
	if !c.Visible || c.Line != number {
		return cursorLook{}
	}
	return cursorLook{on: true, solid: t.focused && t.status.State == Connected, wide: c.Wide, col: c.Col, shape: c.Shape}
}

// cells paints the cells of a line: what is behind them first, for slanted
// characters reach into the next one.
func (p *terminalPicture) cells(t *Terminal, to *image.RGBA, at image.Point, line vt.Row, row *paintedRow) {
	for x := range len(p.marks) {
		if c, box, there := p.cellAt(line, x, at); there {
			_, bg := p.cellColors(t, c, x, row)
			fillRect(to, box, bg)
		}
	}
	for x := range len(p.marks) {
		if c, box, there := p.cellAt(line, x, at); there {
			fg, _ := p.cellColors(t, c, x, row)
			p.character(t, to, c, box, fg, row)
			if row.cursor.on && row.cursor.col == x {
				p.cursor(t, to, box, row.cursor)
			}
		}
	}
}

// cellAt returns a cell and its place. The second half of a wide one is not there
// for itself.
func (p *terminalPicture) cellAt(line vt.Row, x int, at image.Point) (c vt.Cell, box image.Rectangle, there bool) {
	if x < len(line.Cells) {
		c = line.Cells[x]
	}
	size := p.font.cell
	box = image.Rectangle{Min: at.Add(image.Pt(x*size.X, 0)), Max: at.Add(image.Pt((x+1)*size.X, size.Y))}
	if c.Kind == vt.Wide {
		box.Max.X += size.X
	}
	return c, box, c.Kind != vt.Spacer || x == 0
}

// cellColors are those of the text, or of what marks it.
func (p *terminalPicture) cellColors(t *Terminal, c vt.Cell, x int, row *paintedRow) (fg, bg pixel) {
	f, b := t.term.Colors(c)
	fg, bg = pixelOf(f), pixelOf(b)
	switch {
	case row.cursor.on && row.cursor.solid && row.cursor.col == x && row.cursor.shape == vt.BlockCursor:
		return p.back, pixelOf(t.term.CursorColor())
	case row.marks[x] == 2:
		return onCurrent, currentColor
	case x >= row.from && x < row.to:
		return fg, markedColor
	case row.marks[x] == 1:
		return fg, foundColor
	}
	return fg, bg
}

// character paints the text of a cell and the lines through and around it.
func (p *terminalPicture) character(t *Terminal, to *image.RGBA, c vt.Cell, box image.Rectangle, fg pixel, row *paintedRow) {
	switch {
	case c.Rune == 0, c.Rune == ' ':
	case c.Rune < 0:
		p.cluster(t.term.Text(c), c.Attr, to, box, fg, row)
	case isDrawn(c.Rune):
		drawLine(to, c.Rune, box, p.font.line, fg)
	default:
		if g, has := p.font.glyph(c.Rune, c.Attr); has {
			p.glyph(g, to, box, fg)
		} else {
			p.leave(string(c.Rune), box, fg, row)
		}
	}
	if c.Attr == 0 {
		return
	}
	line := func(y int) { fillRect(to, image.Rect(box.Min.X, y, box.Max.X, y+p.font.line), fg) }
	base := box.Min.Y + p.font.ascent
	under := min(base+p.font.line+p.font.line/2, box.Max.Y-p.font.line)
	if c.Attr&(vt.Underline|vt.DoubleUnderline) != 0 {
		line(under)
	}
	if c.Attr&vt.DoubleUnderline != 0 {
		line(min(under+2*p.font.line, box.Max.Y-p.font.line))
	}
	if c.Attr&vt.Strike != 0 {
		line(base - p.font.ascent/3)
	}
	if c.Attr&vt.Overline != 0 {
		line(box.Min.Y)
	}
}

// cluster paints a character with its marks.
func (p *terminalPicture) cluster(text string, attr vt.Attr, to *image.RGBA, box image.Rectangle, fg pixel, row *paintedRow) {
	const variant = "\ufe0f" // a wish for a coloured picture
	text = norm.NFC.String(strings.TrimSuffix(text, variant))
	for _, r := range text {
		if _, has := p.font.glyph(r, attr); !has {
			p.leave(text, box, fg, row)
			return
		}
	}
	for i, r := range text {
		g, _ := p.font.glyph(r, attr)
		if i > 0 && g != nil && g.at.X+g.mask.Rect.Dx() <= 0 { // a mark that stands behind what it belongs to
			g = &glyph{mask: g.mask, at: g.at.Add(image.Pt(p.font.cell.X, 0))}
		}
		p.glyph(g, to, box, fg)
	}
}

func (p *terminalPicture) glyph(g *glyph, to *image.RGBA, box image.Rectangle, fg pixel) {
	if g == nil {
		return
	}
	clip := box
	clip.Min.X -= p.font.cell.X / 4 // slanted and thickened ones reach a little further
	clip.Max.X += p.font.cell.X / 4
	blend(to, clip, g, box.Min.Add(g.at), fg)
}

// leave leaves a character to Fyne.
func (*terminalPicture) leave(text string, box image.Rectangle, fg pixel, row *paintedRow) {
	row.strange = append(row.strange, strangeGlyph{text: text, cell: box, color: color.NRGBA{R: fg.r, G: fg.g, B: fg.b, A: 0xff}})
}

// cursor paints what of the cursor is not the colours of its cell.
func (p *terminalPicture) cursor(t *Terminal, to *image.RGBA, box image.Rectangle, look cursorLook) {
	c := pixelOf(t.term.CursorColor())
	thick := p.font.line
	top, bottom := box, box
	top.Max.Y, bottom.Min.Y = box.Min.Y+thick, box.Max.Y-thick
	left, right := box, box
	left.Max.X, right.Min.X = box.Min.X+thick, box.Max.X-thick
	switch {
	case look.solid && look.shape == vt.BlockCursor:
	case look.solid && look.shape == vt.UnderlineCursor:
		bottom.Min.Y -= thick
		fillRect(to, bottom, c)
	case look.solid:
		left.Max.X += thick
		fillRect(to, left, c)
	default:
		for _, edge := range []image.Rectangle{top, bottom, left, right} {
			fillRect(to, edge, c)
		}
	}
}

// frame shows the bell: an edge around everything.
func (p *terminalPicture) frame(t *Terminal) {
	if p.framed == t.flashing {
		return
	}
	p.framed = t.flashing
	c := p.back
	if p.framed {
		c = pixelOf(t.term.CursorColor())
	}
	r, thick := p.image.Rect, max(1, p.pad/3)
	for _, edge := range []image.Rectangle{
		{Max: image.Pt(r.Max.X, thick)}, {Min: image.Pt(0, r.Max.Y-thick), Max: r.Max},
		{Max: image.Pt(thick, r.Max.Y)}, {Min: image.Pt(r.Max.X-thick, 0), Max: r.Max},
	} {
		fillRect(p.image, edge, c)
	}
}

// scrollBar shows where in the history the lines are, while older ones are shown.
func (p *terminalPicture) scrollBar(t *Terminal, first, rows int) {
	var thumb image.Rectangle
	if t.scrolled && !t.term.Alternate() {
		r, all := p.image.Rect, max(1, t.term.End()-t.term.First())
		width := max(2, p.pad*2/3)
		high := max(4*width, r.Max.Y*rows/all)
		top := (r.Max.Y - high) * (first - t.term.First()) / max(1, all-rows)
		thumb = image.Rect(r.Max.X-width, top, r.Max.X, top+high)
	}
	if thumb != p.thumb {
		fillRect(p.image, p.thumb, p.back)
		fillRect(p.image, thumb, thumbColor)
		p.thumb = thumb
	}
}
