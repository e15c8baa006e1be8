package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

func TestAKeyFieldTakesTheNextCombination(t *testing.T) {
	w := kittest.Open(t, nil)
	var got []string
	f := kit.NewKeyField("Search", func(k kit.Keys) { got = append(got, k.String()) })
	f.SetKeys("Ctrl+K")
	kit.NewStage(w.Win).SetPage(f)
	elsewhere := 0
	w.Kit.Shortcuts.Add(kit.Shortcut{ID: "other", Keys: kit.MustKeys("Ctrl+Q"), Do: func() { elsewhere++ }})
	w.Win.Canvas().Focus(f)
	press := func(keys string) {
		k := kit.MustKeys(keys)
		f.TypedShortcut(&desktop.CustomShortcut{KeyName: k.Key, Modifier: k.Mod})
	}
	typed := func(key fyne.KeyName) { f.TypedKey(&fyne.KeyEvent{Name: key}) }

	press("Ctrl+Q")
	if len(got) != 0 || elsewhere != 1 {
		t.Fatal("a field that does not wait keeps the window's combinations")
	}
	for _, take := range []func(){
		func() { press("Ctrl+Q") }, func() { typed(fyne.KeyF8) }, func() { f.TypedShortcut(&fyne.ShortcutCopy{}) }, func() { typed(fyne.KeyBackspace) },
	} {
		typed(fyne.KeyReturn)
		if f.A11y().Value != "Press keys…" {
			t.Fatalf("the field says %q", f.A11y().Value)
		}
		take()
	}
	if len(got) != 4 || got[0] != "Ctrl+Q" || got[1] != "F8" || got[2] != "Ctrl+C" || got[3] != "" || elsewhere != 1 {
		t.Errorf("taken are %q, and the window ran %d times", got, elsewhere)
	}
	typed(fyne.KeySpace)
	typed(fyne.KeyEscape)
	typed(fyne.KeyReturn)
	f.FocusLost()
	if len(got) != 4 || f.A11y().Value != "Ctrl+K" {
		t.Errorf("Esc and leaving take %q; the field says %q", got, f.A11y().Value)
	}
}
