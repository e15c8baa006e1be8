package vm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/services/vm"
)

// old is a machine of a system that has no driver for the channel.
func old(name string, start bool) virt.VMSpec {
	return virt.VMSpec{Name: name, OS: "winxp", Network: "none", Memory: 64 << 20, Start: start}
}

func TestAMachineWithoutTheClipboardChannelGetsIt(t *testing.T) {
	h := newHouse(t)
	off, on := h.mustCreate(old("off", false)).Ref(), h.mustCreate(old("on", true)).Ref()
	state := func(ref virt.Ref, want ...vm.ClipboardState) vm.ClipboardState {
		t.Helper()
		got, err := h.svc.VMs.Clipboard(h.ctx, ref)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if got == w {
				return got
			}
		}
		t.Errorf("the channel of %s is %s, want %v", ref.Name, got, want)
		return got
	}
	for _, ref := range []virt.Ref{off, on} {
		state(ref, vm.ClipboardMissing, vm.ClipboardCosts)
		said, err := h.svc.VMs.AddClipboard(h.ctx, ref)
		if err != nil {
			t.Fatal(err)
		}
		if got := state(ref, vm.ClipboardThere, vm.ClipboardWaits); got != said {
			t.Errorf("%s: it said %s, and is %s", ref.Name, said, got)
		}
		virttest.WantAudit(t, h.svc, h.ctx, virt.ClipboardVM, "done")
		if again, err := h.svc.VMs.AddClipboard(h.ctx, ref); err != nil || again != said {
			t.Errorf("%s, again: %s, %v", ref.Name, again, err)
		}
		text, err := h.svc.VMs.XML(h.ctx, ref, true)
		if err != nil || strings.Count(text, "com.redhat.spice.0") != 1 {
			t.Errorf("%s has %d channels, %v", ref.Name, strings.Count(text, "com.redhat.spice.0"), err)
		}
	}
	state(off, vm.ClipboardThere)
	if left, err := h.svc.VMs.RemoveClipboard(h.ctx, off); err != nil || left == vm.ClipboardThere {
		t.Errorf("taken away it is %s, %v", left, err)
	}
	if err := h.svc.VMs.Off(h.ctx, on); err != nil {
		t.Fatal(err)
	}
	state(on, vm.ClipboardThere)
	if err := h.svc.VMs.Start(h.ctx, on); err != nil {
		t.Errorf("with the channel it does not start: %v", err)
	}
}

// QEMU before 10.1 can neither save nor move a machine with the channel.
func TestANewMachineHasTheClipboardChannelOnlyWhereItCanBeSaved(t *testing.T) {
	h := newHouse(t)
	ref := h.mustCreate(virt.VMSpec{Name: "new", Network: "none", Memory: 64 << 20, Start: true}).Ref()
	if state, err := h.svc.VMs.Clipboard(h.ctx, ref); err != nil || state != vm.ClipboardThere && state != vm.ClipboardCosts {
		t.Errorf("it is %s, %v", state, err)
	}
	if err := h.svc.VMs.Save(h.ctx, ref); err != nil {
		t.Errorf("it cannot be saved: %v", err)
	}
}

func TestAHostWithoutTheChannelRefusesIt(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	ref := virttest.Only(t, svc, ctx).Ref()
	if state, err := svc.VMs.Clipboard(ctx, ref); err != nil || state != vm.ClipboardCannot {
		t.Errorf("it is %s, %v", state, err)
	}
	admin := virt.WithActor(ctx, virt.Actor{Name: "ada", Via: "test", Role: virt.RoleAdmin})
	if _, err := svc.VMs.AddClipboard(admin, ref); !errors.Is(err, virt.ErrUnsupported) || virt.HintOf(err) == "" {
		t.Errorf("adding it: %v", err)
	}
	operator := virt.WithActor(ctx, virt.Actor{Name: "otto", Via: "test", Role: virt.RoleOperator})
	if _, err := svc.VMs.AddClipboard(operator, ref); !errors.Is(err, virt.ErrForbidden) {
		t.Errorf("by an operator: %v", err)
	}
}
