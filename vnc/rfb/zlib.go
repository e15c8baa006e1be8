package rfb

// decodeZlib inflates the pixels of Raw; the stream goes on from rectangle to
// rectangle.
func (c *Client) decodeZlib(r rectangle) {
	c.inflater.begin(&c.zlib, c.zlibLength())
	c.readRows(r, &c.inflater, bytesPerPixel, surface.putRGBX)
	c.inflater.finish()
}

// readRows draws a rectangle row by row from pixels of the given size. The
// frame is not locked while the network is waited for.
func (c *Client) readRows(r rectangle, from source, size int, put func(row surface, data []byte)) {
	row := r.width * size
	if row == 0 {
		return
	}
	for y := range r.height {
		data := from.peek(row)
		if data == nil {
			return
		}
		line := r.bounds()
		line.Min.Y += y
		line.Max.Y = line.Min.Y + 1
		c.frame.mu.Lock()
		put(c.frame.surface(line), data)
		c.frame.mu.Unlock()
		from.skip(row)
	}
}
