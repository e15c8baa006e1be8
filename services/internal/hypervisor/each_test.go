package hypervisor_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestAListLeavesOutWhatGoesAwayWhileItIsRead(t *testing.T) {
	conn, _ := open(t, virttest.TestHost(t, "several-states.xml"))
	const network = `<network><name>net-%d</name><ip address="10.0.%d.1" netmask="255.255.255.0"/></network>`
	for n := range 3 {
		_, err := conn.DefineNetwork(fmt.Sprintf(network, n, n))
		must(t, err)
	}
	seen := 0
	must(t, conn.EachNetworkXML(func(text string) {
		if seen++; seen > 1 {
			return
		}
		networks, err := conn.Networks()
		must(t, err)
		for _, n := range networks {
			if !strings.Contains(text, n.ID) {
				must(t, conn.UndefineNetwork(n.ID))
			}
		}
	}))
	if seen != 1 {
		t.Errorf("%d networks were told, want the one that is left", seen)
	}

	seen = 0
	must(t, conn.EachXML(func(id, _ string) {
		if seen++; seen > 1 {
			return
		}
		vms, err := conn.Inventory()
		must(t, err)
		for _, vm := range vms {
			if vm.ID == id {
				continue
			}
			if vm.State.Active() {
				must(t, conn.DestroyDomain(vm.ID))
			}
			if vm.Persistent {
				must(t, conn.Undefine(vm.ID, hypervisor.UndefineOptions{}))
			}
		}
	}))
	if seen != 1 {
		t.Errorf("%d VMs were told, want the one that is left", seen)
	}
}

func TestADefinitionIsTheRunningDocumentAndTheStoredOne(t *testing.T) {
	conn, _ := open(t, virttest.TestHost(t, "several-states.xml"))
	running, err := conn.LookupVM("running")
	must(t, err)
	stored, err := conn.DomainXML(running.ID, true, false)
	must(t, err)
	_, err = conn.DefineDomain(strings.Replace(stored, "Runs all day", "Runs all night", 1))
	must(t, err)
	told := map[string][]string{}
	must(t, conn.EachDefinition(func(vm virt.Ref, text string) {
		if vm.Host != "here" || vm.ID == "" {
			t.Errorf("told of %+v", vm)
		}
		told[vm.Name] = append(told[vm.Name], text)
	}))
	for name, want := range map[string]int{"running": 2, "paused": 2, "transient": 2, "off": 1, "saved": 1} {
		if len(told[name]) != want {
			t.Errorf("%s has %d documents, want %d", name, len(told[name]), want)
		}
	}
	if all := told["running"]; len(all) == 2 && (!strings.Contains(all[0], "all day") || !strings.Contains(all[1], "all night")) {
		t.Errorf("the machine that runs has the documents %s", all)
	}
}
