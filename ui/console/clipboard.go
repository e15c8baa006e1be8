package console

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/setting"
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
	return []kit.MenuItem{
		item("x", lang.L("Share nothing"), "", vnc.ClipboardOff),
		item("arrow-right", lang.L("Text to the machine"), "", vnc.ClipboardToGuest),
		item("arrow-left", lang.L("Text from the machine"), "", vnc.ClipboardFromGuest),
		item("clipboard", lang.L("Text both ways"), lang.L("Where the machine runs the SPICE agent"), vnc.ClipboardBoth),
	}
}
