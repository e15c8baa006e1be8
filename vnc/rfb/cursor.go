package rfb

import "image"

// maxCursorSide bounds the width and the height of a pointer's picture.
const maxCursorSide = 1024

// A Cursor is the picture of the guest's pointer.
type Cursor struct {
	Image   *image.RGBA // with transparency, premultiplied; empty: the pointer is hidden
	Hotspot image.Point // the pixel of the picture that points
}

// newCursor makes a picture of the size of the rectangle, whose position is the
// hotspot.
func (c *Client) newCursor(r rectangle) (Cursor, bool) {
	if r.width > maxCursorSide || r.height > maxCursorSide {
		c.in.fail(malformed("cursor of %dx%d pixels", r.width, r.height))
		return Cursor{}, false
	}
	return Cursor{image.NewRGBA(image.Rect(0, 0, r.width, r.height)), image.Pt(r.x, r.y)}, true
}

// decodeCursor reads pixels and a mask of one bit for each (RFC 6143 section
// 7.8.1).
func (c *Client) decodeCursor(r rectangle) {
	cursor, good := c.newCursor(r)
	if !good {
		return
	}
	pix := cursor.Image.Pix
	c.in.full(pix)
	maskRow := (r.width + 7) / 8
	mask := make([]byte, maskRow*r.height)
	c.in.full(mask)
	for y := range r.height {
		for x := range r.width {
			pixel := pix[cursor.Image.PixOffset(x, y):][:4]
			if mask[y*maskRow+x/8]&(0x80>>(x%8)) == 0 {
				clear(pixel)
			} else {
				pixel[3] = 255
			}
		}
	}
	c.tellCursor(cursor)
}

// decodeCursorWithAlpha reads R,G,B,A pixels, premultiplied. QEMU sends them as
// B,G,R,A.
func (c *Client) decodeCursorWithAlpha(r rectangle) {
	cursor, good := c.newCursor(r)
	if !good {
		return
	}
	if encoding := Encoding(c.in.u32()); encoding != EncodingRaw {
		c.in.fail(malformed("cursor in encoding %d", encoding))
		return
	}
	pix := cursor.Image.Pix
	c.in.full(pix)
	for ; len(pix) >= 4; pix = pix[4:] {
		if c.qemu() {
			pix[0], pix[2] = pix[2], pix[0]
		}
		for i := range 3 { // premultiplied: no colour exceeds its alpha
			pix[i] = min(pix[i], pix[3])
		}
	}
	c.tellCursor(cursor)
}

func (c *Client) tellCursor(cursor Cursor) {
	if c.in.err == nil && c.opts.OnCursor != nil {
		c.opts.OnCursor(cursor)
	}
}
