package console

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// A desk is a console tab of a machine whose screen is a real QEMU's.
type desk struct {
	*kittest.Window
	svc      *services.Services
	ctx      context.Context
	guest    *rfbtest.Guest
	stage    *kit.Stage
	consoles *Consoles
	page     *page
}

// newDesk shows the tab of the machine; options go to QEMU's -vnc.
func newDesk(t *testing.T, options string, args ...string) *desk {
	t.Helper()
	guest := rfbtest.Start(t, options, args...)
	d := openDesk(t, virttest.ScreenHost(t, guest.Socket), "web")
	d.guest = guest
	return d
}

func openDesk(t *testing.T, uri, name string) *desk {
	t.Helper()
	svc, ctx := virttest.OpenURI(t, uri)
	vm, err := svc.VMs.Find(ctx, virttest.Host(t, svc, ctx), name)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{Window: kittest.OpenAs(t, ctx, svc), svc: svc, ctx: ctx}
	d.stage = kit.NewStage(d.Win)
	d.stage.AfterWith(d.Kit.After)
	d.consoles = New(d.Kit, svc)
	d.page = d.consoles.Tab().New(vm).(*page)
	d.stage.SetPage(d.page.Content())
	d.page.SetVisible(true)
	t.Cleanup(func() { d.page.Close() })
	return d
}

func (d *desk) view() *view { return d.page.view }

func (d *desk) connected() bool { return d.view().line.connected() && d.view().hasPicture() }

// catchUp waits until all that the guest has shown so far is there.
func (d *desk) catchUp(t *testing.T) {
	t.Helper()
	d.Until("the screen is shown", d.connected)
	d.guest.Do(t, "stop", nil)
	truth := d.guest.Screendump(t)
	d.Until("the picture has caught up", func() bool { return bytes.Equal(d.view().screen.Picture().Pix, truth.Pix) })
	d.guest.Do(t, "cont", nil)
}

func (d *desk) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func key(code rfb.KeyCode) *fyne.KeyEvent {
	return &fyne.KeyEvent{Physical: fyne.HardwareKey{ScanCode: int(code) + 8}}
}

func TestTheTabShowsTheMachinesScreenAndGivesItTheKeyboard(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.guest.Do(t, "stop", nil)
	truth := d.guest.Screendump(t)
	d.Until("the picture is the guest's", func() bool { return bytes.Equal(d.view().screen.Picture().Pix, truth.Pix) })
	d.guest.Do(t, "cont", nil)
	if got := d.view().bar.size.Words(); got != "720 × 400" {
		t.Errorf("the bar says %q", got)
	}

	d.Win.Canvas().Focus(d.page.Focusable())
	d.view().screen.KeyDown(key(rfb.KeyA))
	d.view().screen.KeyUp(key(rfb.KeyA))
	d.Until("the guest reads the key", func() bool { return bytes.Equal(d.guest.Keys(t), []byte{0x1e, 0x9e}) })
	if !d.view().foot.key.Visible() || d.view().bar.content.Visible() {
		t.Errorf("with the keyboard in the machine, the way out is shown: %v, the bar covers the screen: %v",
			d.view().foot.key.Visible(), d.view().bar.content.Visible())
	}
	d.view().screen.OnPointer(fyne.NewPos(100, 20))
	if !d.view().bar.content.Visible() {
		t.Error("the bar does not come to the pointer")
	}
	d.view().screen.OnPointer(fyne.NewPos(100, 200))
	d.Win.Canvas().Unfocus()
	if d.view().foot.key.Visible() || !d.view().bar.content.Visible() {
		t.Error("after letting go the window looks as if the machine had the keyboard")
	}
	d.Until("the pictures are counted", func() bool { return d.view().foot.pictures.Words() != "" })
}

func TestAHiddenTabDecodesNothingAndTakesNoKeys(t *testing.T) {
	d := newDesk(t, "")
	d.catchUp(t)
	d.Win.Canvas().Focus(d.view().screen)
	d.page.SetVisible(false)
	if d.Win.Canvas().Focused() != nil {
		t.Error("the hidden machine still has the keyboard")
	}
	before := d.view().updates.Load()
	for n := range 5 {
		was := d.guest.Screendump(t)
		d.view().screen.SendKeys(rfb.KeyA)
		d.Until("the guest shows the key", func() bool {
			return len(d.guest.Keys(t)) == 2*n+2 && !bytes.Equal(d.guest.Screendump(t).Pix, was.Pix)
		})
	}
	if got := d.view().updates.Load() - before; got > 2 { // one may have been decoded, and the next on its way
		t.Errorf("%d pictures were decoded that nobody saw", got)
	}
	d.page.SetVisible(true)
	d.catchUp(t)
}

func TestAWindowThatNobodySeesDecodesNothingAndKeepsTheKeyboard(t *testing.T) {
	d := newDesk(t, "")
	d.catchUp(t)
	d.Win.Canvas().Focus(d.view().screen)
	d.Kit.SetSeen(false)
	d.Flush()
	before := d.view().updates.Load()
	for n := range 5 {
		was := d.guest.Screendump(t)
		d.view().screen.SendKeys(rfb.KeyA)
		d.Until("the guest shows the key", func() bool {
			return len(d.guest.Keys(t)) == 2*n+2 && !bytes.Equal(d.guest.Screendump(t).Pix, was.Pix)
		})
	}
	if got := d.view().updates.Load() - before; got > 2 { // one may have been decoded, and the next on its way
		t.Errorf("%d pictures were decoded that nobody saw", got)
	}
	if d.view().foot.ticking != nil || d.Win.Canvas().Focused() != fyne.Focusable(d.view().screen) {
		t.Errorf("pictures are counted: %v; the keyboard is with %v", d.view().foot.ticking != nil, d.Win.Canvas().Focused())
	}
	d.Kit.SetSeen(true)
	d.catchUp(t)
}

