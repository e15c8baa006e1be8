package host_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func (d *desk) save(old virt.HostID, h virt.SavedHost) {
	d.t.Helper()
	if err := d.svc.Hosts.Save(d.ctx, old, h); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) savedNames() []virt.HostID {
	d.t.Helper()
	hosts, err := d.svc.Hosts.Saved(d.ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	var names []virt.HostID
	for _, h := range hosts {
		names = append(names, h.Name)
	}
	return names
}

func (d *desk) connectedNames() []virt.HostID {
	d.t.Helper()
	ids, err := d.svc.Hosts.IDs(d.ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	return ids
}

// play is a saved host of libvirt's test driver.
func play(t *testing.T, name virt.HostID) virt.SavedHost {
	t.Helper()
	h, err := virt.HostFromURI(virttest.TestHost(t, "one-running-vm.xml"))
	if err != nil {
		t.Fatal(err)
	}
	h.Name = name
	return h
}

func TestSavedHostsAreConnectedAtTheStartAndListedInTheirOrder(t *testing.T) {
	d := newDesk(t, nil)
	for _, name := range []virt.HostID{"a", "b", "c"} {
		h := play(t, name)
		h.AtStart = name != "b"
		d.save("", h)
	}
	if err := d.svc.Hosts.Order(d.ctx, []virt.HostID{"c"}); err != nil {
		t.Fatal(err)
	}
	if want := []virt.HostID{"c", "a", "b"}; !slices.Equal(d.savedNames(), want) {
		t.Errorf("saved %v, want %v", d.savedNames(), want)
	}
	t.Setenv("KVM_MANAGER_HOST", virttest.TestHost(t, "empty.xml"))
	svc, err := services.Open(d.ctx, services.Options{Dirs: d.dirs, AtStart: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = svc.Close() })
	ids, err := svc.Hosts.IDs(d.ctx)
	if want := []virt.HostID{"c", "a"}; err != nil || !slices.Equal(ids[1:], want) {
		t.Errorf("connected %v, %v; want the usual host and %v", ids, err, want)
	}
	for _, id := range ids[1:] {
		if vms, err := svc.VMs.List(d.ctx, id); err != nil || len(vms) != 1 || vms[0].Ref().Host != id {
			t.Errorf("%s has %+v, %v", id, vms, err)
		}
	}
	if err := svc.Hosts.Order(d.ctx, []virt.HostID{"a"}); err != nil {
		t.Fatal(err)
	}
	if ids, err = svc.Hosts.IDs(d.ctx); err != nil || !slices.Equal(ids[1:], []virt.HostID{"a", "c"}) {
		t.Errorf("after ordering: %v, %v", ids, err)
	}
}

func TestAHostThatIsRenamedIsConnectedUnderItsNewNameOnly(t *testing.T) {
	d := newDesk(t, nil)
	h := play(t, "old")
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	h.Name = "new"
	d.save("old", h)
	if want := []virt.HostID{"new"}; !slices.Equal(d.savedNames(), want) || !slices.Equal(d.connectedNames(), want) {
		t.Errorf("saved %v, connected %v", d.savedNames(), d.connectedNames())
	}
	if _, err := d.svc.VMs.List(d.ctx, "new"); err != nil {
		t.Error(err)
	}
	virttest.WantAudit(t, d.svc, d.ctx, virt.SaveHost, "done")
}

func TestOnlyAnEditThatLeadsElsewhereConnectsAnew(t *testing.T) {
	d := newDesk(t, nil)
	h := play(t, "lab")
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	before := d.until("lab", virt.HostConnected).Since
	h.AtStart, h.Order = true, 7
	d.save("lab", h)
	if after := d.until("lab", virt.HostConnected).Since; after != before {
		t.Error("it was connected anew")
	}
	h.Custom = virttest.TestHost(t, "empty.xml")
	d.save("lab", h)
	if vms, err := d.svc.VMs.List(d.ctx, "lab"); err != nil || len(vms) != 0 {
		t.Errorf("it has %+v, %v", vms, err)
	}
}

func TestTwoHostsCannotHaveOneName(t *testing.T) {
	d := newDesk(t, nil)
	d.save("", play(t, "a"))
	d.save("", play(t, "b"))
	for _, old := range []virt.HostID{"", "b"} {
		if err := d.svc.Hosts.Save(d.ctx, old, play(t, "a")); !errors.Is(err, virt.ErrExists) {
			t.Errorf("saving %q as a: %v", old, err)
		}
	}
}

func TestARemovedHostIsDisconnectedAndGone(t *testing.T) {
	d := newDesk(t, nil)
	if err := d.connect(play(t, "lab")); err != nil {
		t.Fatal(err)
	}
	if err := d.svc.Hosts.Remove(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	if len(d.savedNames()) != 0 || len(d.connectedNames()) != 0 {
		t.Errorf("saved %v, connected %v", d.savedNames(), d.connectedNames())
	}
	if _, err := d.svc.VMs.List(d.ctx, "lab"); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("its machines: %v", err)
	}
	if err := d.svc.Hosts.Remove(d.ctx, "lab"); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("once more: %v", err)
	}
}

func TestABrokenFileIsNamedNotTouchedAndInNobodysWay(t *testing.T) {
	d := newDesk(t, nil)
	good := play(t, "good")
	good.AtStart = true
	d.save("", good)
	broken := filepath.Join(d.dirs.HostsDir(), "bad.json")
	write(t, broken, `{"transport": "ssh",`)
	hosts, err := d.svc.Hosts.Saved(d.ctx)
	if len(hosts) != 1 || !errors.Is(err, virt.ErrInvalid) || !strings.Contains(err.Error(), broken) {
		t.Errorf("saved %+v, %v", hosts, err)
	}
	if err := d.svc.Hosts.Connect(d.ctx, "bad"); !errors.Is(err, virt.ErrInvalid) {
		t.Errorf("connecting to it: %v", err)
	}
	if err := d.svc.Hosts.ConnectAtStart(d.ctx); !errors.Is(err, virt.ErrInvalid) || !slices.Equal(d.connectedNames(), []virt.HostID{"good"}) {
		t.Errorf("at the start: %v, connected %v", err, d.connectedNames())
	}
	if text, err := os.ReadFile(broken); err != nil || string(text) != `{"transport": "ssh",` {
		t.Errorf("the file says %s, %v", text, err)
	}
}

func TestATestTellsEachStageAndWhereItEnds(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: {Yes: true}})
	right, wrong := overSSH(r, r.SSH), overTLS(r, r.TLS)
	wrong.Cert, wrong.CertKey = "", ""
	silent := right
	silent.Socket = "/run/libvirt/no-such-sock"
	ids := []string{"reach", "identify", "login", "libvirt", "rights"}
	for _, c := range []struct {
		host   virt.SavedHost
		fails  error
		status []virt.CheckStatus
	}{
		{right, nil, []virt.CheckStatus{virt.CheckOK, virt.CheckOK, virt.CheckOK, virt.CheckOK, virt.CheckOK}},
		{silent, virt.ErrUnavailable, []virt.CheckStatus{virt.CheckOK, virt.CheckOK, virt.CheckOK, virt.CheckFail, virt.CheckSkipped}},
		{wrong, virt.ErrUnauthenticated, []virt.CheckStatus{virt.CheckOK, virt.CheckOK, virt.CheckFail, virt.CheckSkipped, virt.CheckSkipped}},
	} {
		var told []virt.Check
		checks, err := d.svc.Hosts.Test(d.ctx, c.host, func(check virt.Check) { told = append(told, check) })
		if (c.fails == nil) != (err == nil) || c.fails != nil && !errors.Is(err, c.fails) {
			t.Errorf("%s: %v", c.host.Transport, err)
		}
		var names []string
		var status []virt.CheckStatus
		for _, check := range told {
			names, status = append(names, check.ID), append(status, check.Status)
			if check.Title == "" || check.Status == virt.CheckFail && (check.Cause == "" || check.Remedy == "") {
				t.Errorf("a stage says %+v", check)
			}
		}
		if !slices.Equal(names, ids) || !slices.Equal(status, c.status) || len(checks) != len(told) {
			t.Errorf("%s: told %v %v", c.host.Transport, names, status)
		}
	}
	if len(d.connectedNames()) != 0 || len(d.savedNames()) != 0 {
		t.Error("the test left a host behind")
	}
}

