package rfb_test

import (
	"io"
	"net"
	"path/filepath"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

func TestWhatIsAskedForFirstDependsOnWhereTheServerIs(t *testing.T) {
	for _, c := range []struct {
		opts rfb.Options
		want []byte // how the list begins
		last []byte
	}{
		{rfb.Options{}, wire(be32(16), be32(7)), be32(-313)},
		{rfb.Options{Local: true}, wire(be32(0), be32(1)), be32(-313)},
		{rfb.Options{Quality: 7}, wire(be32(7), be32(16)), be32(-26)},
		{rfb.Options{Quality: 99}, wire(be32(7), be32(16)), be32(-23)},
		{rfb.Options{Encodings: []rfb.Encoding{rfb.EncodingHextile}}, wire(be32(5), be32(-308)), be32(-313)},
		{rfb.Options{Encodings: []rfb.Encoding{rfb.EncodingZRLE}, Plain: true}, wire(be32(16)), be32(-223)},
		{rfb.Options{Encodings: []rfb.Encoding{}, OnCursor: func(rfb.Cursor) {}}, wire(be32(-308)), be32(-313)},
	} {
		s, conn := listen(t)
		go s.welcome()
		client, err := rfb.Connect(t.Context(), conn, c.opts)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = client.Run(t.Context()) }()
		s.hear(wantFormat, 2, 0)
		count := make([]byte, 2)
		if _, err := io.ReadFull(s.conn, count); err != nil {
			t.Fatal(err)
		}
		s.hear(c.want)
		rest := make([]byte, 4*int(count[1])-len(c.want)-len(c.last))
		if _, err := io.ReadFull(s.conn, rest); err != nil {
			t.Fatal(err)
		}
		s.hear(c.last)
		client.Close()
	}
}

func TestUnixSocketsAndLoopbackAreLocal(t *testing.T) {
	dial := func(network, address string) net.Conn {
		listener, err := net.Listen(network, address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = listener.Close() })
		conn, err := net.Dial(network, listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	if !rfb.IsLocal(dial("unix", filepath.Join(t.TempDir(), "s"))) {
		t.Error("a Unix socket is not local")
	}
	if !rfb.IsLocal(dial("tcp", "127.0.0.1:0")) {
		t.Error("loopback is not local")
	}
	if _, pipe := listen(t); rfb.IsLocal(pipe) {
		t.Error("what is unknown is local")
	}
}
