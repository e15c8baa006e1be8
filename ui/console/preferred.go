package console

import (
	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/vnc"
)

// scalings are the settings' words for sizes.
var scalings = map[string]vnc.Scaling{
	setting.Fit: vnc.Fit, setting.ActualSize: vnc.ActualSize, setting.Follow: vnc.Follow, setting.Whole: vnc.Whole,
}

// preferred shows the screen as large as the settings want it at first.
func (b *bar) preferred() {
	b.scaling = scalings[b.view.svc.Settings.ConsoleScaling()]
	b.fit.SetLabel(scalingLabel(b.scaling))
	b.view.screen.SetScaling(b.scaling)
}
