package hypervisor_test

import (
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestTheInventoryKnowsEveryState(t *testing.T) {
	conn, _ := open(t, virttest.TestHost(t, "several-states.xml"))
	vms, err := conn.Inventory()
	must(t, err)
	type row struct {
		state             virt.VMState
		persistent, saved bool
	}
	got := map[string]row{}
	for _, vm := range vms {
		got[vm.Name] = row{vm.State, vm.Persistent, vm.Saved}
	}
	want := map[string]row{
		"running":   {virt.StateRunning, true, false},
		"paused":    {virt.StatePaused, true, false},
		"off":       {virt.StateShutoff, true, false},
		"saved":     {virt.StateSaved, true, true},
		"transient": {virt.StateRunning, false, false},
	}
	for name, w := range want {
		if got[name] != w {
			t.Errorf("%s is %+v, want %+v", name, got[name], w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("there are %d VMs, want %d", len(got), len(want))
	}
}

func TestAHostMayHaveManyVMs(t *testing.T) {
	conn, _ := open(t, virttest.ManyVMs(t, 200))
	vms, err := conn.Inventory()
	must(t, err)
	if len(vms) != 200 || vms[0].State != virt.StateShutoff {
		t.Errorf("there are %d VMs, the first %+v", len(vms), vms[0])
	}
}

func TestTheInventoryHasNoGapsBeforeTheEventsOfOneThatCameAndOneThatWent(t *testing.T) {
	conn, _ := open(t, virttest.TestHost(t, "several-states.xml"))
	want, err := conn.Inventory()
	must(t, err)
	for _, vm := range want {
		if !conn.Mistake(vm.ID) {
			t.Fatal("nothing is known of the host")
		}
		got, err := conn.Inventory()
		must(t, err)
		if !slices.EqualFunc(got, want, func(a, b virt.VM) bool { return a.ID == b.ID && a.Name == b.Name }) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}
