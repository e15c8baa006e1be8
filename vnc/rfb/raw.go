package rfb

// bytesPerPixel of the format that we ask for.
const bytesPerPixel = 4

// From these sizes on, in bytes, pixels are read from the socket into the frame;
// smaller ones come with what is read ahead.
const (
	directLeast    = 32 << 10
	directRowLeast = 1 << 10
	directAhead    = 64 << 10 // what follows them is read with them
)

// decodeRaw copies pixels into the frame (RFC 6143 section 7.7.1).
func (c *Client) decodeRaw(r rectangle) {
	s := c.surface(r)
	row := s.width * bytesPerPixel
	for drawn, length := 0, row*s.height; drawn < length; {
		if c.in.buffered() == 0 && length-drawn >= directLeast && row >= directRowLeast && c.in.direct() {
			drawn += c.in.readInto(s, drawn)
			continue
		}
		data := c.in.span(1, length-drawn)
		if data == nil {
			return
		}
		s.putBytes(drawn, data)
		c.in.at += len(data)
		drawn += len(data)
	}
}

// putBytes draws bytes of rows, of which so many are drawn already.
func (s surface) putBytes(drawn int, data []byte) {
	row := 4 * s.width
	if row == s.stride {
		copy(s.pix[drawn:], data)
		return
	}
	y, x := drawn/row, drawn%row
	at := y*s.stride + x
	if x > 0 {
		n := copy(s.pix[at:at+row-x], data)
		data = data[n:]
		at += s.stride - x
	}
	s.putRows(at, data)
	if rest := len(data) % row; rest > 0 {
		copy(s.pix[at+len(data)/row*s.stride:], data[len(data)-rest:])
	}
}

// direct says whether pixels can be read from the socket into the frame.
func (r *reader) direct() bool {
	return r.source.socket != nil && r.source.recorder == nil && r.err == nil
}

// readInto reads some bytes of a surface, of which so many are drawn already,
// and with them some of what follows it. It returns how many bytes were drawn.
func (r *reader) readInto(s surface, drawn int) int {
	row, length := 4*s.width, 4*s.width*s.height
	if row == s.stride { // one long row
		row, s.stride = length, length
	}
	to := r.source.socket
	to.begin()
	at := drawn
	for room := true; room; {
		if at == length {
			to.add(r.buf[:directAhead])
			break
		}
		y, x := at/row, at%row
		room = to.add(s.pix[y*s.stride+x : y*s.stride+row])
		at += row - x
	}
	n := r.readParts()
	r.at, r.till = 0, max(0, n-(at-drawn))
	return n - r.till
}

// readParts fills the parts of the socket, and returns how many bytes came.
func (r *reader) readParts() int {
	held := r.holding
	r.letGo()
	r.source.limit()
	n, err := r.source.socket.readParts(r.frame)
	if held {
		r.hold()
	}
	if err != nil {
		r.fail(err)
	}
	return n
}