func TestWhatAViewerMayNotDoToHosts(t *testing.T) {
	d := newDesk(t, nil)
	d.save("", play(t, "lab"))
	viewer := virt.WithActor(context.Background(), virt.Actor{Name: "eve", Via: "test", Role: virt.RoleViewer})
	if hosts, err := d.svc.Hosts.Saved(viewer); err != nil || len(hosts) != 1 {
		t.Errorf("looking: %v, %v", hosts, err)
	}
	for what, do := range map[string]func() error{
		"save":       func() error { return d.svc.Hosts.Save(viewer, "lab", play(t, "lab")) },
		"remove":     func() error { return d.svc.Hosts.Remove(viewer, "lab") },
		"order":      func() error { return d.svc.Hosts.Order(viewer, []virt.HostID{"lab"}) },
		"connect":    func() error { return d.svc.Hosts.Connect(viewer, "lab") },
		"disconnect": func() error { return d.svc.Hosts.Disconnect(viewer, "lab") },
		"test":       func() error { _, err := d.svc.Hosts.Test(viewer, play(t, "x"), nil); return err },
		"secret":     func() error { return d.svc.Hosts.KeepSecret(viewer, play(t, "x"), virt.SecretPassword, "x") },
	} {
		if err := do(); !errors.Is(err, virt.ErrForbidden) {
			t.Errorf("%s: %v", what, err)
		}
	}
	virttest.WantAudit(t, d.svc, d.ctx, virt.RemoveHost, "refused")
}

