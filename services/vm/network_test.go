package vm_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// noNetwork removes the default network of the shared daemon, and puts it back,
// stopped, after the test. It skips where no network starts.
func (h *house) noNetwork() {
	h.t.Helper()
	n, err := h.beside.NetworkByName("default")
	if err != nil {
		h.t.Skip("libvirt's default network is not installed")
	}
	if !n.Active {
		if err := h.beside.StartNetwork(n.ID); err != nil {
			h.t.Skipf("no network starts here: %v", err)
		}
	}
	h.removeNetwork(n.ID)
	h.t.Cleanup(func() {
		if made, err := h.beside.NetworkByName("default"); err == nil {
			h.removeNetwork(made.ID)
		}
		text, err := os.ReadFile("/usr/share/libvirt/networks/default.xml")
		if err == nil {
			_, err = h.beside.DefineNetwork(string(text))
		}
		if err != nil {
			h.t.Error(err)
		}
	})
}

// removeNetwork removes an active or a stopped network.
func (h *house) removeNetwork(id string) {
	h.t.Helper()
	if err := h.beside.StopNetwork(id); err != nil && virt.KindOf(err) != virt.KindState {
		h.t.Fatal(err)
	}
	if err := h.beside.UndefineNetwork(id); err != nil {
		h.t.Fatal(err)
	}
}

// noDnsmasq lets no network of the daemon start until the test ends: in place of
// dnsmasq it finds a program that only fails.
func (h *house) noDnsmasq() {
	h.t.Helper()
	pid, err := os.ReadFile(filepath.Join(h.daemon.Dir, "pid"))
	if err != nil {
		h.t.Fatal(err)
	}
	inside := []string{"-t", strings.TrimSpace(string(pid)), "-m", "-p"}
	if err := run("nsenter", append(inside, "mount", "--bind", "/bin/false", "/usr/sbin/dnsmasq")...); err != nil {
		h.t.Skip(err)
	}
	h.t.Cleanup(func() {
		if err := run("nsenter", append(inside, "umount", "/usr/sbin/dnsmasq")...); err != nil {
			h.t.Error(err)
		}
	})
}

var bare = virt.VMSpec{Name: "web", NoDisk: true, Memory: 32 << 20, Accel: "tcg"}

func TestAMissingDefaultNetworkIsToldBeforeAndMade(t *testing.T) {
	h := newHouse(t)
	h.noNetwork()
	before := h.state()
	needed := h.preparations(bare)
	if len(needed) != 1 || needed[0].Kind != virt.NetworkToMake || needed[0].Name != "default" || !strings.HasPrefix(needed[0].Subnet, "192.168.") {
		t.Fatalf("told before: %+v", needed)
	}
	if all := h.preparations(virt.VMSpec{Name: "web", NoDisk: true, Network: "none"}); len(all) != 0 {
		t.Errorf("without a card: %+v", all)
	}
	planned, err := h.svc.VMs.Preview(h.ctx, h.host, bare)
	if err != nil || !strings.Contains(planned, `<source network="default"`) {
		t.Errorf("the preview is %s, %v", planned, err)
	}
	if o, err := h.svc.VMs.Options(h.ctx, h.host); err != nil || o.DefaultNetwork != "default" {
		t.Errorf("the options are %+v, %v", o, err)
	}
	advice, err := h.svc.VMs.Advice(h.ctx, h.host, virt.VMSpec{Name: "web", NoDisk: true, PXE: true})
	if err != nil || len(advice) != 1 {
		t.Errorf("to boot from it: %v, %v", advice, err)
	}
	h.wantState(before)

	d := h.mustCreate(bare)
	if len(d.NICs) != 1 || d.NICs[0].Source != "default" {
		t.Errorf("its cards are %+v", d.NICs)
	}
	n, err := h.beside.NetworkByName("default")
	if err != nil || !n.Active || !n.Autostart || n.Forward != "nat" || !n.DHCP || n.Bridge == "" {
		t.Errorf("made %+v, %v", n, err)
	}
	if missed, err := h.svc.VMs.Missed(h.ctx, h.host, bare, needed); err != nil || len(missed) != 0 {
		t.Errorf("missed are %+v, %v", missed, err)
	}
	if all := h.preparations(bare); len(all) != 0 {
		t.Errorf("told of the next: %+v", all)
	}
}

