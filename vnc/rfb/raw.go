package rfb

// bytesPerPixel of the format that we ask for.
const bytesPerPixel = 4

// decodeRaw copies pixels from the read buffer into the frame (RFC 6143 section
// 7.7.1), as many whole rows at a time as the buffer holds. The frame is not
// locked while the network is waited for.
func (c *Client) decodeRaw(r rectangle) {
	row := r.width * bytesPerPixel
	if row == 0 {
		return
	}
	for y := 0; y < r.height; {
		rows := min(r.height-y, readAhead/row)
		pixels := c.in.peek(rows * row)
		if pixels == nil {
			return
		}
		c.frame.putRows(r.bounds(), r.y+y, pixels)
		c.in.skip(len(pixels))
		y += rows
	}
}
