package machines

import (
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

// The two are read beside each other, and either may come first.
func TestAHostWhoseMachinesAreListedIsConnected(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	w := kittest.OpenAs(t, ctx, svc)
	inv := NewInventory(w.Kit, svc)
	w.Until("the machines are listed", func() bool { return len(inv.Machines()) == 1 })
	late := slices.Clone(inv.Hosts())
	late[0].State = virt.HostConnecting
	inv.showHosts(late, nil)
	if m := inv.Machines()[0]; m.HostState != virt.HostConnecting {
		t.Fatalf("the host is %s", m.HostState)
	}

	inv.rows[late[0].ID].show(listing{vms: []virt.VM{inv.Machines()[0].VM}, complete: true}, nil)

	if m := inv.Machines()[0]; m.HostState != virt.HostConnected || inv.Hosts()[0].State != virt.HostConnected {
		t.Errorf("the host is %s, its machine's %s", inv.Hosts()[0].State, m.HostState)
	}
}
