package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// themeOf returns the theme of that name: dark, light, or as the desktop says.
func themeOf(name string) fyne.Theme {
	switch name {
	case "dark":
		return theme.New(theme.Dark)
	case "light":
		return theme.New(theme.Light)
	default:
		return theme.New(theme.System)
	}
}

// followTheme keeps to the setting. A theme named when the program was started
// holds until the setting changes.
func (w *Window) followTheme() {
	shown := w.svc.Settings.Theme()
	view := kit.NewView(w.kit, func(context.Context) (string, error) { return w.svc.Settings.Theme(), nil }, func(name string, _ error) {
		if name != shown {
			shown = name
			w.kit.App.Settings().SetTheme(themeOf(name))
		}
	})
	w.kit.Follow(view, kit.OfKind(virt.SettingChanged))
}
