package ui

import (
	"runtime"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// tearOff opens a machine in a window of its own, by the menu of its row.
func (h *house) tearOff(name string) fyne.Window {
	h.t.Helper()
	before := h.App.Driver().AllWindows()
	h.click(h.row(name), desktop.MouseButtonSecondary)
	h.click(h.must("menu item", "Open in new window"), desktop.MouseButtonPrimary)
	for _, win := range h.App.Driver().AllWindows() {
		if !slices.Contains(before, win) {
			return win
		}
	}
	h.t.Fatalf("no window came for %s", name)
	return nil
}

// in acts in another window.
func (h *house) in(win fyne.Window, act func()) {
	h.t.Helper()
	main := h.Win
	defer func() { h.Win = main }()
	h.Win = win
	act()
}

func TestAMachineInItsOwnWindowIsAsLiveAsInATab(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")
	off, running := h.tearOff("off"), h.tearOff("running")
	if off.Title() != "off – KVM Manager" || running.Title() != "running – KVM Manager" {
		t.Errorf("the windows are called %q and %q", off.Title(), running.Title())
	}
	h.in(running, func() { h.must("push button", "Pause") })
	if err := h.svc.VMs.Pause(h.ctx, h.ref("running")); err != nil {
		t.Fatal(err)
	}
	h.in(running, func() { h.must("push button", "Resume") })
	h.in(off, func() {
		h.combine("Ctrl+Shift+S")
		h.must("push button", "Open console")
	})
	h.says("off", "Running")

	before := len(h.App.Driver().AllWindows())
	h.click(h.row("off"), desktop.MouseButtonSecondary)
	h.click(h.must("menu item", "Open in new window"), desktop.MouseButtonPrimary)
	if now := len(h.App.Driver().AllWindows()); now != before {
		t.Errorf("asked twice, there are %d windows instead of %d", now, before)
	}
	h.in(off, func() { h.combine("Ctrl+W") })
	if len(h.window.torn) != 1 || len(h.App.Driver().AllWindows()) != before-1 {
		t.Errorf("after Ctrl+W there are %d windows of machines", len(h.window.torn))
	}
}

func TestATornOffTabLeavesTheWindowAndKeepsItsView(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")
	h.click(h.must("tree item", "running"), desktop.MouseButtonPrimary)
	h.combine("Ctrl+PgDn")
	h.push("More actions")
	h.click(h.must("menu item", "Open in new window"), desktop.MouseButtonPrimary)

	h.must("table", "Machines")
	own := h.window.torn[h.ref("running").Key()]
	if page, ok := own.page.(interface{ Tab() string }); !ok || page.Tab() != "console" {
		t.Errorf("the window does not begin with the console")
	}
	h.in(own.win, func() {
		h.push("More actions")
		h.must("menu item", "Delete")
		if h.has("menu item", "Open in new window") {
			t.Error("a window of its own offers itself once more")
		}
	})
}

func TestAFailureInAMachinesWindowIsShownThere(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	h.Kit.OnError(showProblem) // as the program has it
	own := h.tearOff("off")
	h.window.torn[h.ref("off").Key()].kit.Show(virt.Errorf(virt.KindState, "no"))
	h.in(own, func() { h.must("alert dialog", "That did not work") })
	if h.has("alert dialog", "") {
		t.Error("the main window shows it")
	}
}

func TestAMachineThatIsDeletedTakesItsWindowsAlong(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	before := len(h.App.Driver().AllWindows())
	h.window.consoles.OpenWindow(h.ref("off"))
	h.in(h.tearOff("off"), func() {
		h.must("push button", "Start")
		h.press(fyne.KeyDelete)
		h.push("Delete machine")
		h.Until("the windows go", func() bool { return len(h.window.torn) == 0 && len(h.App.Driver().AllWindows()) == before })
	})
	h.Until("the row goes", func() bool { return !h.has("table row", "off") })

	own := h.tearOff("running")
	if _, err := h.svc.VMs.Delete(h.ctx, h.ref("running"), virt.DeleteSpec{Force: true}); err != nil {
		t.Fatal(err)
	}
	h.in(own, func() { h.must("alert", "This machine does not exist any more") })
}

func TestClosedWindowsOfMachinesLeaveNothingBehind(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")
	turn := func() {
		own := h.tearOff("running")
		h.in(own, func() {
			h.must("push button", "Pause")
			h.combine("Ctrl+PgDn")
		})
		if nameless := kit.Unnamed(own.Canvas().Content()); len(nameless) > 0 {
			t.Errorf("controls without a name: %T", nameless[0])
		}
		own.Close()
		h.Flush()
	}
	turn() // what lasts is made once
	goroutines := runtime.NumGoroutine()
	for range 5 {
		turn()
	}
	h.Until("their work has ended", func() bool { return runtime.NumGoroutine() <= goroutines })
	if len(h.window.torn) != 0 {
		t.Errorf("%d windows are remembered", len(h.window.torn))
	}
}
