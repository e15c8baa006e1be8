package machines

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// firstCheckSetting is where the hosts are kept that were looked at.
const firstCheckSetting = "first-check"

// firstCheckAfter is how long a host that was just reached is left alone: its
// machines come first, and the first look at QEMU takes libvirt seconds.
const firstCheckAfter = time.Second

// firstChecks look at every host once, when it is reached for the first time,
// and open the findings by themselves where something fails.
type firstChecks struct {
	machines *Machines
	begun    map[virt.HostID]bool // hosts that need no further look from this window
	done     []virt.HostID        // those that were looked at in this run
	keeping  bool                 // they are being written down
}

func newFirstChecks(m *Machines) *firstChecks {
	f := &firstChecks{machines: m, begun: map[virt.HostID]bool{}}
	m.inventory.Listen(func(c Change) {
		if c == RowsChanged {
			f.follow()
		}
	})
	return f
}

// follow begins with the hosts that were just reached. Where there is no machine
// at all the welcome looks, and tells.
func (f *firstChecks) follow() {
	inv := f.machines.inventory
	if all, _ := inv.CountOn(""); all == 0 {
		return
	}
	for _, h := range inv.Hosts() {
		if h.State == virt.HostConnected && !inv.Loading(h.ID) && f.begin(h.ID) {
			f.machines.kit.After(firstCheckAfter, func() { f.look(h.ID) })
		}
	}
}

// begin says whether the host is to be looked at, and does so once.
func (f *firstChecks) begin(id virt.HostID) bool {
	if f.begun[id] {
		return false
	}
	f.begun[id] = true
	return f.machines.svc.Settings.CheckNewHosts() && !slices.Contains(f.seen(), id)
}

// seen are the hosts that were looked at before.
func (f *firstChecks) seen() []virt.HostID {
	var hosts []virt.HostID
	if !f.machines.svc.Settings.UI(firstCheckSetting, &hosts) {
		return nil
	}
	return hosts
}

func (f *firstChecks) look(id virt.HostID) {
	m := f.machines
	var found []virt.Check
	m.kit.RunTo(func(ctx context.Context) (err error) {
		found, err = m.svc.Hosts.Check(ctx, id)
		return err
	}, func(err error) {
		if err != nil { // its page says why it does not answer
			slog.Warn("look at a new host", "host", id, "err", err)
			return
		}
		f.tell(id, found)
	})
}

// take tells of findings that somebody else has looked for.
func (f *firstChecks) take(id virt.HostID, found []virt.Check) {
	if f.begin(id) {
		f.tell(id, found)
	}
}

// tell opens the findings where something fails, or offers them while something
// else is asked. It keeps that the host was looked at.
func (f *firstChecks) tell(id virt.HostID, found []virt.Check) {
	m := f.machines
	f.done = append(f.done, id)
	if !f.keeping {
		f.keep()
	}
	if !slices.ContainsFunc(found, func(c virt.Check) bool { return c.Status == virt.CheckFail }) {
		return
	}
	if m.kit.Win.Canvas().Overlays().Top() == nil {
		f.open(id, found)
		return
	}
	m.kit.Toast(kit.Toast{Icon: "triangle-alert", Token: theme.Warn, Title: lang.L("{{.Host}} is not ready", map[string]any{"Host": id}),
		Text: lang.L("Machines need something that is missing."), Action: lang.L("Show"), Do: func() { f.open(id, found) }})
}

// keep writes down which hosts were looked at, once more when meanwhile there
// are further ones.
func (f *firstChecks) keep() {
	f.keeping = true
	seen, count := f.seen(), len(f.done)
	for _, id := range f.done {
		if !slices.Contains(seen, id) {
			seen = append(seen, id)
		}
	}
	svc := f.machines.svc
	f.machines.kit.RunTo(func(ctx context.Context) error { return svc.Settings.SetUI(ctx, firstCheckSetting, seen) }, func(err error) {
		f.keeping = false
		switch {
		case err != nil:
			slog.Warn("keep that hosts were looked at", "hosts", seen, "err", err)
		case len(f.done) > count:
			f.keep()
		}
	})
}

func (f *firstChecks) open(id virt.HostID, found []virt.Check) {
	dialog, c := f.machines.newCheckDialog(id, f.never())
	c.show(found, nil)
	dialog.Open(f.machines.kit.Win.Canvas())
}

// never is the box that keeps the findings of other hosts from opening.
func (f *firstChecks) never() *kit.Checkbox {
	m := f.machines
	return kit.NewCheckbox(lang.L("Do not show this for new hosts"), func(checked bool) {
		m.kit.Run(func(ctx context.Context) error {
			return m.svc.Settings.Set(ctx, setting.NameCheckNewHosts, strconv.FormatBool(!checked))
		})
	})
}
