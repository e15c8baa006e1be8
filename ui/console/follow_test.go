package console

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// followItem is the last item of the menu of sizes.
const followItem = 6

func TestAMachineThatCanFollowsTheWindow(t *testing.T) {
	x := rfbtest.StartXvnc(t, "400x300")
	d := openDesk(t, virttest.ScreenHost(t, x.Socket), "web")
	d.Until("the screen is shown", func() bool { return d.connected() && d.view().screen.CanFollow() })
	d.view().bar.scalingMenu()[followItem].Do()
	d.Until("the machine has the window's size", func() bool {
		now := d.view().screen.Stats()
		room := d.view().scroll.Size()
		return now.Width == int(room.Width)&^7 && now.Height == int(room.Height)
	})
	if label := d.view().bar.fit.Label(); label != "Follows the window" {
		t.Errorf("the bar says %q", label)
	}
}

func TestAMachineThatCannotFollowIsFittedAndNotOfferedItAgain(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", func() bool { return d.connected() && d.view().screen.CanFollow() })
	d.view().bar.scalingMenu()[followItem].Do()
	d.Until("it is fitted", func() bool { return d.view().bar.scaling == vnc.Fit })
	if item := d.view().bar.scalingMenu()[followItem]; item.Disabled == "" || item.Checked {
		t.Errorf("the menu still offers %+v", item)
	}
}

func TestTheSettingsDecideAtWhichSizeAScreenOpens(t *testing.T) {
	d := newDesk(t, "")
	for text, want := range map[string]vnc.Scaling{setting.Follow: vnc.Follow, setting.ActualSize: vnc.ActualSize, setting.Fit: vnc.Fit, setting.Whole: vnc.Whole} {
		d.must(t, d.svc.Settings.Set(d.ctx, setting.NameConsoleScaling, text))
		p := d.consoles.Tab().New(d.page.vm).(*page)
		if got := p.view.bar.scaling; got != want {
			t.Errorf("%s opens as %v", text, got)
		}
		p.Close()
	}
}
