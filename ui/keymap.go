package ui

import (
	"context"
	"log/slog"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// followKeys gives the windows the key combinations that the person has chosen.
func (w *Window) followKeys() {
	view := kit.NewView(w.kit, func(context.Context) (map[string]string, error) { return w.svc.Settings.Keys(), nil },
		func(texts map[string]string, _ error) { w.kit.ChooseKeys(chosenKeys(texts)) })
	w.kit.Follow(view, kit.OfKind(virt.SettingChanged))
}

// chosenKeys reads the settings' texts; no combination is an empty list.
func chosenKeys(texts map[string]string) map[string][]kit.Keys {
	chosen := map[string][]kit.Keys{}
	for id, text := range texts {
		if text == "none" {
			chosen[id] = nil
			continue
		}
		keys, err := kit.ParseKeys(text)
		if err != nil {
			slog.Warn("a key combination of the settings is not used", "action", id, "keys", text, "err", err)
			continue
		}
		chosen[id] = []kit.Keys{keys}
	}
	return chosen
}
