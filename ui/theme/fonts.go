package theme

import (
	"encoding/binary"
	"sync"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/assets"
)

type fonts struct {
	regular, medium, semiBold, mono fyne.Resource
}

// loadFonts makes the resources once: Fyne caches faces by resource.
var loadFonts = sync.OnceValue(func() fonts {
	font := func(name string) fyne.Resource { return fyne.NewStaticResource(name, plain(assets.Font(name))) }
	return fonts{
		regular:  font("Inter-Regular.otf"),
		medium:   font("Inter-Medium.otf"),
		semiBold: font("Inter-SemiBold.otf"),
		mono:     font("JetBrainsMono-Regular.ttf"),
	}
})

// plain takes from an OpenType font, in place, its glyph substitutions:
// ligatures, alternates, small capitals. Fyne prepares all of them anew for each
// string it measures or draws, which takes several times as long as the string.
func plain(font []byte) []byte {
	const header, entry = 12, 16 // bytes; an entry begins with the table's tag
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		if tag := font[header+entry*i:][:4]; string(tag) == "GSUB" {
			tag[3] = 'X' // tables of unknown names are passed over; the order stays
		}
	}
	return font
}
