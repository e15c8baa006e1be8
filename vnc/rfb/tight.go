package rfb

import (
	"github.com/kvmmanager/kvm-manager/vnc/rfb/internal/inflate"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/internal/jpeg"
)

// The upper four bits of the first byte of a Tight rectangle; the lower four
// say which streams begin anew. Values below tightFill are basic compression:
// two bits for the stream, one for the presence of a filter.
const (
	tightFilter      = 0x4
	tightFill        = 0x8
	tightJPEG        = 0x9
	tightPlain       = 0xa // basic compression without zlib
	tightPlainFilter = 0xe
)

// Filters of basic compression.
const (
	tightCopy = iota
	tightPalette
	tightGradient
)

// tightShort is the length from which on pixels are compressed.
const tightShort = 12

// A tight holds what goes on from one Tight rectangle to the next.
type tight struct {
	streams [4]inflate.Stream
	palette [256]uint32
	jpeg    jpeg.Decoder
	image   []byte // a JPEG image beyond readAhead, at most 4 MiB
}

func (t *tight) close() {
	for i := range t.streams {
		t.streams[i].Close()
	}
	t.jpeg.Close()
}

// decodeTight reads a rectangle of the Tight encoding, see "Tight Encoding" in
// the rfbproto document of the community.
func (c *Client) decodeTight(r rectangle) {
	control := c.in.u8()
	for i := range c.tight.streams {
		if control&(1<<i) != 0 {
			c.tight.streams[i].Reset()
		}
	}
	switch kind := control >> 4; kind {
	case tightFill:
		c.readFill(r)
	case tightJPEG:
		c.readJPEG(r)
	case tightPlain, tightPlainFilter:
		c.readBasic(r, nil, kind&tightFilter != 0)
	default:
		if kind >= tightFill {
			c.in.fail(malformed("tight rectangle of kind %d", kind))
			return
		}
		c.readBasic(r, &c.tight.streams[kind&3], kind&tightFilter != 0)
	}
}

// compactLength reads a length of one to three bytes, seven, seven and eight
// bits.
func (c *Client) compactLength() int {
	length := 0
	for shift := 0; shift <= 14; shift += 7 {
		b := int(c.in.u8())
		if shift < 14 && b >= 128 {
			length |= b & 127 << shift
			continue
		}
		return length | b<<shift
	}
	return length
}

func (c *Client) readFill(r rectangle) {
	b := c.in.peek(3)
	if b == nil {
		return
	}
	c.surface(r).fill(rgb(b))
	c.in.skip(3)
}

func (c *Client) readJPEG(r rectangle) {
	length := c.compactLength()
	data := c.peekImage(length)
	if c.in.err != nil {
		return
	}
	s := c.surface(r)
	err := c.tight.jpeg.Decode(jpeg.Place{Pix: s.pix, Stride: s.stride, Width: s.width, Height: s.height}, data)
	if err != nil {
		c.in.fail(malformed("JPEG rectangle of %dx%d: %v", r.width, r.height, err))
		return
	}
	if length <= readAhead {
		c.in.skip(length)
	}
}

// peekImage returns the next bytes in one piece; when they are too many for
// the reader they are taken from it.
func (c *Client) peekImage(length int) []byte {
	if length <= readAhead {
		return c.in.peek(length)
	}
	if cap(c.tight.image) < length {
		c.tight.image = make([]byte, length)
	}
	data := c.tight.image[:length]
	c.in.full(data)
	return data
}

// readBasic reads pixels, compressed when there is a stream, filtered when there
// is a filter.
func (c *Client) readBasic(r rectangle, stream *inflate.Stream, filtered bool) {
	filter := uint8(tightCopy)
	if filtered {
		filter = c.in.u8()
	}
	switch filter {
	case tightCopy:
		from := c.basicSource(stream, 3*r.width*r.height)
		c.readRGB(r, from)
	case tightPalette:
		palette := c.readTightPalette()
		c.readIndexed(r, stream, palette)
	case tightGradient:
		from := c.basicSource(stream, 3*r.width*r.height)
		c.readGradient(r, from)
	default:
		c.in.fail(malformed("tight filter %d", filter))
	}
	if c.inflater.stream != nil && c.in.err == nil {
		c.inflater.finish()
	}
	c.inflater.stream = nil
}

// basicSource says where the next length bytes of pixels come from.
func (c *Client) basicSource(stream *inflate.Stream, length int) source {
	c.inflater.stream = nil
	if length < tightShort {
		return c.in
	}
	size := c.compactLength()
	if stream != nil {
		c.inflater.begin(stream, size)
		return &c.inflater
	}
	if size != length {
		c.in.fail(malformed("%d bytes for %d bytes of pixels", size, length))
	}
	return c.in
}

