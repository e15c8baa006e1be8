package network_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestMain(m *testing.M) { os.Exit(virttest.Main(m)) }

// switchboard is a host of libvirt's test driver with the networks default, on
// which the machine web is, and lab, which is stopped.
func switchboard(t *testing.T) (*services.Services, context.Context, virt.HostID) {
	t.Helper()
	path := virttest.TestHostXML(t, "one-running-vm.xml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const more = "<network><name>another</name></network><network><name>lab</name></network></node>"
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "</node>", more, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	svc, ctx := virttest.OpenURI(t, "test://"+path)
	id := virttest.Host(t, svc, ctx)
	if err := svc.Networks.Stop(ctx, find(t, svc, ctx, id, "lab")); err != nil { // the driver starts what it finds in its file
		t.Fatal(err)
	}
	return svc, ctx, id
}

func find(t *testing.T, svc *services.Services, ctx context.Context, id virt.HostID, word string) virt.Ref { //nolint:revive // t comes first in tests
	t.Helper()
	n, err := svc.Networks.Find(ctx, id, word)
	if err != nil {
		t.Fatal(err)
	}
	return n.Ref()
}

func TestNetworksAreByNameAndFoundByNameAndUUID(t *testing.T) {
	svc, ctx, id := switchboard(t)
	networks, err := svc.Networks.List(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range networks {
		names = append(names, fmt.Sprint(n.Name, " ", n.Active))
		for _, word := range []string{n.Name, n.ID, "uuid:" + n.ID} {
			if found := find(t, svc, ctx, id, word); found != n.Ref() || found.Host != id {
				t.Errorf("%s finds %+v", word, found)
			}
		}
	}
	if want := []string{"another true", "default true", "lab false"}; !slices.Equal(names, want) {
		t.Errorf("the networks are %q, want %q", names, want)
	}
	if _, err := svc.Networks.Find(ctx, id, "nowhere"); !errors.Is(err, virt.ErrNotFound) || virt.HintOf(err) == "" {
		t.Errorf("one that is not there: %v", err)
	}
	if _, err := svc.Networks.Find(ctx, "nobody", "default"); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("on a host that is not there: %v", err)
	}
}

func TestANetworkThatIsSoAlreadyOrIsGoneIsRefused(t *testing.T) {
	svc, ctx, id := switchboard(t)
	lab, used := find(t, svc, ctx, id, "lab"), find(t, svc, ctx, id, "default")
	gone := virt.Ref{Host: id, Kind: virt.KindNetwork, ID: "00000000-0000-4000-8000-000000000000", Name: "gone"}
	for _, c := range []struct {
		what    string
		do      func(context.Context, virt.Ref) error
		network virt.Ref
		kind    virt.ErrorKind
	}{
		{"start it", svc.Networks.Start, lab, ""},
		{"start it twice", svc.Networks.Start, lab, virt.KindState},
		{"delete it while it runs", svc.Networks.Delete, lab, virt.KindState},
		{"stop it", svc.Networks.Stop, lab, ""},
		{"delete it", svc.Networks.Delete, lab, ""},
		{"delete it twice", svc.Networks.Delete, lab, virt.KindNotFound},
		{"start one that is gone", svc.Networks.Start, gone, virt.KindNotFound},
		{"stop one that is gone", svc.Networks.Stop, gone, virt.KindNotFound},
		{"stop one that a machine is on", svc.Networks.Stop, used, ""},
		{"delete one that a machine is on", svc.Networks.Delete, used, virt.KindState},
	} {
		if err := c.do(ctx, c.network); virt.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %q", c.what, err, c.kind)
		}
	}
}

func TestWhoMayDoWhatToNetworks(t *testing.T) {
	svc, ctx, id := switchboard(t)
	lab := find(t, svc, ctx, id, "lab")
	for action, act := range map[virt.Action]func(context.Context) error{
		virt.StartNetwork:     func(ctx context.Context) error { return svc.Networks.Start(ctx, lab) },
		virt.StopNetwork:      func(ctx context.Context) error { return svc.Networks.Stop(ctx, lab) },
		virt.AutostartNetwork: func(ctx context.Context) error { return svc.Networks.SetAutostart(ctx, lab, true) },
		virt.DeleteNetwork:    func(ctx context.Context) error { return svc.Networks.Delete(ctx, lab) },
	} {
		for _, role := range []virt.Role{virt.RoleViewer, virt.RoleOperator} {
			if err := act(virt.WithActor(ctx, virt.Actor{Name: "otto", Via: "test", Role: role})); !errors.Is(err, virt.ErrForbidden) {
				t.Errorf("%s by a %s: %v", action, role, err)
			}
			virttest.WantAudit(t, svc, ctx, action, "refused")
		}
	}
	if n, err := svc.Networks.Find(ctx, id, "lab"); err != nil || n.Active || n.Autostart {
		t.Errorf("the network is %+v by now, %v", n, err)
	}
}

// A machine that runs without a card in it may have one when it starts the next
// time.
func TestANetworkOfAStoredDefinitionIsNotDeleted(t *testing.T) {
	d := virttest.SharedLibvirtd(t)
	conn, err := hypervisor.Open(d.URI, hypervisor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	n, err := conn.DefineNetwork(`<network><name>later</name></network>`)
	if err != nil {
		t.Fatal(err)
	}
	vm, err := conn.DefineDomain(`<domain type="qemu"><name>web</name><memory>32768</memory><os><type arch="x86_64">hvm</type></os></domain>`)
	if err == nil {
		err = conn.StartDomain(vm.ID)
	}
	if err == nil {
		err = conn.AddDevice(vm.ID, `<interface type="network"><source network="later"/></interface>`, false)
	}
	t.Cleanup(func() {
		if err := errors.Join(conn.DestroyDomain(vm.ID), conn.Undefine(vm.ID, hypervisor.UndefineOptions{})); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	svc, ctx := virttest.OpenURI(t, d.URI)
	later := find(t, svc, ctx, virttest.Host(t, svc, ctx), "later")

	err = svc.Networks.Delete(ctx, later)

	if !errors.Is(err, virt.ErrState) || !strings.Contains(err.Error(), "is used by web") || virt.HintOf(err) == "" {
		t.Errorf("got %v", err)
	}
	if err := conn.RemoveDevice(vm.ID, `<interface type="network"><source network="later"/></interface>`, false); err != nil {
		t.Fatal(err)
	}
	if err := svc.Networks.Stop(ctx, later); !errors.Is(err, virt.ErrState) { // which the test driver takes
		t.Errorf("stop a stopped network: %v", err)
	}
	if err := svc.Networks.Delete(ctx, later); err != nil {
		t.Errorf("without users: %v", err)
	}
	if _, err := conn.NetworkByName(n.Name); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
}
