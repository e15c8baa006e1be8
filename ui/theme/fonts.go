package theme

import (
	"sync"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/assets"
)

type fonts struct {
	regular, medium, semiBold, mono fyne.Resource
}

// loadFonts makes the resources once: Fyne caches faces by resource.
var loadFonts = sync.OnceValue(func() fonts {
	font := func(name string) fyne.Resource { return fyne.NewStaticResource(name, assets.Font(name)) }
	return fonts{
		regular:  font("Inter-Regular.otf"),
		medium:   font("Inter-Medium.otf"),
		semiBold: font("Inter-SemiBold.otf"),
		mono:     font("JetBrainsMono-Regular.ttf"),
	}
})
