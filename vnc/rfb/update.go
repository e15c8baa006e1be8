package rfb

import "image"

// allRectangles is the count of a server that ends its update with LastRect.
const allRectangles = 0xffff

// A rectangle is the header of one part of an update. Pseudo-encodings give
// its numbers meanings of their own.
type rectangle struct {
	x, y, width, height int
}

func (r rectangle) bounds() image.Rectangle {
	return image.Rect(r.x, r.y, r.x+r.width, r.y+r.height)
}

// A decoder reads what follows the header of a rectangle. Failures stay in
// c.in.
type decoder struct {
	encoding Encoding
	pixels   bool // it changes pixels of the rectangle, which lies on the screen
	decode   func(c *Client, r rectangle)
	wanted   func(o *Options) bool // pseudo-encodings only: when it is offered; nil: always
}

// decoders is every encoding that is understood; the order of the pixels' is in
// encoding.go. LastRect is handled by readUpdate and carries nothing.
var decoders = [...]decoder{
	{encoding: EncodingRaw, pixels: true, decode: (*Client).decodeRaw},
	{encoding: EncodingZRLE, pixels: true, decode: (*Client).decodeZRLE},
	{encoding: EncodingTight, pixels: true, decode: (*Client).decodeTight},
	{encoding: EncodingHextile, pixels: true, decode: (*Client).decodeHextile},
	{encoding: EncodingZlib, pixels: true, decode: (*Client).decodeZlib},
	{encoding: EncodingCopyRect, pixels: true, decode: (*Client).decodeCopyRect},
	{encoding: EncodingCoRRE, pixels: true, decode: (*Client).decodeCoRRE},
	{encoding: EncodingRRE, pixels: true, decode: (*Client).decodeRRE},
	{encoding: encodingExtendedDesktopSize, decode: (*Client).decodeExtendedDesktopSize},
	{encoding: encodingDesktopSize, decode: (*Client).decodeDesktopSize},
	{encoding: encodingLastRect, decode: func(*Client, rectangle) {}},
	{encoding: encodingDesktopName, decode: (*Client).decodeDesktopName},
	{encoding: encodingCursorWithAlpha, decode: (*Client).decodeCursorWithAlpha, wanted: (*Options).wantsCursor},
	{encoding: encodingCursor, decode: (*Client).decodeCursor, wanted: (*Options).wantsCursor},
	{encoding: encodingQEMUKey, decode: (*Client).decodeQEMUKey},
	{encoding: encodingManyButtons, decode: (*Client).decodeManyButtons},
	{encoding: encodingQEMUPointer, decode: (*Client).decodeQEMUPointer},
	{encoding: encodingQEMULights, decode: (*Client).decodeQEMULights},
	{encoding: encodingQEMUAudio, decode: (*Client).decodeQEMUAudio, wanted: (*Options).wantsSamples},
}

// decoderOf returns the place in decoders, or -1.
func decoderOf(encoding Encoding) int {
	for i := range decoders {
		if decoders[i].encoding == encoding {
			return i
		}
	}
	return -1
}

// readUpdate decodes one framebuffer update (RFC 6143 section 7.6.1). The next
// one is asked for first, so that the server works while we do.
func (c *Client) readUpdate() {
	c.updateBegins()
	c.in.skip(1)
	count := int(c.in.u16())
	for i := 0; i < count && c.in.err == nil; i++ {
		if c.readRectangle() == encodingLastRect && count == allRectangles {
			break
		}
	}
	c.in.letGo()
	c.publish()
	if c.in.err == nil {
		c.updateEnds()
	}
}

func (c *Client) readRectangle() (encoding Encoding) {
	head := c.in.peek(12)
	if head == nil {
		return 0
	}
	r := rectangle{int(be.Uint16(head)), int(be.Uint16(head[2:])), int(be.Uint16(head[4:])), int(be.Uint16(head[6:]))}
	encoding = Encoding(be.Uint32(head[8:]))
	c.in.at += len(head)
	if decoders[c.latest].encoding != encoding {
		c.latest = decoderOf(encoding)
	}
	if c.latest < 0 {
		c.latest = 0
		c.in.fail(malformed("unknown encoding %d", encoding))
		return encoding
	}
	c.decode(c.latest, r)
	return encoding
}

// decode decodes a rectangle. Decoders of pixels hold the frame, the others must
// not.
func (c *Client) decode(decoder int, r rectangle) {
	d := &decoders[decoder]
	if !d.pixels {
		c.in.letGo()
		d.decode(c, r)
		return
	}
	if !c.holds(r) {
		c.in.fail(malformed("rectangle %v outside the screen %v", r.bounds(), c.screen))
		return
	}
	c.in.hold()
	d.decode(c, r)
	if c.in.err == nil {
		c.frame.dirty = c.frame.dirty.Union(r.bounds())
		c.counted[decoder]++
		c.drawn += uint64(r.width * r.height) // not negative
	}
}

// holds says whether a rectangle lies on the screen; an empty one lies anywhere.
func (c *Client) holds(r rectangle) bool {
	return r.x+r.width <= c.screen.Max.X && r.y+r.height <= c.screen.Max.Y || r.width == 0 || r.height == 0
}
