package rfb

// decodeRRE draws a background and rectangles on it, of which position and size
// are numbers of two bytes (RFC 6143 section 7.7.3).
func (c *Client) decodeRRE(r rectangle) {
	c.readParts(r, func() int { return int(c.in.u16()) })
}

// decodeCoRRE does the same with numbers of one byte.
func (c *Client) decodeCoRRE(r rectangle) {
	c.readParts(r, func() int { return int(c.in.u8()) })
}

func (c *Client) readParts(r rectangle, number func() int) {
	count := c.in.u32()
	c.drawPart(r, 0, 0, r.width, r.height, c.colour())
	for ; count > 0 && c.in.err == nil; count-- {
		colour := c.colour()
		x, y, width, height := number(), number(), number(), number()
		c.drawPart(r, x, y, width, height, colour)
	}
}

// colour reads one pixel.
func (c *Client) colour() uint32 {
	b := c.in.peek(bytesPerPixel)
	if b == nil {
		return 0
	}
	colour := rgbx(b)
	c.in.skip(bytesPerPixel)
	return colour
}

func (c *Client) drawPart(r rectangle, x, y, width, height int, colour uint32) {
	if c.in.err != nil {
		return
	}
	part, good := c.surface(r).part(x, y, width, height)
	part.fill(colour)
	if !good {
		c.in.fail(malformed("part at %d,%d of %dx%d outside its rectangle", x, y, width, height))
	}
}
