package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// look is how the settings want the windows to look.
type look struct {
	theme        string
	highContrast bool
	dense, still bool
}

func lookOf(s *setting.Service) look {
	return look{theme: s.Theme(), highContrast: s.HighContrast(), dense: s.Density() == setting.Compact, still: !s.Motion()}
}

// apply shows it in all windows. Applying the theme makes every control look
// again, also at what is no colour.
func (l look) apply(app fyne.App) {
	kit.SetDense(l.dense)
	kit.SetMotion(!l.still)
	app.Settings().SetTheme(themeOf(l.theme, l.highContrast))
}

// themeOf returns the theme of that name: dark, light, or as the desktop says.
func themeOf(name string, highContrast bool) fyne.Theme {
	mode := theme.System
	switch name {
	case "dark":
		mode = theme.Dark
	case "light":
		mode = theme.Light
	}
	if highContrast {
		return theme.NewHighContrast(mode)
	}
	return theme.New(mode)
}

// followLook keeps to the settings. A theme named when the program was started
// holds until one of them changes.
func (w *Window) followLook() {
	shown := lookOf(w.svc.Settings)
	view := kit.NewView(w.kit, func(context.Context) (look, error) { return lookOf(w.svc.Settings), nil }, func(now look, _ error) {
		if now != shown {
			shown = now
			now.apply(w.kit.App)
		}
	})
	w.kit.Follow(view, kit.OfKind(virt.SettingChanged))
}
