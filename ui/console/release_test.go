package console

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/services/setting"
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
