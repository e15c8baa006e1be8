package rfb

import (
	"bufio"
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
type reader struct {
	buf     *bufio.Reader
	message string
	err     error
	source  *patientConn
}

func newReader(conn net.Conn, patience time.Duration) *reader {
	source := &patientConn{conn: conn, patience: patience}
	return &reader{buf: bufio.NewReaderSize(source, readAhead), source: source}
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
		r.err = r.source.recorder.keepMessages(r.buf.Buffered())
	}
	r.message = ""
	r.source.hurry = false
}

func (r *reader) fail(err error) {
	if r.err != nil {
		return
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	r.err = &MessageError{Message: r.message, Err: err}
}

// full fills b.
func (r *reader) full(b []byte) {
	if r.err != nil {
		clear(b)
		return
	}
	if _, err := io.ReadFull(r.buf, b); err != nil {
		clear(b)
		r.fail(err)
	}
}

// peek returns the next n bytes without taking them; n is at most readAhead.
// They are valid until the next read. After a failure it returns nil.
func (r *reader) peek(n int) []byte {
	if r.err != nil {
		return nil
	}
	b, err := r.buf.Peek(n)
	if err != nil {
		r.fail(err)
		return nil
	}
	return b
}

func (r *reader) skip(n int) {
	if r.err != nil {
		return
	}
	if _, err := r.buf.Discard(n); err != nil {
		r.fail(err)
	}
}

func (r *reader) u8() uint8 {
	if r.err != nil {
		return 0
	}
	b, err := r.buf.ReadByte()
	if err != nil {
		r.fail(err)
	}
	return b
}

func (r *reader) u16() uint16 { return uint16(r.number(2)) }

func (r *reader) u32() uint32 { return uint32(r.number(4)) }

func (r *reader) number(size int) uint64 {
	b := r.peek(size)
	if b == nil {
		return 0
	}
	var n uint64
	if size == 2 {
		n = uint64(binary.BigEndian.Uint16(b))
	} else {
		n = uint64(binary.BigEndian.Uint32(b))
	}
	r.skip(size)
	return n
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
	patience time.Duration
	hurry    bool
	limited  bool
	recorder *recorder // nil: what is read is not recorded
}

func (p *patientConn) Read(b []byte) (int, error) {
	switch {
	case p.hurry:
		p.limited = p.conn.SetReadDeadline(time.Now().Add(p.patience)) == nil
	case p.limited:
		p.limited = p.conn.SetReadDeadline(time.Time{}) != nil
	}
	n, err := p.conn.Read(b)
	if p.recorder != nil {
		p.recorder.waiting = append(p.recorder.waiting, b[:n]...)
	}
	return n, err
}
