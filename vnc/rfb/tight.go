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
	c.frame.mu.Lock()
	c.frame.surface(r.bounds()).fill(rgb(b))
	c.frame.mu.Unlock()
	c.in.skip(3)
}

func (c *Client) readJPEG(r rectangle) {
	length := c.compactLength()
	data := c.peekImage(length)
	if c.in.err != nil {
		return
	}
	c.frame.mu.Lock()
	s := c.frame.surface(r.bounds())
	err := c.tight.jpeg.Decode(jpeg.Place{Pix: s.pix, Stride: s.stride, Width: s.width, Height: s.height}, data)
	c.frame.mu.Unlock()
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
		c.readRows(r, from, 3, surface.putRGB)
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
	for y := range r.height {
		data := from.peek(row)
		if data == nil {
			return
		}
		c.frame.mu.Lock()
		line := c.frame.surface(r.bounds()).row(y)
		good := bits == 1 && putPacked(line, data, bits, palette) || bits == 8 && putIndexed(line, data, palette)
		c.frame.mu.Unlock()
		if !good {
			c.in.fail(malformed("colour beyond a palette of %d", len(palette)))
			return
		}
		from.skip(row)
	}
}

// putIndexed draws one row of numbers of eight bits.
func putIndexed(row, data []byte, palette []uint32) bool {
	for _, number := range data {
		if int(number) >= len(palette) || len(row) < 4 {
			return false
		}
		le.PutUint32(row, palette[number])
		row = row[4:]
	}
	return true
}

// readGradient reads differences to what the neighbours above, to the left and
// between them let expect.
func (c *Client) readGradient(r rectangle, from source) {
	for y := range r.height {
		data := from.peek(3 * r.width)
		if data == nil {
			return
		}
		c.frame.mu.Lock()
		s := c.frame.surface(r.bounds())
		if y == 0 {
			firstGradient(s.row(0), data)
		} else {
			nextGradient(s.row(y), s.row(y-1), data)
		}
		c.frame.mu.Unlock()
		from.skip(3 * r.width)
	}
}

// firstGradient draws the top row, above which everything is zero: the
// neighbour to the left is what to expect.
func firstGradient(row, data []byte) {
	var left [3]byte
	for ; len(row) >= 4 && len(data) >= 3; row, data = row[4:], data[3:] {
		for i := range left {
			left[i] += data[i]
			row[i] = left[i]
		}
		row[3] = 255
	}
}

func nextGradient(row, above, data []byte) {
	var left, corner [3]int
	for x := 0; x+4 <= len(row) && x+4 <= len(above) && len(data) >= 3; x += 4 {
		for i := range left {
			up := int(above[x+i])
			expected := max(0, min(left[i]+up-corner[i], 255))
			value := byte(expected) + data[i]
			row[x+i] = value
			left[i], corner[i] = int(value), up
		}
		row[x+3] = 255
		data = data[3:]
	}
}
