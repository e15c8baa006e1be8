package theme

import (
	"bytes"
	"testing"

	"fyne.io/fyne/v2"
	"golang.org/x/image/font/sfnt"

	"github.com/kvmmanager/kvm-manager/assets"
)

func TestFontsKeepTheirLettersWithoutSubstitutions(t *testing.T) {
	for _, font := range []fyne.Resource{loadFonts().regular, loadFonts().medium, loadFonts().semiBold, loadFonts().mono} {
		original := assets.Font(font.Name())
		directory := font.Content()[:12+16*int(original[5])]
		if !bytes.Contains(original[:len(directory)], []byte("GSUB")) || bytes.Contains(directory, []byte("GSUB")) {
			t.Errorf("%s: the directory of tables is %q", font.Name(), directory)
		}
		parsed, err := sfnt.Parse(font.Content())
		if err != nil {
			t.Fatalf("%s: %v", font.Name(), err)
		}
		for _, letter := range "aZ0ßéŁжΩ–…" {
			if glyph, err := parsed.GlyphIndex(nil, letter); err != nil || glyph == 0 {
				t.Errorf("%s has no %q: %v", font.Name(), letter, err)
			}
		}
	}
}
