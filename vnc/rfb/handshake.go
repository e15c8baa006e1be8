package rfb

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"
)

// maxName bounds the name of a desktop, maxReason a server's explanation.
const (
	maxName   = 64 << 10
	maxReason = 64 << 10
)

// A version is the minor number of the protocol, 3.3, 3.7 or 3.8.
type version int

const (
	version33 version = 3
	version37 version = 7
	version38 version = 8
)

// A handshake is a connection before it shows pictures: both sides speak in
// turn.
type handshake struct {
	conn    net.Conn
	in      *reader
	opts    *Options
	version version
}

// send writes all of b within the patience of the client.
func (h *handshake) send(what string, b ...byte) {
	if h.in.err != nil {
		return
	}
	// A connection without deadlines is bounded by the caller's context alone.
	_ = h.conn.SetWriteDeadline(time.Now().Add(h.opts.Patience))
	defer func() { _ = h.conn.SetWriteDeadline(time.Time{}) }()
	if _, err := h.conn.Write(b); err != nil {
		h.in.begin(what)
		h.in.fail(err)
	}
}

// agreeVersion reads the server's version and answers with the highest one
// that both speak (RFC 6143 section 7.1.1).
func (h *handshake) agreeVersion() error {
	h.in.begin("protocol version")
	var greeting [12]byte
	h.in.full(greeting[:])
	if h.in.err != nil {
		return h.in.err
	}
	major, minor, ok := parseVersion(greeting)
	if !ok {
		h.in.fail(malformed("greeting %q", greeting[:]))
		return h.in.err
	}
	switch {
	case major > 3 || minor >= 8:
		h.version = version38
	case minor == 7:
		h.version = version37
	default:
		h.version = version33
	}
	h.send("protocol version", fmt.Appendf(nil, "RFB 003.%03d\n", h.version)...)
	return h.in.err
}

// parseVersion reads "RFB xxx.yyy\n".
func parseVersion(greeting [12]byte) (major, minor int, ok bool) {
	if string(greeting[:4]) != "RFB " || greeting[7] != '.' || greeting[11] != '\n' {
		return 0, 0, false
	}
	number := func(digits []byte) int {
		n, err := strconv.ParseUint(string(digits), 10, 16)
		if err != nil {
			return 0
		}
		return int(n)
	}
	major, minor = number(greeting[4:7]), number(greeting[8:11])
	return major, minor, major > 3 || major == 3 && minor >= 3
}

// initialise says that others may watch as well, and reads the size and the
// name of the screen (RFC 6143 section 7.3).
func (h *handshake) initialise() (width, height int, name string, err error) {
	const shared = 1
	h.send("client initialisation", shared)
	h.in.begin("server initialisation")
	width, height = int(h.in.u16()), int(h.in.u16())
	h.in.skip(pixelFormatSize)
	name = h.in.text(maxName)
	return width, height, name, h.in.err
}

// connect runs the whole handshake.
func (h *handshake) connect(ctx context.Context) (width, height int, name string, err error) {
	if err := h.agreeVersion(); err != nil {
		return 0, 0, "", err
	}
	if err := h.authenticate(ctx); err != nil {
		return 0, 0, "", err
	}
	if h.opts.Record != nil {
		h.in.record(h.opts.Record)
	}
	return h.initialise()
}
