package kit

import (
	"testing"

	"fyne.io/fyne/v2"
)

func TestConfirmOfADanger(t *testing.T) {
	ask := func(t *testing.T) (*scene, *Dialog, *int) {
		s := newScene(t, Gap(1, 1))
		deleted := new(int)
		d := Confirm(s.win.Canvas(), Question{Title: "Delete “db-primary”?", Action: "Delete machine"}, func() { *deleted++ })
		return s, d, deleted
	}
	t.Run("Cancel has the focus and Enter cancels", func(t *testing.T) {
		s, d, deleted := ask(t)
		if s.win.Canvas().Focused() != fyne.Focusable(d.cancel) {
			t.Fatal("Cancel is not focused")
		}
		s.key(fyne.KeyReturn)
		if d.IsOpen() || *deleted != 0 {
			t.Fatalf("open %v, deleted %d", d.IsOpen(), *deleted)
		}
	})
	t.Run("Enter on the action or without a focus does nothing", func(t *testing.T) {
		s, d, deleted := ask(t)
		s.key(fyne.KeyTab, fyne.KeyReturn)
		s.win.Canvas().Unfocus()
		s.key(fyne.KeyReturn)
		if !d.IsOpen() || *deleted != 0 {
			t.Fatalf("open %v, deleted %d", d.IsOpen(), *deleted)
		}
	})
	t.Run("Space on the action does it", func(t *testing.T) {
		s, d, deleted := ask(t)
		s.key(fyne.KeyTab, fyne.KeySpace)
		if d.IsOpen() || *deleted != 1 {
			t.Fatalf("open %v, deleted %d", d.IsOpen(), *deleted)
		}
	})
	t.Run("a click does it", func(t *testing.T) {
		s, d, deleted := ask(t)
		s.click(d.spec.Action)
		if *deleted != 1 {
			t.Fatal("nothing happened")
		}
	})
	t.Run("it is an alert", func(t *testing.T) {
		_, d, _ := ask(t)
		if role := d.A11y().Role; role != "alert dialog" {
			t.Fatalf("role %q", role)
		}
	})
}

func TestAHarmlessQuestionIsAnsweredByEnter(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	done := 0
	Confirm(s.win.Canvas(), Question{Title: "Restart now?", Action: "Restart", Harmless: true}, func() { done++ })
	s.key(fyne.KeyReturn)
	if done != 1 {
		t.Fatal("Enter did not answer")
	}
}

func TestDoNotAskAgainCountsOnlyWithAYes(t *testing.T) {
	for _, yes := range []bool{true, false} {
		s := newScene(t, Gap(1, 1))
		remembered := false
		d := Confirm(s.win.Canvas(), Question{Title: "Force off?", Action: "Force off", Remember: func() { remembered = true }}, func() {})
		s.click(find[*Checkbox](t, d, "Do not ask again"))
		if yes {
			s.click(d.spec.Action)
		} else {
			d.Cancel()
		}
		if remembered != yes {
			t.Errorf("answer %v: remembered %v", yes, remembered)
		}
	}
}

func TestDialogKeepsTheFocusInsideAndGivesItBack(t *testing.T) {
	opener := Primary("plus", "New machine", nil)
	s := newScene(t, Center(opener))
	s.win.Canvas().Focus(opener)
	name := NewEntry("Name", "")
	action := Primary("", "Create", nil)
	d := NewDialog(DialogSpec{Title: "New machine", Body: NewFormRow("Name", "", name), Action: action})
	d.Open(s.win.Canvas())

	if s.win.Canvas().Focused() != fyne.Focusable(name.field) {
		t.Fatalf("the first field has no focus but %T", s.win.Canvas().Focused())
	}
	for range 10 {
		s.key(fyne.KeyTab)
		if s.win.Canvas().Focused() == fyne.Focusable(opener) {
			t.Fatal("Tab left the dialog")
		}
	}
	s.key(fyne.KeyEscape)
	if d.IsOpen() {
		t.Fatal("Esc did not close the dialog")
	}
	if s.win.Canvas().Focused() != fyne.Focusable(opener) {
		t.Fatal("the focus did not come back")
	}
}

func TestEnterInAFieldAnswersTheDialogAndEscFirstUndoesTheTyping(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	created, cancelled := 0, 0
	name := NewEntry("Name", "")
	d := NewDialog(DialogSpec{Title: "New machine", Body: name, Action: Primary("", "Create", func() { created++ }), OnCancel: func() { cancelled++ }})
	d.Open(s.win.Canvas())

	s.typed("web")
	s.key(fyne.KeyReturn)
	if created != 1 {
		t.Fatal("Enter did not create")
	}
	s.key(fyne.KeyEscape)
	if name.Text() != "" || cancelled != 0 {
		t.Fatalf("text %q, cancelled %d: the first Esc is for the field", name.Text(), cancelled)
	}
	s.key(fyne.KeyEscape)
	if cancelled != 1 {
		t.Fatal("the second Esc did not cancel")
	}
}

func TestABusyDialogIsNotAnsweredTwice(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	created := 0
	d := NewDialog(DialogSpec{Title: "New machine", Action: Primary("", "Create", func() { created++ })})
	d.Open(s.win.Canvas())
	d.SetBusy(true)
	s.key(fyne.KeyReturn)
	s.click(d.spec.Action)
	if created != 0 {
		t.Fatalf("created %d times", created)
	}
}

func TestATallDialogScrollsItsBodyAndKeepsItsFooter(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	d := NewDialog(DialogSpec{Title: "Long", Body: Gap(10, 5000), Action: Primary("", "Create", nil)})
	d.Open(s.win.Canvas())
	if bottom := d.Position().Y + d.Size().Height; bottom > 800 {
		t.Fatalf("the dialog reaches to %v", bottom)
	}
	if foot := d.foot.Position().Y + d.foot.Size().Height; foot > d.Size().Height {
		t.Fatalf("the footer reaches to %v of %v", foot, d.Size().Height)
	}
	if d.body.Size().Height >= 5000 {
		t.Fatal("the body does not scroll")
	}
}
