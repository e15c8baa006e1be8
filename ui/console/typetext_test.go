package console

import (
	"bytes"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

func menuItem(t *testing.T, items []kit.MenuItem, label string) kit.MenuItem {
	t.Helper()
	for _, item := range items {
		if item.Label == label {
			return item
		}
	}
	t.Fatalf("the menu has no %q", label)
	return kit.MenuItem{}
}

func TestATextIsTypedByTheKeyboardOfTheMachine(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.must(t, d.svc.Settings.Set(d.ctx, setting.NameConsoleLayout, "de"))
	menuItem(t, d.view().keyMenu(), "Type text…").Do()
	d.Until("the dialog is open", func() bool { return dialogOf(d.Win, "Type text") != nil })
	for _, r := range "z→y" {
		d.Win.Canvas().Focused().TypedRune(r)
	}
	if said := d.Said("Text"); said != "No key of this keyboard makes “→”" {
		t.Errorf("of what cannot be typed the dialog says %q", said)
	}
	d.Click("push button", "Type the rest")
	want := []byte{0x15, 0x95, 0x2c, 0xac}
	d.Until("the guest reads it", func() bool { return len(d.guest.Keys(t)) >= len(want) })
	if got := d.guest.Keys(t); !bytes.Equal(got, want) {
		t.Errorf("the guest read % x, want % x", got, want)
	}
	d.Until("the machine has the keyboard", func() bool {
		return dialogOf(d.Win, "Type text") == nil && d.Win.Canvas().Focused() == fyne.Focusable(d.view().screen)
	})
}

func TestALongTextTellsHowFarItIsAndCanBeStopped(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.view().typeText()
	field := d.Win.Canvas().Focused()
	for range 400 {
		field.TypedRune('a')
	}
	d.Click("push button", "Type")
	d.Until("it is told how far it is", func() bool {
		said := d.Said("Text")
		return len(said) > 0 && said[0] >= '1' && said[0] <= '9'
	})
	d.Click("push button", "Cancel")
	if dialogOf(d.Win, "Type text") != nil {
		t.Error("the dialog stays")
	}
	d.Until("no more keys come", func() bool {
		before := len(d.guest.Keys(t))
		d.guest.Screendump(t)
		return before > 0 && before < 2*400 && len(d.guest.Keys(t)) == before
	})
}

func TestOwnCombinationsAreAddedSentAndRemoved(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	menuItem(t, d.view().keyMenu(), "Own key combinations…").Do()
	write := func(text string) {
		d.Write("New combination", text)
		d.Click("push button", "Add")
	}
	write("Ctrl+Hyper")
	if said := d.Said("New combination"); said != "No key is called “Hyper”" {
		t.Errorf("a wrong one is answered with %q", said)
	}
	write("super + l")
	d.Until("it is kept", func() bool { return d.svc.Settings.ConsoleKeys() != nil })
	write("Alt+SysRq+B")
	d.Until("both are kept", func() bool { return len(d.svc.Settings.ConsoleKeys()) == 2 })
	d.Click("push button", "Remove Super+L")
	d.Until("one is left", func() bool { return len(d.svc.Settings.ConsoleKeys()) == 1 })
	d.Win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})

	d.must(t, d.svc.Settings.Set(d.ctx, setting.NameConsoleKeys, "win+a"))
	menuItem(t, d.view().keyMenu(), "Super+A").Do()
	want := []byte{0xe0, 0x5b, 0x1e, 0x9e, 0xe0, 0xdb}
	d.Until("the guest reads it", func() bool { return bytes.Equal(d.guest.Keys(t), want) })
}
