package kittest

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// Find returns the last element of the role and name: what lies on top.
func (w *Window) Find(role, name string) (found kit.Element, ok bool) {
	w.each(func(e kit.Element) {
		if e.Role == role && e.Name == name {
			found, ok = e, true
		}
	})
	return found, ok
}

// Said is what the row of a field says of it: its help, or what is wrong.
func (w *Window) Said(label string) (words string) {
	w.each(func(e kit.Element) {
		if e.Role == "panel" && e.Name == label && e.Description != "" {
			words = e.Description
		}
	})
	return words
}

func (w *Window) each(look func(kit.Element)) {
	var walk func(kit.Element)
	walk = func(e kit.Element) {
		look(e)
		for _, child := range e.Children {
			walk(child)
		}
	}
	walk(kit.Accessibility(w.Win, 1))
}

// Must is Find that waits until there is such an element.
func (w *Window) Must(role, name string) kit.Element {
	w.t.Helper()
	var found kit.Element
	w.Until("there is a "+role+" "+name, func() (ok bool) {
		found, ok = w.Find(role, name)
		return ok
	})
	return found
}

// Click presses what can be pressed in the middle of the element, once it is
// there.
func (w *Window) Click(role, name string) {
	w.t.Helper()
	e := w.Must(role, name)
	at := fyne.NewPos(float32(e.X+e.W/2), float32(e.Y+e.H/2))
	top := w.Win.Canvas().Overlays().Top()
	if top == nil {
		top = w.Win.Content()
	}
	if pressed := deepest(top, fyne.Position{}, at); pressed != nil {
		if held, ok := pressed.(desktop.Mouseable); ok {
			event := &desktop.MouseEvent{PointEvent: fyne.PointEvent{AbsolutePosition: at}, Button: desktop.MouseButtonPrimary}
			held.MouseDown(event)
			held.MouseUp(event)
		}
		pressed.Tapped(&fyne.PointEvent{AbsolutePosition: at})
	}
	w.Flush()
}

// deepest is what can be pressed there and lies on top.
func deepest(o fyne.CanvasObject, pos, at fyne.Position) (found fyne.Tappable) {
	pos = pos.Add(o.Position())
	if !o.Visible() || at.X < pos.X || at.Y < pos.Y || at.X >= pos.X+o.Size().Width || at.Y >= pos.Y+o.Size().Height {
		return nil
	}
	found, _ = o.(fyne.Tappable)
	var inside []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		inside = o.Objects
	case fyne.Widget:
		inside = test.WidgetRenderer(o).Objects()
	}
	for _, child := range inside {
		if below := deepest(child, pos, at); below != nil {
			found = below
		}
	}
	return found
}

// Write clicks into a field and replaces what it says, key by key.
func (w *Window) Write(name, text string) {
	w.t.Helper()
	w.Select(name)
	test.Type(w.Win.Canvas().Focused(), text)
	w.Flush()
}

// Select clicks into a field and marks all that it says.
func (w *Window) Select(name string) fyne.Shortcutable {
	w.t.Helper()
	w.Click("text", name)
	focused, ok := w.Win.Canvas().Focused().(fyne.Shortcutable)
	if !ok {
		w.t.Fatalf("the field %q does not take the keyboard", name)
	}
	focused.TypedShortcut(&fyne.ShortcutSelectAll{})
	return focused
}

// Choose opens a list and picks what is called so.
func (w *Window) Choose(list, item string) {
	w.t.Helper()
	w.Click("combo box", list)
	w.Click("menu item", item)
}
