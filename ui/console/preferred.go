package console

import (
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/vnc"
)

// preferred shows the screen as large as the settings want it at first.
func (b *bar) preferred() {
	if b.view.svc.Settings.ConsoleScaling() != setting.ActualSize {
		return
	}
	b.scaling = vnc.ActualSize
	b.fit.SetLabel(lang.L("Actual size"))
	b.view.screen.SetScaling(b.scaling)
}
