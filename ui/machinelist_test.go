package ui

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// describedHost is a host whose machines differ in all that is said of them.
const describedHost = `<node>
<domain type='test'><name>alpha</name><title>Shop</title><memory unit='MiB'>512</memory><os><type>hvm</type></os>
  <metadata><libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0"><libosinfo:os id="http://debian.org/debian/11"/></libosinfo:libosinfo></metadata></domain>
<domain type='test'><name>beta</name><memory unit='MiB'>512</memory><os><type>hvm</type></os>
  <metadata><libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0"><libosinfo:os id="http://microsoft.com/win/10"/></libosinfo:libosinfo></metadata></domain>
<domain type='test'><name>gamma</name><memory unit='MiB'>512</memory><os><type>hvm</type></os>
  <test:runstate xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>5</test:runstate></domain>
</node>`

func writeHost(t *testing.T, text string) (uri string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "host.xml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return "test://" + path
}

// listed returns the names of the rows from top to bottom.
func (h *house) listed() []string {
	table, _ := h.find("table", "Machines")
	var names []string
	var walk func(kit.Element)
	walk = func(e kit.Element) {
		if e.Role == "table row" {
			names = append(names, e.Name)
		}
		for _, child := range e.Children {
			walk(child)
		}
	}
	walk(table)
	return names
}

func (h *house) wantListed(names ...string) {
	h.t.Helper()
	h.Until("the list is as it shall be", func() bool { return slices.Equal(h.listed(), names) })
}

func TestTheFilterLooksInAllThatIsSaidOfAMachine(t *testing.T) {
	h := openURI(t, writeHost(t, describedHost))
	h.wantListed("alpha", "beta", "gamma")
	filter := h.window.work.page().(interface{ Find() })
	for _, c := range []struct {
		words string
		want  []string
	}{
		{"gam", []string{"gamma"}}, {"shop", []string{"alpha"}}, {"debian", []string{"alpha"}}, {"windows 10", []string{"beta"}},
		{"win10", []string{"beta"}}, {"running", []string{"alpha", "beta"}}, {" OFF ", []string{"gamma"}}, {"test", []string{"alpha", "beta", "gamma"}},
	} {
		filter.Find()
		h.Win.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
		for _, r := range c.words {
			h.Win.Canvas().Focused().TypedRune(r)
		}
		h.Flush()
		h.wantListed(c.want...)
	}
}

func TestTheOrderOfTheListIsKept(t *testing.T) {
	h := open(t, "several-states.xml")
	h.wantListed("off", "paused", "running", "saved", "transient")
	h.click(h.must("table column header", "State"), desktop.MouseButtonPrimary)
	h.wantListed("running", "transient", "paused", "saved", "off")
	h.click(h.must("table column header", "State"), desktop.MouseButtonPrimary)
	h.wantListed("off", "saved", "paused", "running", "transient")
	var layout kit.TableLayout
	h.Until("the order is kept", func() bool {
		return h.svc.Settings.UI("table.machines", &layout) && layout.Sort == "state" && layout.Descending
	})

	again := &house{Window: h.Window, t: t, svc: h.svc, ctx: h.ctx, window: NewWindow(h.Kit, h.svc)}
	again.wantListed("off", "saved", "paused", "running", "transient")
}

func TestAMachineThatIsGoneKeepsItsNameWhereItIsOpen(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	h.click(h.must("tree item", "running"), desktop.MouseButtonPrimary)
	h.must("page tab", "Overview")

	if _, err := h.svc.VMs.Delete(h.ctx, h.ref("running"), virt.DeleteSpec{Force: true}); err != nil {
		t.Fatal(err)
	}

	h.must("alert", "This machine does not exist any more")
	if got := h.Win.Title(); got != "running – KVM Manager" {
		t.Errorf("the window is called %q", got)
	}
}

func TestAHostWhoseDriverTellsNoLoadSaysSo(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")

	h.click(h.must("tree item", "test"), desktop.MouseButtonPrimary)

	h.must("label", "The host does not tell")
}

func TestAQuestionAboutAMachineThatVirshRemovesGoesAway(t *testing.T) {
	d := virttest.Libvirtd(t)
	if err := virttest.Fill(d.URI, 0, 3); err != nil {
		t.Fatal(err)
	}
	h := openURI(t, d.URI)
	h.says("vm-0000", "Off")
	undefine := func(name string) {
		t.Helper()
		if out, err := exec.Command("virsh", "-c", d.URI, "undefine", name).CombinedOutput(); err != nil {
			t.Fatalf("virsh: %v: %s", err, out)
		}
	}
	h.click(h.row("vm-0000"), desktop.MouseButtonPrimary)
	h.press(fyne.KeyDelete)
	h.must("alert dialog", "Delete “vm-0000”?")
	undefine("vm-0000")
	h.must("notification", "“vm-0000” is gone already")
	if h.has("alert dialog", "Delete") {
		t.Error("the question is still asked")
	}

	h.click(h.row("vm-0001"), desktop.MouseButtonPrimary)
	h.clickWith("vm-0002", fyne.KeyModifierControl)
	h.press(fyne.KeyDelete)
	h.must("alert dialog", "Delete 2 machines?")
	undefine("vm-0001")
	h.must("alert dialog", "Delete “vm-0002”?")
	if h.has("alert dialog", "Delete 2 machines?") {
		t.Error("the old question is still there")
	}
	undefine("vm-0002")
	h.must("notification", "“vm-0002” is gone already")
}

func TestAQuestionAboutAMachineGoesAwayWithItsHost(t *testing.T) {
	h := strangers(t)
	lab := virt.SavedHost{Name: "lab", Transport: virt.TransportURI, Custom: virttest.TestHost(t, "several-states.xml")}
	if err := errors.Join(h.svc.Hosts.Save(h.ctx, "", lab), h.svc.Hosts.Connect(h.ctx, "lab")); err != nil {
		t.Fatal(err)
	}
	h.says("off", "Off")
	h.click(h.row("off"), desktop.MouseButtonPrimary)
	h.press(fyne.KeyDelete)
	h.must("alert dialog", "Delete “off”?")

	if err := h.svc.Hosts.Remove(h.ctx, "lab"); err != nil {
		t.Fatal(err)
	}

	h.Until("nothing is asked", func() bool { return !h.has("alert dialog", "Delete") })
	if h.has("notification", "“off” is gone") {
		t.Error("the machine is said to be gone")
	}
}

func TestAQuestionAboutAMachineFollowsItsState(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	h.click(h.row("off"), desktop.MouseButtonPrimary)
	h.press(fyne.KeyDelete)
	question := h.must("alert dialog", "Delete “off”?")
	if question.Description != "Its definition is removed for good." {
		t.Errorf("it says %q", question.Description)
	}
	if err := h.svc.VMs.Start(h.ctx, h.ref("off")); err != nil {
		t.Fatal(err)
	}
	h.Until("the question says that it runs", func() bool {
		question, open := h.find("alert dialog", "Delete “off”?")
		return open && question.Description == "It is running and will be forced off. Unsaved work in it is lost."
	})
}
