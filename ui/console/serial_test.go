package console

import (
	"os"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// bootTime is how long the tiny machine may take under emulation.
const bootTime = 2 * time.Minute

func TestMain(m *testing.M) { os.Exit(virttest.Main(m)) }

// newSerialDesk shows the tab of a tiny machine that runs under a real libvirtd.
func newSerialDesk(t *testing.T, spec virt.VMSpec) *desk {
	t.Helper()
	uri := virttest.SharedLibvirtd(t).URI
	svc, ctx := virttest.OpenURI(t, uri)
	spec.Name, spec.Try, spec.Start = "tiny", true, true
	machine, err := svc.VMs.Create(ctx, virttest.Host(t, svc, ctx), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := svc.VMs.Delete(ctx, machine, virt.DeleteSpec{Force: true}); err != nil {
			t.Error(err)
		}
	})
	return openDesk(t, uri, "tiny")
}

// boots runs UI work until done says true, for as long as a machine may need.
func (d *desk) boots(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline, tick := time.After(bootTime), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for {
		d.Flush()
		if done() {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("waited %v in vain until %s; the terminal says\n%s", bootTime, what, d.said())
		case <-tick.C:
		}
	}
}

func (d *desk) port() *serialView { return d.page.serials.current() }

// said is all that the port said.
func (d *desk) said() string {
	if d.port() == nil {
		return ""
	}
	return d.port().terminal.Text()
}

func (d *desk) types(text string) {
	for _, r := range text {
		if r == '\r' {
			d.port().terminal.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			continue
		}
		d.port().terminal.TypedRune(r)
	}
}

func TestAMachineWithoutAScreenShowsItsSerialPortAndItsShellAnswers(t *testing.T) {
	d := newSerialDesk(t, virt.VMSpec{NoScreen: true})
	d.Until("the serial port is shown", func() bool { return d.port() != nil && d.port().line.connected() })
	if len(d.page.serials.shown) != 1 || d.page.serials.choice != nil || d.page.address.Visible() {
		t.Errorf("there is a choice of %q, and an address: %v", d.page.serials.shown, d.page.address.Visible())
	}
	d.boots(t, "the shell is there", func() bool { return strings.Contains(d.said(), "TINY READY") })
	d.Win.Canvas().Focus(d.page.Focusable())
	d.types("echo answer $((40 + 2))\r")
	d.boots(t, "it answers", func() bool { return strings.Contains(d.said(), "answer 42") })
	if element := find(kit.Accessibility(d.Win, 1), "terminal", "Serial 1 of tiny"); element == nil || !strings.Contains(element.Value, "answer 42") {
		t.Errorf("readers are told %+v", element)
	}
	if !d.port().foot.key.Visible() {
		t.Error("it is not said how to get the keyboard back")
	}

	// Off, and on again: the text stays, and the port is opened by itself.
	d.must(t, d.svc.VMs.Off(d.ctx, d.page.vm))
	d.Until("it is said that the machine is off", func() bool { return d.port().words.content.Visible() && !d.port().line.open })
	if !strings.Contains(d.said(), "answer 42") || d.port().trouble.Visible() {
		t.Error("the text is gone, or there is talk of trouble")
	}
	d.port().words.start.Press()
	d.boots(t, "it boots again", func() bool { return strings.Count(d.said(), "TINY READY") == 2 })
	if d.port().words.content.Visible() {
		t.Error("it is still called off")
	}

	// The guest restarts itself: the port stays open.
	d.types("reboot\r")
	d.boots(t, "it has restarted", func() bool { return strings.Count(d.said(), "TINY READY") == 3 })
}

