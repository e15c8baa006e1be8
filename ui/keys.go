package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/console"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/machines"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// A binding is a row of the table of key combinations: the list of shortcuts,
// the palette and the settings are made from it, too.
type binding struct {
	id, name string
	keys     string // one or several combinations with spaces between them
	icon     string // in the palette; empty for what is not offered there
	do       func()
}

// shortcutsKeys show the list of combinations.
const shortcutsKeys = "F1 Ctrl+?"

// bindKeys gives the window its key combinations.
func (w *Window) bindKeys() {
	for _, p := range w.places {
		bindAll(w.kit, lang.L("Places"), binding{"place." + p.id, p.title, p.keys, "", func() { w.goTo(p) }})
	}
	bindAll(w.kit, lang.L("Window"),
		binding{"palette", lang.L("Search everything"), paletteKeys, "", w.openPalette},
		binding{"shortcuts", lang.L("Key combinations"), shortcutsKeys, "keyboard", w.showShortcuts},
		binding{"navigator", lang.L("Show or hide the navigator"), "Ctrl+B", "panel-left", w.toggleNavigator},
		binding{"activity", lang.L("Show or hide what runs and ran"), "Ctrl+J", "activity", w.toggleActivity},
		binding{"pane.next", lang.L("Next pane"), "F6", "", func() { w.stepPane(1) }},
		binding{"pane.previous", lang.L("Previous pane"), "Shift+F6", "", func() { w.stepPane(-1) }},
		binding{"tab.next", lang.L("Next open thing"), "Ctrl+Tab", "", func() { w.work.step(1) }},
		binding{"tab.previous", lang.L("Previous open thing"), "Ctrl+Shift+Tab", "", func() { w.work.step(-1) }},
		binding{"tab.close", lang.L("Close the open thing"), "Ctrl+W", "x", w.work.closeCurrent},
		binding{"tab.reopen", lang.L("Open what was closed last"), "Ctrl+Shift+T", "history", w.work.reopen},
		binding{"back", lang.L("Back"), "Alt+Left", "arrow-left", func() { w.work.travel(-1) }},
		binding{"forward", lang.L("Forward"), "Alt+Right", "arrow-right", func() { w.work.travel(1) }},
		binding{"undo", lang.L("Undo"), "Ctrl+Z", "undo-2", func() { w.stage.Undo() }},
		binding{"scale.up", lang.L("Larger"), "Ctrl+Shift++ Ctrl+Shift+=", "zoom-in", func() { w.stepScale(scaleStep) }},
		binding{"scale.down", lang.L("Smaller"), "Ctrl+Shift+-", "zoom-out", func() { w.stepScale(-scaleStep) }},
		binding{"scale.reset", lang.L("Usual size"), "Ctrl+Shift+0", "scan", w.resetScale},
		binding{"quit", lang.L("Close the window"), "Ctrl+Q", "log-out", w.kit.Win.Close},
	)
	w.kit.Shortcuts.Add(kit.Shortcut{
		ID: "activity.close", Name: lang.L("Close the drawer that has the keyboard"), Group: lang.L("Window"), Keys: kit.MustKeys("Esc"),
		Do: w.closeFocused, When: w.inDrawer,
	})
	bindAll(w.kit, lang.L("Page"),
		binding{"view.next", lang.L("Next view"), "Ctrl+PgDn", "", func() { w.stepView(1) }},
		binding{"view.previous", lang.L("Previous view"), "Ctrl+PgUp", "", func() { w.stepView(-1) }},
		binding{"find", lang.L("Filter"), "Ctrl+F", "filter", w.find},
		binding{"reload", lang.L("Reload"), "F5 Ctrl+R", "refresh-cw", w.reload},
	)
	w.bindMachineKeys()
	w.followKeys()
}

// reload loads what is known of hosts and machines again, and the page.
func (w *Window) reload() {
	w.machines.Inventory().Reload()
	if page, ok := w.work.page().(interface{ Reload() }); ok {
		page.Reload()
	}
}

func (w *Window) bindMachineKeys() {
	w.kit.Shortcuts.Add(kit.Shortcut{
		ID: "machine.new", Name: lang.L("New machine"), Group: lang.L("Machines"), Palette: "plus",
		Keys: kit.MustKeys(machines.NewKeys), Do: w.machines.NewMachine, When: w.machines.CanMake,
	})
	bindMachineKeys(w.kit, w.machines, func() kit.Page { return w.work.page() })
	bindAll(w.kit, lang.L("Machines"), binding{"console.window", lang.L("Console in a window"), "Ctrl+Shift+O", "", func() { openConsoles(w.consoles, w.work.page()) }})
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
		bindAll(k, group, binding{string(a.action), a.name, a.keys, "", func() { m.Do(a.action, page()) }})
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

// bindAll adds the rows to the window's table.
func bindAll(k *kit.Kit, group string, rows ...binding) {
	for _, row := range rows {
		var keys []kit.Keys
		for word := range strings.FieldsSeq(row.keys) {
			keys = append(keys, kit.MustKeys(word))
		}
		k.Shortcuts.Add(kit.Shortcut{ID: row.id, Name: row.name, Group: group, Palette: row.icon, Keys: keys[0], Also: keys[1:], Do: row.do})
	}
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
	if w.results.IsOpen() {
		panes = append(panes, focusPane{w.results.Content(), kit.FirstFocusable(w.results.Content())})
	}
	if first := kit.FirstFocusable(w.stage.Toasts()); first != nil {
		panes = append(panes, focusPane{w.stage.Toasts(), first})
	}
	return panes
}

// hasFocus says whether the focused control is in the area.
func (w *Window) hasFocus(area fyne.CanvasObject) bool {
	focused := w.kit.Win.Canvas().Focused()
	return focused != nil && kit.Contains(area, focused)
}
