package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// cards shows the machines as cards.
func (h *house) cards() {
	h.t.Helper()
	h.click(h.must("radio button", "Cards"), desktop.MouseButtonPrimary)
	h.Until("there are no titles of columns", func() bool { return !h.has("table column header", "Name") })
}

func (h *house) selected() []string {
	table, _ := h.find("table", "Machines")
	var names []string
	var walk func(kit.Element)
	walk = func(e kit.Element) {
		if e.Role == "table row" && slices.Contains(e.States, "selected") {
			names = append(names, e.Name)
		}
		for _, child := range e.Children {
			walk(child)
		}
	}
	walk(table)
	return names
}

func (h *house) wantSelected(names ...string) {
	h.t.Helper()
	if got := h.selected(); !slices.Equal(got, names) {
		h.t.Errorf("selected are %q, want %q", got, names)
	}
}

func TestCardsAreSelectedAndMovedThroughLikeTheTable(t *testing.T) {
	h := open(t, "several-states.xml") // by name: off, paused, running, then saved, transient
	h.says("off", "Off")
	h.click(h.row("saved"), desktop.MouseButtonPrimary)
	h.cards()
	h.wantSelected("saved")
	h.click(h.row("paused"), desktop.MouseButtonPrimary)
	first, second := h.row("off"), h.row("paused")
	if first.Y != second.Y || first.X >= second.X || first.W < 236 || first.H < 180 {
		t.Errorf("the cards are at %+v and %+v", first, second)
	}

	h.press(fyne.KeyRight)
	h.wantSelected("running")
	h.press(fyne.KeyHome)
	h.wantSelected("off")
	h.press(fyne.KeyLeft) // there is nothing
	h.wantSelected("off")
	h.press(fyne.KeyDown)
	h.wantSelected("saved")
	h.press(fyne.KeyUp)
	h.wantSelected("off")

	h.click(h.row("running"), desktop.MouseButtonSecondary)
	h.wantSelected("running")
	h.must("menu item", "Shut down")
	h.press(fyne.KeyEscape)
	h.click(h.must("radio button", "List"), desktop.MouseButtonPrimary)
	h.must("table column header", "Name")
	h.wantSelected("running")
}

func TestCardsFillTheirLinesWhenTheWindowChanges(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	h.cards()
	for _, c := range []struct{ width, across int }{{1280, 3}, {1024, 2}, {1600, 4}} {
		h.Win.Resize(fyne.NewSize(float32(c.width), 800))
		h.Flush()
		var top []kit.Element
		last := h.row("transient")
		for _, name := range []string{"off", "paused", "running", "saved", "transient"} {
			if card := h.row(name); card.Y == h.row("off").Y {
				top = append(top, card)
			}
		}
		if len(top) != c.across {
			t.Errorf("%d cards stand beside each other in a window of %d", len(top), c.width)
		}
		panel := h.must("panel", "Machines")
		if end := top[len(top)-1]; panel.X+panel.W-end.X-end.W > 16+c.across {
			t.Errorf("beside %+v there is room in %+v", end, panel)
		}
		if below := panel.Y + panel.H - last.Y - last.H; below < 0 || below > 16 {
			t.Errorf("in a window of %d the panel ends %d below the last card", c.width, below)
		}
	}
}

func TestTheFilterLeavesCardsOut(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	h.cards()
	h.click(h.must("toggle button", "Paused"), desktop.MouseButtonPrimary)
	h.Until("only one card is left", func() bool { return h.has("table row", "paused") && !h.has("table row", "off") })
}

func TestAWindowComesBackWithCards(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	h.cards()
	var view string
	h.Until("the choice is kept", func() bool { return h.svc.Settings.UI("machines.view", &view) && view == "cards" })

	again := &house{Window: h.Window, t: t, svc: h.svc, ctx: h.ctx, window: NewWindow(h.Kit, h.svc)}
	again.must("table row", "off")
	if again.has("table column header", "Name") {
		t.Error("the window came back with a table")
	}
}

func TestFollowingAHostStillShowsOnCards(t *testing.T) {
	h := openURI(t, virttest.TestHost(t, "several-states.xml"))
	h.says("off", "Off")
	h.cards()
	if err := h.svc.VMs.Start(h.ctx, h.ref("off")); err != nil {
		t.Fatal(err)
	}
	h.says("off", "Running")
}

func TestCardsOfSeveralHostsNameTheirHost(t *testing.T) {
	h := openURI(t, virttest.TestHost(t, "several-states.xml"), virttest.TestHost(t, "one-running-vm.xml"))
	h.says("off", "Off")
	hosts := h.window.machines.Inventory().Hosts()

	h.cards()

	h.must("label", parts.Size(256<<20)+"  ·  "+string(hosts[0].ID))
}
