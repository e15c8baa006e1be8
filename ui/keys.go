package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/console"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/machines"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// bindKeys gives the window its key combinations.
func (w *Window) bindKeys() {
	places := lang.L("Places")
	for _, p := range w.places {
		w.bind("place."+p.id, p.title, places, p.keys, func() { w.goTo(p) })
	}
	window := lang.L("Window")
	w.bind("navigator", lang.L("Show or hide the navigator"), window, "Ctrl+B", w.toggleNavigator)
	w.bind("pane.next", lang.L("Next pane"), window, "F6", func() { w.stepPane(1) })
	w.bind("pane.previous", lang.L("Previous pane"), window, "Shift+F6", func() { w.stepPane(-1) })
	w.bind("tab.next", lang.L("Next open thing"), window, "Ctrl+Tab", func() { w.work.step(1) })
	w.bind("tab.previous", lang.L("Previous open thing"), window, "Ctrl+Shift+Tab", func() { w.work.step(-1) })
	w.bind("tab.close", lang.L("Close the open thing"), window, "Ctrl+W", w.work.closeCurrent)
	w.bind("tab.reopen", lang.L("Open what was closed last"), window, "Ctrl+Shift+T", w.work.reopen)
	w.bind("back", lang.L("Back"), window, "Alt+Left", func() { w.work.travel(-1) })
	w.bind("forward", lang.L("Forward"), window, "Alt+Right", func() { w.work.travel(1) })
	w.bind("quit", lang.L("Close the window"), window, "Ctrl+Q", w.kit.Win.Close)

	page := lang.L("Page")
	w.bind("view.next", lang.L("Next view"), page, "Ctrl+PgDn", func() { w.stepView(1) })
	w.bind("view.previous", lang.L("Previous view"), page, "Ctrl+PgUp", func() { w.stepView(-1) })
	w.bind("find", lang.L("Filter"), page, "Ctrl+F", w.find)
	w.bind("reload", lang.L("Reload"), page, "F5", w.machines.Inventory().Reload)
	w.bind("reload.other", lang.L("Reload"), page, "Ctrl+R", w.machines.Inventory().Reload)
	w.bindMachineKeys()
}

func (w *Window) bindMachineKeys() {
	w.bind("machine.new", lang.L("New machine"), lang.L("Machines"), machines.NewKeys, w.machines.NewMachine)
	bindMachineKeys(w.kit, w.machines, func() kit.Page { return w.work.page() })
	w.bind("console.window", lang.L("Console in a window"), lang.L("Machines"), "Ctrl+Shift+O", func() { openConsoles(w.consoles, w.work.page()) })
}

// bindMachineKeys gives a window the key combinations of what is done to the
// machines that its page is about.
func bindMachineKeys(k *kit.Kit, m *machines.Machines, page func() kit.Page) {
	group := lang.L("Machines")
	for _, a := range []struct {
		action     virt.Action
		name, keys string
	}{
		{virt.StartVM, lang.L("Start"), parts.StartKeys},
		{virt.PauseVM, lang.L("Pause or resume"), parts.PauseKeys},
		{virt.ShutdownVM, lang.L("Shut down"), parts.ShutdownKeys},
		{virt.RebootVM, lang.L("Restart"), parts.RebootKeys},
		{virt.DeleteVM, lang.L("Delete…"), parts.DeleteKeys},
	} {
		bind(k, string(a.action), a.name, group, a.keys, func() { m.Do(a.action, page()) })
	}
}

// openConsoles shows the screens of the machines that the page is about in
// windows of their own.
func openConsoles(c *console.Consoles, page kit.Page) {
	about, ok := page.(machines.Targets)
	if !ok {
		return
	}
	for _, m := range about.Targets() {
		if _, can := parts.Can(virt.OpenConsole, m); can {
			c.OpenWindow(m.Ref())
		}
	}
}

func (w *Window) bind(id, name, group, keys string, do func()) {
	bind(w.kit, id, name, group, keys, do)
}

func bind(k *kit.Kit, id, name, group, keys string, do func()) {
	k.Shortcuts.Add(kit.Shortcut{ID: id, Name: name, Group: group, Keys: kit.MustKeys(keys), Do: do})
}

// find puts the keyboard into the filter of the page.
func (w *Window) find() {
	if page, ok := w.work.page().(interface{ Find() }); ok {
		page.Find()
	}
}

func (w *Window) stepView(by int) { stepView(w.work.page(), by) }

func stepView(page kit.Page, by int) {
	if page, ok := page.(interface{ NextTab(int) }); ok {
		page.NextTab(by)
	}
}

// stepPane moves the focus to the next pane: rail, navigator, page.
func (w *Window) stepPane(by int) {
	panes := w.panes()
	at := 0
	for i, p := range panes {
		if w.hasFocus(p.area) {
			at = i + by
			break
		}
	}
	w.kit.Win.Canvas().Focus(panes[(at+len(panes))%len(panes)].first)
}

// focusPane is a part of the window and what gets the focus in it.
type focusPane struct {
	area  fyne.CanvasObject
	first fyne.Focusable
}

func (w *Window) panes() []focusPane {
	panes := []focusPane{{w.rail, w.buttons[w.shown]}}
	if w.navigatorShown() {
		panes = append(panes, focusPane{w.navigator, w.place(w.shown).navigator.Focusable()})
	}
	if first := w.work.focusable(); first != nil {
		panes = append(panes, focusPane{w.work.content, first})
	}
	return panes
}

// hasFocus says whether the focused control is in the area.
func (w *Window) hasFocus(area fyne.CanvasObject) bool {
	focused := w.kit.Win.Canvas().Focused()
	return focused != nil && kit.Contains(area, focused)
}
