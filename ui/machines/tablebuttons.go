package machines

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// tableButtons are the actions at the top of the table: on what is selected,
// and making a new machine. While several machines are selected they are the
// actions that make sense for one of them at least.
type tableButtons struct {
	machines *Machines
	page     *tablePage
	start    *kit.Button
	pause    *kit.Button
	shutdown *kit.Button
	more     *kit.Button
	clear    *kit.Button
	create   *kit.Button
	narrow   bool
	selected []parts.Machine
	shown    []fyne.CanvasObject
}

func newTableButtons(m *Machines, p *tablePage) *tableButtons {
	b := &tableButtons{machines: m, page: p}
	b.start = kit.Secondary("play", lang.L("Start"), nil).WithKeys(parts.StartKeys)
	b.start.OnPress(func() { m.actions.Do(virt.StartVM, p.Targets(), b.start) })
	b.pause = kit.Secondary("pause-solid", lang.L("Pause"), nil).WithKeys(parts.PauseKeys)
	b.pause.OnPress(func() {
		action, _, _ := parts.PauseOrResume(p.Targets())
		m.actions.Do(action, p.Targets(), b.pause)
	})
	b.shutdown = kit.Secondary("power", lang.L("Shut down"), nil).WithKeys(parts.ShutdownKeys)
	b.shutdown.OnPress(func() { m.actions.Do(virt.ShutdownVM, p.Targets(), b.shutdown) })
	b.more = kit.IconMenuButton("ellipsis", lang.L("More actions"), func() []kit.MenuItem { return m.actions.Menu(p.Targets()) })
	b.clear = kit.IconButton("x", lang.L("Clear the selection"), func() { p.table.Select() })
	b.create = kit.Primary("plus", lang.L("New machine"), m.NewMachine).WithKeys(NewKeys)
	b.arrange()
	return b
}

// follow enables what makes sense for the selected machines.
func (b *tableButtons) follow(selected []parts.Machine) {
	b.selected = selected
	b.start.SetLabel(parts.StartWord(selected))
	allow(b.start, virt.StartVM, selected)
	pause, icon, word := parts.PauseOrResume(selected)
	b.pause.SetLabel(word)
	b.pause.SetIcon(icon)
	allow(b.pause, pause, selected)
	allow(b.shutdown, virt.ShutdownVM, selected)
	if len(selected) == 0 {
		b.more.DisableBecause(lang.L("Select a machine first."))
	} else {
		b.more.Enable()
	}
	b.arrange()
	b.page.header.Refit()
}

// setNarrow leaves only the most important buttons; the menu has the others.
func (b *tableButtons) setNarrow(narrow bool) {
	if b.narrow == narrow {
		return
	}
	b.narrow = narrow
	b.arrange()
}

// arrange puts the buttons that are wanted now into the header.
func (b *tableButtons) arrange() {
	buttons := b.wanted()
	if slices.Equal(buttons, b.shown) {
		return
	}
	b.shown = buttons
	b.page.header.SetActions(buttons...)
	canvas := b.machines.kit.Win.Canvas()
	focused, ok := canvas.Focused().(fyne.CanvasObject)
	if gone := []fyne.CanvasObject{b.start, b.pause, b.shutdown, b.more, b.clear, b.create}; ok && slices.Contains(gone, focused) && !slices.Contains(buttons, focused) {
		canvas.Focus(b.page.table) // keys would go nowhere
	}
}

func (b *tableButtons) wanted() []fyne.CanvasObject {
	switch {
	case len(b.selected) < 2 && b.narrow:
		return []fyne.CanvasObject{b.more, b.create}
	case len(b.selected) < 2:
		return []fyne.CanvasObject{b.start, b.shutdown, b.more, b.create}
	case b.narrow:
		return []fyne.CanvasObject{b.more, b.clear}
	}
	var buttons []fyne.CanvasObject
	for _, button := range []*kit.Button{b.start, b.pause, b.shutdown} {
		if !button.Disabled() {
			buttons = append(buttons, button)
		}
	}
	return append(buttons, b.more, b.clear)
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
