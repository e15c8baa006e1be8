package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/cmd/kvm-manager/internal/desktop"
	"github.com/kvmmanager/kvm-manager/services"
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
	finish(t, w)

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

// TestADiscIsInstalledByTheWizard leads from a disc to a machine that has
// restarted from its own disk.
func TestADiscIsInstalledByTheWizard(t *testing.T) {
	daemon := virttest.Libvirtd(t)
	svc, ctx := virttest.OpenURI(t, daemon.URI)
	disc := filepath.Join(daemon.Dir, "install.iso")
	virttest.Disc(t, disc, "MY OWN SYSTEM", virttest.BIOS|virttest.UEFI)
	w := openWindow(t, desktop.NewDisplay(t, "1280x800"), daemon.URI)

	w.Key(t, "ctrl+n")
	w.Click(t, "radio button", "Local ISO or CD")
	w.Fill(t, "Image to install from", disc)
	w.Save(t, "1-source")
	w.Click(t, "push button", "Next")
	w.Fill(t, "Name", "installed")
	w.Click(t, "push button", "Skip to review")
	w.Save(t, "2-review")
	finish(t, w)

	vm := wantRunning(t, svc, ctx, "installed")
	saysThatItRuns(t, svc, ctx, vm)
	desktop.Until(t, bootTime, "its screen", func() bool { c, ok := w.Console(vm.ID); return ok && c.Updates > 0 })
	w.WaitIdle(t, 30*time.Second)
	w.Save(t, "3-runs")
	if len(vm.Disks) != 2 || vm.Disks[0].Capacity != 20<<30 || vm.Disks[1].Path != disc || vm.Firmware != "bios" {
		t.Errorf("made %+v with %s", vm.Disks, vm.Firmware)
	}
}

// TestAnImageIsImportedByTheWizard copies another program's disk image.
func TestAnImageIsImportedByTheWizard(t *testing.T) {
	daemon := virttest.Libvirtd(t)
	svc, ctx := virttest.OpenURI(t, daemon.URI)
	raw, image := filepath.Join(t.TempDir(), "disk.raw"), filepath.Join(daemon.Dir, "appliance.vmdk")
	if err := errors.Join(os.WriteFile(raw, virttest.BootSector(t), 0o600), os.Truncate(raw, 16<<20)); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized", raw, image).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	w := openWindow(t, desktop.NewDisplay(t, "1280x800"), daemon.URI)

	w.Key(t, "ctrl+n")
	w.Click(t, "radio button", "Existing disk image")
	w.Fill(t, "Disk image", image)
	w.Save(t, "1-source")
	w.Click(t, "push button", "Next")
	w.Fill(t, "Name", "imported")
	w.Click(t, "push button", "Skip to review")
	w.Save(t, "2-review")
	finish(t, w)

	vm := wantRunning(t, svc, ctx, "imported")
	saysThatItRuns(t, svc, ctx, vm)
	w.Save(t, "3-runs")
	if len(vm.Disks) != 1 || vm.Disks[0].Pool != "default" || vm.Disks[0].Format != "qcow2" || vm.Disks[0].Capacity != 16<<20 {
		t.Errorf("made %+v", vm.Disks)
	}
}

// TestABootFromASilentNetworkIsExplained: the wizard says before that the default
// network has nothing to boot; the machine is made all the same, and its console
// shows what its firmware says.
func TestABootFromASilentNetworkIsExplained(t *testing.T) {
	daemon := virttest.Libvirtd(t)
	svc, ctx := virttest.OpenURI(t, daemon.URI)
	w := openWindow(t, desktop.NewDisplay(t, "1280x800"), daemon.URI)

	w.Key(t, "ctrl+n")
	w.Click(t, "radio button", "Network boot")
	desktop.Until(t, 30*time.Second, "the wizard to explain", func() bool {
		return len(w.All(t, func(e desktop.Element) bool { return strings.Contains(e.Name, "nothing to boot") && e.Has("showing") })) > 0
	})
	w.Save(t, "1-source")
	w.Click(t, "push button", "Next")
	w.Fill(t, "Name", "silent")
	w.Click(t, "push button", "Skip to review")
	finish(t, w)

	vm := wantRunning(t, svc, ctx, "silent")
	desktop.Until(t, bootTime, "its screen", func() bool { c, ok := w.Console(vm.ID); return ok && c.Updates > 0 })
	w.WaitIdle(t, 30*time.Second)
	w.Save(t, "2-console")
}

// finish creates the machine on a host that has no pool yet.
func finish(t *testing.T, w *desktop.Window) {
	t.Helper()
	w.Click(t, "push button", "Create")
	w.WaitShown(t, "Prepare and create", 30*time.Second)
	w.Save(t, "prepare")
	w.Click(t, "push button", "Prepare and create")
}

// wantRunning waits until the host's only machine has the name and runs.
func wantRunning(t *testing.T, svc *services.Services, ctx context.Context, name string) (made virt.VMDetail) { //nolint:revive // t comes first
	t.Helper()
	host := virttest.Host(t, svc, ctx)
	desktop.Until(t, bootTime, name+" to run", func() bool {
		vms, err := svc.VMs.List(ctx, host)
		return err == nil && len(vms) == 1 && vms[0].Name == name && vms[0].State == virt.StateRunning
	})
	ref, err := svc.VMs.Find(ctx, host, name)
	if err == nil {
		made, err = svc.VMs.Show(ctx, ref)
	}
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func saysThatItRuns(t *testing.T, svc *services.Services, ctx context.Context, vm virt.VMDetail) { //nolint:revive // t comes first
	t.Helper()
	serial := follow(t, svc, ctx, vm.Ref())
	desktop.Until(t, bootTime, "the system to say that it runs", func() bool { return serial.has(virttest.Running) })
}