func TestSavedHostsThatAnotherProgramChangesAreFollowed(t *testing.T) {
	d := newDesk(t, nil)
	other, ctx := virttest.OpenIn(t, d.dirs, "test:///default")
	watching, stop := context.WithCancel(d.ctx)
	ended := make(chan error, 1)
	go func() { ended <- d.svc.Hosts.Watch(watching) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	heard := func(name virt.HostID) {
		t.Helper()
		for {
			select {
			case e := <-d.news:
				if e.Kind == virt.HostChanged && e.Ref.Host == name {
					return
				}
			case <-d.ctx.Done():
				t.Fatalf("nothing was told of %s", name)
			}
		}
	}
	save := func(old virt.HostID, h virt.SavedHost) {
		t.Helper()
		if err := other.Hosts.Save(ctx, old, h); err != nil {
			t.Fatal(err)
		}
	}
	first := virt.SavedHost{Name: "first", Transport: virt.TransportURI, Custom: "test:///default", Order: 1}
	save("", first)
	for watches := false; !watches; { // from when on is not told
		select {
		case <-d.news:
			watches = true
		case <-time.After(100 * time.Millisecond):
			first.Order++
			save(first.Name, first)
		}
	}
	lab := virt.SavedHost{Name: "lab", Transport: virt.TransportURI, Custom: virttest.TestHost(t, "empty.xml")}
	save("", lab)
	heard("lab")
	if err := d.svc.Hosts.Connect(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	d.until("lab", virt.HostConnected)

	lab.Custom = virttest.TestHost(t, "several-states.xml")
	save("lab", lab)
	for {
		heard("lab")
		if vms, err := d.svc.VMs.List(d.ctx, "lab"); err == nil && len(vms) == 5 {
			break
		}
	}

	file := filepath.Join(d.dirs.HostsDir(), "lab.json")
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil { // somebody edits it
		t.Fatal(err)
	}
	save("", virt.SavedHost{Name: "another", Transport: virt.TransportURI, Custom: "test:///default"})
	heard("another")
	if err := d.svc.Hosts.Wait(d.ctx, "lab"); err != nil {
		t.Errorf("a file that is being edited ends the connection: %v", err)
	}

	if err := other.Hosts.Remove(ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	heard("lab")
	if err := d.svc.Hosts.Wait(d.ctx, "lab"); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("a host that another program removed: %v", err)
	}
}

func TestCommandsNameASavedHostByItsNameAndOthersByTheirURI(t *testing.T) {
	d := newDesk(t, nil)
	d.save("", play(t, "lab"))
	if err := d.svc.Hosts.Connect(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	uri := virttest.TestHost(t, "one-running-vm.xml")
	if _, err := d.svc.Hosts.Add(d.ctx, uri); err != nil {
		t.Fatal(err)
	}
	var named []string
	for range 2 { // also once they have answered
		hosts, err := d.svc.Hosts.List(d.ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hosts {
			named = append(named, h.Argument())
			if err := d.svc.Hosts.Wait(d.ctx, h.ID); err != nil {
				t.Error(err)
			}
		}
	}
	if want := []string{"lab", uri, "lab", uri}; !slices.Equal(named, want) {
		t.Errorf("they are named %q, want %q", named, want)
	}
}

func TestTheURIOfASavedHostMeansThatHost(t *testing.T) {
	d := newDesk(t, nil)
	h := play(t, "lab")
	d.save("", h)
	for range 2 { // connected or not
		if id, err := d.svc.Hosts.Add(d.ctx, h.URI()); err != nil || id != "lab" {
			t.Errorf("it is %q, %v", id, err)
		}
	}
	if got := d.connectedNames(); !slices.Equal(got, []virt.HostID{"lab"}) {
		t.Errorf("connected %q", got)
	}
}

func TestTheNameOfASavedHostIsNotGivenToAnother(t *testing.T) {
	d := newDesk(t, nil)
	d.save("", play(t, "test"))
	id, err := d.svc.Hosts.Add(d.ctx, virttest.TestHost(t, "empty.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.svc.Hosts.Connect(d.ctx, "test"); err != nil {
		t.Fatal(err)
	}
	if got, want := d.connectedNames(), []virt.HostID{id, "test"}; id == "test" || !slices.Equal(got, want) {
		t.Errorf("connected %q, want %q", got, want)
	}
}
