package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/services/batch"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// clickWith presses the pointer on the row with a modifier held.
func (h *house) clickWith(name string, modifier fyne.KeyModifier) {
	h.t.Helper()
	e := h.row(name)
	at := fyne.NewPos(float32(e.X+e.W/2), float32(e.Y+e.H/2))
	pressed, _ := deepest(h.Win.Canvas(), at)
	mouse, ok := pressed.(desktop.Mouseable)
	if !ok {
		h.t.Fatalf("%s takes no clicks", name)
	}
	local := at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(pressed))
	mouse.MouseDown(&desktop.MouseEvent{
		PointEvent: fyne.PointEvent{AbsolutePosition: at, Position: local}, Button: desktop.MouseButtonPrimary, Modifier: modifier,
	})
	h.Flush()
}

// push presses the button as soon as it is enabled.
func (h *house) push(name string) {
	h.t.Helper()
	var button kit.Element
	h.Until("the button "+name+" can be pressed", func() (ok bool) {
		button, ok = h.find("push button", name)
		return ok && slices.Contains(button.States, "enabled")
	})
	h.click(button, desktop.MouseButtonPrimary)
}

// buttonsOf returns which of the buttons the page has.
func (h *house) buttonsOf(names ...string) []string {
	var has []string
	for _, name := range names {
		if h.has("push button", name) {
			has = append(has, name)
		}
	}
	return has
}

func TestSeveralMachinesAreSelectedByPointerAndKeysInTableAndCards(t *testing.T) {
	h := open(t, "several-states.xml") // by name: off, paused, running, saved, transient
	h.says("off", "Off")
	for _, view := range []string{"List", "Cards"} {
		h.click(h.must("radio button", view), desktop.MouseButtonPrimary)
		h.click(h.row("paused"), desktop.MouseButtonPrimary)
		h.clickWith("saved", fyne.KeyModifierControl)
		h.wantSelected("paused", "saved")
		h.clickWith("saved", fyne.KeyModifierControl)
		h.wantSelected("paused")
		h.clickWith("transient", fyne.KeyModifierShift)
		h.wantSelected("saved", "transient") // from the last one that was pressed
		h.Win.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
		h.wantSelected("off", "paused", "running", "saved", "transient")
		h.press(fyne.KeyEscape)
		h.wantSelected()
	}
}

func TestTheHeaderOffersWhatCanBeDoneToTheSelection(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	all := []string{"Start", "Restore", "Pause", "Resume", "Shut down", "More actions", "Clear the selection"}
	for _, c := range []struct {
		selected []string
		title    string
		want     []string
	}{
		{[]string{"off"}, "Machines", []string{"Start", "Shut down", "More actions"}},
		{[]string{"saved", "off"}, "2 selected", []string{"Start", "More actions", "Clear the selection"}},
		{[]string{"running", "transient"}, "2 selected", []string{"Pause", "Shut down", "More actions", "Clear the selection"}},
		{[]string{"paused", "off", "running"}, "3 selected", []string{"Start", "Resume", "Shut down", "More actions", "Clear the selection"}},
	} {
		h.click(h.row(c.selected[0]), desktop.MouseButtonPrimary)
		for _, name := range c.selected[1:] {
			h.clickWith(name, fyne.KeyModifierControl)
		}
		h.must("label", c.title)
		if got := h.buttonsOf(all...); !slices.Equal(got, c.want) {
			t.Errorf("of %q are offered %q, want %q", c.selected, got, c.want)
		}
	}
	h.push("Clear the selection")
	h.wantSelected()
	h.must("push button", "New machine")
}

func TestWhatIsDoneToManyIsToldAndWhoIsSkippedIsShown(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	h.Win.Canvas().Focus(h.window.work.page().(interface{ Focusable() fyne.Focusable }).Focusable())
	h.Win.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	h.push("Start")

	toast := h.must("notification", "2 machines were started")
	if toast.Description != "3 skipped, 2 done" {
		t.Errorf("the toast says %q", toast.Description)
	}
	h.says("off", "Running")
	h.says("saved", "Running")
	h.push("Show")
	h.must("dialog", "Start · 5 machines")
	h.must("label", "Skipped: The machine is already on.")
	if h.has("push button", "Try again") {
		t.Error("nothing failed and is to be tried again")
	}
	h.press(fyne.KeyEscape)

	h.click(h.row("off"), desktop.MouseButtonSecondary) // in the selection of five
	h.click(h.must("menu item", "Shut down"), desktop.MouseButtonPrimary)
	h.click(h.must("menu item", "Force off"), desktop.MouseButtonPrimary)
	h.must("alert dialog", "Force 5 machines off?")
	h.must("label", "off, paused, running, saved, transient")
	h.push("Force off")
	h.must("notification", "5 machines were forced off")
	for _, name := range []string{"off", "paused", "running", "saved"} {
		h.says(name, "Off")
	}
}

