package machines

import (
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// OpenCheck tells in a dialog whether the host is ready for machines.
func (m *Machines) OpenCheck(id virt.HostID) {
	dialog, c := m.newCheckDialog(id, nil)
	dialog.Open(m.kit.Win.Canvas())
	c.look()
}

// newCheckDialog makes the dialog. One that opens by itself has a box that keeps
// it from doing so in the place of the sum; else never is nil.
func (m *Machines) newCheckDialog(id virt.HostID, never *kit.Checkbox) (*kit.Dialog, *checks) {
	var dialog *kit.Dialog
	c := newChecks(m, id, func() { dialog.Fit() })
	left := kit.Row(10, c.again, c.sum)
	if never != nil {
		left = kit.Row(16, c.again, never)
	}
	dialog = kit.NewDialog(kit.DialogSpec{
		Width: kit.WideDialog, Title: readyTitle(id), Text: lang.L("What machines need, and what to do where it is missing."),
		Body: c.rows, Left: left, Cancel: lang.L("Close"), OnCancel: c.close,
	})
	dialog.FocusFirst(c.again)
	return dialog, c
}
