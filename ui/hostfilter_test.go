package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// showsMachines waits until the table has exactly these rows.
func (h *house) showsMachines(want map[string]bool) {
	h.t.Helper()
	h.Until("the table has the machines of the chosen host", func() bool {
		for name, shown := range want {
			if h.has("table row", name) != shown {
				return false
			}
		}
		return true
	})
}

func TestTheTableIsNarrowedToOneHostAndWidenedAgain(t *testing.T) {
	h := openURI(t, virttest.TestHost(t, "several-states.xml"), virttest.TestHost(t, "one-running-vm.xml"))
	both := map[string]bool{"paused": true, "saved": true, "web": true}
	h.showsMachines(both)
	choice := h.must("combo box", "Host")
	if choice.Value != "All hosts" {
		t.Errorf("first it says %q", choice.Value)
	}
	hosts := h.window.machines.Inventory().Hosts()
	first, second := string(hosts[0].ID), string(hosts[1].ID)

	h.click(choice, desktop.MouseButtonPrimary)
	h.click(h.must("menu item", second), desktop.MouseButtonPrimary)
	h.showsMachines(map[string]bool{"paused": false, "saved": false, "web": true})
	h.must("label", "1 machine on "+second)
	h.must("tree item", "paused") // the navigator has all hosts

	h.Win.Canvas().Focus(kitSelect(h))
	h.press(fyne.KeyDown)
	h.press(fyne.KeyUp)
	h.press(fyne.KeyReturn)
	h.showsMachines(map[string]bool{"paused": true, "saved": true, "web": false})
	h.must("label", "5 machines on "+first)

	var kept string
	h.Until("the choice is kept", func() bool { return h.svc.Settings.UI("machines.host", &kept) && kept == first })
	again := &house{Window: h.Window, t: t, svc: h.svc, ctx: h.ctx, window: NewWindow(h.Kit, h.svc)}
	again.Until("a later window has it, too", func() bool {
		c, ok := again.find("combo box", "Host")
		return ok && c.Value == first
	})
	again.showsMachines(map[string]bool{"paused": true, "saved": true, "web": false})
	again.click(again.must("combo box", "Host"), desktop.MouseButtonPrimary)
	again.click(again.must("menu item", "All hosts"), desktop.MouseButtonPrimary)
	again.showsMachines(both)
}

func TestAFilterThatLeavesNothingIsClearedWithTheHost(t *testing.T) {
	h := openURI(t, virttest.TestHost(t, "several-states.xml"), virttest.TestHost(t, "empty.xml"))
	h.says("paused", "Paused")
	h.click(h.must("combo box", "Host"), desktop.MouseButtonPrimary)
	h.click(h.must("menu item", string(h.window.machines.Inventory().Hosts()[1].ID)), desktop.MouseButtonPrimary)
	h.must("panel", "No machine matches the filter")
	h.push("Clear filter")
	h.says("paused", "Paused")
	if c := h.must("combo box", "Host"); c.Value != "All hosts" {
		t.Errorf("it says %q", c.Value)
	}
}

func TestOneHostAloneNeedsNoChoice(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("paused", "Paused")
	if h.has("combo box", "Host") {
		t.Error("a choice of one is offered")
	}
}

// kitSelect is the choice of a host in the table's head.
func kitSelect(h *house) fyne.Focusable {
	h.t.Helper()
	e := h.must("combo box", "Host")
	o, ok := deepest(h.Win.Canvas(), fyne.NewPos(float32(e.X+e.W/2), float32(e.Y+e.H/2)))
	focusable, can := o.(fyne.Focusable)
	if !ok || !can {
		h.t.Fatal("the choice of a host takes no keys")
	}
	return focusable
}
