package vt

import (
	"strconv"
	"strings"
)

// rendition is SGR: how the characters that follow look.
func (t *Terminal) rendition() {
	ps := &t.parser
	s := &t.style
	for i := 0; i < ps.length(); i++ {
		subs := ps.subs(i)
		n := ps.params[i].value
		switch {
		case n == 0:
			*s = Cell{Attr: s.Attr & protected}
		case n == 4 && subs > 0:
			s.underline(ps.params[i+1].value)
		case n == 38, n == 48, n == 58:
			color, used, ok := ps.color(i, subs)
			if ok && n == 38 {
				s.FG = color
			} else if ok && n == 48 {
				s.BG = color
			}
			i += used
			continue
		default:
			s.render(n)
		}
		i += subs
	}
}

// subs returns how many parameters after the i-th follow a colon.
func (ps *parser) subs(i int) int {
	n := 0
	for i+n+1 < ps.length() && ps.params[i+n+1].sub {
		n++
	}
	return n
}

// color reads 5;N or 2;R;G;B after the i-th parameter, or the same with colons,
// where a colour space may stand before R, and returns how many parameters it
// takes.
func (ps *parser) color(i, subs int) (c Color, used int, ok bool) {
	value := func(n int) uint8 {
		if i+n >= ps.length() {
			return 0
		}
		return uint8(min(ps.params[i+n].value, 255)) // bounded
	}
	kind := value(1)
	switch {
	case subs > 0 && kind == 2:
		first := max(2, subs-2)
		if subs == 5 || subs == 6 { // 2:space:R:G:B and perhaps a tolerance
			first = 3
		}
		return RGB(value(first), value(first+1), value(first+2)), subs, subs >= 4
	case subs > 0:
		return Indexed(value(2)), subs, kind == 5 && subs >= 2
	case kind == 5:
		return Indexed(value(2)), 2, i+2 < ps.length()
	case kind == 2:
		return RGB(value(2), value(3), value(4)), 4, i+4 < ps.length()
	}
	return 0, 1, false
}

func (c *Cell) underline(style int) {
	c.Attr &^= Underline | DoubleUnderline
	switch {
	case style == 2:
		c.Attr |= DoubleUnderline
	case style > 0: // curly, dotted and dashed ones are plain ones
		c.Attr |= Underline
	}
}

var attrOn = map[int]Attr{
	1: Bold, 2: Faint, 3: Italic, 4: Underline, 5: Blink, 6: Blink, 7: Reverse, 8: Conceal, 9: Strike,
	21: DoubleUnderline, 53: Overline,
}

var attrOff = map[int]Attr{
	22: Bold | Faint, 23: Italic, 24: Underline | DoubleUnderline, 25: Blink, 27: Reverse, 28: Conceal, 29: Strike, 55: Overline,
}

func (c *Cell) render(n int) {
	switch {
	case n >= 30 && n <= 37:
		c.FG = Indexed(uint8(n - 30)) // 0 to 7
	case n == 39:
		c.FG = 0
	case n >= 40 && n <= 47:
		c.BG = Indexed(uint8(n - 40)) // 0 to 7
	case n == 49:
		c.BG = 0
	case n >= 90 && n <= 97:
		c.FG = Indexed(uint8(n - 82)) // 8 to 15
	case n >= 100 && n <= 107:
		c.BG = Indexed(uint8(n - 92)) // 8 to 15
	default:
		c.Attr |= attrOn[n]
		c.Attr &^= attrOff[n]
	}
}

// renditionText returns the parameters of SGR that make the style, for DECRQSS.
func (c *Cell) renditionText() string {
	parts := []string{"0"}
	for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 9, 21, 53} {
		if c.Attr&attrOn[n] != 0 {
			parts = append(parts, strconv.Itoa(n))
		}
	}
	for _, part := range []struct {
		color Color
		base  int
	}{{c.FG, 30}, {c.BG, 40}} {
		if n, indexed := part.color.Index(); indexed {
			switch {
			case n < 8:
				parts = append(parts, strconv.Itoa(part.base+int(n)))
			case n < 16:
				parts = append(parts, strconv.Itoa(part.base+52+int(n)))
			default:
				parts = append(parts, strconv.Itoa(part.base+8), "5", strconv.Itoa(int(n)))
			}
		} else if r, g, b, ok := part.color.RGB(); ok {
			parts = append(parts, strconv.Itoa(part.base+8), "2", strconv.Itoa(int(r)), strconv.Itoa(int(g)), strconv.Itoa(int(b)))
		}
	}
	return strings.Join(parts, ";")
}
