package ui

import (
	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// A target is something that a work tab can show: a place, in it a thing, of
// the thing a page tab.
type target struct {
	place string
	ref   virt.Ref // zero: the place itself
	tab   string   // empty: the first, or the one shown last
}

// same says whether both show the same thing, whichever page tab.
func (t target) same(o target) bool { return t.place == o.place && t.ref.Same(o.ref) }

// A place is an entry of the rail: what stands in the navigator and which pages
// it has.
type place struct {
	id, icon, title string
	keys            string // the key combination that goes there
	bottom          bool   // at the foot of the rail
	navigator       pane   // nil for places that take the full width
	page            func(target) kit.Page
	label           func(target) kit.WorkTab
}

// A pane is what stands in the navigator.
type pane interface {
	Content() fyne.CanvasObject
	// Select marks what the page shows.
	Select(virt.Ref)
	Focusable() fyne.Focusable
}
