package hypervisor_test

import (
	"fmt"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestTheInventoryOfManyVMsTakesThreeRPCs(t *testing.T) {
	d := virttest.Libvirtd(t)
	proxy := virttest.RPCProxy(t, d.Socket)
	conn, _ := open(t, proxy.URI)
	s := suite{conn: conn}
	for i := range 50 {
		s.define(t, fmt.Sprintf("vm-%02d", i))
	}
	want := func(what string, limit int, ask func() (int, error)) {
		t.Helper()
		proxy.Reset()
		n, err := ask()
		must(t, err)
		if calls := proxy.Count(); n == 0 || calls == 0 || calls > limit {
			t.Errorf("%s: %d VMs by %d calls, want at most %d: %v", what, n, calls, limit, proxy.Calls())
		}
	}
	inventory := func() (int, error) { vms, err := conn.Inventory(); return len(vms), err }
	want("inventory", 3, inventory)
	if vms, err := conn.Inventory(); err != nil || len(vms) != 50 {
		t.Fatalf("the inventory has %d VMs (%v)", len(vms), err)
	}

	proxy.Reset()
	if samples, err := conn.ActiveStats(); err != nil || len(samples) != 0 || proxy.Count() != 0 {
		t.Errorf("figures while nobody is active: %v (%v), calls %v", samples, err, proxy.Calls())
	}

	s.started(t, "running")
	want("inventory with one running", 3+1, inventory)
	settled := false
	for range 50 { // news of the start may still be on its way
		proxy.Reset()
		_, err := inventory()
		must(t, err)
		settled = settled || proxy.Count() <= 3
	}
	if !settled {
		t.Errorf("an inventory after no news takes %d calls", proxy.Count())
	}
	want("figures", 1, func() (int, error) { samples, err := conn.ActiveStats(); return len(samples), err })
	want("all documents", 1+51, func() (n int, err error) {
		err = conn.EachXML(func(string, string) { n++ })
		return n, err
	})
}

func TestAQuietHostIsNotAsked(t *testing.T) {
	d := virttest.Libvirtd(t)
	proxy := virttest.RPCProxy(t, d.Socket)
	conn, news := open(t, proxy.URI)
	other, _ := open(t, d.URI)
	proxy.Reset()
	ref := suite{conn: other}.define(t, "somebody-elses")
	news.wants(t, ref, "vm-defined", "", "added")
	if calls := proxy.Calls(); len(calls) != 0 {
		t.Errorf("hearing of a VM took calls: %v", calls)
	}
	must(t, conn.Close())
	if proxy.Count() == 0 {
		t.Error("the proxy counted nothing of the close")
	}
}
