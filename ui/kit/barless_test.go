package kit

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

func TestALongLineHasNoScrollBarUnderIt(t *testing.T) {
	foot := func(text string) []byte {
		e := NewEntry("Name", "")
		s := newScene(t, Width(120, Row(0, e)))
		e.SetText(text)
		shown := picture(t, s)
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(e)
		var pixels []byte
		for y := int(at.Y) + 26; y < int(at.Y)+32; y++ { // the last of 32 rows
			row := shown.PixOffset(int(at.X), y)
			pixels = append(pixels, shown.Pix[row:row+4*120]...)
		}
		return pixels
	}
	if string(foot("n")) != string(foot(strings.Repeat("n", 60))) {
		t.Error("the foot of the field changes with the length of its text")
	}
}
