package rfb

// The community's extensions to flow control (rfbproto: "Fence" and
// "ContinuousUpdates").
const (
	gotEndOfContinuous = 150
	gotFence           = 248

	sendContinuous = 150
	sendFence      = 248

	maxFence = 64 // bytes of a fence that come back to the server
)

// What a fence asks for. All that we answer is read and answered in turn, which
// is all that the first three ask.
const (
	fenceBlockBefore = 1 << 0
	fenceBlockAfter  = 1 << 1
	fenceSyncNext    = 1 << 2
	fenceRequest     = 1 << 31
)

// readFence answers a fence: the server measures how far we have come.
func (c *Client) readFence() {
	c.in.skip(3)
	flags := c.in.u32()
	length := int(c.in.u8())
	if length > maxFence {
		c.in.fail(malformed("fence of %d bytes", length))
		return
	}
	payload := c.in.peek(length)
	if c.in.err != nil || flags&fenceRequest == 0 {
		c.in.skip(length)
		return
	}
	flags &= fenceBlockBefore | fenceBlockAfter | fenceSyncNext
	c.send(fenceMessage(flags, payload))
	c.in.skip(length)
}

func fenceMessage(flags uint32, payload []byte) []byte {
	m := be.AppendUint32([]byte{sendFence, 0, 0, 0}, flags)
	return append(append(m, byte(len(payload))), payload...)
}

// continuousEnds learns, the first time, that the server sends updates by itself
// when it is told to; later that it has stopped doing so.
func (c *Client) continuousEnds() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.canContinue {
		return
	}
	c.canContinue = true
	if !c.paused {
		c.setContinuous(true)
	}
}

// setContinuous starts or stops updates that nobody asks for, where the server
// offers them. The caller holds c.mu.
func (c *Client) setContinuous(on bool) {
	if !c.canContinue {
		return
	}
	size := c.frame.Size()
	c.send(continuousMessage(on, size.X, size.Y))
	c.continuous = on
}

func continuousMessage(on bool, width, height int) []byte {
	m := []byte{sendContinuous, 0, 0, 0, 0, 0}
	if on {
		m[1] = 1
	}
	m = be.AppendUint16(m, uint16(width))
	return be.AppendUint16(m, uint16(height))
}
