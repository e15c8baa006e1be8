package rfb

import "image"

// decodeCopyRect moves a part of the screen (RFC 6143 section 7.7.2).
func (c *Client) decodeCopyRect(r rectangle) {
	from := image.Pt(int(c.in.u16()), int(c.in.u16()))
	if c.in.err != nil {
		return
	}
	source := image.Rectangle{Min: from, Max: from.Add(r.bounds().Size())}
	if !source.In(c.screen) {
		c.in.fail(malformed("copy from %v outside the screen %v", source, c.screen))
		return
	}
	c.frame.copyRect(r.bounds(), from)
}
