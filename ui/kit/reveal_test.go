package kit

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
)

func TestTheKeyboardLeadsToWhatIsScrolledAway(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	s.win.Resize(fyne.NewSize(900, 400))
	body := Col(14)
	var controls []fyne.CanvasObject
	for i := range 8 {
		entry, box := NewEntry(fmt.Sprint("Field ", i), ""), NewCheckbox(fmt.Sprint("Box ", i), nil)
		controls = append(controls, entry.field, box)
		body.Add(NewField(fmt.Sprint("Field ", i), "Help", entry))
		body.Add(box)
	}
	d := NewDialog(DialogSpec{Title: "Long", Body: body, Action: Primary("", "Save", nil)})
	d.Open(s.win.Canvas())
	seen := func(o fyne.CanvasObject) {
		t.Helper()
		top := positionOf(o).Y - positionOf(d.body).Y
		if top < 0 || top+o.Size().Height > d.body.Size().Height {
			t.Errorf("%T is at %v of %v", o, top, d.body.Size().Height)
		}
	}
	for _, c := range controls {
		if any(s.win.Canvas().Focused()) != any(c) {
			t.Fatalf("%T has the keyboard", s.win.Canvas().Focused())
		}
		seen(c)
		s.key(fyne.KeyTab)
	}
	end := d.body.Offset.Y
	if s.key(fyne.KeyTab); d.body.Offset.Y != end {
		t.Error("the body is scrolled for a button below it")
	}
	s.win.Canvas().Focus(controls[0].(fyne.Focusable))
	seen(controls[0])
}
