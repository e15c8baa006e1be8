package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

func TestTheTableShowsTheMachinesOfAHost(t *testing.T) {
	h := open(t, "several-states.xml")

	h.says("running", "Running")
	h.says("paused", "Paused")
	h.says("off", "Off")
	h.says("saved", "Saved")
	if title, ok := h.find("tree item", "running"); !ok {
		t.Errorf("the navigator has no machine \"running\": %v", title)
	}
}

func TestAChangeFromOutsideShowsByItself(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")

	if err := h.svc.VMs.Start(h.ctx, h.ref("off")); err != nil {
		t.Fatal(err)
	}

	h.says("off", "Running")
}

func TestButtonsFollowTheSelectedMachine(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	if b := h.must("push button", "Start"); !strings.Contains(b.Description, "Select a machine") {
		t.Errorf("without a selection Start says %q", b.Description)
	}

	h.click(h.row("off"), desktop.MouseButtonPrimary)

	if b := h.must("push button", "Start"); !slices.Contains(b.States, "enabled") {
		t.Errorf("a machine that is off cannot be started: %v %q", b.States, b.Description)
	}
	if b := h.must("push button", "Shut down"); slices.Contains(b.States, "enabled") {
		t.Errorf("a machine that is off can be shut down: %v", b.States)
	}

	h.click(h.row("saved"), desktop.MouseButtonPrimary)

	h.must("push button", "Restore")
}

func TestAMachineIsStartedByKeysAlone(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")

	h.combine("Ctrl+1")
	h.press(fyne.KeyF6)
	h.press(fyne.KeyF6)
	h.press(fyne.KeyF6)
	h.Win.Canvas().Focused().TypedRune('o')
	h.combine("Ctrl+Shift+S")

	h.says("off", "Running")
}

func TestAPageThatWasOpenedByKeysTakesTheKeys(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")
	h.click(h.row("running"), desktop.MouseButtonPrimary)

	h.press(fyne.KeyReturn)
	h.must("page tab", "Overview")

	if !h.window.hasFocus(h.window.work.body) {
		t.Error("the keyboard stayed with the table that cannot be seen any more")
	}
	h.combine("Alt+Left")
	h.must("table", "Machines")
	if !h.window.hasFocus(h.window.work.body) {
		t.Error("on the way back the table did not get the keyboard")
	}
}

func TestForcingOffAsksFirstAndRemembersTheAnswer(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")
	h.click(h.row("running"), desktop.MouseButtonSecondary)
	h.click(h.must("menu item", "Shut down"), desktop.MouseButtonPrimary)
	h.click(h.must("menu item", "Force off"), desktop.MouseButtonPrimary)
	h.must("alert dialog", "Force “running” off?")

	h.press(fyne.KeyReturn)

	if h.has("alert dialog", "") {
		t.Fatal("Enter did not press Cancel, which has the focus")
	}
	if got := h.state("running"); got != virt.StateRunning {
		t.Fatalf("after Cancel the machine is %s", got)
	}

	h.click(h.row("running"), desktop.MouseButtonSecondary)
	h.click(h.must("menu item", "Shut down"), desktop.MouseButtonPrimary)
	h.click(h.must("menu item", "Force off"), desktop.MouseButtonPrimary)
	h.click(h.must("check box", "Do not ask again"), desktop.MouseButtonPrimary)
	h.push("Force off")

	h.says("running", "Off")
	h.Until("the answer is remembered", func() bool { return !h.svc.Settings.ConfirmForceOff() })
}

func TestASavedStateIsDiscardedAfterAQuestion(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("saved", "Saved")
	h.click(h.row("running"), desktop.MouseButtonSecondary)
	if h.has("menu item", "Discard saved state…") {
		t.Error("a machine that is on has a saved state to discard")
	}
	h.press(fyne.KeyEscape)
	h.click(h.row("saved"), desktop.MouseButtonSecondary)
	h.click(h.must("menu item", "Discard saved state…"), desktop.MouseButtonPrimary)
	h.must("alert dialog", "Discard the saved state of “saved”?")

	h.push("Discard")

	h.says("saved", "Off")
	if got := h.state("saved"); got != virt.StateShutoff {
		t.Errorf("the machine is %s", got)
	}
}

