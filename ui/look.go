package ui

import (
	"cmp"
	"context"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// look is how the settings want the windows to look.
type look struct {
	theme, accent string
	highContrast  bool
	dense, still  bool
}

func lookOf(s *setting.Service) look {
	return look{theme: s.Theme(), accent: s.Accent(), highContrast: s.HighContrast(), dense: s.Density() == setting.Compact, still: !s.Motion()}
}

// apply shows it in all windows. Applying the theme makes every control look
// again, also at what is no colour.
func (l look) apply(app fyne.App) {
	kit.SetDense(l.dense)
	kit.SetMotion(!l.still)
	app.Settings().SetTheme(theme.Look{Mode: modeOf(l.theme), Hue: theme.Hue(l.accent), HighContrast: l.highContrast}.Theme())
}

// modeOf returns the mode of that name: dark, light, or as the desktop says.
func modeOf(name string) theme.Mode {
	switch name {
	case "dark":
		return theme.Dark
	case "light":
		return theme.Light
	default:
		return theme.System
	}
}

// followLook keeps to the settings. A theme named when the program was started
// holds until theirs changes.
func (w *Window) followLook(named string) {
	shown := lookOf(w.svc.Settings)
	view := kit.NewView(w.kit, func(context.Context) (look, error) { return lookOf(w.svc.Settings), nil }, func(now look, _ error) {
		if now == shown {
			return
		}
		if now.theme != shown.theme {
			named = ""
		}
		shown = now
		now.theme = cmp.Or(named, now.theme)
		now.apply(w.kit.App)
	})
	w.kit.Follow(view, kit.OfKind(virt.SettingChanged))
}
