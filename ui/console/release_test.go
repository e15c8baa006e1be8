package console

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

func TestTheKeysThatLetGoAreThoseOfTheSettingsAtOnce(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	lets := func(keys ...rfb.KeyCode) bool {
		d.Win.Canvas().Focus(d.view().screen)
		for _, k := range keys {
			d.view().screen.KeyDown(key(k))
		}
		for _, k := range keys {
			d.view().screen.KeyUp(key(k))
		}
		return d.Win.Canvas().Focused() == nil
	}
	if words := d.view().letter.words(); words != "Left Ctrl + Alt" || !lets(rfb.KeyLeftCtrl, rfb.KeyLeftAlt) {
		t.Errorf("at first %q does not let go", words)
	}
	d.must(t, d.svc.Settings.Set(d.ctx, setting.NameConsoleRelease, "RightCtrl"))
	d.Until("the other keys let go", func() bool { return lets(rfb.KeyRightCtrl) })
	if lets(rfb.KeyLeftCtrl, rfb.KeyLeftAlt) {
		t.Error("the keys from before still do")
	}
	if words := d.view().letter.words(); words != "Right Ctrl" {
		t.Errorf("the line below says %q", words)
	}
}

func TestKeysThatStayHereAreTheWindowsWhileTheMachineHasTheKeyboard(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	screen, ran := d.view().screen, 0
	d.Kit.Shortcuts.Add(kit.Shortcut{ID: "test", Keys: kit.MustKeys("F9"), Do: func() { ran++ }})
	press := func() {
		d.Win.Canvas().Focus(screen)
		screen.KeyDown(key(rfb.KeyF9))
		screen.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF9, Physical: key(rfb.KeyF9).Physical})
		screen.KeyUp(key(rfb.KeyF9))
	}
	if press(); ran != 0 {
		t.Fatal("at first the machine's key is the window's, too")
	}
	d.must(t, d.svc.Settings.Set(d.ctx, setting.NameConsolePass, "F9"))
	d.Until("the key stays here", func() bool { press(); return ran > 0 })
	if d.Win.Canvas().Focused() != screen {
		t.Error("the machine has lost the keyboard")
	}
}
