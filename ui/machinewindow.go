package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/console"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/machines"
)

// Size of a new window of one machine, in units: it fits on small screens.
const machineWidth, machineHeight = 1024, 720

// A machineWindow is a work tab that was torn off: the page of one machine in a
// window of its own. It knows the machines through the main window.
type machineWindow struct {
	main     *Window
	ref      virt.Ref
	win      fyne.Window
	kit      *kit.Kit
	machines *machines.Machines
	consoles *console.Consoles
	page     kit.Page
	unlisten func()
}

// tearOff shows the machine in a window of its own, or brings that window to
// the front. Work tabs that show the machine go; the window begins with the
// page tab that the one in front shows.
func (w *Window) tearOff(ref virt.Ref) {
	if own := w.torn[ref.Key()]; own != nil {
		own.win.RequestFocus()
		return
	}
	tab := ""
	if page, ok := w.work.page().(interface{ Tab() string }); ok && w.work.tab().target().ref.Same(ref) {
		tab = page.Tab()
	}
	w.work.leave(ref)
	w.torn[ref.Key()] = newMachineWindow(w, ref, tab)
}

// leave ends all that shows the machine, which is gone.
func (w *Window) leave(ref virt.Ref) {
	w.work.leave(ref)
	w.consoles.CloseWindow(ref)
	if own := w.torn[ref.Key()]; own != nil {
		own.win.Close()
	}
}

func newMachineWindow(w *Window, ref virt.Ref, tab string) *machineWindow {
	own := &machineWindow{main: w, ref: ref, win: w.kit.App.NewWindow(lang.L("KVM Manager"))}
	own.kit = w.kit.Window(own.win)
	own.consoles = w.consoles.In(own.kit)
	own.machines = w.machines.In(machines.Options{
		Kit: own.kit, Services: w.svc, Tabs: machineTabs(own.consoles), Open: own.open, Create: w.newMachine, Leave: w.leave,
	})
	own.page = own.machines.Page(ref, tab)
	stage := kit.NewStage(own.win)
	stage.AfterWith(own.kit.After)
	stage.SetPage(own.page.Content())
	own.bindKeys()
	own.unlisten = w.machines.Inventory().Listen(func(machines.Change) { own.retitle() })
	own.retitle()
	own.win.Resize(fyne.NewSize(machineWidth, machineHeight))
	own.win.SetOnClosed(own.closed)
	own.page.SetVisible(true)
	own.win.Show()
	followSight(own.kit)
	return own
}

// open shows what a button of the page leads to: another tab of the machine
// here, everything else in the main window.
func (own *machineWindow) open(ref virt.Ref, tab string, another bool) {
	if page, ok := own.page.(interface{ ShowTab(string) }); ok && ref.Same(own.ref) {
		page.ShowTab(tab)
		return
	}
	own.main.openMachine(ref, tab, another)
	own.main.kit.Win.RequestFocus()
}

func (own *machineWindow) retitle() { nameWindow(own.win, own.machines.Label(own.ref).Name) }

func (own *machineWindow) bindKeys() {
	bindAll(own.kit, lang.L("Window"),
		binding{"shortcuts", lang.L("Key combinations"), shortcutsKeys, "", func() { own.main.showShortcutsOf(own.kit) }},
		binding{"tab.close", lang.L("Close the window"), "Ctrl+W Ctrl+Q", "", own.win.Close})
	bindAll(own.kit, lang.L("Page"),
		binding{"view.next", lang.L("Next view"), "Ctrl+PgDn", "", func() { stepView(own.page, 1) }},
		binding{"view.previous", lang.L("Previous view"), "Ctrl+PgUp", "", func() { stepView(own.page, -1) }},
		binding{"reload", lang.L("Reload"), "F5 Ctrl+R", "", own.machines.Inventory().Reload})
	bindMachineKeys(own.kit, own.machines, func() kit.Page { return own.page })
	bindAll(own.kit, lang.L("Machines"), binding{"console.window", lang.L("Console in a window"), "Ctrl+Shift+O", "", func() { openConsoles(own.consoles, own.page) }})
}

// closed ends the page, once.
func (own *machineWindow) closed() {
	if own.main.torn[own.ref.Key()] != own {
		return
	}
	delete(own.main.torn, own.ref.Key())
	own.unlisten()
	own.page.SetVisible(false)
	own.page.Close()
	own.kit.Leave()
}
