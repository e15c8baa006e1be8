package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestTheCheckOfAHostSaysTheCommandAndMendsWhatItMay(t *testing.T) {
	h := openURI(t, virttest.Libvirtd(t).URI)
	host := string(virttest.Host(t, h.svc, h.ctx))
	h.click(h.must("tree item", host), desktop.MouseButtonPrimary)
	h.push("Check…")

	h.must("dialog", "Is "+host+" ready?")
	if command := h.must("text", "Command for Network “default”"); !strings.Contains(command.Value, "net-start default") {
		t.Errorf("the command is %q", command.Value)
	}
	h.push("Copy the command for Network “default”")
	if copied := h.App.Clipboard().Content(); !strings.Contains(copied, "net-start default") {
		t.Errorf("copied is %q", copied)
	}
	h.push("Fix it")

	h.Until("nothing is to be mended", func() bool { return !h.has("push button", "Fix it") && h.has("push button", "Check again") })
	networks, err := h.svc.Networks.List(h.ctx, virttest.Host(t, h.svc, h.ctx))
	if err != nil || len(networks) != 1 || !networks[0].Active || !networks[0].Autostart {
		t.Errorf("the networks are %+v (%v)", networks, err)
	}
	h.push("Show")
	h.must("label", "It is started.")
	h.press(fyne.KeyEscape)
	if h.has("dialog", "Is ") {
		t.Error("the dialog stays open")
	}
}

func TestTheCheckOpensByItselfOnTheFirstRunThatFailsOnly(t *testing.T) {
	h := openFirst(t, "qemu+unix:///system?socket="+t.TempDir()+"/none")
	h.must("dialog", "Is ")
	h.must("label", "libvirt does not answer")
	h.press(fyne.KeyEscape)
	if h.has("dialog", "Is ") {
		t.Fatal("the dialog stays open")
	}
	h.Until("that it was told is kept", h.firstChecked)

	again := &house{Window: h.Window, t: t, svc: h.svc, ctx: h.ctx, window: NewWindow(h.Kit, h.svc)}
	again.must("panel", "Is ")
	again.must("label", "libvirt does not answer")
	if again.has("dialog", "Is ") {
		t.Error("it opens again on a later run")
	}
}

func TestTheCheckKeepsQuietWhereNothingFails(t *testing.T) {
	h := openFirst(t, virttest.TestHost(t, "empty.xml")) // without a network, which is a warning
	h.must("label", "Network “default”")
	h.Until("the first run's check is done", h.firstChecked)
	if h.has("dialog", "") {
		t.Error("a dialog opened")
	}
	h.push("Fix it")
	h.must("panel", "Everything is ready")
}

// firstChecked says whether it is kept that the first host was looked at.
func (h *house) firstChecked() bool {
	var seen []virt.HostID
	ids, err := h.svc.Hosts.IDs(h.ctx)
	return err == nil && h.svc.Settings.UI("first-check", &seen) && slices.Contains(seen, ids[0])
}

// fullHost is a host with a machine and no room for disks.
func fullHost(t *testing.T) string {
	t.Helper()
	d := virttest.Libvirtd(t)
	d.SmallPool(t)
	if err := virttest.Fill(d.URI, 0, 1); err != nil {
		t.Fatal(err)
	}
	return d.URI
}

func TestTheCheckOfANewHostThatHasMachinesOpensByItselfOnce(t *testing.T) {
	h := openFirst(t, fullHost(t))
	h.must("dialog", "Is ")
	h.must("label", "Room for disks")
	h.Until("that it was told is kept", h.firstChecked)
	h.press(fyne.KeyEscape)

	again := &house{Window: h.Window, t: t, svc: h.svc, ctx: h.ctx, window: NewWindow(h.Kit, h.svc)}
	again.says("vm-0000", "Off")
	again.click(again.must("tree item", string(virttest.Host(t, h.svc, h.ctx))), desktop.MouseButtonPrimary)
	again.push("Check…")
	again.must("label", "Room for disks") // a look of its own would have ended before this one
	again.press(fyne.KeyEscape)
	if again.has("dialog", "Is ") {
		t.Error("it opens again on a later run")
	}
}

func TestTheCheckOfNewHostsIsSwitchedOffInItAndOnAgainInSettings(t *testing.T) {
	h := openFirst(t, fullHost(t))
	h.must("dialog", "Is ")
	h.click(h.must("check box", "Do not show this for new hosts"), desktop.MouseButtonPrimary)
	h.Until("it is switched off", func() bool { return !h.svc.Settings.CheckNewHosts() })
	h.press(fyne.KeyEscape)

	h.window.openSettings(virt.Ref{Kind: virt.KindSetting, ID: "hosts"})
	h.click(h.must("switch", "Check new hosts"), desktop.MouseButtonPrimary)
	h.Until("it is switched on", func() bool { return h.svc.Settings.CheckNewHosts() })
}

func TestTheCheckOfANewHostDisturbsNoQuestion(t *testing.T) {
	h := openFirst(t, fullHost(t))
	h.says("vm-0000", "Off")
	h.combine("Ctrl+K")
	h.must("dialog", "Search")

	h.must("notification", "")
	if h.has("dialog", "Is ") {
		t.Fatal("it opens over a question")
	}
	h.press(fyne.KeyEscape)
	h.push("Show")
	h.must("dialog", "Is ")
}