func TestDeletingAsksAndTellsWhatWent(t *testing.T) {
	uri := virttest.TestHost(t, "several-states.xml")
	h := openURI(t, uri)
	h.says("off", "Off")
	h.click(h.row("off"), desktop.MouseButtonPrimary)
	h.press(fyne.KeyDelete)
	h.must("alert dialog", "Delete “off”?")

	h.push("Show command")
	if got, want := h.must("text", "Command").Value, vm.DeleteCommand(uri, "off", virt.DeleteSpec{Disks: []string{}}); got != want {
		t.Errorf("the command is %s, want %s", got, want)
	}
	h.push("Delete machine")

	h.must("notification", "“off” was deleted")
	h.Until("the row is gone", func() bool { return !h.has("table row", "off") })
	if got := h.state("off"); got != "" {
		t.Errorf("the machine is still there, %s", got)
	}
}

func TestADoubleClickOpensAnotherWorkTab(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")
	h.click(h.must("tree item", "running"), desktop.MouseButtonPrimary)
	h.must("page tab", "Overview")
	if h.has("page tab list", "Open things") {
		t.Fatal("one thing has a bar of tabs")
	}

	item := h.must("tree item", "paused")
	h.click(item, desktop.MouseButtonPrimary)
	h.click(item, desktop.MouseButtonPrimary)

	h.must("page tab list", "Open things")
	if got := names(h.window.work); !slices.Equal(got, []string{"running", "paused"}) {
		t.Fatalf("open are %v", got)
	}

	h.combine("Ctrl+W")
	if got := names(h.window.work); !slices.Equal(got, []string{"running"}) {
		t.Errorf("after Ctrl+W open are %v", got)
	}
	h.combine("Ctrl+Shift+T")
	if got := names(h.window.work); !slices.Equal(got, []string{"running", "paused"}) {
		t.Errorf("after Ctrl+Shift+T open are %v", got)
	}
	h.combine("Ctrl+W")
	h.combine("Alt+Left")
	if h.window.work.tab().target().ref.Kind == virt.KindVM {
		t.Error("Alt+Left did not go back to all machines")
	}
}

func TestTheMachinePageSaysWhatItIsMadeOf(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")

	h.click(h.must("tree item", "running"), desktop.MouseButtonPrimary)

	h.Until("the facts are there", func() bool { return h.has("label", "2 vCPU") && h.has("label", "1\u202fGiB") })
	h.must("panel", "CPU")
	h.must("push button", "Pause")
}

func TestEveryPageNamesItsControls(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")
	pages := []func(){
		func() {},
		func() { h.click(h.must("tree item", "running"), desktop.MouseButtonPrimary) },
		func() { h.click(h.must("tree item", "test"), desktop.MouseButtonPrimary) },
		func() { h.combine("Ctrl+N") },
	}
	for i, show := range pages {
		show()
		roots := append([]fyne.CanvasObject{h.Win.Canvas().Content()}, h.Win.Canvas().Overlays().List()...)
		for _, root := range roots {
			if nameless := kit.Unnamed(root); len(nameless) > 0 {
				t.Errorf("page %d has controls without a name: %T", i, nameless[0])
			}
		}
	}
}

func TestTheNavigatorHidesAndComesBack(t *testing.T) {
	h := open(t, "several-states.xml")
	h.must("tree item", "running")

	h.combine("Ctrl+B")
	if h.has("tree item", "running") {
		t.Error("Ctrl+B did not hide the navigator")
	}
	h.combine("Ctrl+B")
	h.must("tree item", "running")
}

func TestTheRailBringsAHiddenNavigatorBack(t *testing.T) {
	h := open(t, "several-states.xml")
	h.must("tree item", "running")
	h.push("Hide the navigator")
	if h.has("tree item", "running") {
		t.Fatal("the button did not hide the navigator")
	}

	h.click(h.must("page tab", "Machines"), desktop.MouseButtonPrimary)

	h.must("tree item", "running")
}

func TestTheChipsStayInsideANarrowWindow(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("saved", "Saved")

	h.Win.Resize(fyne.NewSize(640, 480))

	last, card := h.must("toggle button", "Saved"), h.must("panel", "Machines")
	if last.X+last.W > card.X+card.W {
		t.Errorf("the last chip ends at %v, the card at %v", last.X+last.W, card.X+card.W)
	}
}

