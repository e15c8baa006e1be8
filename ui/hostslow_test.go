package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// undisturbed is within what a click is shown under the race detector while
// another host of the same window is in trouble.
const undisturbed = 3 * time.Second

// twoHosts are a window with the host "lab" behind a line that can fail, and one
// beside it; each has a machine.
func twoHosts(t *testing.T) (h *house, line *virttest.Line) {
	t.Helper()
	remote, here := virttest.RemoteHost(t), virttest.Libvirtd(t)
	h = strangersAt(t, here.URI)
	line = remote.SSH
	lab := virt.SavedHost{
		Name: "lab", Transport: virt.TransportSSH, Address: line.Address, Port: line.Port, User: virttest.RemoteUser, Key: remote.Key, AtStart: true,
	}
	if err := h.svc.Hosts.Save(h.ctx, "", lab); err != nil {
		t.Fatal(err)
	}
	if err := h.svc.Hosts.Connect(h.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	h.push("Trust and connect")
	small := virt.VMSpec{Memory: 64 << 20, NoDisk: true, Network: "none", Accel: "tcg"}
	for host, name := range map[virt.HostID]string{"lab": "far", virttest.Host(t, h.svc, h.ctx): "near"} {
		spec := small
		spec.Name = name
		if _, err := h.svc.VMs.Create(h.ctx, host, spec); err != nil {
			t.Fatal(err)
		}
	}
	h.says("far", "Off")
	h.says("near", "Off")
	return h, line
}

// goesOn starts, pauses and ends the machine of the other host by the window's
// buttons, and fails the test when one of them is not shown at once.
func (h *house) goesOn() {
	h.t.Helper()
	h.click(h.row("near"), desktop.MouseButtonPrimary)
	slowest := time.Duration(0)
	for _, step := range []struct{ button, want string }{{"Start", "Running"}, {"Pause", "Paused"}, {"Resume", "Running"}} {
		begin := time.Now()
		if step.button == "Start" {
			h.push(step.button)
		} else {
			h.push("More actions")
			h.click(h.must("menu item", step.button), desktop.MouseButtonPrimary)
		}
		h.says("near", step.want)
		slowest = max(slowest, time.Since(begin))
	}
	if err := h.svc.VMs.Off(h.ctx, h.ref("near")); err != nil {
		h.t.Error(err)
	}
	h.says("near", "Off")
	h.t.Logf("the slowest step took %v", slowest.Round(time.Millisecond))
	if slowest > undisturbed {
		h.t.Errorf("a step took %v", slowest)
	}
}

func TestAHostThatAnswersSlowlyDisturbsNoOther(t *testing.T) {
	h, line := twoHosts(t)
	line.Slow(2 * time.Second)
	h.click(h.must("tree item", "far"), desktop.MouseButtonPrimary) // its page asks the host
	h.click(h.must("page tab", "Machines"), desktop.MouseButtonPrimary)
	h.goesOn()
	line.Slow(0)
	h.Until("lab is as before", func() bool { return !h.has("alert", "lab") })
	h.says("far", "Off")
}

func TestAHostBehindAHalfOpenLineDisturbsNoOther(t *testing.T) {
	h, line := twoHosts(t)
	line.Freeze()
	h.click(h.must("tree item", "far"), desktop.MouseButtonPrimary)
	h.click(h.must("page tab", "Machines"), desktop.MouseButtonPrimary)
	h.goesOn()
	h.must("alert", "lab does not answer")
	h.must("label", "2 machines on 2 hosts, 1 of them connected   ·   0 running")
	h.goesOn()
	h.click(h.must("tree item", "far"), desktop.MouseButtonPrimary)
	h.must("label", "The host does not answer") // in place of facts that cannot be read
	h.click(h.must("page tab", "Machines"), desktop.MouseButtonPrimary)
	line.Cut() // what hangs in it is lost
	line.Thaw()
	line.Mend()
	h.Until("lab is back", func() bool { return !h.has("alert", "lab") })
	h.says("far", "Off")
}

func TestAHostThatRefusesIsNotSaidToBeTriedAgain(t *testing.T) {
	h := strangers(t)
	remote := virttest.RemoteHost(t)
	foreign := virttest.NewAuthority(t, "foreign").Issue(t, virttest.CertSpec{Name: "stranger"})
	lab := virt.SavedHost{
		Name: "lab", Transport: virt.TransportTLS, Address: remote.TLS.Address, Port: remote.TLS.Port,
		CA: remote.Authority.CA, Cert: foreign.Cert, CertKey: foreign.Key,
	}
	if err := h.svc.Hosts.Save(h.ctx, "", lab); err != nil {
		t.Fatal(err)
	}
	if err := h.svc.Hosts.Connect(h.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	alert := h.must("alert", "lab is not connected")
	if !strings.Contains(alert.Description, "client certificate") {
		t.Errorf("it says %q", alert.Description)
	}
	h.push("Details")
	h.must("dialog", "lab is not connected")
	h.must("label", "Use a client certificate of the host")
}

func TestTheQuestionAboutACertificateNamesItsHost(t *testing.T) {
	h := strangers(t)
	remote := virttest.RemoteHostWith(t, virttest.CertSpec{Name: "server", Names: []string{"elsewhere.test"}})
	lab := virt.SavedHost{
		Name: "lab", Transport: virt.TransportTLS, Address: remote.TLS.Address, Port: remote.TLS.Port,
		CA: remote.Authority.CA, Cert: remote.Client.Cert, CertKey: remote.Client.Key,
	}
	if err := h.svc.Hosts.Save(h.ctx, "", lab); err != nil {
		t.Fatal(err)
	}
	if err := h.svc.Hosts.Connect(h.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	h.must("alert dialog", "Nobody vouches for “lab”")
	h.must("label", "The host's certificate is for elsewhere.test")
	h.push("Trust and connect")
	h.hostItem("lab", "0")
}

func TestAHostThatWasNeverReachedHasNoFigures(t *testing.T) {
	h := strangers(t)
	lab := virt.SavedHost{Name: "lab", Transport: virt.TransportURI, Custom: "test:///default"}
	if err := h.svc.Hosts.Save(h.ctx, "", lab); err != nil {
		t.Fatal(err)
	}
	h.hostItem("lab", "Not connected")
	h.click(h.must("tree item", "lab"), desktop.MouseButtonPrimary)
	h.must("label", "Topology")
	if h.has("label", "0 sockets") || h.has("label", "Yes") {
		t.Error("the page guesses at processors, networks and pools")
	}
}
