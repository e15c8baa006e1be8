package rfb

// Lights are the lock lights of the guest's keyboard that are on.
type Lights uint8

// The lights of a keyboard.
const (
	ScrollLight Lights = 1 << iota
	NumLight
	CapsLight

	allLights = ScrollLight | NumLight | CapsLight
)

// qemu says whether the server is QEMU's, which has habits of its own: others that
// take physical keys offer continuous updates. It is called by the decoder, or with
// c.mu held.
func (c *Client) qemu() bool { return c.physicalKeys.Load() && !c.canContinue }

// decodeQEMUKey learns that the server takes physical keys.
func (c *Client) decodeQEMUKey(rectangle) {
	c.physicalKeys.Store(true)
}

// decodeQEMUPointer learns whether the guest has an absolute pointer (a tablet)
// or a relative one (a mouse): x is 1 or 0.
func (c *Client) decodeQEMUPointer(r rectangle) {
	relative := r.x == 0
	if c.relative.Swap(relative) != relative && c.opts.OnPointerMode != nil {
		c.opts.OnPointerMode(!relative)
	}
}

// decodeQEMULights learns which lock lights are on.
func (c *Client) decodeQEMULights(rectangle) {
	lights := Lights(c.in.u8()) & allLights
	if c.in.err == nil && c.opts.OnLights != nil {
		c.opts.OnLights(lights)
	}
}

// decodeDesktopName takes over a new name of the desktop.
func (c *Client) decodeDesktopName(rectangle) {
	name := c.in.text(maxName)
	if c.in.err != nil {
		return
	}
	c.mu.Lock()
	c.name = name
	c.mu.Unlock()
}
