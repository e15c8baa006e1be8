package rfb_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// A tape is a connection whose other end says what is on it and leaves.
type tape struct {
	io.Reader
}

func (tape) Write(b []byte) (int, error)      { return len(b), nil }
func (tape) Close() error                     { return nil }
func (tape) LocalAddr() net.Addr              { return nil }
func (tape) RemoteAddr() net.Addr             { return nil }
func (tape) SetDeadline(time.Time) error      { return nil }
func (tape) SetReadDeadline(time.Time) error  { return nil }
func (tape) SetWriteDeadline(time.Time) error { return nil }

// FuzzSession plays anything as the server's side of a connection: it must end
// with an error, within bounds, and leave a picture that is whole.
func FuzzSession(f *testing.F) {
	f.Add(wire(greeting, update(1, header(0, 0, 4, 2, 0), pixels(8, 1, 2, 3))))
	f.Add(wire(greeting, update(0xffff, header(1, 0, 3, 1, 1), be16(0, 0), header(0, 0, 0, 0, -224)), 2, 3, 0, 0, 0, be32(2), "hi"))
	f.Add(wire(greeting, update(5, header(0, 0, 0, 0, -258), header(1, 0, 0, 0, -257), header(0, 0, 1, 1, -261), 5, header(0, 0, 8, 8, -308), 1, 0, 0, 0, make([]byte, 16), header(0, 0, 0, 0, -307), be32(1), "n")))
	f.Add(wire(greeting, clip(3, clipCaps|clipText, be32(0)), clip(3, clipNotify|clipText), clip(3, clipRequest|clipText), clip(3, clipProvide|clipText, packed("text"))))
	f.Add(wire(greeting, update(1, header(0, 0, 4, 2, -259)), 255, 1, be16(1), 255, 1, be16(2), be32(8), make([]byte, 8), 255, 1, be16(0)))
	f.Add(wire("RFB 003.003\n", be32(2), make([]byte, 16), be32(0), screen4x2, update(1, header(0, 0, 5, 5, -223)), 1, 0, be16(0, 1), make([]byte, 6)))
	f.Add(wire("RFB 003.007\n", 1, 2, make([]byte, 16), be32(1)))
	f.Add(wire(version38, 0, be32(4), "full"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		const limit = 1 << 16
		var client *rfb.Client
		opts := rfb.Options{MaxPixels: limit, Password: password("secret"), OnCutText: func(string) {}}
		opts.OnAudible = func() { _ = client.Listen(rfb.AudioRate44100) } // it is offered
		opts.OnSamples = func(pcm []byte) {
			if len(pcm) == 0 || len(pcm)%4 != 0 || len(pcm) > 1<<20 {
				t.Fatalf("%d bytes of samples", len(pcm))
			}
		}
		var err error
		client, err = rfb.Connect(context.Background(), tape{bytes.NewReader(stream)}, opts)
		if err != nil {
			return
		}
		client.Pointer(1, 1, rfb.ButtonLeft)
		_ = client.CutText("own") // short
		client.Key(1, 1, true)
		if err := client.Run(context.Background()); err == nil {
			t.Fatal("Run ended without saying why")
		}
		pic := client.Frame().Picture()
		if size := pic.Rect.Size(); size.X < 1 || size.Y < 1 || size.X*size.Y > limit || len(pic.Pix) != 4*size.X*size.Y {
			t.Fatalf("picture of %v in %d bytes", size, len(pic.Pix))
		}
		for i := 3; i < len(pic.Pix); i += 4 {
			if pic.Pix[i] != 255 {
				t.Fatalf("pixel %d is not opaque", i/4)
			}
		}
	})
}
