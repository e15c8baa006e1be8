package rfb

import "image"

// A SizeStatus is a server's answer to RequestSize.
type SizeStatus uint16

// Answers of ExtendedDesktopSize.
const (
	SizeChanged     SizeStatus = 0
	SizeProhibited  SizeStatus = 1
	SizeOutOfMemory SizeStatus = 2
	SizeInvalid     SizeStatus = 3
	SizeForwarded   SizeStatus = 4 // the guest has been asked; a new size may follow
)

// reasonThisClient marks the answer to our own SetDesktopSize.
const reasonThisClient = 1

// A screen is one monitor of the desktop; we only keep what a request repeats.
type screen struct {
	id, flags uint32
}

// decodeDesktopSize takes over a new size (RFC 6143 section 7.8.2).
func (c *Client) decodeDesktopSize(r rectangle) {
	c.resize(r.width, r.height)
}

// decodeExtendedDesktopSize takes over a new size and layout. The header holds
// the reason in x and the status in y; a refused size is not one.
func (c *Client) decodeExtendedDesktopSize(r rectangle) {
	screens := int(c.in.u8())
	c.in.skip(3)
	var first screen
	for i := range screens {
		s := screen{id: c.in.u32()}
		c.in.skip(8) // position and size
		s.flags = c.in.u32()
		if i == 0 {
			first = s
		}
	}
	if c.in.err != nil {
		return
	}
	status := SizeStatus(r.y)
	answer := r.x == reasonThisClient
	if !answer || status == SizeChanged {
		c.resize(r.width, r.height)
		c.mu.Lock()
		known := c.resizable
		c.resizable, c.firstScreen = true, first
		c.mu.Unlock()
		if !known && c.in.err == nil {
			call(c.opts.OnResizable)
		}
	}
	if answer && c.opts.OnSizeAnswer != nil {
		c.opts.OnSizeAnswer(status)
	}
}

// resize is called by pseudo-encodings only, between two rectangles of pixels.
func (c *Client) resize(width, height int) {
	if c.in.err != nil {
		return
	}
	if err := c.checkSize(width, height); err != nil {
		c.in.fail(err)
		return
	}
	size := image.Rect(0, 0, width, height)
	if size == c.screen {
		return
	}
	c.screen = size
	c.frame.resize(width, height)
	c.resized = true
}

func (c *Client) checkSize(width, height int) error {
	limit := c.opts.MaxPixels
	if width < 1 || height < 1 || width > maxSide || height > maxSide || width*height > limit {
		return malformed("screen of %dx%d pixels", width, height)
	}
	return nil
}

// RequestSize asks the server to give its screen another size. The answer comes
// by Options.OnSizeAnswer, a new size by Options.OnResize. A server that has
// not offered it is not asked: ErrFixedSize.
func (c *Client) RequestSize(width, height int) error {
	c.mu.Lock()
	resizable, first := c.resizable, c.firstScreen
	c.mu.Unlock()
	if !resizable {
		return ErrFixedSize
	}
	if err := c.checkSize(width, height); err != nil {
		return err
	}
	c.send(desktopSizeMessage(width, height, first))
	return nil
}
