package rfb

// decodeZlib inflates the pixels of Raw; the stream goes on from rectangle to
// rectangle.
func (c *Client) decodeZlib(r rectangle) {
	c.inflater.begin(&c.zlib, c.zlibLength())
	s := c.surface(r)
	for drawn, length := 0, bytesPerPixel*s.width*s.height; drawn < length; {
		data := c.inflater.span(1, length-drawn)
		if data == nil {
			return
		}
		s.putBytes(drawn, data)
		c.inflater.skip(len(data))
		drawn += len(data)
	}
	c.inflater.finish()
}
