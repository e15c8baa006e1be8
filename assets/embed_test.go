package assets

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"io/fs"
	"strings"
	"testing"
)

// The rasteriser draws arcs wrongly, so icons come with arcs rewritten to curves.
func TestNoIconPathContainsAnArc(t *testing.T) {
	for _, name := range IconNames() {
		for _, d := range attributes(t, name, "path", "d") {
			if strings.ContainsAny(d, "aA") {
				t.Errorf("%s: path %q contains an arc", name, d)
			}
		}
	}
}

func TestEveryIconIsADrawingOn24By24InTheCurrentColour(t *testing.T) {
	names := IconNames()
	if len(names) < 100 {
		t.Fatalf("%d icons, want the whole set", len(names))
	}
	for _, name := range names {
		if box := attributes(t, name, "svg", "viewBox"); len(box) != 1 || box[0] != "0 0 24 24" {
			t.Errorf("%s: view box %q", name, box)
		}
		src, err := Icon(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(src, []byte("currentColor")) {
			t.Errorf("%s has a colour of its own", name)
		}
	}
}

func TestAnUnknownIconIsNotThere(t *testing.T) {
	if _, err := Icon("no-such-icon"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("got %v, want fs.ErrNotExist", err)
	}
}

func TestFontsAreFontFiles(t *testing.T) {
	for _, name := range []string{"Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "JetBrainsMono-Regular.ttf"} {
		head := Font(name)[:4]
		if string(head) != "OTTO" && !bytes.Equal(head, []byte{0, 1, 0, 0}) {
			t.Errorf("%s starts with %q", name, head)
		}
	}
}

func TestTheAppIconIsAPictureOf256Pixels(t *testing.T) {
	img, err := png.Decode(bytes.NewReader(AppIcon()))
	if err != nil {
		t.Fatal(err)
	}
	if s := img.Bounds().Size(); s.X != 256 || s.Y != 256 {
		t.Fatalf("size %v", s)
	}
}

// attributes reads the icon as XML and returns the attribute of every element of that kind.
func attributes(t *testing.T, icon, element, attr string) []string {
	t.Helper()
	src, err := Icon(icon)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	dec := xml.NewDecoder(bytes.NewReader(src))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatalf("%s: %v", icon, err)
		}
		start, ok := tok.(xml.StartElement)
		if !ok || start.Name.Local != element {
			continue
		}
		for _, a := range start.Attr {
			if a.Name.Local == attr {
				found = append(found, a.Value)
			}
		}
	}
}
