package machines

import (
	"context"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// detailView keeps what is known of one machine for its page and the page's
// overview, so that both cost one load.
type detailView struct {
	value   virt.VMDetail
	known   bool
	err     error
	view    *kit.View[virt.VMDetail]
	changed []func()
}

func newDetailView(m *Machines, ref virt.Ref) *detailView {
	d := &detailView{}
	d.view = kit.NewView(m.kit, func(ctx context.Context) (virt.VMDetail, error) {
		return m.svc.VMs.Show(ctx, ref)
	}, d.show)
	d.view.SetVisible(false)
	m.kit.Follow(d.view, func(e virt.Event) bool { // not the host's state: a slow load changes it
		return e.Ref.Same(ref) || e.Kind == virt.Resync && e.Ref.Host == ref.Host
	})
	return d
}

// listen calls changed whenever something was loaded.
func (d *detailView) listen(changed func()) { d.changed = append(d.changed, changed) }

func (d *detailView) setVisible(visible bool) { d.view.SetVisible(visible) }

func (d *detailView) close() { d.view.Stop() }

// show takes what was loaded. After a failure the last known facts stay: the
// page's banner says why they may be old.
func (d *detailView) show(value virt.VMDetail, err error) {
	d.err = err
	if err == nil {
		d.value, d.known = value, true
	}
	for _, changed := range d.changed {
		changed()
	}
}
