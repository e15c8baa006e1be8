package rfb

import (
	"bytes"
	"compress/zlib"
	"errors"
	"image"
	"testing"
)

// A zwriter makes pieces of one zlib stream, each with its length before it.
type zwriter struct {
	z   *zlib.Writer
	out bytes.Buffer
}

func newZwriter() *zwriter {
	w := &zwriter{}
	w.z = zlib.NewWriter(&w.out)
	return w
}

func (w *zwriter) piece(t testing.TB, plain []byte) []byte {
	t.Helper()
	w.out.Reset()
	if _, err := w.z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.z.Flush(); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(w.out.Bytes())
}

// measured puts the length before the data as zlib and ZRLE have it.
func measured(data []byte) []byte {
	return append(be.AppendUint32(nil, uint32(len(data))), data...)
}

// compact does it as Tight has it.
func compact(data []byte) []byte {
	n := len(data)
	switch {
	case n < 1<<7:
		return append([]byte{byte(n)}, data...)
	case n < 1<<14:
		return append([]byte{byte(n) | 128, byte(n >> 7)}, data...)
	default:
		return append([]byte{byte(n) | 128, byte(n>>7) | 128, byte(n >> 14)}, data...)
	}
}

// decoding is a client of a screen that reads rectangles from data.
func decoding(width, height int, opts Options, data ...[]byte) *Client {
	c := newClient(player{bytes.NewReader(bytes.Join(data, nil))}, opts)
	c.in.begin("framebuffer update")
	c.screen = image.Rect(0, 0, width, height)
	c.frame.resize(width, height)
	return c
}

// readOne reads a rectangle as if it were the only one of its update.
func (c *Client) readOne() {
	c.readRectangle()
	c.in.letGo()
	c.publish()
}

func (c *Client) closeStreams(t testing.TB) {
	t.Cleanup(func() {
		c.zlib.Close()
		c.zrle.Close()
		c.tight.close()
	})
}

// head is the head of a rectangle.
func head(x, y, width, height int, encoding Encoding) []byte {
	var b []byte
	for _, n := range []int{x, y, width, height} {
		b = be.AppendUint16(b, uint16(n))
	}
	return be.AppendUint32(b, uint32(encoding))
}

// Pixels of three bytes, and what is seen of them.
var (
	red   = []byte{0xff, 0, 0}
	green = []byte{0, 0xfe, 0}
	grey  = []byte{9, 9, 9}
)

// wide adds the unused byte.
func wide(pixel []byte) []byte { return append(bytes.Clone(pixel), 0x5a) }

var letters = map[[4]byte]byte{
	{0xff, 0, 0, 255}: 'r', {0, 0xfe, 0, 255}: 'g', {9, 9, 9, 255}: '-', {0, 0, 0, 255}: '.',
}

