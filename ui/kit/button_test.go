package kit

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

func TestButtonIsPressedByMouseSpaceAndEnter(t *testing.T) {
	pressed := 0
	b := Primary("plus", "New machine", func() { pressed++ })
	s := newScene(t, Center(b))

	s.click(b)
	s.key(fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter)

	if pressed != 4 {
		t.Fatalf("pressed %d times, want 4", pressed)
	}
}

func TestDisabledAndBusyButtonsDoNothing(t *testing.T) {
	pressed := 0
	b := Secondary("power", "Shut down", func() { pressed++ })
	s := newScene(t, Center(b))

	b.SetBusy(true)
	s.click(b)
	b.SetBusy(false)
	b.DisableBecause("The machine is off")
	s.click(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})

	if pressed != 0 {
		t.Fatalf("pressed %d times", pressed)
	}
	b.Enable()
	s.click(b)
	if pressed != 1 {
		t.Fatal("enabled again it still does nothing")
	}
}

func TestTheFocusRingIsForTheKeyboard(t *testing.T) {
	b := Primary("", "Start", nil)
	s := newScene(t, Center(b))

	s.click(b)
	if s.win.Canvas().Focused() != fyne.Focusable(b) || !b.edge.Hidden {
		t.Fatal("a click must give the focus without a ring")
	}
	s.key(fyne.KeyF12)
	if b.edge.Hidden {
		t.Fatal("no ring once the keyboard is used")
	}
	s.win.Canvas().Unfocus()
	s.key(fyne.KeyTab)
	if b.edge.Hidden {
		t.Fatal("no ring after Tab")
	}
}

func TestTheFocusMovesOnAsItWas(t *testing.T) {
	first, second := Secondary("", "First", nil), Secondary("", "Second", nil)
	s := newScene(t, Row(8, first, second))
	on := s.win.Canvas()

	s.click(first)
	MoveFocus(on, second)
	if on.Focused() != fyne.Focusable(second) || !second.edge.Hidden {
		t.Error("after a click the focus moves on with a ring")
	}
	s.key(fyne.KeyF12)
	MoveFocus(on, first)
	if on.Focused() != fyne.Focusable(first) || first.edge.Hidden {
		t.Error("after a key the focus moves on without a ring")
	}
	on.Unfocus()
	MoveFocus(on, second)
	if second.edge.Hidden {
		t.Error("the focus that comes from nowhere has no ring")
	}
}

func TestEnterNeverPressesADangerButton(t *testing.T) {
	deleted := 0
	b := Danger("trash-2", "Delete machine", func() { deleted++ })
	s := newScene(t, Center(b))
	s.win.Canvas().Focus(b)

	s.key(fyne.KeyReturn, fyne.KeyEnter)
	if deleted != 0 {
		t.Fatal("Enter deleted")
	}
	s.key(fyne.KeySpace)
	if deleted != 1 {
		t.Fatal("Space did not")
	}
}

func TestBusyKeepsTheLabelAndSaysSo(t *testing.T) {
	b := Primary("plus", "Create", nil)
	newScene(t, Center(b))
	b.SetBusy(true)
	if n := b.A11y(); n.Name != "Create" || len(n.States) != 1 || n.States[0] != "busy" {
		t.Fatalf("described as %+v", n)
	}
}

func TestIconButtonsHaveANameAndAreLargeEnoughToHit(t *testing.T) {
	for _, b := range []*Button{IconButton("x", "Close", nil), SecondaryIcon("ellipsis", "More", nil)} {
		newScene(t, Center(b))
		if b.A11y().Name == "" || b.tip() == "" {
			t.Error("no name")
		}
		if m := b.MinSize(); m.Width < 28 || m.Height < 28 {
			t.Errorf("only %v", m)
		}
	}
}

func TestLeavingWithTheButtonHeldLetsGo(t *testing.T) {
	b := Secondary("", "Clone", nil)
	newScene(t, Center(b))
	b.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
	if b.look() == b.kind.normal() {
		t.Fatal("a held button looks like any other")
	}
	b.MouseOut()
	if b.look() != b.kind.normal() {
		t.Fatal("still held")
	}
}

func TestTheTipOfAButtonFollowsItsLabel(t *testing.T) {
	b := Secondary("", "Pause", nil).WithKeys("Ctrl+P")
	b.SetLabel("Resume")
	if tip := b.tip(); !strings.Contains(tip, "Resume") || strings.Contains(tip, "Pause") {
		t.Errorf("the tip says %q", tip)
	}
}
