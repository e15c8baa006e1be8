package vt

// A Palette gives every Color its red, green and blue.
type Palette struct {
	Foreground, Background, Cursor Color // made by RGB
	Colors                         [256]Color
}

// DefaultPalette returns light grey on black, the first sixteen colours in shades
// that can be read there, and xterm's cube and greys.
func DefaultPalette() Palette {
	p := Palette{Foreground: RGB(0xd4, 0xd8, 0xdf), Background: RGB(0, 0, 0), Cursor: RGB(0xd4, 0xd8, 0xdf)}
	copy(p.Colors[:], []Color{
		RGB(0x1e, 0x22, 0x28), RGB(0xe0, 0x5c, 0x5c), RGB(0x5f, 0xb8, 0x6a), RGB(0xd6, 0xa5, 0x3f),
		RGB(0x5b, 0x93, 0xe6), RGB(0xb5, 0x7d, 0xdc), RGB(0x3f, 0xb2, 0xb8), RGB(0xc8, 0xcd, 0xd5),
		RGB(0x74, 0x7c, 0x88), RGB(0xff, 0x86, 0x80), RGB(0x85, 0xdc, 0x8e), RGB(0xf5, 0xcb, 0x6b),
		RGB(0x88, 0xb8, 0xff), RGB(0xd5, 0xa4, 0xf7), RGB(0x69, 0xd8, 0xdd), RGB(0xff, 0xff, 0xff),
	})
	level := func(n int) uint8 {
		if n == 0 {
			return 0
		}
		return uint8(55 + 40*n) // at most 255
	}
	for i := range 216 {
		p.Colors[16+i] = RGB(level(i/36), level(i/6%6), level(i%6))
	}
	for i := range 24 {
		grey := uint8(8 + 10*i) // at most 238
		p.Colors[232+i] = RGB(grey, grey, grey)
	}
	return p
}

// Colors returns the cell's foreground and background as they are painted, made
// by RGB: bold makes the first eight colours bright, reverse exchanges the two,
// faint and conceal come near the background.
func (t *Terminal) Colors(c Cell) (fg, bg Color) {
	fg, bg = c.FG, c.BG
	if n, indexed := fg.Index(); indexed && n < 8 && c.Attr&Bold != 0 {
		fg = Indexed(n + 8)
	}
	fg, bg = t.palette.resolve(fg, t.palette.Foreground), t.palette.resolve(bg, t.palette.Background)
	if (c.Attr&Reverse != 0) != t.has(modeReverseScreen) {
		fg, bg = bg, fg
	}
	switch {
	case c.Attr&Conceal != 0:
		fg = bg
	case c.Attr&Faint != 0:
		fg = mix(fg, bg)
	}
	return fg, bg
}

// Background returns the colour behind everything, made by RGB.
func (t *Terminal) Background() Color {
	_, bg := t.Colors(Cell{})
	return bg
}

// CursorColor returns the colour of the cursor, made by RGB.
func (t *Terminal) CursorColor() Color { return t.palette.Cursor }

func (p *Palette) resolve(c, usual Color) Color {
	if n, indexed := c.Index(); indexed {
		return p.Colors[n]
	}
	if c>>24 == 2 {
		return c
	}
	return usual
}

// mix returns three parts of the one and two of the other.
func mix(a, b Color) Color {
	ar, ag, ab, _ := a.RGB()
	br, bg, bb, _ := b.RGB()
	part := func(x, y uint8) uint8 { return uint8((3*int(x) + 2*int(y)) / 5) } // between the two
	return RGB(part(ar, br), part(ag, bg), part(ab, bb))
}