func (c *Client) readTightPalette() []uint32 {
	palette := c.tight.palette[:int(c.in.u8())+1]
	data := c.in.peek(3 * len(palette))
	if data == nil {
		return palette
	}
	for i := range palette {
		palette[i] = rgb(data[3*i:])
	}
	c.in.skip(len(data))
	return palette
}

// readIndexed reads numbers of colours: eight a byte for at most two colours,
// else one.
func (c *Client) readIndexed(r rectangle, stream *inflate.Stream, palette []uint32) {
	bits := 8
	if len(palette) <= 2 {
		bits = 1
	}
	row := (r.width*bits + 7) / 8
	from := c.basicSource(stream, row*r.height)
	s := c.surface(r)
	for y := 0; y < s.height; {
		data := from.span(row, row*(s.height-y))
		if data == nil {
			return
		}
		for ; len(data) >= row; data, y = data[row:], y+1 {
			good := bits == 1 && putPacked(s.row(y), data[:row], bits, palette) || bits == 8 && putIndexed(s.row(y), data[:row], palette)
			if !good {
				c.in.fail(malformed("colour beyond a palette of %d", len(palette)))
				return
			}
			from.skip(row)
		}
	}
}

// putIndexed draws one row of numbers of eight bits.
func putIndexed(row, data []byte, palette []uint32) bool {
	if 4*len(data) > len(row) {
		return false
	}
	for x, number := range data {
		if int(number) >= len(palette) {
			return false
		}
		le.PutUint32(row[4*x:4*x+4], palette[number])
	}
	return true
}

// readRGB reads pixels of three bytes.
func (c *Client) readRGB(r rectangle, from source) {
	s := c.surface(r)
	for x, y := 0, 0; y < s.height; {
		data := from.span(3, 3*(s.width*(s.height-y)-x))
		if data == nil {
			return
		}
		pixels := len(data) / 3
		for left := pixels; left > 0; {
			n := min(left, s.width-x)
			copyRGB(s.row(y)[4*x:4*(x+n)], data)
			data, left = data[3*n:], left-n
			if x += n; x == s.width {
				x, y = 0, y+1
			}
		}
		from.skip(3 * pixels)
	}
}

// readGradient reads differences to what the neighbours above, to the left and
// between them let expect.
func (c *Client) readGradient(r rectangle, from source) {
	s := c.surface(r)
	for x, y := 0, 0; y < s.height; {
		data := from.span(3, 3*(s.width-x))
		if data == nil {
			return
		}
		pixels := len(data) / 3
		if y == 0 {
			firstGradient(s.row(0), data[:3*pixels], x)
		} else {
			nextGradient(s.row(y), s.row(y-1), data[:3*pixels], x)
		}
		from.skip(3 * pixels)
		if x += pixels; x == s.width {
			x, y = 0, y+1
		}
	}
}

// firstGradient draws the top row from pixel x on. Above it everything is zero:
// the neighbour to the left is what to expect.
func firstGradient(row, data []byte, x int) {
	var r, g, b byte
	if x > 0 {
		r, g, b = row[4*x-4], row[4*x-3], row[4*x-2]
	}
	for row = row[4*x:]; len(row) >= 4 && len(data) >= 3; row, data = row[4:], data[3:] {
		r, g, b = r+data[0], g+data[1], b+data[2]
		row[0], row[1], row[2] = r, g, b
	}
}

// nextGradient draws any other row from pixel x on.
func nextGradient(row, above, data []byte, x int) {
	var left, corner uint32
	if x > 0 {
		left, corner = le.Uint32(row[4*x-4:]), le.Uint32(above[4*x-4:])
	}
	r, g, b := channels(left)
	cr, cg, cb := channels(corner)
	row, above = row[4*x:], above[4*x:]
	for i := 0; i+4 <= len(row) && i+4 <= len(above) && len(data) >= 3; i += 4 {
		ur, ug, ub := channels(le.Uint32(above[i : i+4]))
		r = (expected(r+ur-cr) + int(data[0])) & 255
		g = (expected(g+ug-cg) + int(data[1])) & 255
		b = (expected(b+ub-cb) + int(data[2])) & 255
		le.PutUint32(row[i:i+4], uint32(r|g<<8|b<<16)) // of 24 bits
		cr, cg, cb = ur, ug, ub
		data = data[3:]
	}
}

// expected cuts a value to a byte.
func expected(v int) int {
	if v&^255 != 0 {
		return int(^v>>63) & 255
	}
	return v
}

func channels(pixel uint32) (r, g, b int) {
	return int(pixel & 255), int(pixel >> 8 & 255), int(pixel >> 16 & 255)
}
