package main

import (
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/cmd/kvm-manager/internal/desktop"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// TestAnEmptyMachineByTheWizard makes a machine with an empty disk by mouse and
// keyboard, and does not start it.
func TestAnEmptyMachineByTheWizard(t *testing.T) {
	daemon := virttest.Libvirtd(t)
	svc, ctx := virttest.OpenURI(t, daemon.URI)
	host := virttest.Host(t, svc, ctx)
	w := openWindow(t, desktop.NewDisplay(t, "1280x800"), daemon.URI)

	w.Key(t, "ctrl+n")
	w.Click(t, "radio button", "Empty machine")
	w.Click(t, "push button", "Next")
	w.Key(t, "ctrl+a")
	w.Type(t, "wizard")
	w.WaitIdle(t, 30*time.Second)
	w.Save(t, "1-name")
	w.Click(t, "push button", "Skip to review")
	w.Click(t, "switch", "Start when created")
	w.Save(t, "2-review")
	w.Click(t, "push button", "Create")

	var vms []virt.VM
	desktop.Until(t, 30*time.Second, "the machine", func() (ok bool) {
		vms, _ = svc.VMs.List(ctx, host)
		return len(vms) == 1 && vms[0].Name == "wizard"
	})
	shown, err := svc.VMs.Show(ctx, vms[0].Ref())
	if err != nil || shown.State != virt.StateShutoff || len(shown.Disks) != 1 || shown.Disks[0].Capacity != 20<<30 {
		t.Errorf("made %+v, %v", shown, err)
	}
	w.WaitShown(t, "“wizard” was created", 10*time.Second)
	w.Save(t, "3-made")
}