func TestAPortThatAnotherProgramHasIsTakenOverWhenAsked(t *testing.T) {
	d := newSerialDesk(t, virt.VMSpec{})
	other, err := d.svc.VMs.Serial(d.ctx, d.page.vm, 0, false)
	d.must(t, err)
	defer other.Close()
	d.Until("there is a choice", func() bool { return d.page.serials.choice != nil })
	if got := strings.Join(d.page.serials.shown, ", "); got != "Screen, Serial 1" {
		t.Errorf("the choice is %q", got)
	}
	d.Until("the screen is shown first", d.connected)
	d.page.serials.choose("Serial 1")
	d.Until("it is said who has the port", func() bool { return d.port().trouble.Visible() && d.port().taking.Visible() })
	if !d.port().line.gaveUp || d.port().line.open {
		t.Error("it goes on trying")
	}
	d.port().taking.Press()
	d.Until("the port is taken", func() bool { return d.port().line.connected() && !d.port().trouble.Visible() })
	d.boots(t, "the shell is there", func() bool { return strings.Contains(d.said(), "TINY READY") })
	d.page.serials.choose("")
	if d.port() != nil || !d.view().visible {
		t.Error("the screen is not shown again")
	}
}

func TestThePortIsOpenAgainWhenTheDaemonIsBack(t *testing.T) {
	daemon := virttest.SharedLibvirtd(t)
	d := newSerialDesk(t, virt.VMSpec{NoScreen: true})
	d.boots(t, "the shell is there", func() bool { return strings.Contains(d.said(), "TINY READY") })
	daemon.Kill(t)
	d.boots(t, "the loss is told", func() bool { return d.port().trouble.Visible() && !d.port().line.connected() })
	if d.port().taking.Visible() {
		t.Error("another program is blamed")
	}
	daemon.Restart(t)
	d.boots(t, "the port is open again", func() bool { return d.port().line.connected() && !d.port().trouble.Visible() })
	d.types("echo answer $((6 * 7))\r")
	d.boots(t, "the shell answers", func() bool { return strings.Contains(d.said(), "answer 42") })
}

func TestTheSearchOfATerminalCountsAndCloses(t *testing.T) {
	d := newSerialDesk(t, virt.VMSpec{NoScreen: true})
	d.boots(t, "the shell is there", func() bool { return strings.Contains(d.said(), "TINY READY") })
	d.types("echo ze''bra ze''bra ze''bra\r") // what is typed before the shell listens may be shown twice
	d.boots(t, "it is said", func() bool { return strings.Contains(d.said(), "zebra zebra zebra") })
	f := d.port().find
	f.open()
	f.entry.SetText("zebra")
	f.entry.OnChanged("zebra")
	d.Until("it is counted", func() bool { return f.count.Words() == "3 of 3" })
	f.entry.OnSubmitted("zebra")
	d.Until("the older one is shown", func() bool { return f.count.Words() == "2 of 3" })
	f.key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if f.content.Visible() || d.Win.Canvas().Focused() != d.port().terminal {
		t.Error("after Esc the search is there, or the keyboard is not the machine's")
	}
}

func TestATitleOfAnyLengthLeavesTheWindowAsItIs(t *testing.T) {
	d := newSerialDesk(t, virt.VMSpec{NoScreen: true})
	d.Until("the serial port is shown", func() bool { return d.port() != nil && d.port().line.connected() })
	before := d.page.Content().MinSize()
	d.port().foot.title(strings.Repeat("a long title ", 40))
	if after := d.page.Content().MinSize(); after.Width > before.Width {
		t.Errorf("the page wants %v instead of %v", after, before)
	}
	if !strings.Contains(d.port().foot.facts.Words(), "a long title") {
		t.Errorf("the line says %q", d.port().foot.facts.Words())
	}
}

func TestTheWindowShowsThePortThatTheTabShows(t *testing.T) {
	d := newSerialDesk(t, virt.VMSpec{})
	d.Until("there is a choice", func() bool { return d.page.serials.choice != nil })
	port := keyOf(d.page.serials.found.Ports[0])
	for name, open := range map[string]func(){
		"a window": func() { d.consoles.openShowing(d.page.vm, d.page.serials.chosen) }, "full screen": d.page.fullScreen,
	} {
		d.page.serials.choose(port)
		open()
		w := d.consoles.windows[d.page.vm.Key()]
		d.Until(name+" shows the port", func() bool { return w.serials.chosen == port })
		d.Until("it has the keyboard", func() bool { return w.win.Canvas().Focused() == w.serials.focusable() })
		d.consoles.CloseWindow(d.page.vm)
		d.Until("the tab shows the machine again", func() bool { return d.page.serials != nil && d.page.serials.choice != nil })
	}
}
