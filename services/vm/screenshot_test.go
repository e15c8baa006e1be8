package vm

import (
	"bytes"
	"testing"
)

func TestReadPPMReadsPixels(t *testing.T) {
	picture, err := readPPM(bytes.NewReader([]byte("P6\n# made by a screen\n2 1\n255\n\x01\x02\x03\xff\x00\x10")))
	if err != nil {
		t.Fatal(err)
	}
	if want := []byte{1, 2, 3, 255, 255, 0, 16, 255}; !bytes.Equal(picture.Pix, want) {
		t.Errorf("pixels %v, want %v", picture.Pix, want)
	}
}

func TestReadPPMRefusesWhatItCannotBelieve(t *testing.T) {
	for _, text := range []string{"", "P5\n1 1\n255\n\x00", "P6\n1 1\n65535\n\x00\x00", "P6\n0 1\n255\n", "P6\n99999999 99999999\n255\n", "P6\n2 2\n255\nabc", "P6\n-1 2\n255\n"} {
		if _, err := readPPM(bytes.NewReader([]byte(text))); err == nil {
			t.Errorf("readPPM(%q) succeeded", text)
		}
	}
}

func FuzzReadPPM(f *testing.F) {
	f.Add([]byte("P6\n2 1\n255\n\x01\x02\x03\xff\x00\x10"))
	f.Add([]byte("P6 #\n1 1 255\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		picture, err := readPPM(bytes.NewReader(raw))
		if err == nil && 3*len(picture.Pix)/4 > len(raw) {
			t.Errorf("%d bytes became %d pixels", len(raw), len(picture.Pix)/4)
		}
	})
}
