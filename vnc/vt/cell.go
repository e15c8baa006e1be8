package vt

import "unicode/utf8"

// A Color is the default one, one of a palette of 256, or red, green and blue.
// The zero value is the default.
type Color uint32

const (
	colorIndexed Color = 1 << 24
	colorRGB     Color = 2 << 24
)

// Indexed returns a colour of the palette: 0 to 7, their bright twins 8 to 15, a
// cube of 216 and 24 greys.
func Indexed(n uint8) Color { return colorIndexed | Color(n) }

// RGB returns a true colour.
func RGB(r, g, b uint8) Color { return colorRGB | Color(r)<<16 | Color(g)<<8 | Color(b) }

// Index returns the place in the palette of a colour made by Indexed.
func (c Color) Index() (n uint8, ok bool) { return uint8(c), c>>24 == 1 } // the low byte

// RGB returns the parts of a colour made by RGB.
func (c Color) RGB() (r, g, b uint8, ok bool) {
	return uint8(c >> 16), uint8(c >> 8), uint8(c), c>>24 == 2 // a byte each
}

// Attr are the ways in which a character differs from a plain one.
type Attr uint16

// The attributes.
const (
	Bold Attr = 1 << iota
	Faint
	Italic
	Underline
	DoubleUnderline
	Blink
	Reverse
	Conceal
	Strike
	Overline
	protected // by DECSCA, from selective erasing
)

// Kind says which part of a character a cell has.
type Kind uint8

// The kinds.
const (
	Narrow Kind = iota
	Wide        // the left half of a character of two cells
	Spacer      // the right half
)

// A Cell is one place on the screen. Rune is 0 where nothing was written, and
// negative for a base with combining characters: Terminal.Text tells which.
type Cell struct {
	Rune   rune
	FG, BG Color
	Attr   Attr
	Kind   Kind
}

// blank says whether the cell shows nothing at all, not even a background.
func (c *Cell) blank() bool {
	const visible = Underline | DoubleUnderline | Reverse | Strike | Overline
	return (c.Rune == 0 || c.Rune == ' ') && c.BG == 0 && c.Attr&visible == 0 && c.Kind == Narrow
}

// LineSize is how large the characters of a line are (DECDWL, DECDHL).
type LineSize uint8

// The sizes of lines.
const (
	SingleSize  LineSize = iota
	DoubleWidth          // half as many characters
	DoubleTop            // the upper half of characters of twice the size
	DoubleBottom
)

// A Row is a line as it is shown. Cells belong to the terminal and are valid
// until it changes; those beyond their end are blank.
type Row struct {
	Cells   []Cell
	Wrapped bool // the text goes on in the next line
	Size    LineSize
	Stamp   Stamp // another one after each change, unique among all lines
}

// A Stamp tells the states of all lines apart.
type Stamp struct{ line, look uint64 }

type line struct {
	cells   []Cell
	wrapped bool
	size    LineSize
	stamp   uint64
}

// used returns how many cells the text of the line has.
func (l *line) used() int {
	n := len(l.cells)
	if l.wrapped {
		return n
	}
	for n > 0 && l.cells[n-1].blank() {
		n--
	}
	return n
}

// maxClusters bounds the distinct combinations that a terminal remembers, and
// maxCluster the bytes of each.
const maxClusters, maxCluster = 1 << 14, 32

// clusters are the bases with combining characters that were written.
type clusters struct {
	texts []string
	ids   map[string]rune
}

// text returns what a cell's rune stands for.
func (c *clusters) text(r rune) string {
	switch {
	case r == 0:
		return " "
	case r < 0:
		return c.texts[-r-1]
	}
	return string(r)
}

// join returns the rune for a cell's text with one more combining character;
// where there are too many it returns the cell's.
func (c *clusters) join(r, mark rune) rune {
	text := c.text(r)
	if len(text)+utf8.RuneLen(mark) > maxCluster {
		return r
	}
	text += string(mark)
	if id, known := c.ids[text]; known {
		return id
	}
	if len(c.texts) == maxClusters {
		return r
	}
	if c.ids == nil {
		c.ids = map[string]rune{}
	}
	c.texts = append(c.texts, text)
	id := -rune(len(c.texts)) // bounded by maxClusters
	c.ids[text] = id
	return id
}

// Text returns the characters of a cell: a space where nothing was written.
func (t *Terminal) Text(c Cell) string { return t.clusters.text(c.Rune) }
