package ui

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/hosts"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// strangers is a window of a person without a keyring, an agent and a home,
// whom hosts may ask.
func strangers(t *testing.T) *house {
	t.Helper()
	return strangersAt(t, virttest.TestHost(t, "one-running-vm.xml"))
}

func strangersAt(t *testing.T, uri string) *house {
	t.Helper()
	for variable, value := range map[string]string{
		"DBUS_SESSION_BUS_ADDRESS": "", "XDG_RUNTIME_DIR": t.TempDir(), "SSH_AUTH_SOCK": "", "HOME": t.TempDir(),
	} {
		t.Setenv(variable, value)
	}
	h := openURI(t, uri)
	asker := hosts.NewAsker()
	asker.Show(h.Kit)
	h.svc.Hosts.AskThrough(asker)
	return h
}

// fill types the text into the field of that name.
func (h *house) fill(name, text string) {
	h.t.Helper()
	var found kit.Element
	h.Until("there is a field "+name, func() (ok bool) {
		if found, ok = h.find("text", name); !ok {
			found, ok = h.find("password text", name)
		}
		return ok
	})
	h.click(found, desktop.MouseButtonPrimary)
	h.Win.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	h.press(fyne.KeyDelete)
	h.typed(text)
}

// hostItem waits until the navigator shows the host with the fact.
func (h *house) hostItem(name, fact string) {
	h.t.Helper()
	h.Until(name+" is "+fact, func() bool {
		item, ok := h.find("tree item", name)
		return ok && strings.Contains(item.Description+item.Value, fact)
	})
}

func TestAHostIsAddedBySSHAfterItsKeyAndPasswordWereAskedFor(t *testing.T) {
	remote := virttest.RemoteHost(t)
	h := strangers(t)
	h.push("Add host")
	h.must("dialog", "Add a host")
	h.push("Save and connect")
	h.must("panel", "Name")
	if e := h.must("panel", "Address"); !strings.Contains(e.Description, "IP address") {
		t.Errorf("an empty address says %q", e.Description)
	}
	h.fill("Name", "lab")
	h.fill("Address", remote.SSH.Address)
	h.fill("Port", strconv.Itoa(remote.SSH.Port))
	h.fill("User", virttest.RemoteUser)

	h.push("Save and connect")
	h.must("alert dialog", "Is this ")
	if e := h.must("text", "Fingerprint"); e.Value != remote.HostKey() {
		t.Errorf("the fingerprint is %q, want %q", e.Value, remote.HostKey())
	}
	h.push("Trust and connect")
	h.must("dialog", "Password of ")
	h.fill("Password", "wrong")
	h.push("Continue")
	h.Until("it is said that the password was wrong", func() bool {
		row, ok := h.find("panel", "Password")
		return ok && row.Description == "That was not right."
	})
	h.fill("Password", virttest.RemotePassword)
	h.push("Continue")

	h.hostItem("lab", "0")
	saved, err := h.svc.Hosts.Saved(h.ctx)
	if err != nil || len(saved) != 1 || saved[0].Name != "lab" || !saved[0].AtStart {
		t.Errorf("saved is %+v, %v", saved, err)
	}
}

func TestATestOfAHostTellsWhereItFails(t *testing.T) {
	h := strangers(t)
	h.push("Add host")
	h.fill("Name", "nowhere")
	h.fill("Address", "127.0.0.1")
	h.fill("Port", "1")

	h.push("Test")

	h.must("label", "The host is not reached")
	h.Until("the test has ended", func() bool { return h.has("push button", "Test") })
	if saved, _ := h.svc.Hosts.Saved(h.ctx); len(saved) > 0 {
		t.Errorf("a test has saved %v", saved)
	}
	h.press(fyne.KeyEscape)
	if h.has("dialog", "Add a host") {
		t.Error("Esc does not close the dialog")
	}
}

