package machines

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// tableButtons are the actions at the top of the table: on what is selected,
// and making a new machine.
type tableButtons struct {
	machines *Machines
	page     *tablePage
	start    *kit.Button
	shutdown *kit.Button
	more     *kit.Button
	create   *kit.Button
	narrow   bool
}

func newTableButtons(m *Machines, p *tablePage) *tableButtons {
	b := &tableButtons{machines: m, page: p}
	b.start = kit.Secondary("play", lang.L("Start"), nil).WithKeys(parts.StartKeys)
	b.start.OnPress(func() { m.actions.Do(virt.StartVM, p.Targets(), b.start) })
	b.shutdown = kit.Secondary("power", lang.L("Shut down"), nil).WithKeys(parts.ShutdownKeys)
	b.shutdown.OnPress(func() { m.actions.Do(virt.ShutdownVM, p.Targets(), b.shutdown) })
	b.more = kit.IconMenuButton("ellipsis", lang.L("More actions"), func() []kit.MenuItem { return m.actions.Menu(p.Targets()) })
	b.create = kit.Primary("plus", lang.L("New machine"), m.NewMachine).WithKeys(NewKeys)
	p.header.SetActions(b.start, b.shutdown, b.more, b.create)
	return b
}

// follow enables what makes sense for the selected machines.
func (b *tableButtons) follow(selected []parts.Machine) {
	b.start.SetLabel(parts.StartWord(selected))
	allow(b.start, virt.StartVM, selected)
	allow(b.shutdown, virt.ShutdownVM, selected)
	if len(selected) == 0 {
		b.more.DisableBecause(lang.L("Select a machine first."))
	} else {
		b.more.Enable()
	}
	b.machines.allowNew(b.create, b.machines.inventory.Hosts()...)
	b.page.header.Refit()
}

// setNarrow leaves only the most important buttons; the menu has the others.
func (b *tableButtons) setNarrow(narrow bool) {
	if b.narrow == narrow {
		return
	}
	b.narrow = narrow
	actions := []fyne.CanvasObject{b.start, b.shutdown, b.more, b.create}
	if narrow {
		actions = actions[2:]
	}
	b.page.header.SetActions(actions...)
}

// allow enables the button when the action makes sense for one of the machines;
// else its tooltip says why not.
func allow(button *kit.Button, action virt.Action, machines []parts.Machine) {
	if reason, ok := parts.CanAny(action, machines); ok {
		button.Enable()
	} else {
		button.DisableBecause(reason)
	}
}
