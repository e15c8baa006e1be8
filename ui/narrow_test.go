package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

func TestTheDrawerOfANarrowWindowTakesTheKeyboardAndIsClosedWithoutAChoice(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")
	h.Win.Resize(fyne.NewSize(900, 640))

	h.combine("Ctrl+B")
	tree := h.must("tree", "Hosts and machines")
	if !slices.Contains(tree.States, "focused") {
		t.Errorf("the keyboard is not in the drawer: %q", tree.States)
	}
	h.press(fyne.KeyEscape)
	if h.has("tree", "Hosts and machines") {
		t.Error("Esc leaves the drawer open")
	}

	h.combine("Ctrl+B")
	h.click(h.must("table row", "running"), desktop.MouseButtonPrimary)
	if h.has("tree", "Hosts and machines") {
		t.Error("a press beside the drawer leaves it open")
	}
}
