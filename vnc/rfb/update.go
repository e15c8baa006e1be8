package rfb

import "image"

// Encodings and pseudo-encodings by their registered numbers.
const (
	encodingRaw                 int32 = 0
	encodingCopyRect            int32 = 1
	encodingDesktopSize         int32 = -223
	encodingLastRect            int32 = -224
	encodingQEMUPointer         int32 = -257
	encodingQEMUKey             int32 = -258
	encodingDesktopName         int32 = -307
	encodingExtendedDesktopSize int32 = -308
)

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
	encoding int32
	pixels   bool // it changes pixels of the rectangle, which lies on the screen
	decode   func(c *Client, r rectangle)
}

// decoders are offered to the server in this order, the preferred first.
// LastRect is handled by readUpdate and carries nothing.
var decoders = [...]decoder{
	{encodingRaw, true, (*Client).decodeRaw},
	{encodingCopyRect, true, (*Client).decodeCopyRect},
	{encodingExtendedDesktopSize, false, (*Client).decodeExtendedDesktopSize},
	{encodingDesktopSize, false, (*Client).decodeDesktopSize},
	{encodingLastRect, false, func(*Client, rectangle) {}},
	{encodingDesktopName, false, (*Client).decodeDesktopName},
	{encodingQEMUKey, false, (*Client).decodeQEMUKey},
	{encodingQEMUPointer, false, (*Client).decodeQEMUPointer},
}

func offeredEncodings() []int32 {
	ids := make([]int32, len(decoders))
	for i, d := range decoders {
		ids[i] = d.encoding
	}
	return ids
}

func decoderOf(encoding int32) *decoder {
	for i := range decoders {
		if decoders[i].encoding == encoding {
			return &decoders[i]
		}
	}
	return nil
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
	if c.in.err == nil {
		c.updateEnds()
	}
}

func (c *Client) readRectangle() (encoding int32) {
	r := rectangle{int(c.in.u16()), int(c.in.u16()), int(c.in.u16()), int(c.in.u16())}
	encoding = int32(c.in.u32())
	if c.in.err != nil {
		return encoding
	}
	d := decoderOf(encoding)
	switch {
	case d == nil:
		c.in.fail(malformed("unknown encoding %d", encoding))
	case d.pixels && !r.bounds().In(c.screen):
		c.in.fail(malformed("rectangle %v outside the screen %v", r.bounds(), c.screen))
	default:
		d.decode(c, r)
		if d.pixels && c.in.err == nil {
			c.frame.markDirty(r.bounds())
		}
	}
	return encoding
}
