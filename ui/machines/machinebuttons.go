package machines

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// machineButtons are the actions at the top of a machine's page. The one that
// comes next stands out: the console of a machine that is on, else its start.
type machineButtons struct {
	page     *machinePage
	console  *kit.Button
	start    *kit.Button
	pause    *kit.Button
	shutdown *kit.Button
	more     *kit.Button
	shown    []fyne.CanvasObject
	narrow   bool
}

func newMachineButtons(p *machinePage) *machineButtons {
	b := &machineButtons{page: p}
	actions := p.machines.actions
	b.console = kit.Primary("monitor", lang.L("Open console"), func() { p.ShowTab(ConsoleTab) })
	b.start = kit.Primary("play", lang.L("Start"), nil).WithKeys(parts.StartKeys)
	b.start.OnPress(func() { actions.Do(virt.StartVM, p.Targets(), b.start) })
	b.pause = kit.SecondaryIcon("pause-solid", lang.L("Pause"), nil)
	b.pause.OnPress(func() {
		action, _, _ := parts.PauseOrResume(p.Targets())
		actions.Do(action, p.Targets(), b.pause)
	})
	b.shutdown = kit.SplitButton("power", lang.L("Shut down"), nil, func() []kit.MenuItem { return actions.ShutdownMenu(p.Targets()) })
	b.shutdown.OnPress(func() { actions.Do(virt.ShutdownVM, p.Targets(), b.shutdown) })
	b.more = kit.IconMenuButton("ellipsis", lang.L("More actions"), func() []kit.MenuItem { return actions.Menu(p.Targets()) })
	return b
}

// follow shows and enables what makes sense for the machine now.
func (b *machineButtons) follow() {
	machines := b.page.Targets()
	b.start.SetLabel(parts.StartWord(machines))
	action, icon, word := parts.PauseOrResume(machines)
	b.pause.SetIcon(icon)
	b.pause.SetName(word)
	b.pause.WithKeys(parts.PauseKeys)
	allow(b.start, virt.StartVM, machines)
	allow(b.pause, action, machines)
	b.allowShutdown(machines)
	if len(machines) == 0 {
		why, _ := b.page.goneWords()
		b.more.DisableBecause(why)
	} else {
		b.more.Enable()
	}
	b.arrange()
}

// allowShutdown keeps the menu of the button within reach as long as one of its
// items makes sense: a paused machine can be forced off.
func (b *machineButtons) allowShutdown(machines []parts.Machine) {
	if _, ok := parts.CanAny(virt.OffVM, machines); ok {
		b.shutdown.Enable()
		return
	}
	allow(b.shutdown, virt.ShutdownVM, machines)
}

func (b *machineButtons) arrange() {
	var shown []fyne.CanvasObject
	switch {
	case !b.page.found, !b.page.machine.State.Active():
		shown = append(shown, b.start)
	case b.page.machines.actions.Console != nil && b.page.Tab() != ConsoleTab:
		shown = append(shown, b.console)
	}
	if !b.narrow {
		shown = append(shown, b.pause, b.shutdown)
	}
	shown = append(shown, b.more)
	if sameObjects(shown, b.shown) {
		return
	}
	b.shown = shown
	b.page.header.SetActions(shown...)
}

func (b *machineButtons) setNarrow(narrow bool) {
	b.narrow = narrow
	b.arrange()
}

func sameObjects(a, b []fyne.CanvasObject) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
