package parts

import (
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// The key combinations of actions, shown in menus and bound by the window.
const (
	StartKeys    = "Ctrl+Shift+S"
	PauseKeys    = "Ctrl+Shift+P"
	ShutdownKeys = "Ctrl+Shift+D"
	RebootKeys   = "Ctrl+Shift+R"
	DeleteKeys   = "Delete"
)

// StartWord is what starting these machines is called: a saved machine is
// restored.
func StartWord(machines []Machine) string {
	for _, m := range machines {
		if m.State != virt.StateSaved {
			return lang.L("Start")
		}
	}
	if len(machines) == 0 {
		return lang.L("Start")
	}
	return lang.L("Restore")
}

// PauseOrResume returns which of the two makes sense, with its icon and word.
func PauseOrResume(machines []Machine) (action virt.Action, icon, word string) {
	if _, ok := CanAny(virt.ResumeVM, machines); ok {
		return virt.ResumeVM, "play", lang.L("Resume")
	}
	return virt.PauseVM, "pause-solid", lang.L("Pause")
}

// Menu returns all that can be done with the machines, in the order used
// everywhere.
func (a *Actions) Menu(machines []Machine) []kit.MenuItem {
	return append([]kit.MenuItem{a.item(machines, virt.StartVM, "play", StartWord(machines), StartKeys)}, a.MenuAfterStart(machines)...)
}

// MenuAfterStart is Menu without starting, for headers that have a button for it.
func (a *Actions) MenuAfterStart(machines []Machine) []kit.MenuItem {
	pause, icon, word := PauseOrResume(machines)
	items := []kit.MenuItem{
		a.item(machines, pause, icon, word, PauseKeys),
		{Icon: "power", Label: lang.L("Shut down"), Sub: a.ShutdownMenu(machines), Disabled: whyNot(machines, virt.OffVM)},
	}
	if a.Console != nil {
		items = append(items, a.item(machines, virt.OpenConsole, "monitor", lang.L("Open console"), ""))
	}
	if len(machines) == 1 {
		items = append(items, a.screenshot(machines[0]))
	}
	if _, saved := CanAny(virt.DiscardVM, machines); saved {
		items = append(items, a.item(machines, virt.DiscardVM, "moon", lang.L("Discard saved state…"), ""))
	}
	if a.Window != nil {
		items = append(items, a.ownWindow(machines))
	}
	return append(items, a.autostart(machines), kit.MenuLine(), a.deletion(machines))
}

func (a *Actions) screenshot(m Machine) kit.MenuItem {
	return kit.MenuItem{
		Icon: "camera", Label: lang.L("Screenshot"), Sub: ScreenshotMenu(a.kit, a.svc, m.Ref(), nil),
		Disabled: whyNot([]Machine{m}, virt.ScreenshotVM),
	}
}

func (a *Actions) ownWindow(machines []Machine) kit.MenuItem {
	return kit.MenuItem{Icon: "app-window", Label: lang.L("Open in new window"), Do: func() {
		for _, m := range machines {
			a.Window(m.Ref())
		}
	}}
}

// ShutdownMenu is what hides behind Shut down.
func (a *Actions) ShutdownMenu(machines []Machine) []kit.MenuItem {
	return []kit.MenuItem{
		a.item(machines, virt.RebootVM, "rotate-cw", lang.L("Restart"), RebootKeys),
		a.item(machines, virt.ShutdownVM, "power", lang.L("Shut down"), ShutdownKeys),
		a.item(machines, virt.SaveVM, "moon", lang.L("Save"), ""),
		kit.MenuLine(),
		a.item(machines, virt.ResetVM, "zap", lang.L("Reset"), ""),
		a.item(machines, virt.OffVM, "square", lang.L("Force off"), ""),
	}
}

func (a *Actions) autostart(machines []Machine) kit.MenuItem {
	on := len(machines) > 0
	for _, m := range machines {
		on = on && m.Autostart
	}
	return kit.MenuItem{
		Icon: "clock", Label: lang.L("Start with the host"), Checked: on, Disabled: whyNot(machines, virt.AutostartVM),
		Do: func() { a.SetAutostart(machines, !on) },
	}
}

func (a *Actions) deletion(machines []Machine) kit.MenuItem {
	item := a.item(machines, virt.DeleteVM, "trash-2", lang.L("Delete…"), "Del")
	item.Danger = true
	return item
}

func (a *Actions) item(machines []Machine, action virt.Action, icon, label, keys string) kit.MenuItem {
	return kit.MenuItem{
		Icon: icon, Label: label, Shortcut: keys, Disabled: whyNot(machines, action),
		Do: func() { a.Do(action, machines, nil) },
	}
}

// whyNot is empty when the action makes sense for one of the machines.
func whyNot(machines []Machine, action virt.Action) string {
	reason, ok := CanAny(action, machines)
	if ok {
		return ""
	}
	return reason
}
