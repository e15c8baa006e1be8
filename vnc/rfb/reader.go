package rfb

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"time"
)

// readAhead is how many bytes are taken from the connection at once. One row
// of the widest screen (16384 pixels of 4 bytes) fits four times.
const readAhead = 256 << 10

// A reader takes the server's bytes apart. The first failure sticks: every
// later read returns zero, and err tells what went wrong in which message.
//
// While it holds the frame its decoders may draw. It lets go of it whenever it
// waits for the server.
type reader struct {
	buf      []byte // of which at to till were read and not taken yet
	at, till int
	message  string
	err      error
	source   *patientConn
	frame    *Frame
	holding  bool
}

func newReader(conn net.Conn, patience time.Duration, frame *Frame) *reader {
	source := &patientConn{conn: conn, patience: patience}
	source.socket, _ = conn.(*socket)
	return &reader{buf: make([]byte, readAhead), source: source, frame: frame}
}

// begin names the message being read; until end, the server may not fall
// silent for longer than the patience of the client.
func (r *reader) begin(message string) {
	r.message = message
	r.source.hurry = true
}

// end says that the message is over.
func (r *reader) end() {
	if r.source.recorder != nil && r.err == nil {
		r.err = r.source.recorder.keepMessages(r.buffered())
	}
	r.message = ""
	r.source.hurry = false
}

// fail keeps the first failure; nothing is read after it.
func (r *reader) fail(err error) {
	r.at, r.till = 0, 0
	if r.err != nil {
		return
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	r.err = &MessageError{Message: r.message, Err: err}
}

// hold locks the frame; who waits for it comes first.
func (r *reader) hold() {
	if r.holding && r.frame.wanted.Load() > 0 {
		r.letGo()
	}
	if !r.holding {
		r.frame.mu.Lock()
		r.holding = true
	}
}

func (r *reader) letGo() {
	if r.holding {
		r.holding = false
		r.frame.mu.Unlock()
	}
}

func (r *reader) buffered() int { return r.till - r.at }

// read reads some bytes into b, which is not empty.
func (r *reader) read(b []byte) (int, error) {
	held := r.holding
	r.letGo()
	n, err := r.source.Read(b)
	if held {
		r.hold()
	}
	return n, err
}

// fill reads until n bytes are there; n is at most readAhead.
func (r *reader) fill(n int) error {
	r.till, r.at = copy(r.buf, r.buf[r.at:r.till]), 0
	for r.till < n {
		more, err := r.read(r.buf[r.till:])
		if r.till += more; r.till < n && err != nil {
			return err
		}
	}
	return nil
}

// next reads the kind of the next message; before it, the connection may end.
func (r *reader) next() (kind uint8, err error) {
	if r.buffered() == 0 {
		if err := r.fill(1); err != nil {
			return 0, err
		}
	}
	r.at++
	return r.buf[r.at-1], nil
}

// peek returns the next n bytes without taking them; n is at most readAhead.
// They are valid until the next read. After a failure it returns nil.
func (r *reader) peek(n int) []byte {
	if n > r.till-r.at && !r.await(n) {
		return nil
	}
	return r.buf[r.at : r.at+n]
}

// await is fill for a decoder.
func (r *reader) await(n int) bool {
	if r.err != nil {
		return false
	}
	if err := r.fill(n); err != nil {
		r.fail(err)
		return false
	}
	return true
}

// span returns at least so many and at most so many of the next bytes without
// taking them, nil after a failure. least is at most readAhead.
func (r *reader) span(least, most int) []byte {
	if least > r.till-r.at && !r.await(least) {
		return nil
	}
	return r.buf[r.at:min(r.till, r.at+most)]
}

// skip takes n bytes.
func (r *reader) skip(n int) {
	for n > r.till-r.at {
		n -= r.till - r.at
		r.at = r.till
		if !r.await(1) {
			return
		}
	}
	r.at += n
}

// full fills b.
func (r *reader) full(b []byte) {
	for whole := b; len(b) > 0; {
		if r.err != nil {
			clear(whole)
			return
		}
		if n := copy(b, r.buf[r.at:r.till]); n > 0 {
			r.at += n
			b = b[n:]
			continue
		}
		n, err := r.read(b)
		if b = b[n:]; err != nil && len(b) > 0 {
			r.fail(err)
		}
	}
}

func (r *reader) u8() uint8 {
	b := r.peek(1)
	if b == nil {
		return 0
	}
	r.at++
	return b[0]
}

func (r *reader) u16() uint16 {
	b := r.peek(2)
	if b == nil {
		return 0
	}
	r.at += 2
	return binary.BigEndian.Uint16(b)
}

func (r *reader) u32() uint32 {
	b := r.peek(4)
	if b == nil {
		return 0
	}
	r.at += 4
	return binary.BigEndian.Uint32(b)
}

// text reads a length of four bytes and that many bytes, at most limit.
func (r *reader) text(limit uint32) string {
	length := r.u32()
	if length > limit {
		r.fail(malformed("text of %d bytes, more than %d", length, limit))
	}
	if r.err != nil {
		return ""
	}
	b := make([]byte, length)
	r.full(b)
	return string(b)
}

// A patientConn waits for ever between messages and for a limited time within
// one.
type patientConn struct {
	conn     net.Conn
	socket   *socket // conn, if it is one
	patience time.Duration
	hurry    bool
	limited  bool
	recorder *recorder // nil: what is read is not recorded
}

func (p *patientConn) Read(b []byte) (int, error) {
	p.limit()
	n, err := p.conn.Read(b)
	if p.recorder != nil {
		p.recorder.waiting = append(p.recorder.waiting, b[:n]...)
	}
	return n, err
}

// limit sets the time by which the next read must have brought something.
func (p *patientConn) limit() {
	switch {
	case p.hurry:
		p.limited = p.conn.SetReadDeadline(time.Now().Add(p.patience)) == nil
	case p.limited:
		p.limited = p.conn.SetReadDeadline(time.Time{}) != nil
	}
}
