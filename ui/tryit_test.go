package ui

import (
	"os/exec"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestTheTinyMachineAsksBeforeItPreparesItsHost(t *testing.T) {
	daemon := virttest.Libvirtd(t)
	if out, err := exec.Command("virsh", "-c", daemon.URI, "net-undefine", "default").CombinedOutput(); err != nil {
		t.Skipf("libvirt's default network is not installed: %s", out)
	}
	h := openURI(t, daemon.URI)
	host := virttest.Host(t, h.svc, h.ctx)
	h.push("Try a tiny Linux machine")
	h.push("Create and start")
	h.must("dialog", "Prepare the host first?")
	h.must("label", "The pool “default” is made at /var/lib/libvirt/images and starts")
	h.must("label", "The network “default” is made, with the addresses 192.168.")
	h.push("Cancel")
	h.must("dialog", "Try a tiny Linux machine")
	if pools, err := h.svc.Pools.List(h.ctx, host); err != nil || len(pools) != 0 {
		t.Errorf("made by asking: %+v, %v", pools, err)
	}

	h.push("Create and start")
	h.push("Prepare and create")
	h.Until("the machine runs", func() bool {
		vms, err := h.svc.VMs.List(h.ctx, host)
		return err == nil && len(vms) == 1 && vms[0].Name == "tiny" && vms[0].State == virt.StateRunning
	})
	if networks, err := h.svc.Networks.List(h.ctx, host); err != nil || len(networks) != 1 || !networks[0].Autostart {
		t.Errorf("made the networks %+v, %v", networks, err)
	}
	h.must("page tab", "Console")
}
