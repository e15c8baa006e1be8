package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// record presses the keys while the field of the action waits for them.
func (h *house) record(action, keys string) {
	h.t.Helper()
	h.push(action)
	k := kit.MustKeys(keys)
	h.Win.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&desktop.CustomShortcut{KeyName: k.Key, Modifier: k.Mod})
	h.Flush()
}

func TestACombinationIsChangedInTheSettings(t *testing.T) {
	h := open(t, "several-states.xml")
	h.must("tree item", "running")
	h.click(h.must("page tab", "Settings"), desktop.MouseButtonPrimary)
	h.click(h.must("tree item", "Keyboard"), desktop.MouseButtonPrimary)

	h.record("Search everything", "Ctrl+P")
	h.Until("it is kept", func() bool { return h.svc.Settings.Keys()["palette"] == "Ctrl+P" })
	h.Until("it is shown", func() bool { return h.window.kit.Shortcuts.Keys("palette") == "Ctrl+P" })
	h.combine("Ctrl+P")
	h.must("dialog", "Search machines")
	h.press(fyne.KeyEscape)
	h.combine("Ctrl+K")
	if h.has("dialog", "Search machines") {
		t.Error("the combination from before still works")
	}

	h.record("Show or hide the navigator", "Ctrl+P")
	h.must("panel", "Show or hide the navigator")
	h.Until("it is said whose combination that is", func() bool {
		row, ok := h.find("panel", "Show or hide the navigator")
		return ok && row.Description == "Ctrl+P belongs to “Search everything”."
	})
	if len(h.svc.Settings.Keys()) != 1 {
		t.Errorf("kept are %v", h.svc.Settings.Keys())
	}

	h.push("Show or hide the navigator")
	h.press(fyne.KeyBackspace)
	h.Until("there is none", func() bool { return h.svc.Settings.Keys()["navigator"] == "none" })
	h.Until("the window knows", func() bool { return h.window.kit.Shortcuts.Keys("navigator") == "" })
	h.combine("Ctrl+B")
	if !h.window.navigatorShown() {
		t.Error("the combination that was taken away still works")
	}

	h.push("Back to Ctrl+K")
	h.Until("its own combination is back", func() bool { return h.window.kit.Shortcuts.Keys("palette") == "Ctrl+K" })
	h.push("Back to defaults")
	h.Until("nothing is chosen", func() bool { return len(h.svc.Settings.Keys()) == 0 })
}

func TestAnotherProgramChangesACombination(t *testing.T) {
	h := open(t, "several-states.xml")
	h.must("tree item", "running")
	if err := h.svc.Settings.Set(h.ctx, "keys.shortcuts", "F2"); err != nil {
		t.Fatal(err)
	}
	h.Until("the window follows", func() bool { return h.window.kit.Shortcuts.Keys("shortcuts") == "F2" })
	list := h.window.kit.Shortcuts.List()
	at := slices.IndexFunc(list, func(s kit.Shortcut) bool { return s.ID == "shortcuts" })
	if len(list[at].Also) != 0 {
		t.Errorf("it has %v, too", list[at].Also)
	}
}

func TestTheLookFollowsItsSettingsAtOnce(t *testing.T) {
	h := open(t, "several-states.xml")
	h.window.followLook("")
	h.says("running", "Running")
	t.Cleanup(func() {
		kit.SetDense(false)
		kit.SetMotion(true)
	})
	high := h.row("running").H
	for name, text := range map[string]string{"appearance.density": "compact", "appearance.motion": "false", "appearance.theme": "light", "appearance.accent": "pink", "appearance.high_contrast": "true"} {
		if err := h.svc.Settings.Set(h.ctx, name, text); err != nil {
			t.Fatal(err)
		}
	}
	h.Until("the rows are low", func() bool { return h.row("running").H < high })
	h.Until("all is as chosen", func() bool { return lookOf(h.svc.Settings) == look{"light", "pink", true, true, true} && !kit.Motion() })
	h.Until("buttons have the accent", func() bool { return theme.Color(theme.Fill) == theme.Color(theme.Swatch(theme.HuePink)) })
}
