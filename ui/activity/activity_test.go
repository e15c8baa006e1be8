package activity

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/storage"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

// changerVariable makes the test program change a setting in the directories it
// names, below one root, until it is killed.
const changerVariable = "ACTIVITY_TEST_CHANGER"

func TestMain(m *testing.M) {
	if root := os.Getenv(changerVariable); root != "" {
		err := change(root)
		fmt.Fprintln(os.Stderr, "the change ended:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func change(root string) error {
	ctx := virt.WithActor(context.Background(), virt.Actor{Name: "gone", Via: "cli", Role: virt.RoleAdmin})
	svc, err := services.Open(ctx, services.Options{Dirs: dirsIn(root), Hosts: []string{"test:///default"}})
	if err != nil {
		return err
	}
	return svc.Settings.Set(ctx, setting.NameTheme, "dark")
}

func dirsIn(root string) storage.Dirs {
	return storage.Dirs{
		Config: root + "/config", Data: root + "/data", State: root + "/state", Cache: root + "/cache", Runtime: root + "/run",
	}
}

// A desk is a window with the page.
type desk struct {
	*kittest.Window
	t    *testing.T
	root string
	svc  *services.Services
	ctx  context.Context // the test's
	vm   virt.Ref
	page *page
	runs int // what the rail would show
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, root: t.TempDir()}
	d.svc, d.ctx = virttest.OpenIn(t, dirsIn(d.root), virttest.TestHost(t, "one-running-vm.xml"))
	d.vm = virttest.Only(t, d.svc, d.ctx).Ref()
	d.Window = kittest.OpenAs(t, d.ctx, d.svc)
	if err := kit.LoadWords(); err != nil {
		t.Fatal(err)
	}
	stage := kit.NewStage(d.Win)
	stage.AfterWith(d.Kit.After)
	d.page = New(d.Kit, d.svc, func(running int) { d.runs = running }).Page().(*page)
	stage.SetPage(d.page.Content())
	d.page.SetVisible(true)
	t.Cleanup(d.page.Close)
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func findIn(e kit.Element, role, name string) *kit.Element {
	if e.Role == role && strings.HasPrefix(e.Name, name) {
		return &e
	}
	for _, child := range e.Children {
		if found := findIn(child, role, name); found != nil {
			return found
		}
	}
	return nil
}

func (d *desk) find(role, name string) *kit.Element {
	return findIn(kit.Accessibility(d.Win, 1), role, name)
}

// press clicks the control whose name begins so.
func (d *desk) press(role, name string) {
	d.t.Helper()
	d.Until("there is a "+role+" "+name, func() bool { return d.find(role, name) != nil })
	e := d.find(role, name)
	test.TapCanvas(d.Win.Canvas(), fyne.NewPos(float32(e.X+e.W/2), float32(e.Y+e.H/2)))
}

// row waits for the newest row of the action in that state.
func (d *desk) row(action virt.Action, state virt.OperationState) row {
	d.t.Helper()
	var found row
	d.Until("there is a row of "+string(action), func() bool {
		for _, r := range d.page.table.Rows() {
			if r.action == action {
				found = r
				return r.state == state
			}
		}
		return false
	})
	return found
}

// hold keeps every change of a setting waiting until the returned function is
// called.
func (d *desk) hold() (release func()) {
	d.t.Helper()
	lock := filepath.Join(dirsIn(d.root).Data, "settings.lock")
	d.must(os.MkdirAll(filepath.Dir(lock), 0o700))
	release, err := storage.Lock(d.ctx, lock)
	d.must(err)
	return release
}

func TestWhatIsAskedAppearsWithItsResult(t *testing.T) {
	d := newDesk(t)
	d.must(d.svc.VMs.Off(d.ctx, d.vm))
	r := d.row(virt.OffVM, virt.OperationDone)
	if r.thing() != d.vm.Name || r.actor != "ada" || r.duration <= 0 {
		t.Errorf("the row says %+v", r)
	}
	if err := d.svc.VMs.Off(d.ctx, d.vm); err == nil {
		t.Fatal("a machine that is off was forced off")
	}
	r = d.row(virt.OffVM, virt.OperationFailed)
	if r.message == "" {
		t.Error("the row of a failure has no message")
	}
}

func TestTheFilterFindsWords(t *testing.T) {
	d := newDesk(t)
	d.must(d.svc.VMs.Off(d.ctx, d.vm))
	d.must(d.svc.VMs.Start(d.ctx, d.vm))
	d.Until("both are listed", func() bool { return len(d.page.table.Rows()) == 2 })
	d.page.Find()
	for _, letter := range "force" {
		d.Win.Canvas().Focused().TypedRune(letter)
	}
	if rows := d.page.table.Rows(); len(rows) != 1 || rows[0].action != virt.OffVM {
		t.Errorf("the filter leaves %v", rows)
	}
	for _, letter := range "xyz" {
		d.Win.Canvas().Focused().TypedRune(letter)
	}
	d.press("push button", "Clear filter")
	if rows := d.page.table.Rows(); len(rows) != 2 {
		t.Errorf("without filter there are %v", rows)
	}
}

func TestTheAuditLogIsTheOtherList(t *testing.T) {
	d := newDesk(t)
	d.must(d.svc.VMs.Off(d.ctx, d.vm))
	d.press("radio button", "Audit log")
	d.row(virt.OffVM, virt.OperationDone)
	d.must(d.svc.Settings.Set(d.ctx, setting.NameTheme, "dark"))
	d.row(virt.SetSetting, virt.OperationDone)
}

func TestTheDetailsOfARowShowWhatChanged(t *testing.T) {
	d := newDesk(t)
	d.must(d.svc.Settings.Set(d.ctx, setting.NameTheme, "dark"))
	r := d.row(virt.SetSetting, virt.OperationDone)
	d.page.table.Select(r.id)
	d.press("push button", "Show changes")
	d.Until("the change is shown", func() bool { return d.find("label", `+appearance.theme: "dark"`) != nil })
}

func TestTheDetailsOfAFailureSayWhatToDo(t *testing.T) {
	d := newDesk(t)
	if err := d.svc.Settings.Set(d.ctx, setting.NameTheme, "pink"); err == nil {
		t.Fatal("the theme became pink")
	}
	r := d.row(virt.SetSetting, virt.OperationFailed)
	d.page.table.Select(r.id)
	d.Until("message and hint are shown", func() bool {
		return d.find("label", r.message) != nil && d.find("label", r.hint) != nil && r.hint != ""
	})
	d.press("push button", "Close")
	if d.page.detail != nil || len(d.page.table.SelectedRows()) != 0 {
		t.Error("the panel is closed and its row still selected")
	}
}

func TestALongOperationHasALineUntilItEnds(t *testing.T) {
	d := newDesk(t)
	release := d.hold()
	ended := make(chan error, 1)
	go func() { ended <- d.svc.Settings.Set(d.ctx, setting.NameTheme, "dark") }()
	d.Until("it has a line", func() bool { return d.find("progress bar", "Change the setting") != nil && d.runs == 1 })
	if d.find("push button", "Stop: ") != nil {
		t.Error("an operation that does not look up can be asked to stop")
	}
	release()
	d.must(<-ended)
	d.Until("the line is gone", func() bool { return d.find("progress bar", "Change the setting") == nil && d.runs == 0 })
}

func TestAnOperationCanBeStopped(t *testing.T) {
	d := newDesk(t)
	defer d.hold()()
	ended := make(chan error, 1)
	go func() { ended <- d.svc.Settings.Set(d.ctx, setting.NameTheme, "dark") }()
	r := d.row(virt.SetSetting, virt.OperationRunning)
	d.page.activity.stop(r.id, kit.Secondary("", "Stop", nil))
	d.row(virt.SetSetting, virt.OperationCancelled)
	if err := <-ended; virt.KindOf(err) != virt.KindCancelled {
		t.Errorf("the stopped operation ended with %v", err)
	}
}

func TestWhatADeadProgramLeftIsTakenBack(t *testing.T) {
	d := newDesk(t)
	release := d.hold()
	program, err := os.Executable()
	d.must(err)
	changer := exec.Command(program)
	changer.Env = append(os.Environ(), changerVariable+"="+d.root)
	d.must(changer.Start())
	d.Until("the other program's operation runs", func() bool {
		d.page.view.Changed() // no news come from other programs
		rows := d.page.table.Rows()
		return len(rows) == 1 && rows[0].actor == "gone"
	})
	d.must(changer.Process.Kill())
	_ = changer.Wait() // it was killed
	release()
	d.page.view.Changed()
	d.press("push button", "Take it back")
	d.Until("it is taken back", func() bool {
		rows := d.page.table.Rows()
		return len(rows) > 1 && rows[len(rows)-1].state != virt.OperationAbandoned && d.find("alert", "1 operation") == nil
	})
}

func TestAPageWithoutRowsSaysWhy(t *testing.T) {
	d := newDesk(t)
	d.Until("it says so", func() bool { return d.find("panel", "Nothing has been done yet") != nil })
	for _, o := range kit.Unnamed(d.Win.Content()) {
		t.Errorf("a %T has no name", o)
	}
}

func TestTheListsAreFilteredByMachinePersonAndHost(t *testing.T) {
	d := newDesk(t)
	d.must(d.svc.VMs.Off(d.ctx, d.vm))
	d.must(d.svc.VMs.Start(d.ctx, d.vm))
	bob := virt.WithActor(d.ctx, virt.Actor{Name: "bob", Via: "test", Role: virt.RoleAdmin})
	d.must(d.svc.Settings.Set(bob, setting.NameTheme, "dark"))
	rows := func() int { return len(d.page.table.Rows()) }
	d.Until("all are listed", func() bool { return rows() == 3 })

	for _, list := range []string{"Audit log", "Operations"} {
		d.pick("Who", "bob")
		d.Until("only what bob did is listed", func() bool { return rows() == 1 && d.page.table.Rows()[0].actor == "bob" })
		d.pick("Machine", d.vm.Name)
		d.Until("bob did nothing to the machine", func() bool { return d.find("panel", "Nothing matches the filter") != nil })
		d.press("push button", "Clear filter")
		d.Until("all are listed again", func() bool { return rows() == 3 })
		d.pick("Host", string(d.vm.Host))
		d.Until("only what was done on the host is listed", func() bool { return rows() == 2 })
		d.pick("Host", "All hosts")
		d.pick("When", "Last 24 hours")
		d.Until("all are of today", func() bool { return rows() == 3 })
		d.press("radio button", list)
	}
}

// pick chooses an option of a list.
func (d *desk) pick(list, option string) {
	d.t.Helper()
	d.press("combo box", list)
	d.Until("there is a menu item "+option, func() bool { return d.find("menu item", option) != nil })
	d.press("menu item", option)
}

func TestHistorySurvivesTheProgram(t *testing.T) {
	dirs := dirsIn(t.TempDir())
	uri := virttest.TestHost(t, "one-running-vm.xml")
	svc, ctx := virttest.OpenIn(t, dirs, uri)
	vm := virttest.Only(t, svc, ctx).Ref()
	if err := svc.VMs.Off(ctx, vm); err != nil {
		t.Fatal(err)
	}
	if err := svc.VMs.Off(ctx, vm); err == nil {
		t.Fatal("a machine that is off was forced off")
	}
	if err := svc.Close(); err != nil {
		t.Fatal(err)
	}

	again, ctx := virttest.OpenIn(t, dirs, uri)
	d := &desk{t: t, svc: again, ctx: ctx, Window: kittest.OpenAs(t, ctx, again)}
	d.page = New(d.Kit, again, nil).Page().(*page)
	kit.NewStage(d.Win).SetPage(d.page.Content())
	d.page.SetVisible(true)
	t.Cleanup(d.page.Close)
	d.Until("both are listed", func() bool { return len(d.page.table.Rows()) == 2 })
	failed := d.row(virt.OffVM, virt.OperationFailed)
	if failed.message == "" || failed.hint == "" || failed.actor != "ada" {
		t.Errorf("the failure from before says %+v", failed)
	}
}

func TestTheToolsStayInsideTheirCard(t *testing.T) {
	d := newDesk(t)
	d.must(d.svc.VMs.Off(d.ctx, d.vm))
	r := d.row(virt.OffVM, virt.OperationDone)
	inside := func(what string) {
		d.Flush()
		card, last := d.find("panel", "Activity"), d.find("combo box", "When")
		if last.X+last.W > card.X+card.W {
			t.Errorf("%s the last choice ends at %d, the card at %d", what, last.X+last.W, card.X+card.W)
		}
	}
	inside("alone")
	d.page.table.Select(r.id)
	inside("beside the panel")
	d.Win.Resize(fyne.NewSize(900, 640))
	inside("in a narrow window")
	d.page.closePanel()
	inside("alone in a narrow window")
}
