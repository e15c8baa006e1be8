package rfb_test

import (
	"bytes"
	"context"
	"image"
	"net"
	"os/exec"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// A desktop is an X server, TigerVNC's Xvnc, that shows itself by VNC.
type desktop struct {
	*xDisplay
	number string
	socket string
}

var desktopSize = image.Pt(400, 300)

// need returns the path of a program, or skips the test.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("needs %s", program)
	}
	return path
}

// startXvnc starts a desktop of 400x300 pixels.
func startXvnc(t *testing.T) *desktop {
	t.Helper()
	x := rfbtest.StartXvnc(t, "400x300")
	d := &desktop{number: x.Display, socket: x.Socket}
	d.xDisplay = openDisplay(t, d.number, desktopSize)
	d.put(collage(desktopSize, 0), image.Point{})
	return d
}

// wantDesktop waits until the client shows what the X server has.
func (d *desktop) wantDesktop(t *testing.T, client *rfb.Client) {
	t.Helper()
	truth := d.screen()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%v differs", difference(client.Frame().Picture(), truth))
		}
	})
	rfbtest.Eventually(t, "the picture equals the X server's", func() bool {
		return bytes.Equal(client.Frame().Picture().Pix, truth.Pix)
	})
}

// difference is the rectangle in which two pictures of one size differ.
func difference(a, b *image.RGBA) (r image.Rectangle) {
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			if a.RGBAAt(x, y) != b.RGBAAt(x, y) {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

// follow connects and decodes until the test ends.
func follow(t *testing.T, conn net.Conn, opts rfb.Options) *rfb.Client {
	t.Helper()
	client, err := rfb.Connect(t.Context(), conn, opts)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- client.Run(context.Background()) }()
	t.Cleanup(func() {
		client.Close()
		if err := <-ended; err != rfb.ErrClosed { //nolint:errorlint // exactly this
			t.Errorf("the session ended with %v", err)
		}
	})
	return client
}

func dialSocket(t *testing.T, path string) net.Conn {
	t.Helper()
	var conn net.Conn
	rfbtest.Eventually(t, "the server listens", func() (up bool) {
		var err error
		conn, err = net.Dial("unix", path)
		return err == nil
	})
	return conn
}

var mostEncodings = map[string]rfb.Encoding{
	"Raw": rfb.EncodingRaw, "Hextile": rfb.EncodingHextile, "ZRLE": rfb.EncodingZRLE, "Tight": rfb.EncodingTight,
}

func TestEveryEncodingOfXvncShowsTheDesktop(t *testing.T) {
	d := startXvnc(t)
	for name, e := range mostEncodings {
		t.Run(name, func(t *testing.T) {
			cursors := make(chan rfb.Cursor, 99)
			opts := only(e)
			opts.Encodings = append(opts.Encodings, rfb.EncodingCopyRect)
			opts.OnCursor = func(c rfb.Cursor) { cursors <- c }
			client := follow(t, dialSocket(t, d.socket), opts)
			client.Pointer(200+int(e), 140, 0) // a pointer that we have not moved is painted into the picture
			seen(t, client, e, 1)
			d.wantDesktop(t, client)
			d.showPointer()
			for seed := range uint64(3) { // in continuous updates
				d.put(collage(image.Pt(301, 199), seed+3), image.Pt(int(seed)*40, 20)) // small
				d.move(image.Rect(10, 10, 210, 160), image.Pt(150+int(seed), 120))     // small
				d.wantDesktop(t, client)
			}
			rfbtest.Eventually(t, "a pointer", func() bool {
				c := <-cursors // at first the X server shows none
				return c.Hotspot.In(c.Image.Rect) && c.Image.RGBAAt(c.Hotspot.X, c.Hotspot.Y).A == 255
			})
		})
	}
}

func TestXvncsJPEGsLookLikeTheDesktop(t *testing.T) {
	d := startXvnc(t)
	opts := only(rfb.EncodingTight)
	opts.Quality = 9
	opts.OnCursor = func(rfb.Cursor) {}
	client := follow(t, dialSocket(t, d.socket), opts)
	seen(t, client, rfb.EncodingTight, 1)
	truth := d.screen()
	rfbtest.Eventually(t, "a picture that looks like the X server's", func() bool {
		return likeness(client.Frame().Picture(), truth) > 30
	})
}

func TestEveryEncodingOfLibVNCServerShowsTheDesktop(t *testing.T) {
	d := startXvnc(t)
	socket := d.socket + "2"
	rfbtest.Run(t, exec.Command(need(t, "x11vnc"), "-display", ":"+d.number, "-rfbport", "0", "-unixsock", socket, "-forever", "-shared",
		"-nopw", "-nocursor", "-noxdamage", "-wait", "10", "-q"))
	encodings := map[string]rfb.Encoding{"RRE": rfb.EncodingRRE, "CoRRE": rfb.EncodingCoRRE, "zlib": rfb.EncodingZlib}
	for name, e := range mostEncodings {
		encodings[name] = e
	}
	for name, e := range encodings {
		t.Run(name, func(t *testing.T) {
			client := follow(t, dialSocket(t, socket), only(e))
			d.wantDesktop(t, client)
			d.put(collage(image.Pt(257, 131), uint64(e)), image.Pt(33, 77)) // small
			d.wantDesktop(t, client)
			flat := image.NewRGBA(image.Rect(0, 0, 64, 64)) // noise is sent as it is by some encoders
			rfbtest.Eventually(t, "rectangles of the encoding", func() bool {
				flat.Pix[0]++
				d.put(flat, image.Point{})
				return client.Stats().Encodings[e] > 0
			})
			d.wantDesktop(t, client)
		})
	}
}
