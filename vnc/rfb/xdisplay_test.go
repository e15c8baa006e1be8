package rfb_test

import (
	"encoding/binary"
	"image"
	"io"
	"math/rand/v2"
	"net"
	"testing"
)

var le = binary.LittleEndian

// An xDisplay is a connection to an X server by the few requests of its
// protocol that paint on the root window and read it back: the server's own
// picture of itself.
type xDisplay struct {
	t    *testing.T
	conn net.Conn
	root uint32
	gc   uint32
	size image.Point
}

// openDisplay connects to display number n.
func openDisplay(t *testing.T, n string, size image.Point) *xDisplay {
	t.Helper()
	conn, err := net.Dial("unix", "/tmp/.X11-unix/X"+n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	x := &xDisplay{t: t, conn: conn, size: size}
	x.send(wire("l", 0, le16(11, 0, 0, 0, 0))) // little endian, version 11.0, no authorisation
	head := x.read(8)
	if head[0] != 1 {
		t.Fatal("the X server refuses")
	}
	setup := x.read(4 * int(le.Uint16(head[6:])))
	x.gc = le.Uint32(setup[4:])
	vendor, formats := int(le.Uint16(setup[16:])), int(setup[21])
	x.root = le.Uint32(setup[32+(vendor+3)&^3+8*formats:])
	x.send(wire(55, 0, le16(4), le32(x.gc, x.root, 0))) // CreateGC
	return x
}

func (x *xDisplay) send(request []byte) {
	x.t.Helper()
	if _, err := x.conn.Write(request); err != nil {
		x.t.Fatal(err)
	}
}

func (x *xDisplay) read(n int) []byte {
	x.t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(x.conn, b); err != nil {
		x.t.Fatal(err)
	}
	return b
}

// put paints a picture at a place (PutImage), in strips as long as a request
// may be.
func (x *xDisplay) put(pic *image.RGBA, at image.Point) {
	x.t.Helper()
	width, height := pic.Rect.Dx(), pic.Rect.Dy()
	const strip = 64
	for y := 0; y < height; y += strip {
		rows := min(strip, height-y)
		var data []byte
		for _, row := range rowsOf(pic, y, rows) {
			for ; len(row) > 0; row = row[4:] {
				data = append(data, row[2], row[1], row[0], 0)
			}
		}
		x.send(wire(72, 2, le16(6+width*rows), le32(x.root, x.gc), le16(width, rows, at.X, at.Y+y), 0, 24, 0, 0, data))
	}
}

func rowsOf(pic *image.RGBA, y, n int) [][]byte {
	rows := make([][]byte, n)
	for i := range rows {
		from := pic.PixOffset(pic.Rect.Min.X, pic.Rect.Min.Y+y+i)
		rows[i] = pic.Pix[from : from+4*pic.Rect.Dx()]
	}
	return rows
}

// move copies a part of the screen (CopyArea).
func (x *xDisplay) move(from image.Rectangle, to image.Point) {
	x.t.Helper()
	x.send(wire(62, 0, le16(7), le32(x.root, x.root, x.gc), le16(from.Min.X, from.Min.Y, to.X, to.Y, from.Dx(), from.Dy())))
}

// showPointer gives the root window an arrow (OpenFont, CreateGlyphCursor,
// ChangeWindowAttributes).
func (x *xDisplay) showPointer() {
	x.t.Helper()
	const arrow = 132
	font, cursor := x.gc+1, x.gc+2
	x.send(wire(45, 0, le16(5), le32(font), le16(6, 0), "cursor", 0, 0))
	x.send(wire(94, 0, le16(8), le32(cursor, font, font), le16(arrow, arrow+1, 0, 0, 0, 0xffff, 0xffff, 0xffff)))
	x.send(wire(2, 0, le16(4), le32(x.root, 0x4000, cursor)))
}

// screen reads the whole root window (GetImage).
func (x *xDisplay) screen() *image.RGBA {
	x.t.Helper()
	x.send(wire(73, 2, le16(5), le32(x.root), le16(0, 0, x.size.X, x.size.Y), le32(0xffffffff)))
	head := x.read(32)
	for head[0] != 1 { // an event
		head = x.read(32)
	}
	pic := image.NewRGBA(image.Rectangle{Max: x.size})
	data := x.read(4 * int(le.Uint32(head[4:])))
	for i := 0; i < len(pic.Pix); i += 4 {
		pic.Pix[i], pic.Pix[i+1], pic.Pix[i+2], pic.Pix[i+3] = data[i+2], data[i+1], data[i], 255
	}
	return pic
}

func le16(numbers ...int) []byte {
	var b []byte
	for _, n := range numbers {
		b = le.AppendUint16(b, uint16(n)) // positions are small
	}
	return b
}

func le32(numbers ...uint32) []byte {
	var b []byte
	for _, n := range numbers {
		b = le.AppendUint32(b, n)
	}
	return b
}

// collage is a picture of everything that encoders tell apart: areas of one, of
// two and of a dozen colours, slopes, soft waves and noise.
func collage(size image.Point, seed uint64) *image.RGBA {
	random := rand.New(rand.NewPCG(seed, 1))
	pic := image.NewRGBA(image.Rectangle{Max: size})
	for at := 0; at < len(pic.Pix); at += 4 {
		x, y := at/4%size.X, at/4/size.X
		r, g, b := byte(seed*40), byte(90), byte(200)
		switch shape := (x/50 + y/50*3 + int(seed)) % 6; {
		case shape == 1 && (x*y/7)%5 < 2:
			r, g, b = 255, 255, 255
		case shape == 2:
			n := byte(x/9*y/9) % 12
			r, g, b = 20*n, 255-20*n, 7*n
		case shape == 3:
			r, g, b = byte(2*x), byte(3*y), byte(x+y)
		case shape == 4:
			r, g, b = byte(128+x%50), byte(128+y%50), byte(100+(x%50+y%50)/2)
		case shape == 5:
			n := random.Uint32()
			r, g, b = byte(n), byte(n>>8), byte(n>>16)
		}
		copy(pic.Pix[at:], []byte{r, g, b, 255})
	}
	return pic
}
