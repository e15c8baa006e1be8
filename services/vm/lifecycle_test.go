package vm_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestStartRefusesARunningVM(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	vm := virttest.Only(t, svc, ctx)

	err := svc.VMs.Start(ctx, vm.Ref())

	if !errors.Is(err, virt.ErrState) || virt.HintOf(err) == "" {
		t.Fatalf("start of a running VM: got %v (hint %q), want %v", err, virt.HintOf(err), virt.ErrState)
	}
	virttest.WantAudit(t, svc, ctx, virt.StartVM, "failed")
}

func TestAViewerMayLookButNotStop(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	vm := virttest.Only(t, svc, ctx)
	viewer := virt.WithActor(ctx, virt.Actor{Name: "eve", Via: "test", Role: virt.RoleViewer})

	if _, err := svc.VMs.Show(viewer, vm.Ref()); err != nil {
		t.Errorf("a viewer may not look: %v", err)
	}
	if err := svc.VMs.Off(viewer, vm.Ref()); !errors.Is(err, virt.ErrForbidden) {
		t.Errorf("off by a viewer: got %v, want %v", err, virt.ErrForbidden)
	}
	virttest.WantAudit(t, svc, ctx, virt.OffVM, "refused")
	if now := virttest.Only(t, svc, ctx); now.State != virt.StateRunning {
		t.Errorf("the VM is %s", now.State)
	}
}

func TestEachVerbLeadsToItsStateAndTellsIt(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	vm := virttest.Only(t, svc, ctx).Ref()
	for _, step := range []struct {
		name string
		do   func(context.Context, virt.Ref) error
		want virt.VMState
	}{
		{"pause", svc.VMs.Pause, virt.StatePaused},
		{"resume", svc.VMs.Resume, virt.StateRunning},
		{"off", svc.VMs.Off, virt.StateShutoff},
		{"start", svc.VMs.Start, virt.StateRunning},
		{"save", svc.VMs.Save, virt.StateSaved},
		{"restore", svc.VMs.Start, virt.StateRunning},
		{"save again", svc.VMs.Save, virt.StateSaved},
		{"discard", svc.VMs.Discard, virt.StateShutoff},
		{"start afresh", svc.VMs.Start, virt.StateRunning},
		{"shutdown", svc.VMs.Shutdown, virt.StateShutoff},
	} {
		limited, cancel := context.WithTimeout(ctx, 5*time.Second)
		arrived := make(chan error, 1)
		go func() {
			_, err := svc.VMs.WaitFor(limited, vm, func(row virt.VM) bool { return row.State == step.want })
			arrived <- err
		}()
		if err := step.do(ctx, vm); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		if err := <-arrived; err != nil {
			t.Errorf("%s: no news of state %s: %v", step.name, step.want, err)
		}
		cancel()
	}
}

func TestFindTakesNamesAndUUIDsAndSaysWhatIsMissing(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	vm := virttest.Only(t, svc, ctx)
	for _, word := range []string{vm.Name, vm.ID, "uuid:" + vm.ID} {
		if got, err := svc.VMs.Find(ctx, vm.Host, word); err != nil || got.ID != vm.ID {
			t.Errorf("Find(%q) = %v, %v", word, got, err)
		}
	}
	if _, err := svc.VMs.Find(ctx, vm.Host, "uuid:"+vm.Name); !errors.Is(err, virt.ErrInvalid) {
		t.Errorf("Find of a UUID that is none: %v, want %v", err, virt.ErrInvalid)
	}
	for _, word := range []string{"nobody", ""} {
		if got, err := svc.VMs.Find(ctx, vm.Host, word); !errors.Is(err, virt.ErrNotFound) {
			t.Errorf("Find(%q) = %v, %v; want %v", word, got, err, virt.ErrNotFound)
		}
	}
}

func TestDeleteRefusesARunningVMWithoutForce(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	vm := virttest.Only(t, svc, ctx).Ref()
	if _, err := svc.VMs.Delete(ctx, vm, virt.DeleteSpec{}); !errors.Is(err, virt.ErrState) {
		t.Errorf("delete of a running VM: got %v, want %v", err, virt.ErrState)
	}
	if _, err := svc.VMs.Delete(ctx, vm, virt.DeleteSpec{Force: true, Disks: []string{"vdz"}}); !errors.Is(err, virt.ErrInvalid) {
		t.Errorf("delete with a strange disk: got %v, want %v", err, virt.ErrInvalid)
	}
	virttest.Only(t, svc, ctx)
}

func TestAMachineThatIsGoneIsNotCalledByAnEmptyName(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	ref := virttest.Only(t, svc, ctx).Ref().Key()
	if _, err := svc.VMs.Delete(ctx, ref, virt.DeleteSpec{Force: true}); err != nil {
		t.Fatal(err)
	}

	_, err := svc.VMs.One(ctx, ref)

	if !errors.Is(err, virt.ErrNotFound) || strings.Contains(err.Error(), `""`) {
		t.Errorf("a machine that is gone: got %v, want %v with words for people", err, virt.ErrNotFound)
	}
}
