package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

func TestABodyThatScrollsByItselfFitsALowWindow(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	scroll := container.NewVScroll(Gap(10, 2000))
	field := NewEntry("Filter", "")
	d := NewDialog(DialogSpec{Title: "Keys", Body: Col(12, field, Grow(scroll)), Tall: 490})
	for _, room := range []float32{800, 400} {
		s.win.Resize(fyne.NewSize(900, room))
		d.Open(s.win.Canvas())
		if d.Size().Height > room-2*32 {
			t.Errorf("in a window %v high the dialog is %v", room, d.Size().Height)
		}
		if end := d.Position().Y + d.Size().Height; absolute(d.cancel).Y > end {
			t.Error("the footer is outside")
		}
		if scroll.Size().Height < 60 || scroll.Size().Height > d.Size().Height {
			t.Errorf("the list is %v high in a dialog of %v", scroll.Size().Height, d.Size().Height)
		}
		if s.win.Canvas().Focused() != field.Focusable() {
			t.Error("the field in the body does not have the keyboard")
		}
		d.Close()
	}
}

func absolute(o fyne.CanvasObject) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
}

func TestTheKeyboardGoesWithAChoiceThatIsMadeElsewhere(t *testing.T) {
	g := NewRadioGroup("Theme", nil, "System", "Light", "Dark")
	s := newScene(t, g)
	s.win.Canvas().Focus(g.Focusable())
	g.Choose(2)
	if s.win.Canvas().Focused() != g.Focusable() || g.Chosen() != 2 {
		t.Error("the keyboard stays at the old choice")
	}
	s.win.Canvas().Unfocus()
	g.Choose(1)
	if s.win.Canvas().Focused() != nil {
		t.Error("a choice takes the keyboard")
	}
}
