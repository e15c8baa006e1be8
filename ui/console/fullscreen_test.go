package console

import (
	"bytes"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// full opens the desk's machine in full screen.
func (d *desk) full(t *testing.T) *window {
	t.Helper()
	d.consoles.OpenFullScreen(d.page.vm)
	w := d.consoles.windows[d.page.vm.Key()]
	d.Until("the screen is shown", func() bool { return w.view.line.connected() && w.view.hasPicture() })
	return w
}

// still makes bars come and go without a slide.
func still(t *testing.T) {
	t.Helper()
	kit.SetMotion(false)
	t.Cleanup(func() { kit.SetMotion(true) })
}

func TestFullScreenLeavesNothingButTheScreenAndABarThatComesToTheEdge(t *testing.T) {
	still(t)
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	w := d.full(t)
	if !w.win.FullScreen() || w.win.Canvas().Focused() != fyne.Focusable(w.view.screen) {
		t.Errorf("full screen %v, keyboard %v", w.win.FullScreen(), w.win.Canvas().Focused())
	}
	if got, want := w.view.scroll.Size(), w.win.Canvas().Size(); got != want {
		t.Errorf("the screen has %v of %v", got, want)
	}
	if tree := kit.Accessibility(w.win, 1); find(tree, "tool bar", "Full screen") == nil || find(tree, "tool bar", "Console") != nil {
		t.Error("at first the bar is not shown, or not alone")
	}
	if w.top.name.Words() != "web" {
		t.Errorf("the bar says %q", w.top.name.Words())
	}
	bar := func() bool { return find(kit.Accessibility(w.win, 1), "tool bar", "Full screen") != nil }
	d.Until("the bar has left by itself", func() bool { return !bar() })
	w.view.screen.OnPointer(fyne.NewPos(300, 40))
	if bar() {
		t.Error("the bar comes to a pointer that is not at the edge")
	}
	w.view.screen.OnPointer(fyne.NewPos(300, 0))
	if !bar() {
		t.Fatal("the bar does not come to the edge")
	}
	w.view.screen.OnPointer(fyne.NewPos(300, 300))
	d.Until("the bar has left after the pointer", func() bool { return !bar() })
}

func TestFullScreenFromTheTabLeadsBackToTheTab(t *testing.T) {
	still(t)
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.Click("push button", "Full screen")
	d.Until("the tab hands over", func() bool { return d.page.view == nil })
	w := d.consoles.windows[d.page.vm.Key()]
	w.top.leave.Press()
	d.Until("the tab shows the screen again", func() bool { return d.page.view != nil && d.connected() })
}

func TestFullScreenOfAWindowLeadsBackToTheWindow(t *testing.T) {
	still(t)
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.consoles.OpenWindow(d.page.vm)
	w := d.full(t)
	typed := w.win.Canvas().OnTypedKey()
	w.win.Canvas().Unfocus()
	typed(&fyne.KeyEvent{Name: fyne.KeyF11})
	if w.win.FullScreen() || w.full || !w.view.foot.content.Visible() {
		t.Error("F11 does not lead back")
	}
	w.win.Canvas().Unfocus()
	typed(&fyne.KeyEvent{Name: fyne.KeyF11})
	if !w.win.FullScreen() {
		t.Error("F11 does not lead to full screen")
	}
}

func TestAfterTheHostKeySingleKeysAreForTheConsole(t *testing.T) {
	still(t)
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	typed := d.Win.Canvas().OnTypedKey()
	release := func() {
		screen := d.view().screen
		d.Win.Canvas().Focus(screen)
		for _, event := range []func(*fyne.KeyEvent){screen.KeyDown, screen.KeyUp} {
			event(key(rfb.KeyLeftCtrl))
			event(key(rfb.KeyLeftAlt))
		}
		d.Until("the keyboard is let go", func() bool {
			return d.Win.Canvas().Focused() == nil && bytes.HasSuffix(d.guest.Keys(t), []byte{0x1d, 0x38, 0x9d, 0xb8})
		})
	}
	typed(&fyne.KeyEvent{Name: fyne.KeyDelete})
	release()
	if d.view().foot.owner.Words() == "Click the screen to type in the machine" {
		t.Error("nobody says which keys mean something now")
	}
	typed(&fyne.KeyEvent{Name: fyne.KeyDelete})
	want := []byte{0x1d, 0x38, 0xe0, 0x53, 0xe0, 0xd3, 0xb8, 0x9d}
	d.Until("the guest reads Ctrl+Alt+Delete", func() bool { return bytes.HasSuffix(d.guest.Keys(t), want) })
	release()
	typed(&fyne.KeyEvent{Name: fyne.KeyK})
	d.Until("the menu of keys is open", func() bool { return find(kit.Accessibility(d.Win, 1), "menu item", "Alt+Tab") != nil })
	d.Win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	typed(&fyne.KeyEvent{Name: fyne.KeyF})
	if d.consoles.hasWindow(d.page.vm) {
		t.Error("the menu has used the moment up, and yet F means full screen")
	}
	release()
	typed(&fyne.KeyEvent{Name: fyne.KeyF})
	if w := d.consoles.windows[d.page.vm.Key()]; w == nil || !w.full {
		t.Error("F is not full screen")
	}
}

func TestInFullScreenAMachineThatIsPausedSaysSoUntilItGoesOn(t *testing.T) {
	still(t)
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	w := d.full(t)
	bar := func() bool { return find(kit.Accessibility(w.win, 1), "tool bar", "Full screen") != nil }
	d.Until("the bar has left by itself", func() bool { return !bar() })
	d.must(t, d.svc.VMs.Pause(d.ctx, d.page.vm))
	d.Until("the bar says so", func() bool {
		return bar() && w.top.resume.Visible() && w.top.lets.Words() == "The machine is paused: it takes no keys"
	})
	w.top.resume.Press()
	d.Until("it goes on", func() bool { return !w.view.paused() && !w.top.resume.Visible() })
	d.Until("the bar has left again", func() bool { return !bar() })
}