func TestAnOpenMachineSaysThatItsHostIsDisconnectedOrRemoved(t *testing.T) {
	h := strangers(t)
	lab := virt.SavedHost{Name: "lab", Transport: virt.TransportURI, Custom: virttest.TestHost(t, "several-states.xml")}
	if err := h.svc.Hosts.Save(h.ctx, "", lab); err != nil {
		t.Fatal(err)
	}
	connect := func() {
		if err := h.svc.Hosts.Connect(h.ctx, "lab"); err != nil {
			t.Fatal(err)
		}
	}
	connect()
	h.click(h.must("tree item", "running"), desktop.MouseButtonPrimary)
	h.must("push button", "Open console")

	if err := h.svc.Hosts.Disconnect(h.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	h.must("alert", "lab is not connected")
	for _, button := range []string{"Start", "Shut down", "More actions"} {
		if e := h.must("push button", button); slices.Contains(e.States, "enabled") {
			t.Errorf("%s can be pressed", button)
		}
	}

	connect()
	h.must("push button", "Open console")
	h.Until("the machine is there", func() bool { return !h.has("alert", "lab is not connected") })

	if err := h.svc.Hosts.Remove(h.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	h.must("alert", "lab is not in the list any more")
}

func TestAnOpenHostSaysThatItWasRemoved(t *testing.T) {
	h := strangers(t)
	lab := virt.SavedHost{Name: "lab", Transport: virt.TransportURI, Custom: virttest.TestHost(t, "several-states.xml")}
	if err := h.svc.Hosts.Save(h.ctx, "", lab); err != nil {
		t.Fatal(err)
	}
	h.click(h.must("tree item", "lab"), desktop.MouseButtonPrimary)
	h.must("push button", "Connect")

	if err := h.svc.Hosts.Remove(h.ctx, "lab"); err != nil {
		t.Fatal(err)
	}

	h.must("alert", "lab is not in the list any more")
	if h.has("push button", "Connect") {
		t.Error("a host that is not known can be connected")
	}
}

func TestASavedHostIsDisconnectedConnectedEditedAndRemoved(t *testing.T) {
	h := strangers(t)
	lab := virt.SavedHost{Name: "lab", Transport: virt.TransportURI, Custom: virttest.TestHost(t, "several-states.xml")}
	if err := h.svc.Hosts.Save(h.ctx, "", lab); err != nil {
		t.Fatal(err)
	}
	h.hostItem("lab", "Not connected")
	h.click(h.must("tree item", "lab"), desktop.MouseButtonPrimary)
	h.push("Connect")
	h.hostItem("lab", "5")
	h.must("tree item", "paused")

	menu := func(item string) {
		t.Helper()
		h.click(h.must("tree item", "lab"), desktop.MouseButtonSecondary)
		h.click(h.must("menu item", item), desktop.MouseButtonPrimary)
	}
	menu("Disconnect")
	h.hostItem("lab", "Not connected")
	if h.has("tree item", "paused") {
		t.Error("the machines of a host that is not connected stay")
	}

	menu("Edit…")
	h.fill("Name", "laboratory")
	h.push("Save and connect")
	h.hostItem("laboratory", "5")
	if h.has("tree item", "lab ") {
		t.Error("the old name stays")
	}

	h.click(h.must("tree item", "laboratory"), desktop.MouseButtonSecondary)
	h.click(h.must("menu item", "Remove…"), desktop.MouseButtonPrimary)
	h.push("Remove host")
	h.Until("the host is gone", func() bool { return !h.has("tree item", "laboratory") })
	if saved, err := h.svc.Hosts.Saved(h.ctx); err != nil || len(saved) > 0 {
		t.Errorf("saved is %v, %v", saved, err)
	}
}

func TestHostsAreOrderedByTheirMenu(t *testing.T) {
	h := strangers(t)
	for _, name := range []virt.HostID{"alpha", "beta"} {
		if err := h.svc.Hosts.Save(h.ctx, "", virt.SavedHost{Name: name, Transport: virt.TransportURI, Custom: "test:///default"}); err != nil {
			t.Fatal(err)
		}
	}
	h.hostItem("beta", "Not connected")
	order := func() []string {
		var names []string
		for _, known := range h.window.machines.Inventory().Known() {
			names = append(names, string(known.ID))
		}
		return names
	}
	if got := order(); !slices.Equal(got, []string{"test", "alpha", "beta"}) {
		t.Fatalf("the hosts are %v", got)
	}

	h.click(h.must("tree item", "beta"), desktop.MouseButtonSecondary)
	h.click(h.must("menu item", "Move up"), desktop.MouseButtonPrimary)

	h.Until("beta stands before alpha", func() bool { return slices.Equal(order(), []string{"test", "beta", "alpha"}) })
}

func TestAQuestionNobodyWaitsForGoesAway(t *testing.T) {
	remote := virttest.RemoteHost(t)
	h := strangers(t)
	lab := virt.SavedHost{Name: "lab", Transport: virt.TransportSSH, Address: remote.SSH.Address, Port: remote.SSH.Port, User: virttest.RemoteUser}
	if err := h.svc.Hosts.Save(h.ctx, "", lab); err != nil {
		t.Fatal(err)
	}
	if err := h.svc.Hosts.Connect(h.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	h.must("alert dialog", "Is this ")

	if err := h.svc.Hosts.Disconnect(h.ctx, "lab"); err != nil {
		t.Fatal(err)
	}

	h.Until("the question is gone", func() bool { return !h.has("alert dialog", "Is this ") })
}

func TestThePaletteKnowsWhatCanBeDoneWithHosts(t *testing.T) {
	h := strangers(t)
	if err := h.svc.Hosts.Save(h.ctx, "", virt.SavedHost{Name: "lab", Transport: virt.TransportURI, Custom: "test:///default"}); err != nil {
		t.Fatal(err)
	}
	h.hostItem("lab", "Not connected")
	h.combine("Ctrl+K")
	h.typed("connect lab")
	h.press(fyne.KeyReturn)
	h.hostItem("lab", "1")

	h.combine("Ctrl+K")
	h.typed("add host")
	h.press(fyne.KeyReturn)
	h.must("dialog", "Add a host")
	h.press(fyne.KeyEscape)
}

func TestF1IsHeardInATextField(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")
	h.combine("Ctrl+F")
	h.press(fyne.KeyF1)
	h.must("dialog", "Key combinations")
}
