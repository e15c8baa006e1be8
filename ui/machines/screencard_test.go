package machines

import (
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

func TestTheOverviewShowsTheScreenOfWhatRunsWithOne(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	vm := virttest.Only(t, svc, ctx)
	if err := kit.LoadWords(); err != nil {
		t.Fatal(err)
	}
	w := kittest.OpenAs(t, ctx, svc)
	opened := virt.Ref{}
	m := New(Options{
		Kit: w.Kit, Services: svc, Leave: func(virt.Ref) {}, Tabs: []kit.Tab[virt.Ref]{{ID: ConsoleTab}},
		Open: func(vm virt.Ref, _ string, _ bool) { opened = vm },
	})
	c := newScreenCard(m, vm.Ref())
	w.Win.SetContent(c.card)
	c.setVisible(true)
	row := parts.Machine{VM: vm, HostState: virt.HostConnected}

	if c.show(row, 0) || c.card.Visible() {
		t.Error("a machine without a screen shows one")
	}
	if !c.show(row, 1) || !c.card.Visible() {
		t.Error("the screen of what runs is not shown")
	}
	w.Until("there is a picture", func() bool { return c.picture.Image != nil && c.picture.Visible() && !c.icon.Visible() })
	w.Click("push button", "Console")
	if !opened.Same(vm.Ref()) {
		t.Errorf("the console of %v is opened", opened)
	}

	other := m.newThumbnails(c.thumbnails.visible, c.thumbnails.size, func(virt.Ref) {})
	if due := other.due(m.inventory.pictures[vm.Host].Add(betweenPictures - time.Millisecond)); len(due) != 0 {
		t.Errorf("another page asks for %v within the second", due)
	}

	row.State = virt.StateShutoff
	if !c.show(row, 1) || c.card.Visible() || c.thumbnails.cancel != nil {
		t.Error("what is off still shows a screen, or asks for one")
	}
}
