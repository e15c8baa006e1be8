package vnc_test

import (
	"bytes"
	"net"
	"path/filepath"
	"sync"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// serveButtons is a server of a black screen with an absolute pointer at a Unix
// socket; more is what it says after the handshake. It returns what its client
// sent. No server of the distribution takes these buttons.
func serveButtons(t *testing.T, more string) (socket string, heard func() []byte) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "vnc")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	var mu sync.Mutex
	var all []byte
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return // the test has ended
		}
		defer conn.Close() //nolint:errcheck // the window has gone
		screen := "\x02\xd0\x01\x90" + string(make([]byte, 20))
		update := "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00"
		_, _ = conn.Write([]byte("RFB 003.008\n\x01\x01\x00\x00\x00\x00" + screen + more + update)) // the test fails by what is not heard
		b := make([]byte, 256)
		for {
			n, err := conn.Read(b)
			mu.Lock()
			all = append(all, b[:n]...)
			mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return socket, func() []byte {
		mu.Lock()
		defer mu.Unlock()
		return bytes.Clone(all)
	}
}

func TestBackAndForwardReachAServerThatKnowsThem(t *testing.T) {
	for _, c := range []struct {
		name, more string
		want       [][]byte
	}{
		{"eight buttons", "", [][]byte{{5, 0x80, 1, 44, 0, 200}, {5, 0, 1, 44, 0, 200}, {5, 1, 1, 44, 0, 200}}},
		{
			"more", "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xfe\xc4",
			[][]byte{
				{5, 0x80, 1, 44, 0, 200, 1}, {5, 0, 1, 44, 0, 200}, {5, 0x80, 1, 44, 0, 200, 2}, {5, 0, 1, 44, 0, 200},
				{5, 1, 1, 44, 0, 200},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			socket, heard := serveButtons(t, c.more)
			d := openWindowOn(t, socket, "status 2 720 400")
			d.x("mousemove", "--window", d.window, "300", "200")
			for _, button := range []string{"8", "9", "1"} {
				d.x("click", button)
			}
			rfbtest.Eventually(t, "the click", func() bool { return bytes.Contains(heard(), c.want[len(c.want)-1]) })
			rest := heard()
			for _, message := range c.want {
				at := bytes.Index(rest, message)
				if at < 0 {
					t.Fatalf("not in turn: % x in % x", message, heard())
				}
				rest = rest[at+len(message):]
			}
		})
	}
}
