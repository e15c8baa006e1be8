package machines

import (
	"strings"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// follow keeps the question true while it is open: one about machines that are
// gone closes, and what is left is asked anew, as it is when a machine has been
// started or stopped meanwhile.
func (d *deletion) follow() {
	var stop func()
	stop = d.machines.inventory.Listen(func(c Change) {
		if !d.dialog.IsOpen() {
			stop()
			return
		}
		if c == RowsChanged && d.outdated() {
			stop()
			d.renew()
		}
	})
	if d.outdated() { // since the disks were looked at
		stop()
		d.renew()
	}
}

// now returns the machines that are still there, as they are, and the names of
// those that are gone. Those of a host that was removed are neither.
func (d *deletion) now() (left []parts.Machine, gone []string) {
	for _, v := range d.victims {
		m, found := d.machines.inventory.Find(v.Ref())
		switch {
		case found:
			left = append(left, m)
		case d.machines.inventory.Away(v.Host):
		case d.machines.inventory.Loading(v.Host):
			left = append(left, v)
		default:
			gone = append(gone, v.Name)
		}
	}
	return left, gone
}

// outdated says whether the question is not what it would be now.
func (d *deletion) outdated() bool {
	left, _ := d.now()
	if len(left) != len(d.victims) {
		return true
	}
	for i, m := range left {
		if m.State.Active() != d.victims[i].State.Active() {
			return true
		}
	}
	return false
}

// renew asks about what is left, with the choice that was made, and says what
// is gone.
func (d *deletion) renew() {
	left, gone := d.now()
	d.dialog.Close()
	if len(gone) > 0 {
		title, text := lang.L("“{{.Name}}” is gone already", map[string]any{"Name": gone[0]}), lang.L("Another program removed it")
		if len(gone) > 1 {
			title, text = lang.N("{{.Count}} machines are gone already", len(gone), map[string]any{"Count": len(gone)}), strings.Join(gone, ", ")
		}
		d.machines.kit.Toast(kit.Toast{Icon: "info", Token: theme.Muted, Title: title, Text: text})
	}
	d.machines.askDeleteAs(left, d)
}

// keep ticks the disk as it was ticked in the question; nil knows nothing.
func (d *deletion) keep(disk *doomedDisk) {
	if d == nil || disk.Locked {
		return
	}
	for _, old := range d.disks {
		if old.owner.Ref().Same(disk.owner.Ref()) && old.Target == disk.Target && !old.Locked {
			disk.box.SetChecked(old.box.Checked())
		}
	}
}
