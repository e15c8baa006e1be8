package console

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/vnc"
)

// directions are the settings' words for ways of the clipboard.
var directions = map[string]vnc.Clipboard{
	setting.ClipboardOff: vnc.ClipboardOff, setting.ClipboardToGuest: vnc.ClipboardToGuest,
	setting.ClipboardFromGuest: vnc.ClipboardFromGuest, setting.ClipboardBoth: vnc.ClipboardBoth,
}

// shareClipboard shares text with the machine as the settings have it for its
// host. Until that is known nothing is shared.
func (v *view) shareClipboard() {
	v.kit.Keep(func(ctx context.Context) error {
		hosts, err := v.svc.Hosts.List(ctx)
		if err != nil {
			return nil // a host that nobody knows gets nothing
		}
		for _, h := range hosts {
			if h.ID == v.vm.Host {
				how := directions[v.svc.Settings.ConsoleClipboard(host.IsLocal(h.URI))]
				v.kit.Do(func() { v.screen.SetClipboard(how) })
			}
		}
		return nil
	}, nil)
}

// clipboardMenu is asked for anew whenever it opens. What is chosen holds for this
// console; the settings decide how the next one begins.
func (v *view) clipboardMenu() []kit.MenuItem {
	now := v.screen.Clipboard()
	item := func(icon, label, help string, how vnc.Clipboard) kit.MenuItem {
		return kit.MenuItem{Icon: icon, Label: label, Help: help, Checked: now == how, Do: func() { v.screen.SetClipboard(how) }}
	}
	items := []kit.MenuItem{
		item("x", lang.L("Share nothing"), "", vnc.ClipboardOff),
		item("arrow-right", lang.L("Text to the machine"), "", vnc.ClipboardToGuest),
		item("arrow-left", lang.L("Text from the machine"), "", vnc.ClipboardFromGuest),
		item("clipboard", lang.L("Text both ways"), lang.L("Where the machine runs the SPICE agent"), vnc.ClipboardBoth),
	}
	if size := v.screen.LongText(); size > 0 {
		items[1].Help, items[3].Help = longText(size), longText(size)
	}
	if channel := v.channelItems(); channel != nil {
		items = append(append(items, kit.MenuLine()), channel...)
	}
	return items
}

// sayLongText says of a text on this computer's clipboard that the machine does not
// get it.
func (v *view) sayLongText(bytes int) {
	v.kit.Toast(kit.Toast{Icon: "clipboard", Title: lang.L("The text was not shared"), Text: longText(bytes)})
}

// longText says why a text of that many bytes is not shared.
func longText(bytes int) string {
	return lang.L("The text has {{.Size}}; a machine’s clipboard takes 1 MiB", map[string]any{"Size": parts.Size(uint64(bytes))})
}

// channelItems offer the channel to a machine that has none, and the way back.
func (v *view) channelItems() []kit.MenuItem {
	add := kit.MenuItem{
		Icon: "plug", Label: lang.L("Add the clipboard channel"),
		Help: lang.L("The machine has none: until then nothing is shared"), Do: func() { v.changeChannel(v.svc.VMs.AddClipboard) },
	}
	remove := kit.MenuItem{
		Icon: "unlink", Label: lang.L("Take the clipboard channel away"), Do: func() { v.changeChannel(v.svc.VMs.RemoveClipboard) },
	}
	if reason, can := virt.Can(virt.ClipboardVM, v.row); !can {
		add.Disabled, remove.Disabled = lang.L(reason), lang.L(reason)
	}
	switch v.channel {
	case vm.ClipboardThere:
		return []kit.MenuItem{remove}
	case vm.ClipboardWaits:
		add.Disabled = lang.L("It was added: shut the machine down and start it again.")
		return []kit.MenuItem{add, remove}
	case vm.ClipboardMissing:
		return []kit.MenuItem{add}
	case vm.ClipboardCosts:
		add.Label, add.Do = lang.L("Add the clipboard channel…"), v.offerChannel
		return []kit.MenuItem{add}
	case vm.ClipboardCannot:
		add.Disabled = lang.L("This host, or another program that speaks with the machine’s agent, leaves no way for it.")
		return []kit.MenuItem{add}
	}
	return nil
}

// offerChannel says what the channel costs before it is added.
func (v *view) offerChannel() {
	v.kit.Confirm(kit.Question{
		Icon:     "plug",
		Title:    lang.L("Add the clipboard channel to “{{.Name}}”?", map[string]any{"Name": v.vm.Name}),
		Text:     lang.L("The QEMU of this host can neither save a machine that has it nor move it while it runs. It can be taken away again."),
		Action:   lang.L("Add"),
		Harmless: true,
	}, func() { v.changeChannel(v.svc.VMs.AddClipboard) })
}

// askForChannel finds out whether the machine has the channel; until then nothing
// is offered.
func (v *view) askForChannel() {
	var state vm.ClipboardState
	machine := v.vm
	v.kit.Keep(func(ctx context.Context) (err error) {
		state, err = v.svc.VMs.Clipboard(ctx, machine)
		return err
	}, func(err error) {
		if err == nil {
			v.channel = state
		}
	})
}

// changeChannel adds the channel or takes it away, and says what follows.
func (v *view) changeChannel(change func(context.Context, virt.Ref) (vm.ClipboardState, error)) {
	had := v.channel == vm.ClipboardThere || v.channel == vm.ClipboardWaits
	var state vm.ClipboardState
	machine := v.vm
	v.bar.clip.SetBusy(true)
	v.kit.RunTo(func(ctx context.Context) (err error) {
		state, err = change(ctx, machine)
		return err
	}, func(err error) {
		v.bar.clip.SetBusy(false)
		if err != nil {
			v.kit.Show(err)
			return
		}
		v.channel = state
		v.sayChannel(had)
	})
}

func (v *view) sayChannel(had bool) {
	said := kit.Toast{Icon: "plug", Title: lang.L("The clipboard channel was added"), Text: lang.L("Now SPICE’s agent must run in it")}
	switch {
	case had:
		said.Icon, said.Title, said.Text = "unlink", lang.L("The clipboard channel was taken away"), ""
		if v.channel == vm.ClipboardThere {
			said.Text = lang.L("Once the machine has been shut down")
		}
	case v.channel == vm.ClipboardWaits:
		said.Text = lang.L("Shut it down and start it again")
	}
	v.kit.Toast(said)
}
