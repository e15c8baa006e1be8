package vt

// A charset is one of those that ISO 2022 sequences choose.
type charset uint8

const (
	ascii    charset = iota
	graphics         // DEC Special Graphics: lines
	british          // a pound sign for the number sign
)

// charsets are the four that were chosen and the one in use.
type charsets struct {
	sets   [4]charset
	shift  uint8 // which of them is in use (GL)
	single uint8 // for the next character: 2 or 3, else 0
}

// designate chooses the set of a slot; an unknown one is ASCII.
func (c *charsets) designate(slot int, final byte) {
	set := ascii
	switch final {
	case '0', '2':
		set = graphics
	case 'A':
		set = british
	}
	c.sets[slot] = set
}

// plain says whether characters are what their code says.
func (c *charsets) plain() bool { return c.single == 0 && c.sets[c.shift] == ascii }

// translate returns the character that a code means now.
func (c *charsets) translate(r rune) rune {
	set := c.sets[c.shift]
	if c.single != 0 {
		set, c.single = c.sets[c.single], 0
	}
	switch {
	case set == graphics && r >= 0x5f && r <= 0x7e:
		return lineDrawing[r-0x5f]
	case set == british && r == '#':
		return '£'
	}
	return r
}

// lineDrawing are the characters of the codes from 0x5f.
var lineDrawing = [...]rune{
	' ', '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼',
	'⎺', '⎻', '─', '⎼', '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
}