func TestAMachineThatIsOffKeepsItsLastPictureAndCanBeStarted(t *testing.T) {
	d := newDesk(t, "")
	vm := d.page.vm
	d.Until("the screen is shown", d.connected)
	d.must(t, d.svc.VMs.Off(d.ctx, vm))
	d.Until("the tab says that the machine is off", func() bool {
		return d.view().words.content.Visible() && d.view().words.button.Visible()
	})
	if d.view().line.open || !d.view().hasPicture() || d.view().bar.content.Visible() {
		t.Errorf("off: connection open %v, picture %v", d.view().line.open, d.view().hasPicture())
	}
	if d.view().trouble.content.Visible() {
		t.Error("a machine that was switched off is reported as a lost connection")
	}
	before := d.view().updates.Load()
	d.view().words.start.Press()
	d.Until("the screen is back", func() bool {
		return d.connected() && d.view().updates.Load() > before && !d.view().words.content.Visible()
	})
	virttest.WantAudit(t, d.svc, d.ctx, virt.StartVM, "done")
}

func TestALostConnectionIsSaidAndTriedAgain(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.guest.Kill()
	d.Until("the banner tells", d.view().trouble.content.Visible)
	banner := kit.Accessibility(d.Win, 1)
	alert := find(banner, "alert")
	if alert == nil || alert.Name != "The connection to the screen was lost" || alert.Description == "" {
		t.Errorf("the banner says %+v", alert)
	}
	if find(banner, "push button", "Try now") == nil {
		t.Error("there is no button to try at once")
	}
	if d.view().bar.content.Visible() {
		t.Error("keys are offered to a machine that is not connected")
	}
}

func TestAMachineWithoutAScreenSaysSo(t *testing.T) {
	d := openDesk(t, virttest.TestHost(t, "several-states.xml"), "running")
	d.Until("the tab tells", d.view().words.content.Visible)
	if title := d.view().words.title.Words(); title != "This machine has no screen that can be shown here" {
		t.Errorf("the tab says %q", title)
	}
	if d.view().words.text.Words() == "" {
		t.Error("there is no hint what to do")
	}
	if d.view().line.open {
		t.Error("a screen that does not exist is tried again")
	}
}

func TestTheScreenIsShownInOnePlaceAtATime(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	d.consoles.OpenWindow(d.page.vm)
	d.Until("the tab hands over", func() bool { return d.page.view == nil })
	w := d.consoles.windows[d.page.vm.Key()]
	d.Until("the window shows the screen", func() bool { return w.view.line.connected() && w.view.hasPicture() })
	if w.win.Title() != "web – KVM Manager" || w.win.MainMenu() != nil {
		t.Errorf("the window is called %q, its menu is %v", w.win.Title(), w.win.MainMenu())
	}
	if w.win.Canvas().Focused() != fyne.Focusable(w.view.screen) {
		t.Error("who opens a console cannot type at once")
	}
	d.consoles.OpenWindow(d.page.vm)
	if len(d.consoles.windows) != 1 || d.consoles.windows[d.page.vm.Key()] != w {
		t.Error("a second window was opened")
	}
	d.consoles.CloseWindow(d.page.vm)
	d.Until("the tab shows the screen again", func() bool { return d.page.view != nil && d.connected() })
}

func TestKeysThatTheWindowWouldTakeCanBeSent(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	menu := d.view().keyMenu()
	menu[1].Do() // Ctrl+Alt+Backspace
	menu[2].Sub[1].Do()
	want := []byte{0x1d, 0x38, 0x0e, 0x8e, 0xb8, 0x9d, 0x1d, 0x38, 0x3c, 0xbc, 0xb8, 0x9d}
	d.Until("the guest reads them", func() bool { return len(d.guest.Keys(t)) >= len(want) })
	if got := d.guest.Keys(t); !bytes.Equal(got, want) {
		t.Errorf("the guest read % x, want % x", got, want)
	}
	if d.Win.Canvas().Focused() != fyne.Focusable(d.view().screen) {
		t.Error("after sending keys the machine does not have the keyboard")
	}
}

func TestClosingTheTabLeavesNothingBehind(t *testing.T) {
	d := newDesk(t, "")
	d.Until("the screen is shown", d.connected)
	screen := d.view().screen
	d.page.Close()
	screen.Wait()
	before := runtime.NumGoroutine()
	for range 3 {
		p := d.consoles.Tab().New(d.page.vm).(*page)
		d.stage.SetPage(p.Content())
		p.SetVisible(true)
		d.Until("the screen is shown", func() bool { return p.view.line.connected() && p.view.hasPicture() })
		p.Close()
	}
	d.Until("all goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
	if len(d.consoles.pages) != 0 {
		t.Errorf("%d closed tabs are remembered", len(d.consoles.pages))
	}
}

func TestWhatCannotHelpIsNotTriedAgain(t *testing.T) {
	for err, final := range map[error]bool{
		virt.ErrUnsupported: true, virt.ErrForbidden: true, virt.ErrNotFound: true,
		virt.ErrUnavailable: false, errors.New("a passing failure"): false,
	} {
		if isFinal(err) != final {
			t.Errorf("%v: final is %v", err, !final)
		}
	}
}

// find returns the first element of the role, and of the name if one is given.
func find(e kit.Element, role string, name ...string) *kit.Element {
	if e.Role == role && (len(name) == 0 || e.Name == name[0]) {
		return &e
	}
	for _, child := range e.Children {
		if found := find(child, role, name...); found != nil {
			return found
		}
	}
	return nil
}
