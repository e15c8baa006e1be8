package rfb

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
			data := c.inflater.upTo(zrleLongest)
			if c.in.err != nil {
				return
			}
			tile := rectangle{x, y, min(zrleSide, r.x+r.width-x), min(zrleSide, r.y+r.height-y)}
			used, good := c.tile.draw(c.surface(tile), data)
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
	if bits == 1 && len(palette) == 2 {
		putBits(row, data, palette[0], palette[1])
		return true
	}
	shift, mask := 8, byte(1<<bits-1)
	for x := 0; x+4 <= len(row) && len(data) > 0; x += 4 {
		shift -= bits
		number := int(data[0] >> shift & mask)
		if number >= len(palette) {
			return false
		}
		le.PutUint32(row[x:x+4], palette[number])
		if shift == 0 {
			shift, data = 8, data[1:]
		}
	}
	return true
}

// putBits draws one row of bits, two pixels at a time.
func putBits(row, data []byte, zero, one uint32) {
	two := [4]uint64{pair(zero, zero), pair(zero, one), pair(one, zero), pair(one, one)}
	for len(row) >= 32 && len(data) > 0 { // the compiler checks no bounds within arrays
		to, b := (*[32]byte)(row), data[0]
		le.PutUint64(to[0:8], two[b>>6])
		le.PutUint64(to[8:16], two[b>>4&3])
		le.PutUint64(to[16:24], two[b>>2&3])
		le.PutUint64(to[24:32], two[b&3])
		row, data = row[32:], data[1:]
	}
	for i := 0; 4*i+4 <= len(row) && len(data) > 0; i++ {
		le.PutUint32(row[4*i:4*i+4], uint32(two[data[0]>>(7-i)&1*3])) // its lower half
	}
}

// pair is two neighbouring pixels.
func pair(left, right uint32) uint64 { return uint64(left) | uint64(right)<<32 }

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
				colour = le.Uint32(data[at:]) | opaqueBlack
				if run = int(data[at+3]) + 1; run == 256 {
					run, at = runLength(data, at+3)
				} else {
					at += 4
				}
				if run == 0 {
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
	if t.colours(data, n) == nil {
		return 0, false
	}
	at, run := 3*n, 0
	var colour uint32
	for y := range s.height {
		row := s.row(y)
		for x := 0; x+4 <= len(row); {
			if run == 0 {
				if at >= len(data) {
					return 0, false
				}
				b := data[at]
				at++
				if int(b&127) >= n {
					return 0, false
				}
				colour = t.palette[b&127]
				if b < 128 {
					le.PutUint32(row[x:x+4], colour)
					x += 4
					continue
				}
				if run, at = runLength(data, at); run == 0 {
					return 0, false
				}
			}
			end := min(x+4*run, len(row))
			fill(row[x:end], colour)
			run -= (end - x) / 4
			x = end
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
