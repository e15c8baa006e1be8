package console

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/kit"
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
			return nil //nolint:nilerr // a host that nobody knows gets nothing
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
	if channel, offered := v.channelItem(); offered {
		items = append(items, kit.MenuLine(), channel)
	}
	return items
}

// channelItem offers the channel to a machine that has none.
func (v *view) channelItem() (item kit.MenuItem, offered bool) {
	item = kit.MenuItem{
		Icon: "plug", Label: lang.L("Add the clipboard channel"),
		Help: lang.L("The machine has none: until then nothing is shared"), Do: v.addChannel,
	}
	switch v.channel {
	case vm.ClipboardMissing:
		if reason, can := virt.Can(virt.ClipboardVM, v.row); !can {
			item.Disabled = lang.L(reason)
		}
		return item, true
	case vm.ClipboardWaits:
		item.Disabled = lang.L("It was added: shut the machine down and start it again.")
		return item, true
	case vm.ClipboardCannot:
		item.Disabled = lang.L("This host, or another program that speaks with the machine’s agent, leaves no way for it.")
		return item, true
	}
	return item, false
}

// askForChannel finds out whether the machine has the channel; until then nothing
// is offered.
func (v *view) askForChannel() {
	var state vm.ClipboardState
	v.kit.Keep(func(ctx context.Context) (err error) {
		state, err = v.svc.VMs.Clipboard(ctx, v.vm)
		return err
	}, func(err error) {
		if err == nil {
			v.channel = state
		}
	})
}

// addChannel adds the channel and says when text is shared.
func (v *view) addChannel() {
	var state vm.ClipboardState
	v.bar.clip.SetBusy(true)
	v.kit.RunTo(func(ctx context.Context) (err error) {
		state, err = v.svc.VMs.AddClipboard(ctx, v.vm)
		return err
	}, func(err error) {
		v.bar.clip.SetBusy(false)
		if err != nil {
			v.kit.Show(err)
			return
		}
		v.channel = state
		text := lang.L("Text is shared once the SPICE agent runs in the machine")
		if state == vm.ClipboardWaits {
			text = lang.L("Shut the machine down and start it again to share text")
		}
		v.kit.Toast(kit.Toast{Icon: "plug", Title: lang.L("The clipboard channel was added"), Text: text})
	})
}
