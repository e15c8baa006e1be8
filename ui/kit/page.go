package kit

import "fyne.io/fyne/v2"

// A Page fills the window or a tab of it. All its methods are called on the UI
// goroutine.
type Page interface {
	// Content returns what the page shows; the same object each time.
	Content() fyne.CanvasObject
	// SetVisible says whether the page can be seen. A hidden page loads nothing
	// and catches up when it is shown again; a new page is hidden.
	SetVisible(visible bool)
	// Close ends what the page follows. A closed page is never shown again.
	Close()
}

// A Tab is an aspect of a T that has a page of its own. Features offer tabs,
// and ui hands them to the page that shows them, so that features do not know
// each other.
type Tab[T any] struct {
	// ID names the tab in links and flags: "console".
	ID    string
	Title string
	Icon  string
	// Shown says whether the thing has this aspect; nil means always.
	Shown func(T) bool
	// New makes the page when the tab is first opened.
	New func(T) Page
}