func TestAMadeNetworkGoesWithTheFailureOfItsMachine(t *testing.T) {
	h := newHouse(t)
	h.noNetwork()
	before := h.state()
	spec := bare
	spec.Start, spec.Kernel = true, h.file("kernel", []byte("not a kernel"))
	if _, err := h.create(spec); err == nil {
		t.Fatal("it started")
	}
	h.wantState(before)
}

func TestANetworkThatAnotherMachineIsOnByNowStays(t *testing.T) {
	h := newHouse(t)
	h.noNetwork()
	other := `<domain type="qemu"><name>other</name><memory>32768</memory><os><type arch="x86_64">hvm</type></os>` +
		`<devices><interface type="network"><source network="default"/></interface></devices></domain>`
	if _, err := h.beside.DefineDomain(other); err != nil {
		t.Fatal(err)
	}
	spec := bare
	spec.Start, spec.Kernel = true, h.file("kernel", []byte("not a kernel"))
	if _, err := h.create(spec); err == nil {
		t.Fatal("it started")
	}
	if n, err := h.beside.NetworkByName("default"); err != nil || !n.Active {
		t.Errorf("the network is %+v, %v", n, err)
	}
}

func TestANetworkThatDoesNotStartIsTakenBackAndDoneWithout(t *testing.T) {
	h := newHouse(t)
	h.noNetwork()
	h.noDnsmasq()
	before := h.state()
	needed := h.preparations(bare)
	spec := bare
	spec.Start = true
	d := h.mustCreate(spec)
	if len(d.NICs) != 1 || d.NICs[0].Type != "user" || d.State != virt.StateRunning {
		t.Errorf("it is %s with cards %+v", d.State, d.NICs)
	}
	missed, err := h.svc.VMs.Missed(h.ctx, h.host, spec, needed)
	if err != nil || len(needed) != 1 || !slices.Equal(missed, needed) {
		t.Errorf("missed are %+v of %+v, %v", missed, needed, err)
	}
	if err := h.svc.Hosts.Fix(h.ctx, h.host, "default-network"); err == nil {
		t.Error("the check made it")
	}
	if _, err := h.svc.VMs.Delete(h.ctx, d.Ref(), virt.DeleteSpec{Force: true}); err != nil {
		t.Fatal(err)
	}
	h.wantState(before)
}

func TestTwoMachinesAtOnceMakeOneDefaultNetwork(t *testing.T) {
	h := newHouse(t)
	h.noNetwork()
	failed := make(chan error, 4)
	for _, name := range []string{"a", "b", "c", "d"} {
		go func() {
			spec := bare
			spec.Name = name
			_, err := h.svc.VMs.Create(h.ctx, h.host, spec)
			failed <- err
		}()
	}
	for range cap(failed) {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	vms, err := h.svc.VMs.List(h.ctx, h.host)
	if err != nil {
		t.Fatal(err)
	}
	for _, vm := range vms {
		if d, err := h.svc.VMs.Show(h.ctx, vm.Ref()); err != nil || len(d.NICs) != 1 || d.NICs[0].Source != "default" {
			t.Errorf("%s has cards %+v, %v", vm.Name, d.NICs, err)
		}
	}
	if networks, err := h.beside.Networks(); err != nil || len(networks) != 1 || !networks[0].Active {
		t.Errorf("the networks are %+v, %v", networks, err)
	}
}

func TestAnInterruptedCreateLosesTheNetworkItMade(t *testing.T) {
	h := newHouse(t)
	h.noNetwork()
	before := h.state()
	met := h.at(stage("start"), func() { h.daemon.Kill(t) })
	spec := bare
	spec.Start = true
	_, err := h.create(spec)
	<-met
	h.daemon.Restart(t)
	wantKind(t, err, virt.KindUnavailable)
	h.reopen()
	if err := h.svc.Hosts.Retry(h.ctx, h.host); err != nil {
		t.Fatal(err)
	}
	h.reached()
	if _, err := h.svc.Operations.Recover(h.ctx); err != nil {
		t.Error(err)
	}
	h.wantState(before)
}