func TestFailuresAreListedWithTheirReasonAndTriedAgain(t *testing.T) {
	d := virttest.Libvirtd(t)
	if err := virttest.Fill(d.URI, 0, 3); err != nil { // their disks are missing
		t.Fatal(err)
	}
	h := openURI(t, d.URI)
	h.says("vm-0000", "Off")
	h.click(h.row("vm-0000"), desktop.MouseButtonPrimary)
	h.clickWith("vm-0002", fyne.KeyModifierShift)
	h.push("Start")

	dialog := h.must("alert dialog", "Start · 3 machines")
	if dialog.Description != "3 failed" {
		t.Errorf("it says %q", dialog.Description)
	}
	text := wordsIn(dialog)
	for _, want := range []string{"vm-0000", "vm-0001", "vm-0002"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %q", want, text)
		}
	}
	h.push("Try again for 3")
	h.Until("it failed again", func() bool {
		failed, err := h.svc.Operations.List(h.ctx, virt.OperationFilter{State: virt.OperationFailed})
		return err == nil && len(failed) == 2*(1+3) && h.has("alert dialog", "Start · 3 machines")
	})
}

func TestTheFailedOfAnOldBatchAreTriedAgainFromActivity(t *testing.T) {
	d := virttest.Libvirtd(t)
	if err := virttest.Fill(d.URI, 0, 3); err != nil { // their network is not there
		t.Fatal(err)
	}
	h := openURI(t, d.URI)
	h.says("vm-0000", "Off")
	_, err := h.svc.Batch.Do(h.ctx, batch.Request{Action: virt.StartVM, Machines: []virt.Ref{h.ref("vm-0000"), h.ref("vm-0001"), h.ref("vm-0002")}})
	if !errors.Is(err, virt.ErrPartial) {
		t.Fatalf("they fail by %v", err)
	}

	h.window.Open(activityPlace)
	h.click(h.must("table row", "Start"), desktop.MouseButtonPrimary) // the newest is the last of the three
	h.click(h.batchRow(), desktop.MouseButtonPrimary)
	h.push("Each machine")
	dialog := h.must("alert dialog", "Start · 3 machines")
	if words := wordsIn(dialog); !strings.Contains(words, "vm-0001") || strings.Count(words, "\n") < 3*2 {
		t.Errorf("it says %q", words)
	}
	h.press(fyne.KeyEscape)
	h.push("Try again for 3")

	h.Until("they were tried again", func() bool {
		failed, err := h.svc.Operations.List(h.ctx, virt.OperationFilter{State: virt.OperationFailed})
		return err == nil && len(failed) == 2*(1+3) && h.has("alert dialog", "Start · 3 machines")
	})
}

// batchRow is the row of Activity that is about several machines.
func (h *house) batchRow() kit.Element {
	h.t.Helper()
	var found kit.Element
	h.Until("there is a row of the batch", func() bool {
		var walk func(e kit.Element) bool
		walk = func(e kit.Element) bool {
			if e.Role == "table row" && slices.ContainsFunc(e.Children, func(c kit.Element) bool { return strings.Contains(c.Name, "vm-0000, vm-0001") }) {
				found = e
				return true
			}
			return slices.ContainsFunc(e.Children, walk)
		}
		return walk(kit.Accessibility(h.Win, 1))
	})
	return found
}

// wordsIn are the labels of the element, one a line.
func wordsIn(e kit.Element) string {
	var words []string
	var walk func(kit.Element)
	walk = func(e kit.Element) {
		if e.Role == "label" {
			words = append(words, e.Name)
		}
		for _, child := range e.Children {
			walk(child)
		}
	}
	walk(e)
	return strings.Join(words, "\n")
}