// seen writes a picture down with a letter for each pixel.
func seen(c *Client) string {
	pic := c.frame.Picture()
	var b []byte
	for y := range pic.Rect.Dy() {
		for x := range pic.Rect.Dx() {
			letter, known := letters[[4]byte(pic.Pix[pic.PixOffset(x, y):])]
			if !known {
				letter = '?'
			}
			b = append(b, letter)
		}
		b = append(b, '\n')
	}
	return string(b)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func repeat(b []byte, n int) []byte { return bytes.Repeat(b, n) }

// samples are rectangles of 5x3 at 1,1 on a screen of 7x5 that is black.
var samples = []struct {
	name     string
	encoding Encoding
	wire     func(t testing.TB) []byte
	want     string
}{
	{"RRE", EncodingRRE, func(testing.TB) []byte {
		return join([]byte{0, 0, 0, 2}, wide(grey), wide(red), []byte{0, 1, 0, 0, 0, 2, 0, 3}, wide(green), []byte{0, 4, 0, 2, 0, 1, 0, 1})
	}, "-rr--\n-rr--\n-rr-g\n"},
	{"CoRRE", EncodingCoRRE, func(testing.TB) []byte {
		return join([]byte{0, 0, 0, 1}, wide(grey), wide(red), []byte{1, 1, 4, 2})
	}, "-----\n-rrrr\n-rrrr\n"},
	{"hextile of parts", EncodingHextile, func(testing.TB) []byte {
		return join([]byte{hextileBackground | hextileForeground | hextileParts}, wide(grey), wide(green), []byte{2, 0x00, 0x02, 0x42, 0x00})
	}, "g----\ng----\ng---g\n"},
	{"hextile of coloured parts", EncodingHextile, func(testing.TB) []byte {
		return join([]byte{hextileBackground | hextileParts | hextileColoured}, wide(grey), []byte{2}, wide(red), []byte{0x00, 0x40}, wide(green), []byte{0x11, 0x11})
	}, "rrrrr\n-gg--\n-gg--\n"},
	{"raw hextile", EncodingHextile, func(testing.TB) []byte {
		return join([]byte{hextileRaw}, repeat(wide(red), 15))
	}, "rrrrr\nrrrrr\nrrrrr\n"},
	{"zlib", EncodingZlib, func(t testing.TB) []byte {
		return measured(newZwriter().piece(t, join(repeat(wide(red), 14), wide(green))))
	}, "rrrrr\nrrrrr\nrrrrg\n"},
	{"raw ZRLE", EncodingZRLE, func(t testing.TB) []byte {
		return measured(newZwriter().piece(t, join([]byte{zrleRaw}, repeat(green, 14), red)))
	}, "ggggg\nggggg\nggggr\n"},
	{"solid ZRLE", EncodingZRLE, func(t testing.TB) []byte {
		return measured(newZwriter().piece(t, join([]byte{zrleSolid}, red)))
	}, "rrrrr\nrrrrr\nrrrrr\n"},
	{"ZRLE of two colours", EncodingZRLE, func(t testing.TB) []byte {
		return measured(newZwriter().piece(t, join([]byte{2}, grey, red, []byte{0b10101_000, 0b01000_111, 0})))
	}, "r-r-r\n-r---\n-----\n"},
	{"ZRLE of three colours", EncodingZRLE, func(t testing.TB) []byte {
		return measured(newZwriter().piece(t, join([]byte{3}, grey, red, green, []byte{0b00_01_10_00, 0b01_000000, 0, 0, 0xaa, 0x80})))
	}, "-rg-r\n-----\nggggg\n"},
	{"ZRLE of five colours", EncodingZRLE, func(t testing.TB) []byte {
		return measured(newZwriter().piece(t, join([]byte{5}, grey, red, green, red, green, []byte{0x01, 0x23, 0x40, 0, 0, 0, 0x11, 0x11, 0x10})))
	}, "-rgrg\n-----\nrrrrr\n"},
	{"ZRLE of runs", EncodingZRLE, func(t testing.TB) []byte {
		return measured(newZwriter().piece(t, join([]byte{zrlePlainRuns}, red, []byte{6}, grey, []byte{0}, green, []byte{6})))
	}, "rrrrr\nrr-gg\nggggg\n"},
	{"ZRLE of palette runs", EncodingZRLE, func(t testing.TB) []byte {
		return measured(newZwriter().piece(t, join([]byte{zrlePaletteRuns}, red, green, []byte{0, 1, 0x80, 11, 1})))
	}, "rgrrr\nrrrrr\nrrrrg\n"},
	{"tight fill", EncodingTight, func(testing.TB) []byte {
		return join([]byte{tightFill << 4}, green)
	}, "ggggg\nggggg\nggggg\n"},
	{"tight copy", EncodingTight, func(t testing.TB) []byte {
		return join([]byte{2 << 4}, compact(newZwriter().piece(t, join(repeat(red, 10), repeat(grey, 5)))))
	}, "rrrrr\nrrrrr\n-----\n"},
	{"tight copy without zlib", EncodingTight, func(testing.TB) []byte {
		return join([]byte{tightPlain << 4}, compact(join(repeat(red, 10), repeat(grey, 5))))
	}, "rrrrr\nrrrrr\n-----\n"},
	{"tight with two colours, too short for zlib", EncodingTight, func(testing.TB) []byte {
		return join([]byte{tightFilter << 4, tightPalette, 1}, grey, red, []byte{0b01010_000, 0, 0xff})
	}, "-r-r-\n-----\nrrrrr\n"},
	{"tight with three colours", EncodingTight, func(t testing.TB) []byte {
		return join([]byte{(tightFilter|3)<<4 | 8, tightPalette, 2}, grey, red, green,
			compact(newZwriter().piece(t, []byte{0, 1, 2, 1, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2})))
	}, "-rgr-\n-----\nggggg\n"},
	{"tight gradient", EncodingTight, func(testing.TB) []byte {
		same := []byte{0, 0, 0}
		toGreen, over := []byte{1, 0xfe, 0}, []byte{0, 0xff, 0} // modulo 256; 0xfe + 0xfe - 0 is cut to 255
		return join([]byte{tightPlainFilter << 4, tightGradient},
			compact(join(red, toGreen, same, same, same,
				same, same, same, same, same,
				toGreen, over, same, same, same)))
	}, "rgggg\nrgggg\nggggg\n"},
}

func TestEveryEncodingIsDecodedInPlace(t *testing.T) {
	for _, s := range samples {
		c := decoding(7, 5, Options{}, head(1, 1, 5, 3, s.encoding), s.wire(t))
		c.closeStreams(t)
		c.readOne()
		if c.in.err != nil {
			t.Errorf("%s: %v", s.name, c.in.err)
			continue
		}
		if n := c.in.buffered(); n != 0 {
			t.Errorf("%s: %d bytes are left", s.name, n)
		}
		rows := bytes.SplitAfter([]byte(s.want), []byte("\n"))
		want := ".......\n"
		for _, row := range rows[:3] {
			want += "." + string(row[:5]) + ".\n"
		}
		if want += ".......\n"; seen(c) != want {
			t.Errorf("%s:\n%s, want\n%s", s.name, seen(c), want)
		}
		if n := c.Stats(); n.Rectangles != 1 || n.Pixels != 15 || n.Encodings[s.encoding] != 1 {
			t.Errorf("%s: counted %+v", s.name, n)
		}
	}
}

func TestEveryCutRectangleIsAnError(t *testing.T) {
	for _, s := range samples {
		wire := s.wire(t)
		for length := range wire {
			c := decoding(7, 5, Options{}, head(1, 1, 5, 3, s.encoding), wire[:length])
			c.closeStreams(t)
			c.readOne()
			var m *MessageError
			if !errors.As(c.in.err, &m) || m.Message != "framebuffer update" {
				t.Errorf("%s cut to %d bytes: %v", s.name, length, c.in.err)
			}
		}
	}
}

func TestAStreamGoesOnFromRectangleToRectangle(t *testing.T) {
	for _, e := range []Encoding{EncodingZlib, EncodingZRLE, EncodingTight} {
		c := decoding(64, 64, Options{}, stream(t, e, 20))
		c.closeStreams(t)
		for range 20 {
			c.readOne()
		}
		if c.in.err != nil {
			t.Errorf("encoding %d: %v", e, c.in.err)
		}
	}
}

// stream is n rectangles of 32x16 pixels, of one stream where there is one.
func stream(t testing.TB, e Encoding, n int) []byte {
	t.Helper()
	w := newZwriter()
	var all [][]byte
	for i := range n {
		noise := make([]byte, 32*16*4)
		for j := range noise {
			noise[j] = byte(j * (j + i))
		}
		all = append(all, head(i%32, i%48, 32, 16, e))
		switch e {
		case EncodingRaw:
			all = append(all, noise)
		case EncodingRRE:
			all = append(all, []byte{0, 0, 0, 1}, noise[:8], []byte{0, 1, 0, 1, 0, 1, 0, 1})
		case EncodingHextile:
			tile := join([]byte{hextileBackground | hextileParts | hextileColoured}, noise[:4], []byte{1}, noise[4:8], []byte{0x22, 0x11})
			all = append(all, tile, join([]byte{hextileRaw}, noise[:1024]))
		case EncodingZlib:
			all = append(all, measured(w.piece(t, noise)))
		case EncodingZRLE:
			all = append(all, measured(w.piece(t, join([]byte{zrleRaw}, noise[:32*16*3]))))
		case EncodingTight:
			all = append(all, []byte{0}, compact(w.piece(t, noise[:32*16*3])))
		}
	}
	return join(all...)
}

func TestRectanglesAllocateNothing(t *testing.T) {
	const runs = 100
	for _, e := range []Encoding{EncodingRaw, EncodingRRE, EncodingHextile, EncodingZlib, EncodingZRLE, EncodingTight} {
		c := decoding(64, 64, Options{}, stream(t, e, runs+2))
		c.closeStreams(t)
		c.readOne() // takes what memory it needs
		if n := testing.AllocsPerRun(runs, func() { c.readOne() }); n != 0 {
			t.Errorf("encoding %d: %v allocations", e, n)
		}
		if c.in.err != nil {
			t.Errorf("encoding %d: %v", e, c.in.err)
		}
	}
}

func TestLyingRectanglesAreMalformed(t *testing.T) {
	zrle := func(plain ...byte) []byte { return measured(newZwriter().piece(t, plain)) }
	over := join([]byte{zrlePlainRuns}, red, bytes.Repeat([]byte{255}, 1000), []byte{0})
	for _, c := range []struct {
		name     string
		encoding Encoding
		wire     []byte
	}{
		{"part outside", EncodingRRE, join([]byte{0, 0, 0, 1}, wide(red), wide(red), []byte{0, 4, 0, 0, 0, 2, 0, 1})},
		{"part outside", EncodingCoRRE, join([]byte{0, 0, 0, 1}, wide(red), wide(red), []byte{0, 255, 255, 255})},
		{"part outside the tile", EncodingHextile, join([]byte{hextileParts, 1, 0x00, 0x50})},
		{"kind of tile", EncodingHextile, []byte{32}},
		{"no zlib", EncodingZlib, measured([]byte("no zlib data"))},
		{"too few", EncodingZlib, measured(newZwriter().piece(t, repeat(wide(red), 14)))},
		{"too many", EncodingZlib, measured(newZwriter().piece(t, repeat(wide(red), 16)))},
		{"a gigabyte", EncodingZRLE, []byte{0x7f, 0, 0, 0}},
		{"nothing", EncodingZRLE, zrle()},
		{"kind of tile", EncodingZRLE, zrle(17)},
		{"kind of tile", EncodingZRLE, zrle(129)},
		{"number of a colour", EncodingZRLE, zrle(3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)},
		{"number of a colour", EncodingZRLE, zrle(zrlePaletteRuns, 1, 1, 1, 2, 2, 2, 2)},
		{"run beyond the tile", EncodingZRLE, zrle(zrlePlainRuns, 1, 1, 1, 15)},
		{"run beyond the tile", EncodingZRLE, zrle(zrlePaletteRuns, 1, 1, 1, 2, 2, 2, 128, 15)},
		{"run beyond reason", EncodingZRLE, zrle(over...)},
		{"too many", EncodingZRLE, zrle(zrleSolid, 1, 1, 1, 1)},
		{"kind", EncodingTight, []byte{0xb0}},
		{"kind", EncodingTight, []byte{0xf0}},
		{"filter", EncodingTight, []byte{tightFilter << 4, 3}},
		{"number of a colour", EncodingTight, join([]byte{tightPlainFilter << 4, tightPalette, 2}, red, red, red, compact(repeat([]byte{3}, 15)))},
		{"one of one colour", EncodingTight, join([]byte{tightPlainFilter << 4, tightPalette, 0}, red, repeat([]byte{0x80}, 3))},
		{"length", EncodingTight, join([]byte{tightPlain << 4}, compact(repeat(red, 14)))},
		{"no JPEG", EncodingTight, join([]byte{tightJPEG << 4}, compact([]byte("no image")))},
		{"cursor", encodingCursor, nil},
		{"cursor in ZRLE", encodingCursorWithAlpha, []byte{0, 0, 0, 16}},
	} {
		h := head(1, 1, 5, 3, c.encoding)
		if c.name == "cursor" {
			h = head(1, 1, 1025, 3, c.encoding)
		}
		client := decoding(7, 5, Options{}, h, c.wire)
		client.closeStreams(t)
		client.readOne()
		if !errors.Is(client.in.err, ErrMalformed) {
			t.Errorf("encoding %d, %s: got %v, want %v", c.encoding, c.name, client.in.err, ErrMalformed)
		}
	}
}

func TestPointersReachTheOwner(t *testing.T) {
	var got Cursor
	opts := Options{OnCursor: func(c Cursor) { got = c }}
	masked := join(head(1, 0, 2, 2, encodingCursor), repeat([]byte{1, 2, 3, 4}, 4), []byte{0x80, 0x40})
	alpha := join(head(0, 1, 2, 1, encodingCursorWithAlpha), make([]byte, 4), []byte{1, 2, 3, 128, 200, 0, 0, 100})
	hidden := head(0, 0, 0, 0, encodingCursor)
	c := decoding(7, 5, opts, masked, alpha, hidden)

	c.readOne()
	if want := []byte{1, 2, 3, 255, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 255}; got.Image == nil || !bytes.Equal(got.Image.Pix, want) || got.Hotspot != image.Pt(1, 0) {
		t.Errorf("with a mask: %+v", got)
	}
	c.readOne()
	if want := []byte{1, 2, 3, 128, 100, 0, 0, 100}; !bytes.Equal(got.Image.Pix, want) || got.Hotspot != image.Pt(0, 1) {
		t.Errorf("with transparency: %+v", got)
	}
	c.readOne()
	if !got.Image.Rect.Empty() || c.in.err != nil {
		t.Errorf("hidden: %+v, %v", got, c.in.err)
	}
	if c.Stats().Rectangles != 0 {
		t.Error("a pointer counts as pixels")
	}
}
