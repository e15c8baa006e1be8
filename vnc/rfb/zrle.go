package rfb

import "image"

// A ZRLE tile is at most zrleSide wide and high; zrleLongest is the length of
// the longest one: 127 colours, then runs of one pixel each.
const (
	zrleSide    = 64
	zrleLongest = 1 + 127*3 + zrleSide*zrleSide*4
)

// What the first byte of a ZRLE tile says (RFC 6143 section 7.7.6).
const (
	zrleRaw         = 0
	zrleSolid       = 1
	zrlePackedMost  = 16 // so many colours, packed into 1, 2 or 4 bits
	zrlePlainRuns   = 128
	zrlePaletteRuns = 130 // 128 + number of colours
)

// decodeZRLE inflates tiles of 64x64 pixels.
func (c *Client) decodeZRLE(r rectangle) {
	c.inflater.begin(&c.zrle, c.zlibLength())
	for y := r.y; y < r.y+r.height; y += zrleSide {
		for x := r.x; x < r.x+r.width; x += zrleSide {
			bounds := image.Rect(x, y, min(x+zrleSide, r.x+r.width), min(y+zrleSide, r.y+r.height))
			data := c.inflater.upTo(zrleLongest)
			if c.in.err != nil {
				return
			}
			c.frame.mu.Lock()
			used, good := c.tile.draw(c.frame.surface(bounds), data)
			c.frame.mu.Unlock()
			if !good {
				c.in.fail(malformed("ZRLE tile"))
				return
			}
			c.inflater.skip(used)
		}
	}
	c.inflater.finish()
}

// A zrleTile draws tiles; the palette is its working memory.
type zrleTile struct {
	palette [128]uint32
}

// draw draws one tile and returns how many bytes it is long.
func (t *zrleTile) draw(s surface, data []byte) (used int, good bool) {
	if len(data) == 0 {
		return 0, false
	}
	kind, rest := int(data[0]), data[1:]
	switch {
	case kind == zrleRaw:
		length := 3 * s.width * s.height
		if len(rest) < length {
			return 0, false
		}
		s.putRGB(rest)
		return 1 + length, true
	case kind == zrleSolid:
		if len(rest) < 3 {
			return 0, false
		}
		s.fill(rgb(rest))
		return 1 + 3, true
	case kind <= zrlePackedMost:
		used, good = t.drawPacked(s, rest, kind)
	case kind == zrlePlainRuns:
		used, good = drawRuns(s, rest)
	case kind >= zrlePaletteRuns:
		used, good = t.drawPaletteRuns(s, rest, kind-zrlePlainRuns)
	}
	return 1 + used, good
}

// colours reads the palette.
func (t *zrleTile) colours(data []byte, n int) []uint32 {
	if len(data) < 3*n {
		return nil
	}
	palette := t.palette[:n]
	for i := range palette {
		palette[i] = rgb(data[3*i:])
	}
	return palette
}

// drawPacked draws rows of numbers of colours; each row begins with a new byte.
func (t *zrleTile) drawPacked(s surface, data []byte, n int) (used int, good bool) {
	palette := t.colours(data, n)
	bits := 4
	if n <= 4 {
		bits = (n + 1) / 2 // 1, 2, 2
	}
	rowLength := (s.width*bits + 7) / 8
	used = 3*n + rowLength*s.height
	if palette == nil || len(data) < used {
		return 0, false
	}
	for y := range s.height {
		from := 3*n + y*rowLength
		if !putPacked(s.row(y), data[from:from+rowLength], bits, palette) {
			return 0, false
		}
	}
	return used, true
}

// putPacked draws one row of numbers of 1, 2 or 4 bits.
func putPacked(row, data []byte, bits int, palette []uint32) bool {
	shift, mask := 8, byte(1<<bits-1)
	var packed byte
	for ; len(row) >= 4; row = row[4:] {
		if shift == 8 {
			packed, data = data[0], data[1:]
		}
		shift -= bits
		number := int(packed >> shift & mask)
		if number >= len(palette) {
			return false
		}
		le.PutUint32(row, palette[number])
		if shift == 0 {
			shift = 8
		}
	}
	return true
}

// drawRuns draws runs: a colour and a length.
func drawRuns(s surface, data []byte) (used int, good bool) {
	at, run := 0, 0
	var colour uint32
	for y := range s.height {
		for row := s.row(y); len(row) > 0; {
			if run == 0 {
				if len(data) < at+4 {
					return 0, false
				}
				colour = rgb(data[at:])
				if run, at = runLength(data, at+3); run == 0 {
					return 0, false
				}
			}
			n := min(run, len(row)/4)
			fill(row[:4*n], colour)
			row = row[4*n:]
			run -= n
		}
	}
	return at, run == 0
}

// drawPaletteRuns draws runs of colours by their numbers; without the high bit
// it is one pixel.
func (t *zrleTile) drawPaletteRuns(s surface, data []byte, n int) (used int, good bool) {
	palette := t.colours(data, n)
	if palette == nil {
		return 0, false
	}
	at, run := 3*n, 0
	var colour uint32
	for y := range s.height {
		for row := s.row(y); len(row) > 0; {
			if run == 0 {
				if at >= len(data) {
					return 0, false
				}
				number := int(data[at] & 127)
				if number >= len(palette) {
					return 0, false
				}
				colour = palette[number]
				if data[at] < 128 {
					le.PutUint32(row, colour)
					row, at = row[4:], at+1
					continue
				}
				if run, at = runLength(data, at+1); run == 0 {
					return 0, false
				}
			}
			m := min(run, len(row)/4)
			fill(row[:4*m], colour)
			row = row[4*m:]
			run -= m
		}
	}
	return at, run == 0
}

// runLength reads a length: one more than the sum of the bytes up to the first
// that is not 255. It is 0 where the data end before or no tile is so large.
func runLength(data []byte, at int) (run, next int) {
	run = 1
	for at < len(data) && run <= zrleSide*zrleSide {
		b := data[at]
		at++
		run += int(b)
		if b != 255 {
			return run, at
		}
	}
	return 0, at
}
