package machines

import (
	"context"
	"log/slog"
	"slices"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// OpenCheck tells in a dialog whether the host is ready for machines.
func (m *Machines) OpenCheck(id virt.HostID) {
	dialog, c := m.newCheckDialog(id)
	dialog.Open(m.kit.Win.Canvas())
	c.look()
}

func (m *Machines) newCheckDialog(id virt.HostID) (*kit.Dialog, *checks) {
	var dialog *kit.Dialog
	c := newChecks(m, id, func() { dialog.Fit() })
	dialog = kit.NewDialog(kit.DialogSpec{
		Width: kit.WideDialog, Title: readyTitle(id), Text: lang.L("What machines need, and what to do where it is missing."),
		Body: c.rows, Left: kit.Row(10, c.again, c.sum), Cancel: lang.L("Close"), OnCancel: c.close,
	})
	dialog.FocusFirst(c.again)
	return dialog, c
}

// firstCheckSetting says that the check has opened by itself, or had no need to.
const firstCheckSetting = "first-check"

// firstCheck opens the findings by themselves when something fails, once: on
// the first run. They are those of a host that has just been looked at.
func (m *Machines) firstCheck(id virt.HostID, found []virt.Check) {
	var done bool
	if m.checked || m.svc.Settings.UI(firstCheckSetting, &done) && done {
		return
	}
	m.checked = true
	m.kit.RunTo(func(ctx context.Context) error { return m.svc.Settings.SetUI(ctx, firstCheckSetting, true) }, func(err error) {
		if err != nil {
			slog.Warn("keep that the first check is done", "err", err)
		}
	})
	if !slices.ContainsFunc(found, func(c virt.Check) bool { return c.Status == virt.CheckFail }) {
		return
	}
	dialog, c := m.newCheckDialog(id)
	c.show(found, nil)
	dialog.Open(m.kit.Win.Canvas())
}
