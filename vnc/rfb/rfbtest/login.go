package rfbtest

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// A LoginServer lets those in who know a name and a password, inside TLS
// (VeNCrypt's X509Plain), and shows a screen of 4x2 pixels that never changes.
type LoginServer struct {
	Socket string

	mu     sync.Mutex
	logins []string
}

// StartLogin starts a LoginServer that ends with the test.
func StartLogin(t testing.TB, certificate tls.Certificate, user, password string) *LoginServer {
	t.Helper()
	dir, err := os.MkdirTemp("", "rfb") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	s := &LoginServer{Socket: filepath.Join(dir, "vnc")}
	listener, err := net.Listen("unix", s.Socket)
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	var conns sync.Map
	t.Cleanup(func() {
		_ = listener.Close()
		conns.Range(func(conn, _ any) bool { _ = conn.(net.Conn).Close(); return true })
		serving.Wait()
		_ = os.RemoveAll(dir)
	})
	serving.Add(1)
	go func() {
		defer serving.Done()
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conns.Store(conn, true)
			serving.Add(1)
			go func() {
				defer serving.Done()
				defer conn.Close()
				s.serve(conn, certificate, user+password)
			}()
		}
	}()
	return s
}

// Logins returns what was tried so far, name and password in one.
func (s *LoginServer) Logins() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.logins...)
}

// serve says what must be said and takes what it hears for granted; a client
// that goes away ends it.
func (s *LoginServer) serve(conn net.Conn, certificate tls.Certificate, right string) {
	const x509Plain = "\x00\x00\x01\x06"
	heard := func(n int) []byte {
		b := make([]byte, n)
		_, _ = io.ReadFull(conn, b)
		return b
	}
	say := func(text string) { _, _ = io.WriteString(conn, text) }
	say("RFB 003.008\n")
	heard(12)
	say("\x01\x13")
	heard(1)
	say("\x00\x02")
	heard(2)
	say("\x00\x01" + x509Plain)
	heard(4)
	say("\x01")
	conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}}) // the version is the client's
	lengths := heard(8)
	n := binary.BigEndian.Uint32(lengths) + binary.BigEndian.Uint32(lengths[4:])
	if n == 0 || n > 1<<10 {
		return
	}
	login := string(heard(int(n)))
	s.mu.Lock()
	s.logins = append(s.logins, login)
	s.mu.Unlock()
	if login != right {
		say("\x00\x00\x00\x01\x00\x00\x00\x05wrong")
		return
	}
	say("\x00\x00\x00\x00")
	heard(1)
	say("\x00\x04\x00\x02\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\x00\x00\x00\x00\x00\x00\x02vm")
	say("\x00\x00\x00\x01\x00\x00\x00\x00\x00\x04\x00\x02\x00\x00\x00\x00" + string(make([]byte, 4*4*2)))
	_, _ = io.Copy(io.Discard, conn)
}
