package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

func TestKeysAreReadAndWritten(t *testing.T) {
	for _, text := range []string{"Ctrl+Shift+T", "F5", "Alt+Left", "Ctrl+PgUp", "Ctrl+,", "Delete", "Ctrl+Alt+Super+Shift+Enter", "Ctrl+?", "Ctrl+Shift++", "+", "Shift+F10"} {
		keys, err := kit.ParseKeys(text)
		if err != nil || keys.String() != text {
			t.Errorf("%q became %q (%v)", text, keys, err)
		}
	}
	for _, text := range []string{"", "Ctrl+", "Hyper+X"} {
		if keys, err := kit.ParseKeys(text); err == nil {
			t.Errorf("%q was taken as %q", text, keys)
		}
	}
}

// typeShortcut types a combination the way the driver reports it to the window.
func typeShortcut(w fyne.Window, s fyne.Shortcut) { w.Canvas().(fyne.Shortcutable).TypedShortcut(s) }

func TestTheNewestShortcutRunsUnlessItMayNot(t *testing.T) {
	w := kittest.Open(t, nil)
	ran, pageActive := "", true
	keys := kit.MustKeys("Ctrl+R")
	press := &desktop.CustomShortcut{KeyName: fyne.KeyR, Modifier: fyne.KeyModifierControl}
	w.Kit.Shortcuts.Add(kit.Shortcut{ID: "window", Keys: keys, Do: func() { ran += "w" }})
	remove := w.Kit.Shortcuts.Add(kit.Shortcut{ID: "page", Keys: keys, Do: func() { ran += "p" }, When: func() bool { return pageActive }})

	typeShortcut(w.Win, press)
	pageActive = false
	typeShortcut(w.Win, press)
	pageActive = true
	remove()
	typeShortcut(w.Win, press)

	if ran != "pww" {
		t.Errorf("ran %q, want pww", ran)
	}
}

func TestShortcutsRestUnderADialogUnlessTheyMayRunOverIt(t *testing.T) {
	w := kittest.Open(t, nil)
	ran := ""
	w.Kit.Shortcuts.Add(
		kit.Shortcut{ID: "new", Keys: kit.MustKeys("Ctrl+N"), Do: func() { ran += "n" }},
		kit.Shortcut{ID: "undo", Keys: kit.MustKeys("Ctrl+Z"), Do: func() { ran += "z" }, Over: true},
	)
	w.Win.Canvas().Overlays().Add(widget.NewLabel("a dialog"))

	typeShortcut(w.Win, &desktop.CustomShortcut{KeyName: fyne.KeyN, Modifier: fyne.KeyModifierControl})
	typeShortcut(w.Win, &fyne.ShortcutUndo{})

	if ran != "z" {
		t.Errorf("ran %q, want z", ran)
	}
}

// pad is a focused widget that uses no key itself.
type pad struct{ widget.BaseWidget }

func (p *pad) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(widget.NewLabel(""))
}
func (p *pad) FocusGained()                  {}
func (p *pad) FocusLost()                    {}
func (p *pad) TypedRune(rune)                {}
func (p *pad) TypedKey(e *fyne.KeyEvent)     { kit.PassKey(p, e) }
func (p *pad) TypedShortcut(s fyne.Shortcut) { kit.PassShortcut(p, s) }

func TestShortcutsWorkWhileAWidgetHasTheFocus(t *testing.T) {
	w := kittest.Open(t, nil)
	ran := ""
	w.Kit.Shortcuts.Add(
		kit.Shortcut{ID: "reload", Keys: kit.MustKeys("F5"), Do: func() { ran += "5" }},
		kit.Shortcut{ID: "back", Keys: kit.MustKeys("Alt+Left"), Do: func() { ran += "b" }},
	)
	p := &pad{}
	p.ExtendBaseWidget(p)
	w.Win.SetContent(p)
	w.Win.Canvas().Focus(p)

	p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF5})
	p.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyLeft, Modifier: fyne.KeyModifierAlt})

	if ran != "5b" {
		t.Errorf("ran %q, want 5b", ran)
	}
}

func TestAShortcutCanGetOtherKeys(t *testing.T) {
	w := kittest.Open(t, nil)
	ran := 0
	w.Kit.Shortcuts.Add(kit.Shortcut{
		ID: "new", Name: "New machine", Keys: kit.MustKeys("Ctrl+N"), Also: []kit.Keys{kit.MustKeys("Ctrl+Shift+M")}, Do: func() { ran++ },
	})
	press := func(keys string) {
		k := kit.MustKeys(keys)
		typeShortcut(w.Win, &desktop.CustomShortcut{KeyName: k.Key, Modifier: k.Mod})
	}
	press("Ctrl+N")
	press("Ctrl+Shift+M")
	if ran != 2 {
		t.Fatalf("its own combinations ran it %d times", ran)
	}
	button := kit.Secondary("", "New machine", nil).WithKeys("Ctrl+N")

	w.Kit.ChooseKeys(map[string][]kit.Keys{"new": {kit.MustKeys("Ctrl+M")}, "none": nil})
	press("Ctrl+N")
	press("Ctrl+Shift+M")
	press("Ctrl+M")
	if list := w.Kit.Shortcuts.List(); ran != 3 || list[0].Keys.String() != "Ctrl+M" || len(list[0].Also) > 0 {
		t.Errorf("ran %d times, list %+v", ran, list)
	}
	if hint := button.A11y().Description; hint != "New machine   Ctrl+M" {
		t.Errorf("the button's tooltip says %q", hint)
	}

	w.Kit.ChooseKeys(map[string][]kit.Keys{"new": {}})
	press("Ctrl+M")
	if hint := button.A11y().Description; ran != 3 || w.Kit.Shortcuts.Keys("new") != "" || hint != "" {
		t.Errorf("without keys it ran, %d times; the tooltip says %q", ran, hint)
	}
	w.Kit.ChooseKeys(nil)
	press("Ctrl+N")
	if ran != 4 {
		t.Error("its own combination did not come back")
	}
}
