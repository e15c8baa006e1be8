package jpeg_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"math"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb/internal/jpeg"
)

// scene is a soft picture, as a photo is.
func scene(width, height int) *image.RGBA {
	pic := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			wave := 127 + 120*math.Sin(float64(x)/23)*math.Cos(float64(y)/17)
			pic.SetRGBA(x, y, color.RGBA{uint8(wave), uint8(2 * x), uint8(3 * y), 255})
		}
	}
	return pic
}

func encoded(t testing.TB, pic image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, pic, &stdjpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// likeness is the peak signal-to-noise ratio of the colours in decibels.
func likeness(a, b *image.RGBA) float64 {
	var sum float64
	for i := range a.Pix {
		d := float64(a.Pix[i]) - float64(b.Pix[i])
		sum += d * d
	}
	return 10 * math.Log10(255*255*float64(len(a.Pix))/4*3/sum)
}

func TestAnImageFillsItsPlaceAndNothingElse(t *testing.T) {
	var d jpeg.Decoder
	defer d.Close()
	for _, size := range []image.Point{{1, 1}, {7, 5}, {16, 16}, {123, 77}} {
		want := scene(size.X, size.Y)
		got := image.NewRGBA(want.Rect)
		around := image.NewRGBA(image.Rect(0, 0, size.X+4, size.Y+2))
		place := jpeg.Place{Pix: around.Pix[around.PixOffset(3, 1):], Stride: around.Stride, Width: size.X, Height: size.Y}
		if err := d.Decode(place, encoded(t, want)); err != nil {
			t.Fatal(err)
		}
		for y := range size.Y + 2 {
			for x := range size.X + 4 {
				p := around.RGBAAt(x, y)
				if inside := image.Pt(x-3, y-1); inside.In(want.Rect) {
					got.SetRGBA(inside.X, inside.Y, p)
				} else if p != (color.RGBA{}) {
					t.Fatalf("%v: pixel %d,%d outside became %v", size, x, y, p)
				}
			}
		}
		for i := 3; i < len(got.Pix); i += 4 {
			if got.Pix[i] != 255 {
				t.Fatalf("%v: not opaque", size)
			}
		}
		if db := likeness(got, want); db < 28 {
			t.Errorf("%v: %.1f dB", size, db)
		}
	}
}

func TestGreyImagesAreDecodedToo(t *testing.T) {
	grey := image.NewGray(image.Rect(0, 0, 20, 10))
	for i := range grey.Pix {
		grey.Pix[i] = uint8(i)
	}
	got := image.NewRGBA(grey.Rect)
	var d jpeg.Decoder
	defer d.Close()
	if err := d.Decode(jpeg.Place{Pix: got.Pix, Stride: got.Stride, Width: 20, Height: 10}, encoded(t, grey)); err != nil {
		t.Fatal(err)
	}
	if p := got.RGBAAt(10, 5); p.R != p.G || p.G != p.B || p.R < 90 || p.R > 130 {
		t.Errorf("pixel %v, want grey of about 110", p)
	}
}

func TestAnImageOfAnotherSizeIsRefused(t *testing.T) {
	pix := make([]byte, 4*8*8)
	var d jpeg.Decoder
	defer d.Close()
	data := encoded(t, scene(8, 8))
	for _, p := range []jpeg.Place{
		{Pix: pix, Stride: 32, Width: 8, Height: 7},
		{Pix: pix, Stride: 28, Width: 7, Height: 8},
		{Pix: pix[1:], Stride: 32, Width: 8, Height: 8}, // one byte short
		{Pix: pix, Stride: 31, Width: 8, Height: 8},
		{},
	} {
		if err := d.Decode(p, data); !errors.Is(err, jpeg.ErrSize) {
			t.Errorf("%dx%d: got %v, want %v", p.Width, p.Height, err, jpeg.ErrSize)
		}
	}
	if !bytes.Equal(pix, make([]byte, len(pix))) {
		t.Error("something was drawn")
	}
}

func TestACutImageIsCorrupt(t *testing.T) {
	pix := make([]byte, 4*64*64)
	var d jpeg.Decoder
	defer d.Close()
	whole := encoded(t, scene(64, 64))
	for _, data := range [][]byte{nil, {0xff}, whole[:100], whole[:len(whole)/2], []byte("no image")} {
		err := d.Decode(jpeg.Place{Pix: pix, Stride: 256, Width: 64, Height: 64}, data)
		if !errors.Is(err, jpeg.ErrCorrupt) {
			t.Errorf("%d bytes: got %v, want %v", len(data), err, jpeg.ErrCorrupt)
		}
	}
	if err := d.Decode(jpeg.Place{Pix: pix, Stride: 256, Width: 64, Height: 64}, whole); err != nil {
		t.Errorf("the next image: %v", err)
	}
}

// FuzzDecode gives anything to the decoder: it stays in its place.
func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, scene(16, 9)))
	f.Add(encoded(f, image.NewGray(image.Rect(0, 0, 16, 9))))
	f.Add(encoded(f, scene(9, 16)))
	f.Fuzz(func(t *testing.T, data []byte) {
		pix := bytes.Repeat([]byte{0xa5}, 4*16*9+16)
		var d jpeg.Decoder
		defer d.Close()
		_ = d.Decode(jpeg.Place{Pix: pix[:4*16*9], Stride: 64, Width: 16, Height: 9}, data)
		for _, b := range pix[4*16*9:] {
			if b != 0xa5 {
				t.Fatal("drew outside its place")
			}
		}
	})
}
