package ui

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// work are the open work tabs and the page of the one that is shown.
type work struct {
	window  *Window
	tabs    []*workTab
	current int
	closed  []target // the latest last
	next    int      // number of the next tab

	bar     *kit.WorkTabs
	body    *fyne.Container
	content *fyne.Container
}

// A workTab shows a target and remembers those it showed before.
type workTab struct {
	id      string
	history []target
	at      int // place in history
	page    kit.Page
}

func (t *workTab) target() target { return t.history[t.at] }

// keptTabs is how many closed tabs can be opened again.
const keptTabs = 20

func newWork(w *Window) *work {
	k := &work{window: w, bar: kit.NewWorkTabs(), body: kit.Stack()}
	k.bar.OnChoose = k.chooseID
	k.bar.OnClose = k.closeID
	k.bar.OnAdd = func() { k.open(w.home(), true) }
	k.bar.Hide()
	k.content = kit.Col(0, k.bar, kit.Grow(k.body))
	return k
}

// tab returns the tab that is shown; there is always one.
func (k *work) tab() *workTab { return k.tabs[k.current] }

// page returns the page that is shown.
func (k *work) page() kit.Page { return k.tab().page }

// open shows the target: in the tab that is shown, in the one that shows it
// already, or in a new one.
func (k *work) open(t target, another bool) {
	if another && k.stepBack(t) {
		return
	}
	for i, tab := range k.tabs {
		if tab.target().same(t) {
			k.choose(i)
			k.showTab(t)
			return
		}
	}
	if another || len(k.tabs) == 0 {
		k.add(t)
		return
	}
	tab := k.tab()
	tab.history = append(tab.history[:tab.at+1:tab.at+1], t)
	tab.at++
	k.load(tab)
}

// stepBack moves the page that is shown to a tab of its own and lets the tab
// show what it showed before: the first click of a double click has already
// brought the target into it. It says whether there was something to do.
func (k *work) stepBack(t target) bool {
	if len(k.tabs) == 0 || k.tab().at == 0 || !k.tab().target().same(t) {
		return false
	}
	tab := k.tab()
	page := tab.page
	tab.page = nil
	tab.history = tab.history[:tab.at]
	tab.at--
	k.next++
	k.tabs = append(k.tabs, &workTab{id: strconv.Itoa(k.next), history: []target{t}, page: page})
	tab.page = k.window.place(tab.target().place).page(tab.target())
	k.current = len(k.tabs) - 1
	k.show()
	return true
}

func (k *work) add(t target) {
	k.next++
	tab := &workTab{id: strconv.Itoa(k.next), history: []target{t}}
	k.tabs = append(k.tabs, tab)
	if len(k.tabs) > 1 {
		k.tab().page.SetVisible(false)
	}
	k.current = len(k.tabs) - 1
	k.load(tab)
}

// load makes the page of the tab's target instead of the one it has.
func (k *work) load(tab *workTab) {
	if tab.page != nil {
		tab.page.SetVisible(false)
		tab.page.Close()
	}
	tab.page = k.window.place(tab.target().place).page(tab.target())
	k.show()
}

// showTab goes to the page tab of the target, if it names one.
func (k *work) showTab(t target) {
	if page, ok := k.page().(interface{ ShowTab(string) }); ok && t.tab != "" {
		page.ShowTab(t.tab)
	}
}

// show puts the current page into the window. It takes over the keyboard where
// the page before it had that: the shortcuts reach the window only through a
// control that is part of it.
func (k *work) show() {
	focused := k.window.hasFocus(k.body)
	k.body.Objects = []fyne.CanvasObject{k.page().Content()}
	k.body.Refresh()
	k.page().SetVisible(true)
	if focused {
		k.focusPage()
	}
	k.relabel()
	k.window.follow(k.tab().target())
}

// focusPage gives the keyboard to the page, or to nothing where the page has no
// use for it.
func (k *work) focusPage() {
	canvas := k.window.kit.Win.Canvas()
	if first := k.focusable(); first != nil {
		kit.MoveFocus(canvas, first)
		return
	}
	canvas.Unfocus()
}

// focusable returns what takes the keys on the page: what it names, else its
// first control; nil when it has none that works now.
func (k *work) focusable() fyne.Focusable {
	if page, ok := k.page().(interface{ Focusable() fyne.Focusable }); ok {
		first := page.Focusable()
		if d, ok := first.(fyne.Disableable); first != nil && (!ok || !d.Disabled()) {
			return first
		}
	}
	return kit.FirstFocusable(k.body)
}

// relabel shows the tabs with the names that their things have now.
func (k *work) relabel() {
	if len(k.tabs) > 1 {
		var labels []kit.WorkTab
		for _, tab := range k.tabs {
			labels = append(labels, k.label(tab))
		}
		k.bar.SetTabs(labels, k.tab().id)
	}
	if k.bar.Visible() != (len(k.tabs) > 1) {
		if len(k.tabs) > 1 {
			k.bar.Show()
		} else {
			k.bar.Hide()
		}
		k.content.Refresh()
	}
	k.window.retitle(k.label(k.tab()).Name)
}

func (k *work) label(tab *workTab) kit.WorkTab {
	label := k.window.place(tab.target().place).label(tab.target())
	label.ID = tab.id
	if label.Name == "" {
		label.Name = lang.L("Loading")
	}
	return label
}

func (k *work) find(id string) int {
	return slices.IndexFunc(k.tabs, func(t *workTab) bool { return t.id == id })
}

func (k *work) chooseID(id string) { k.choose(k.find(id)) }

func (k *work) choose(i int) {
	if i < 0 || i == k.current {
		return
	}
	k.page().SetVisible(false)
	k.current = i
	k.show()
}

func (k *work) closeID(id string) {
	if i := k.find(id); i >= 0 {
		k.close(i)
	}
}

// closeCurrent closes the tab that is shown.
func (k *work) closeCurrent() { k.close(k.current) }

// close closes a tab. The last one goes back to all machines instead.
func (k *work) close(i int) {
	tab := k.tabs[i]
	k.closed = append(k.closed, tab.target())
	k.closed = k.closed[max(0, len(k.closed)-keptTabs):]
	if len(k.tabs) == 1 {
		if home := k.window.home(); !tab.target().same(home) {
			k.open(home, false)
		}
		return
	}
	tab.page.SetVisible(false)
	tab.page.Close()
	k.tabs = slices.Delete(k.tabs, i, i+1)
	if k.current > i || k.current == len(k.tabs) {
		k.current--
	}
	k.show()
}

// leave closes the tabs that show the thing, which is gone.
func (k *work) leave(ref virt.Ref) {
	for i := len(k.tabs) - 1; i >= 0; i-- {
		if k.tabs[i].target().ref.Same(ref) {
			k.close(i)
		}
	}
}

// reopen opens the tab that was closed last.
func (k *work) reopen() {
	if n := len(k.closed); n > 0 {
		t := k.closed[n-1]
		k.closed = k.closed[:n-1]
		k.open(t, true)
	}
}

// step shows the tab that many places further, going around at the ends.
func (k *work) step(by int) {
	k.choose((k.current + by + len(k.tabs)) % len(k.tabs))
}

// travel goes back or forward in what the tab has shown.
func (k *work) travel(by int) {
	tab := k.tab()
	if at := tab.at + by; at >= 0 && at < len(tab.history) {
		tab.at = at
		k.load(tab)
	}
}

// closeAll ends all pages.
func (k *work) closeAll() {
	for _, tab := range k.tabs {
		tab.page.SetVisible(false)
		tab.page.Close()
	}
}
