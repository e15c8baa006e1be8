package rfb

import (
	"image"
	"testing"
)

// decodeAnything decodes a rectangle of 40x30 pixels at 3,2 on a screen of 45x35
// pixels that is black: nothing around it may change, and all stays opaque.
func decodeAnything(t *testing.T, e Encoding, wire ...[]byte) {
	r := image.Rect(3, 2, 43, 32)
	c := decoding(45, 35, Options{}, head(3, 2, 40, 30, e), join(wire...))
	defer c.zlib.Close()
	defer c.zrle.Close()
	defer c.tight.close()
	c.readOne()
	pic := c.frame.Picture()
	for y := range 35 {
		for x := range 45 {
			p := pic.RGBAAt(x, y)
			if p.A != 255 {
				t.Fatalf("pixel %d,%d is not opaque", x, y)
			}
			if !image.Pt(x, y).In(r) && (p.R != 0 || p.G != 0 || p.B != 0) {
				t.Fatalf("pixel %d,%d outside the rectangle is %v", x, y, p)
			}
		}
	}
}

// addSamples adds what the tests send in this encoding.
func addSamples(f *testing.F, e Encoding) {
	for _, s := range samples {
		if s.encoding == e {
			f.Add(s.wire(f))
		}
	}
}

func FuzzHextile(f *testing.F) {
	addSamples(f, EncodingHextile)
	f.Fuzz(func(t *testing.T, wire []byte) { decodeAnything(t, EncodingHextile, wire) })
}

func FuzzRRE(f *testing.F) {
	addSamples(f, EncodingRRE)
	f.Fuzz(func(t *testing.T, wire []byte) { decodeAnything(t, EncodingRRE, wire) })
}

func FuzzCoRRE(f *testing.F) {
	addSamples(f, EncodingCoRRE)
	f.Fuzz(func(t *testing.T, wire []byte) { decodeAnything(t, EncodingCoRRE, wire) })
}

func FuzzZlib(f *testing.F) {
	addSamples(f, EncodingZlib)
	f.Fuzz(func(t *testing.T, wire []byte) { decodeAnything(t, EncodingZlib, wire) })
}

// FuzzZRLETiles fuzzes what is inside the zlib data.
func FuzzZRLETiles(f *testing.F) {
	f.Add(join([]byte{zrleSolid}, red))
	f.Add(join([]byte{2}, red, green, repeat([]byte{0xa5}, 150)))
	f.Add(join([]byte{5}, red, green, red, green, red, repeat([]byte{0x42}, 600)))
	f.Add(join([]byte{zrlePlainRuns}, red, []byte{255, 255, 255, 255, 100}, green, []byte{78}))
	f.Add(join([]byte{zrlePaletteRuns}, red, green, []byte{0, 1, 0x80, 255, 255, 255, 255, 176}))
	f.Add(join([]byte{zrleRaw}, repeat(red, 1200)))
	f.Fuzz(func(t *testing.T, tiles []byte) {
		decodeAnything(t, EncodingZRLE, measured(newZwriter().piece(t, tiles)))
	})
}

// FuzzTight fuzzes the head of a rectangle, as it is, and its pixels, as they
// are or compressed.
func FuzzTight(f *testing.F) {
	for _, s := range samples {
		if s.encoding == EncodingTight {
			f.Add(s.wire(f), []byte{}, false)
		}
	}
	f.Add([]byte{0}, repeat(red, 1200), true)
	f.Add(join([]byte{tightFilter << 4, tightPalette, 1}, red, green), repeat([]byte{0x5a}, 150), true)
	f.Add(join([]byte{tightFilter << 4, tightPalette, 2}, red, green, grey), repeat([]byte{1}, 1200), true)
	f.Add([]byte{tightFilter << 4, tightGradient}, repeat([]byte{1, 2, 255}, 1200), true)
	f.Fuzz(func(t *testing.T, head, pixels []byte, compressed bool) {
		if compressed {
			pixels = compact(newZwriter().piece(t, pixels))
		}
		decodeAnything(t, EncodingTight, head, pixels)
	})
}

// FuzzCursor fuzzes both kinds of pointers; no pixel may change.
func FuzzCursor(f *testing.F) {
	f.Add(make([]byte, 40*30*4+5*30), false)
	f.Add(make([]byte, 4+40*30*4), true)
	f.Fuzz(func(t *testing.T, wire []byte, alpha bool) {
		e := encodingCursor
		if alpha {
			e = encodingCursorWithAlpha
		}
		c := decoding(45, 35, Options{OnCursor: func(c Cursor) {
			for i := 0; i+4 <= len(c.Image.Pix); i += 4 {
				if p := c.Image.Pix[i:]; p[0] > p[3] || p[1] > p[3] || p[2] > p[3] {
					t.Fatalf("pixel % x is not premultiplied", p[:4])
				}
			}
		}}, head(3, 2, 40, 30, e), wire)
		c.readOne()
	})
}
