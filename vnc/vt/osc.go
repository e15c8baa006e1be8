package vt

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTitle bounds a title, in characters.
const maxTitle = 200

// system is an OSC: titles and colours. The clipboard (52) and hyperlinks (8)
// are nobody's business.
func (t *Terminal) system(text []byte) {
	number, value, _ := strings.Cut(string(text), ";")
	n, err := strconv.Atoi(number)
	if err != nil {
		return
	}
	switch n {
	case 0, 2:
		t.setTitle(value)
	case 4:
		t.paletteColors(value)
	case 10, 11, 12:
		for i, spec := range strings.Split(value, ";") {
			if n+i <= 12 {
				t.dynamicColor(n+i, spec)
			}
		}
	case 104:
		t.resetColors(value)
	case 110, 111, 112:
		*t.dynamic(n - 100) = *t.usual.dynamic(n - 100)
		t.touchAll()
	}
}

func (t *Terminal) dynamic(n int) *Color { return t.palette.dynamic(n) }

func (p *Palette) dynamic(n int) *Color {
	switch n {
	case 10:
		return &p.Foreground
	case 11:
		return &p.Background
	}
	return &p.Cursor
}

func (t *Terminal) setTitle(title string) {
	title = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, title)
	if utf8.RuneCountInString(title) > maxTitle {
		title = string([]rune(title)[:maxTitle])
	}
	if title == t.title {
		return
	}
	t.title = title
	if t.opts.Title != nil {
		t.opts.Title(title)
	}
}

// paletteColors is OSC 4: pairs of a place and a colour, or a question mark.
func (t *Terminal) paletteColors(value string) {
	parts := strings.Split(value, ";")
	for i := 0; i+1 < len(parts); i += 2 {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 || n > 255 {
			continue
		}
		if parts[i+1] == "?" {
			t.answer("\x1b]4;", strconv.Itoa(n), ";", colorSpec(t.palette.Colors[n]), "\x1b\\")
		} else if c, ok := parseColor(parts[i+1]); ok {
			t.palette.Colors[n] = c
			t.touchAll()
		}
	}
}

// dynamicColor is OSC 10, 11 and 12.
func (t *Terminal) dynamicColor(n int, spec string) {
	if spec == "?" {
		t.answer("\x1b]", strconv.Itoa(n), ";", colorSpec(*t.dynamic(n)), "\x1b\\")
	} else if c, ok := parseColor(spec); ok {
		*t.dynamic(n) = c
		t.touchAll()
	}
}

// resetColors is OSC 104: those named, or all.
func (t *Terminal) resetColors(value string) {
	if value == "" {
		t.palette.Colors = t.usual.Colors
	}
	for _, part := range strings.Split(value, ";") {
		if n, err := strconv.Atoi(part); err == nil && n >= 0 && n < 256 {
			t.palette.Colors[n] = t.usual.Colors[n]
		}
	}
	t.touchAll()
}

// colorSpec writes a colour as X11 does.
func colorSpec(c Color) string {
	r, g, b, _ := c.RGB()
	return fmt.Sprintf("rgb:%02x%02x/%02x%02x/%02x%02x", r, r, g, g, b, b)
}

// parseColor reads rgb:R/G/B of one to four hex digits each, or #RRGGBB.
func parseColor(spec string) (Color, bool) {
	if hex, ok := strings.CutPrefix(spec, "#"); ok && len(hex) == 6 {
		spec = "rgb:" + hex[:2] + "/" + hex[2:4] + "/" + hex[4:]
	}
	parts, ok := strings.CutPrefix(spec, "rgb:")
	if !ok {
		return 0, false
	}
	var rgb [3]uint8
	fields := strings.Split(parts, "/")
	if len(fields) != len(rgb) {
		return 0, false
	}
	for i, f := range fields {
		n, err := strconv.ParseUint(f, 16, 16)
		if err != nil || len(f) > 4 {
			return 0, false
		}
		most := uint64(1)<<(4*len(f)) - 1
		rgb[i] = uint8(n * 255 / most) // at most 255
	}
	return RGB(rgb[0], rgb[1], rgb[2]), true
}

// device is a DCS: DECRQSS asks for settings. Sixel and the rest is passed over.
func (t *Terminal) device(text []byte) {
	ps := &t.parser
	if ps.inters != 1 || ps.inter[0] != '$' || ps.final != 'q' {
		return
	}
	setting := string(text)
	var value string
	switch setting {
	case "m":
		value = t.style.renditionText()
	case "r":
		value = strconv.Itoa(t.top+1) + ";" + strconv.Itoa(t.bottom+1)
	case " q":
		n := 2*int(t.shape) + 1
		if t.steady {
			n++
		}
		value = strconv.Itoa(n)
	case `"q`:
		value = strconv.Itoa(setOrReset(t.style.Attr&protected != 0))
	case `"p`:
		value = "62;1"
	default:
		t.answer("\x1bP0$r\x1b\\")
		return
	}
	t.answer("\x1bP1$r", value, setting, "\x1b\\")
}
