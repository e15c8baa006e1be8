package rfb_test

import (
	"bytes"
	"io"
	"net"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// A server is the other end of a connection, driven by a test step by step.
type server struct {
	t    *testing.T
	conn net.Conn
}

// listen returns a server and the connection of its client.
func listen(t *testing.T) (*server, net.Conn) {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = ours.Close() })
	return &server{t, ours}, theirs
}

// say sends strings, bytes given as int, and byte slices.
func (s *server) say(parts ...any) {
	s.t.Helper()
	if _, err := s.conn.Write(wire(parts...)); err != nil {
		s.t.Errorf("the client does not listen: %v", err)
	}
}

// hear reads exactly what the client is expected to send.
func (s *server) hear(parts ...any) {
	s.t.Helper()
	want := wire(parts...)
	got := make([]byte, len(want))
	if n, err := io.ReadFull(s.conn, got); err != nil {
		s.t.Errorf("the client sent % x, then %v; want % x", got[:n], err, want)
		return
	}
	if !bytes.Equal(got, want) {
		s.t.Errorf("the client sent % x, want % x", got, want)
	}
}

// take reads n bytes of the client.
func (s *server) take(n int) []byte {
	s.t.Helper()
	got := make([]byte, n)
	if _, err := io.ReadFull(s.conn, got); err != nil {
		s.t.Fatalf("the client does not speak: %v", err)
	}
	return got
}

// deafen drops what the client sends from now on.
func (s *server) deafen() {
	go func() { _, _ = io.Copy(io.Discard, s.conn) }()
}

func wire(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b = append(b, p...)
		case int:
			b = append(b, byte(p))
		case []byte:
			b = append(b, p...)
		}
	}
	return b
}

// be16 writes numbers of two bytes, as the protocol does.
func be16(numbers ...int) []byte {
	var b []byte
	for _, n := range numbers {
		b = append(b, byte(n>>8), byte(n))
	}
	return b
}

func be32(n int32) []byte {
	return []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
}

// header is the head of one rectangle.
func header(x, y, width, height int, encoding int32) []byte {
	return append(be16(x, y, width, height), be32(encoding)...)
}

// update is a framebuffer update of some rectangles.
func update(count int, parts ...any) []byte {
	return wire(append([]any{0, 0, be16(count)}, parts...)...)
}

// Parts of a session that nothing varies.
var (
	version38  = "RFB 003.008\n"
	none       = wire(1, 1) // security types: None alone
	accepted   = be32(0)
	screen4x2  = wire(be16(4, 2), make([]byte, 16), be32(4), "test")
	greeting   = wire(version38, none, accepted, screen4x2)
	wantFormat = wire(0, 0, 0, 0, 32, 24, 0, 1, be16(255, 255, 255), 0, 8, 16, 0, 0, 0)
)

// wantEncodings are what a client asks for by itself, with or without sound and
// texts.
func wantEncodings(opts rfb.Options) []byte {
	ids := []int32{16, 7, 1, 6, 5, 4, 2, 0, -308, -223, -224, -307, -258, -316, -257, -261}
	if opts.OnSamples != nil {
		ids = append(ids, -259)
	}
	if opts.OnCutText != nil {
		ids = append(ids, -1063131698)
	}
	ids = append(ids, -312, -313)
	m := wire(2, 0, be16(len(ids)))
	for _, id := range ids {
		m = append(m, be32(id)...)
	}
	return m
}

func wantUpdate(incremental, width, height int) []byte {
	return wire(3, incremental, be16(0, 0, width, height))
}

// welcome plays the handshake of a 4x2 screen without password.
func (s *server) welcome() {
	s.t.Helper()
	s.say(version38)
	s.hear(version38)
	s.say(none)
	s.hear(1)
	s.say(accepted)
	s.hear(1)
	s.say(screen4x2)
}

// askedForAll hears the client set up its session.
func (s *server) askedForAll(opts rfb.Options) {
	s.t.Helper()
	s.hear(wantFormat, wantEncodings(opts), wantUpdate(0, 4, 2))
}