func TestANarrowWindowHasTheNavigatorAsADrawer(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")

	h.Win.Resize(fyne.NewSize(900, 640))
	if h.has("tree item", "running") {
		t.Fatal("the navigator takes room in a narrow window")
	}
	h.combine("Ctrl+B")
	h.click(h.must("tree item", "running"), desktop.MouseButtonPrimary)

	h.must("page tab", "Overview")
	if h.has("tree item", "running") {
		t.Error("the drawer stays open after a choice")
	}
}

func TestAHostThatIsNotReachedSaysWhyAndWhatHelps(t *testing.T) {
	h := openURI(t, "qemu+unix:///system?socket="+t.TempDir()+"/none")

	h.must("label", "Welcome to KVM Manager")
	h.must("push button", "Try again")
	h.Until("the remedy is told", func() bool { return h.has("label", "Start the libvirt daemon") })
}

func TestAnEmptyHostOffersTheFirstMachine(t *testing.T) {
	h := open(t, "empty.xml")

	h.must("panel", "Is test ready?")
	h.must("label", "Network “default”")
	h.push("Show")
	h.must("label", "libvirt answers")
	h.push("Try a tiny Linux machine")

	h.must("dialog", "Try a tiny Linux machine")
	if name := h.must("text", "Name"); name.Value != "tiny" {
		t.Errorf("the free name is %q", name.Value)
	}
}

func TestAHostThatHangsIsSaidAndItsRowsGoGrey(t *testing.T) {
	daemon := virttest.Libvirtd(t)
	h := openURI(t, daemon.URI)
	host := virttest.Host(t, h.svc, h.ctx)
	if _, err := h.svc.VMs.Create(h.ctx, host, virt.VMSpec{Name: "web", Memory: 64 << 20, NoDisk: true, Network: "none", Accel: "tcg", Start: true}); err != nil {
		t.Fatal(err)
	}
	h.says("web", "Running") // so that its figures are read

	daemon.Stop(t)
	h.must("alert", string(host)+" does not answer")
	h.click(h.row("web"), desktop.MouseButtonPrimary)
	if b := h.must("push button", "Shut down"); !strings.Contains(b.Description, "does not answer") {
		t.Errorf("Shut down of a machine on a silent host says %q", b.Description)
	}
	daemon.Cont(t)

	h.Until("the banner goes", func() bool { return !h.has("alert", string(host)) })
}

func TestF6ReachesThePageOfAHost(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")
	h.click(h.must("tree item", "test"), desktop.MouseButtonPrimary)
	h.must("label", "Computer")

	for range 3 {
		h.press(fyne.KeyF6)
		if h.window.hasFocus(h.window.work.body) {
			return
		}
	}
	t.Error("F6 does not reach the page")
}

func TestWithoutAHostNoMachineIsOffered(t *testing.T) {
	h := openURI(t, "qemu+unix:///system?socket="+t.TempDir()+"/none")
	h.must("push button", "Try again")

	if b := h.must("push button", "New machine"); slices.Contains(b.States, "enabled") || !strings.Contains(b.Description, "No host is connected") {
		t.Errorf("without a host New machine is %v and says %q", b.States, b.Description)
	}
}

func TestTheFootOfTheNavigatorComesBackDownAfterAnOperation(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")
	before := h.must("push button", "Add host")
	h.window.strip.show([]virt.Operation{{ID: "one", Action: virt.SaveVM, Target: h.ref("running"), State: virt.OperationRunning}}, nil)
	if e, _ := h.find("push button", "Add host"); e.Y >= before.Y { // must would let the real operations in
		t.Errorf("during an operation it stays at %d", e.Y)
	}
	h.window.strip.show(nil, nil)
	if e, _ := h.find("push button", "Add host"); e.Y != before.Y {
		t.Errorf("after the operation it is at %d, before at %d", e.Y, before.Y)
	}
}

func TestTheEndWaitsForNothingOfFyne(t *testing.T) {
	a := test.NewTempApp(t)
	l, ok := a.Lifecycle().(interface {
		SetOnStoppedHookExecuted(hook func())
		OnStopped() func()
	})
	if !ok {
		t.Fatal("Fyne's hook has another name")
	}
	l.SetOnStoppedHookExecuted(func() {})

	noStoppedHook(a)

	if l.OnStopped() != nil {
		t.Error("Fyne still has something to do at the end")
	}
}
