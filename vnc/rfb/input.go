package rfb

import "image"

// Buttons is the set of pointer buttons that are down (RFC 6143 section 7.5.5).
// The wheel is buttons, too: one notch is down and up.
type Buttons uint16

// The buttons of a pointer.
const (
	ButtonLeft Buttons = 1 << iota
	ButtonMiddle
	ButtonRight
	WheelUp
	WheelDown
	WheelLeft
	WheelRight
	ButtonBack    // of servers that know eight buttons; QEMU does not
	ButtonForward // of servers that offer more
)

// relativeOrigin is how QEMU writes "no movement" for a relative pointer.
const relativeOrigin = 0x7fff

// Key presses or releases a key. qnum is the physical key ([QNum]), sent where
// the server takes it (QEMU); keysym is the X11 keysym, sent everywhere else.
// Zero stands for unknown: a key that cannot be told to this server is dropped.
func (c *Client) Key(qnum, keysym uint32, down bool) {
	switch {
	case c.physicalKeys.Load() && qnum != 0:
		c.send(qemuKeyMessage(qnum, keysym, down))
	case keysym != 0:
		c.send(keyMessage(keysym, down))
	}
}

// PhysicalKeys says whether the server takes keys by their place on the keyboard.
func (c *Client) PhysicalKeys() bool { return c.physicalKeys.Load() }

// Absolute says whether the guest follows positions (true) or only movements.
func (c *Client) Absolute() bool { return !c.relative.Load() }

// Pointer puts the pointer at a pixel, with the buttons that are down. A guest
// that only follows movements is told the way from the last position.
func (c *Client) Pointer(x, y int, buttons Buttons) {
	c.mu.Lock()
	defer c.mu.Unlock()
	to := image.Pt(x, y)
	if !c.pointerKnown {
		c.pointer, c.pointerKnown = to, true
	}
	way := to.Sub(c.pointer)
	c.pointer = to
	if c.Absolute() {
		c.sendPosition(buttons)
	} else {
		c.sendMovement(way, buttons)
	}
}

// PointerRelative moves the pointer by pixels, with the buttons that are down.
// A guest that follows positions is told the sum, kept on the screen.
func (c *Client) PointerRelative(dx, dy int, buttons Buttons) {
	c.mu.Lock()
	defer c.mu.Unlock()
	way := image.Pt(dx, dy)
	if !c.Absolute() {
		c.sendMovement(way, buttons)
		return
	}
	c.pointer = c.pointer.Add(way)
	c.pointerKnown = true
	c.sendPosition(buttons)
}

func (c *Client) sendPosition(buttons Buttons) {
	size := c.frame.Size()
	x := max(0, min(c.pointer.X, size.X-1))
	y := max(0, min(c.pointer.Y, size.Y-1))
	c.pointer = image.Pt(x, y)
	if err := c.out.putPointer(c.pointerMessage(x, y, buttons)); err != nil {
		c.closeWith(err)
	}
}

func (c *Client) sendMovement(way image.Point, buttons Buttons) {
	clamp := func(d int) int { return relativeOrigin + max(-relativeOrigin, min(d, relativeOrigin)) }
	c.send(c.pointerMessage(clamp(way.X), clamp(way.Y), buttons))
}

// pointerMessage has, of buttons that need it, another byte at its end where the
// server has offered to read it (rfbproto: "ExtendedMouseButtons").
func (c *Client) pointerMessage(x, y int, buttons Buttons) []byte {
	const more, firstOfMore = 1 << 7, 7
	if buttons < more || !c.manyButtons.Load() {
		return pointerMessage(x, y, byte(buttons))
	}
	return append(pointerMessage(x, y, byte(buttons)|more), byte(buttons>>firstOfMore))
}

// decodeManyButtons learns that the server reads more than eight buttons.
func (c *Client) decodeManyButtons(rectangle) { c.manyButtons.Store(true) }
