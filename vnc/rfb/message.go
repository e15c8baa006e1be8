package rfb

import "encoding/binary"

// Messages of the client (RFC 6143 section 7.5 and the registry of extensions).
const (
	sendPixelFormat   = 0
	sendEncodings     = 2
	sendUpdateRequest = 3
	sendKey           = 4
	sendPointer       = 5
	sendCutText       = 6
	sendDesktopSize   = 251
	sendQEMU          = 255

	qemuKey = 0
)

// Messages of the server (RFC 6143 section 7.6).
const (
	gotUpdate     = 0
	gotColourMap  = 1
	gotBell       = 2
	gotCutText    = 3
	gotQEMU       = 255
	maxCutText    = 1 << 20  // handed to the callback
	maxSkippedCut = 16 << 20 // read and dropped; more is refused
)

const pixelFormatSize = 16

var (
	be = binary.BigEndian
	le = binary.LittleEndian
)

// pixelFormat makes the bytes of a pixel R, G, B, unused: the order of
// image.RGBA. 32 bits, depth 24, little endian, true colour, 8 bits a channel.
var pixelFormat = [pixelFormatSize]byte{32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16}

func pixelFormatMessage() []byte {
	return append([]byte{sendPixelFormat, 0, 0, 0}, pixelFormat[:]...)
}

func encodingsMessage(ids []Encoding) []byte {
	m := []byte{sendEncodings, 0}
	m = be.AppendUint16(m, uint16(len(ids)))
	for _, id := range ids {
		m = be.AppendUint32(m, uint32(id))
	}
	return m
}

func updateRequestMessage(incremental bool, width, height int) []byte {
	m := []byte{sendUpdateRequest, 0, 0, 0, 0, 0}
	if incremental {
		m[1] = 1
	}
	m = be.AppendUint16(m, uint16(width))
	return be.AppendUint16(m, uint16(height))
}

func keyMessage(keysym uint32, down bool) []byte {
	m := []byte{sendKey, 0, 0, 0}
	if down {
		m[1] = 1
	}
	return be.AppendUint32(m, keysym)
}

// qemuKeyMessage carries the physical key beside the letter.
func qemuKeyMessage(qnum, keysym uint32, down bool) []byte {
	m := []byte{sendQEMU, qemuKey, 0, 0}
	if down {
		m[3] = 1
	}
	m = be.AppendUint32(m, keysym)
	return be.AppendUint32(m, qnum)
}

func pointerMessage(x, y int, buttons byte) []byte {
	m := []byte{sendPointer, buttons}
	m = be.AppendUint16(m, uint16(x))
	return be.AppendUint16(m, uint16(y))
}

// desktopSizeMessage asks for one screen that fills the desktop.
func desktopSizeMessage(width, height int, first screen) []byte {
	m := []byte{sendDesktopSize, 0}
	m = be.AppendUint16(m, uint16(width))
	m = be.AppendUint16(m, uint16(height))
	m = append(m, 1, 0)
	m = be.AppendUint32(m, first.id)
	m = append(m, 0, 0, 0, 0)
	m = be.AppendUint16(m, uint16(width))
	m = be.AppendUint16(m, uint16(height))
	return be.AppendUint32(m, first.flags)
}

// readMessage reads one message of the server.
func (c *Client) readMessage(kind uint8) error {
	switch kind {
	case gotUpdate:
		c.in.begin("framebuffer update")
		c.readUpdate()
	case gotColourMap:
		c.in.begin("colour map")
		c.in.skip(3) // padding, first colour
		c.in.skip(6 * int(c.in.u16()))
	case gotBell:
		call(c.opts.OnBell)
	case gotCutText:
		c.in.begin("cut text")
		c.readCutText()
	case gotEndOfContinuous:
		c.continuousEnds()
	case gotFence:
		c.in.begin("fence")
		c.readFence()
	case gotQEMU:
		c.in.begin("QEMU message")
		c.readQEMU()
	default:
		c.in.begin("message")
		c.in.fail(malformed("unknown type %d", kind))
	}
	c.in.end()
	return c.in.err
}

// readCutText hands the server's clipboard to the owner, when it is not too
// long and somebody wants it. A negative length marks the extended clipboard.
func (c *Client) readCutText() {
	c.in.skip(3)
	length := int(int32(c.in.u32())) // it has a sign
	if max(length, -length) > maxSkippedCut {
		c.in.fail(malformed("%d bytes of text", length))
		return
	}
	if length < 0 {
		c.readClipboard(-length)
		return
	}
	c.mu.Lock()
	c.clip.newest = false
	c.mu.Unlock()
	if length > maxCutText || !c.wantsText() {
		c.in.skip(length)
		return
	}
	latin1 := make([]byte, length)
	c.in.full(latin1)
	if c.in.err == nil {
		c.opts.OnCutText(fromLatin1(latin1))
	}
}

func fromLatin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

func call(f func()) {
	if f != nil {
		f()
	}
}
