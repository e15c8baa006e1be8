package console

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/vnc"
)

func checked(menu []kit.MenuItem) (labels []string) {
	for _, item := range menu {
		if item.Checked {
			labels = append(labels, item.Label)
		}
	}
	return labels
}

func TestTextIsSharedAsTheSettingsSayUntilAnotherDirectionIsChosen(t *testing.T) {
	d := newDesk(t, "")
	d.Until("text goes both ways", func() bool { return d.view().screen.Clipboard() == vnc.ClipboardBoth })
	menu := d.view().clipboardMenu()
	if got := checked(menu); len(got) != 1 || got[0] != "Text both ways" {
		t.Errorf("ticked are %q", got)
	}
	menu[2].Do()
	if got := checked(d.view().clipboardMenu()); len(got) != 1 || got[0] != "Text from the machine" {
		t.Errorf("after another choice %q is ticked", got)
	}
	d.must(t, d.svc.Settings.Set(d.ctx, setting.NameClipboard, setting.ClipboardToGuest))
	next := d.consoles.Tab().New(d.page.vm).(*page)
	defer next.Close()
	d.Until("the next console begins as the settings say", func() bool { return next.view.screen.Clipboard() == vnc.ClipboardToGuest })
}

func TestATextThatIsTooLongForTheMachineIsSaid(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.Until("text goes both ways", func() bool { return d.view().screen.Clipboard() == vnc.ClipboardBoth })
	fyne.CurrentApp().Clipboard().SetContent(strings.Repeat("x", 3<<20))
	d.Win.Canvas().Unfocus()
	d.Win.Canvas().Focus(d.view().screen)
	d.Until("it is said", func() bool { return d.notified("The text was not shared") })
	if help := d.view().clipboardMenu()[1].Help; help != "The text has "+parts.Size(3<<20)+"; a machine’s clipboard takes 1 MiB" {
		t.Errorf("the menu says %q", help)
	}
}

func TestMachinesOfOtherComputersShareNothingUntilItIsAllowed(t *testing.T) {
	svc, ctx := virttest.Open(t, "several-states.xml")
	far, err := svc.Hosts.Add(ctx, "qemu+tcp://127.0.0.1:1/system") // nobody needs to answer
	if err != nil {
		t.Fatal(err)
	}
	w := kittest.OpenAs(t, ctx, svc)
	for _, how := range []string{setting.ClipboardOff, setting.ClipboardBoth} {
		if err := svc.Settings.Set(ctx, setting.NameRemoteClipboard, how); err != nil {
			t.Fatal(err)
		}
		v := &view{kit: w.Kit, svc: svc, vm: virt.Ref{Host: far}, screen: vnc.NewScreen("far")}
		v.screen.SetClipboard(vnc.ClipboardFromGuest)
		v.shareClipboard()
		w.Until("the rule for "+how, func() bool { return v.screen.Clipboard() == directions[how] })
	}
}

func TestAMachineWithoutTheChannelIsOfferedIt(t *testing.T) {
	daemon := virttest.SharedLibvirtd(t)
	svc, ctx := virttest.OpenURI(t, daemon.URI)
	made, err := svc.VMs.Create(ctx, virttest.Host(t, svc, ctx), virt.VMSpec{Name: "voiceless", OS: "winxp", Network: "none", Memory: 64 << 20, Accel: "tcg", Start: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := svc.VMs.Off(ctx, made); err != nil {
			t.Error(err)
		}
	})
	d := openDesk(t, daemon.URI, "voiceless")
	offered := func(label string) bool {
		for _, item := range d.view().clipboardMenu() {
			if strings.TrimSuffix(item.Label, "…") == label {
				return item.Disabled == ""
			}
		}
		return false
	}
	d.Until("it is offered", func() bool { return offered("Add the clipboard channel") })
	if d.view().channel == vm.ClipboardCosts {
		d.pick(t, d.view().clipboardMenu(), "Add the clipboard channel…")
		if words := d.Must("dialog", "Add the clipboard channel to “voiceless”?").Description; !strings.Contains(words, "neither save") {
			t.Errorf("what it costs is said as %q", words)
		}
		d.Click("push button", "Add")
	} else {
		d.pick(t, d.view().clipboardMenu(), "Add the clipboard channel")
	}
	d.Until("it is said that it was added", func() bool { return d.notified("The clipboard channel was added") })
	if offered("Add the clipboard channel") || !offered("Take the clipboard channel away") {
		t.Error("it is offered again, and not to take it away")
	}
	virttest.WantAudit(t, d.svc, d.ctx, virt.ClipboardVM, "done")
	d.pick(t, d.view().clipboardMenu(), "Take the clipboard channel away")
	d.Until("it is said that it was taken away", func() bool { return d.notified("The clipboard channel was taken away") })
}
