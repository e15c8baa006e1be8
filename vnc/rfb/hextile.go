package rfb

import "unsafe"

// What the first byte of a Hextile tile says.
const (
	hextileRaw = 1 << iota
	hextileBackground
	hextileForeground
	hextileParts
	hextileColoured
	hextileKnown = iota
)

const hextileSide = 16

// decodeHextile draws tiles of 16x16 pixels (RFC 6143 section 7.7.4).
func (c *Client) decodeHextile(r rectangle) {
	tile := hextile{background: opaqueBlack, foreground: opaqueBlack}
	for y := r.y; y < r.y+r.height; y += hextileSide {
		for x := r.x; x < r.x+r.width; x += hextileSide {
			part := rectangle{x, y, min(hextileSide, r.x+r.width-x), min(hextileSide, r.y+r.height-y)}
			if !c.readHextile(&tile, c.surface(part)) {
				return
			}
		}
	}
}

// A hextile is one tile; its colours hold for the next one too.
type hextile struct {
	background, foreground uint32
}

// readHextile reads one tile. How long it is shows as it is read.
func (c *Client) readHextile(t *hextile, s surface) bool {
	head := c.in.peek(1)
	if head == nil {
		return false
	}
	flags := head[0]
	if flags>>hextileKnown != 0 {
		c.in.fail(malformed("hextile of kind %d", flags))
		return false
	}
	length := 1
	switch {
	case flags&hextileRaw != 0:
		length += s.width * s.height * bytesPerPixel
	default:
		if flags&hextileBackground != 0 {
			length += bytesPerPixel
		}
		if flags&hextileForeground != 0 {
			length += bytesPerPixel
		}
		if flags&hextileParts != 0 {
			length++
			head = c.in.peek(length)
			if head == nil {
				return false
			}
			length += int(head[length-1]) * hextilePartSize(flags)
		}
	}
	data := c.in.peek(length)
	if data == nil {
		return false
	}
	good := t.draw(s, flags, data[1:])
	if !good {
		c.in.fail(malformed("hextile with a part outside it"))
	}
	c.in.skip(length)
	return good
}

func hextilePartSize(flags byte) int {
	if flags&hextileColoured != 0 {
		return bytesPerPixel + 2
	}
	return 2
}

// draw draws a tile from all that follows its first byte.
func (t *hextile) draw(s surface, flags byte, data []byte) bool {
	if flags&hextileRaw != 0 {
		s.putRGBX(data)
		return true
	}
	if flags&hextileBackground != 0 {
		t.background, data = rgbx(data), data[bytesPerPixel:]
	}
	if flags&hextileForeground != 0 {
		t.foreground, data = rgbx(data), data[bytesPerPixel:]
	}
	s.fill(t.background)
	if flags&hextileParts == 0 {
		return true
	}
	return s.drawParts(data[1:], flags&hextileColoured != 0, t.foreground)
}

// drawParts draws the parts of a tile, most of which are single pixels. They may
// have a colour each.
func (s surface) drawParts(data []byte, coloured bool, colour uint32) bool {
	if s.width == 0 || s.height == 0 {
		return len(data) == 0
	}
	to := unsafe.Pointer(unsafe.SliceData(s.pix[:(s.height-1)*s.stride+4*s.width]))
	for len(data) >= 2 {
		if coloured {
			if len(data) < bytesPerPixel+2 {
				break
			}
			colour, data = le.Uint32(data), data[bytesPerPixel:]
		}
		x, y := int(data[0]>>4), int(data[0]&15)
		more, below := int(data[1]>>4), int(data[1]&15)
		data = data[2:]
		if x+more >= s.width || y+below >= s.height {
			return false
		}
		for at := y*s.stride + 4*x; below >= 0; below, at = below-1, at+s.stride {
			for i := at; i <= at+4*more; i += 4 {
				le.PutUint32((*[4]byte)(unsafe.Add(to, i))[:], colour)
			}
		}
	}
	return true
}
