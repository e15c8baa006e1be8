package create_test

import (
	"context"
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/create"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
	_ "github.com/kvmmanager/kvm-manager/ui/locale" // a test run under LANG=C speaks English, too
)

func TestMain(m *testing.M) { os.Exit(virttest.Main(m)) }

// room is the open wizard over a real host.
type room struct {
	*kittest.Window
	t    *testing.T
	svc  *services.Services
	ctx  context.Context // the test's
	host virt.HostID
	made []virt.Ref
}

func open(t *testing.T, uri string) *room {
	t.Helper()
	svc, ctx := virttest.OpenURI(t, uri)
	if err := kit.LoadWords(); err != nil {
		t.Fatal(err)
	}
	r := &room{Window: kittest.OpenAs(t, ctx, svc), t: t, svc: svc, ctx: ctx, host: virttest.Host(t, svc, ctx)}
	kit.NewStage(r.Win).AfterWith(r.Kit.After)
	r.Win.Show()
	r.Win.Resize(fyne.NewSize(1280, 800))
	hosts, err := svc.Hosts.List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	create.Open(create.Options{Kit: r.Kit, Services: svc, Made: func(ref virt.Ref, _ bool) { r.made = append(r.made, ref) }}, hosts, r.host)
	return r
}

// combine presses a key with modifiers.
func (r *room) combine(keys string) {
	r.t.Helper()
	k := kit.MustKeys(keys)
	s := &desktop.CustomShortcut{KeyName: k.Key, Modifier: k.Mod}
	if focused, ok := r.Win.Canvas().Focused().(fyne.Shortcutable); ok {
		focused.TypedShortcut(s)
	} else {
		r.Win.Canvas().(fyne.Shortcutable).TypedShortcut(s) // of the test driver
	}
	r.Flush()
}

func (r *room) press(key fyne.KeyName) {
	r.t.Helper()
	r.Win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: key})
	r.Flush()
}

// onStep waits until the step is shown.
func (r *room) onStep(title string) {
	r.t.Helper()
	r.Until("the step is "+title, func() bool {
		e, ok := r.Find("dialog", "New machine")
		return ok && e.Description == title
	})
}

func TestEveryControlOfEveryStepHasAName(t *testing.T) {
	r := open(t, virttest.SharedLibvirtd(t).URI)
	for _, source := range []string{"Existing disk image", "Kernel and RAM disk", "Network boot", "Try it", "Local ISO or CD", "Empty machine"} {
		r.Click("radio button", source)
		for _, unnamed := range kit.Unnamed(r.Win.Canvas().Overlays().Top()) {
			t.Errorf("%s: a %T without a name", source, unnamed)
		}
	}
	for _, step := range []string{"Name and system", "CPU and memory", "Storage", "Network and devices", "Review"} {
		r.Click("push button", "Next")
		r.onStep(step)
		for _, unnamed := range kit.Unnamed(r.Win.Canvas().Overlays().Top()) {
			t.Errorf("%s: a %T without a name", step, unnamed)
		}
	}
}

// ready sees to it that the host has its default pool and network running, as
// after a first machine.
func (r *room) ready() *room {
	r.t.Helper()
	ref, err := r.svc.VMs.Create(r.ctx, r.host, virt.VMSpec{Name: "the-first", Accel: "tcg", Disks: []virt.DiskSpec{{Size: 1 << 20}}})
	if err == nil {
		_, err = r.svc.VMs.Delete(r.ctx, ref, virt.DeleteSpec{})
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return r
}

// remove deletes a machine that the test made.
func (r *room) remove(ref virt.Ref) {
	r.t.Helper()
	if _, err := r.svc.VMs.Delete(r.ctx, ref, virt.DeleteSpec{Force: true}); err != nil {
		r.t.Error(err)
	}
}

func (r *room) untilMade() virt.Ref {
	r.t.Helper()
	r.Until("the machine is made", func() bool { return len(r.made) == 1 })
	r.t.Cleanup(func() { r.remove(r.made[0]) })
	return r.made[0]
}

func TestThreeClicksMakeAndStartAMachine(t *testing.T) {
	r := open(t, virttest.SharedLibvirtd(t).URI).ready()
	clicks := 0
	click := func(role, name string) {
		clicks++
		r.Click(role, name)
	}
	click("radio button", "Empty machine")
	r.Must("push button", "Skip to review")
	click("push button", "Skip to review")
	r.onStep("Review")
	r.Until("it can be created", func() bool {
		e, ok := r.Find("push button", "Create")
		return ok && slices.Contains(e.States, "enabled")
	})
	click("push button", "Create")
	shown, err := r.svc.VMs.Show(r.ctx, r.untilMade())
	if err != nil || shown.State != virt.StateRunning || shown.Name != "machine" || clicks != 3 {
		t.Errorf("after %d clicks: %+v, %v", clicks, shown.VM, err)
	}
}

func TestTheKeyboardAloneMakesAMachine(t *testing.T) {
	r := open(t, virttest.SharedLibvirtd(t).URI).ready()
	r.Until("the first source has the keyboard", func() bool {
		e, ok := r.Find("radio button", "Local ISO or CD")
		return ok && slices.Contains(e.States, "focused")
	})
	for range 4 {
		r.press(fyne.KeyRight)
	}
	for _, step := range []string{"Name and system", "CPU and memory", "Storage", "Network and devices", "Review"} {
		if step == "CPU and memory" {
			test.Type(r.Win.Canvas().Focused(), "by-keys")
		}
		if step == "Review" { // Enter opens the list that has the keyboard
			r.combine("Alt+Right")
		} else {
			r.press(fyne.KeyReturn)
		}
		r.onStep(step)
	}
	r.Until("it can be created", func() bool {
		e, ok := r.Find("push button", "Create")
		return ok && slices.Contains(e.States, "enabled")
	})
	r.combine("Ctrl+Enter")
	if made := r.untilMade(); made.Name != "by-keys" {
		t.Errorf("made %v", made)
	}
}

// The window and kvm-cli make the same machine of the same choices: both ask
// Preview, and libvirt keeps of it what it keeps of the command's.
func TestAMachineIsMadeAsTheReviewShowedIt(t *testing.T) {
	r := open(t, virttest.SharedLibvirtd(t).URI).ready()
	r.Click("radio button", "Empty machine")
	r.Must("push button", "Skip to review")
	r.Click("push button", "Next")
	r.Write("Name", "three-clicks")
	r.Click("push button", "Skip to review")
	r.onStep("Review")
	r.Click("switch", "Start when created")
	r.Click("radio button", "Command")
	command := r.Must("text", "Command").Value
	if want := vm.Command(r.uri(), virt.VMSpec{Name: "three-clicks"}); command != want {
		t.Errorf("the command is %s, want %s", command, want)
	}
	r.Click("radio button", "XML")
	r.Until("the XML is there", func() bool {
		e, ok := r.Find("text", "XML")
		return ok && e.Value != ""
	})
	expected := shape(t, r.Must("text", "XML").Value)

	r.Click("push button", "Create")
	made := r.untilMade()
	document, err := r.svc.VMs.XML(r.ctx, made, true)
	if err != nil {
		t.Fatal(err)
	}
	for path, value := range expected {
		if got := shape(t, document)[path]; got != value {
			t.Errorf("%s is %q, but the wizard showed %q", path, got, value)
		}
	}
	shown, err := r.svc.VMs.Show(r.ctx, made)
	if err != nil || len(shown.Disks) != 1 || shown.Disks[0].Capacity != 20<<30 || shown.State != virt.StateShutoff {
		t.Errorf("made %+v, %v", shown, err)
	}
}

func (r *room) uri() string {
	r.t.Helper()
	h, err := r.svc.Hosts.Show(r.ctx, r.host)
	if err != nil {
		r.t.Fatal(err)
	}
	return h.URI
}

// shape is the text of each element whose path leaves no doubt, without what is
// chosen by chance.
func shape(t *testing.T, document string) map[string]string {
	t.Helper()
	all := map[string]string{}
	var path []string
	decoder := xml.NewDecoder(strings.NewReader(document))
	for {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" {
				all[strings.Join(path, "/")] = text
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
	delete(all, "domain/uuid")
	if len(all) < 5 {
		t.Fatalf("no document of a domain: %s", document)
	}
	return all
}

func TestBadValuesAreSaidAtTheirFieldAndKeepTheStep(t *testing.T) {
	r := open(t, virttest.SharedLibvirtd(t).URI)
	r.Click("push button", "Next")
	r.Until("the missing image is said", func() bool {
		return r.Said("Image to install from") == "Choose the image to install from."
	})
	r.onStep("Where should the system come from?")

	r.Click("radio button", "Empty machine")
	r.combine("Alt+Right")
	r.combine("Alt+Right")
	r.onStep("CPU and memory")
	r.Write("Memory", "lots")
	r.combine("Alt+Right")
	r.onStep("CPU and memory")
	r.Write("Memory", "512 MiB")
	r.Write("Processors", "9999")
	r.Click("text", "Memory")
	r.Until("the host's limit is said", func() bool {
		return strings.HasPrefix(r.Said("Processors"), "9999 processors are ")
	})
	r.combine("Alt+Right")
	r.onStep("CPU and memory")
	r.combine("Alt+Left")
	r.onStep("Name and system")
}

func TestAFileThatIsNoDiscIsNoticedWhenItIsChosen(t *testing.T) {
	r := open(t, virttest.SharedLibvirtd(t).URI)
	path := filepath.Join(t.TempDir(), "notes.iso")
	if err := os.WriteFile(path, []byte("no disc"), 0o600); err != nil {
		t.Fatal(err)
	}

	r.Write("Image to install from", path)

	r.Must("label", "It is not an image of a CD or DVD, whose names usually end with .iso. A machine will hardly boot from it.")
	r.Write("Image to install from", "/no/such.iso")
	r.Must("label", "Its operating system is recognised where its label is known.") // the field says what is wrong
	r.Click("push button", "Next")
	missing := func() bool { return r.Said("Image to install from") != "" }
	r.Until("the missing file is said, or its step is wrong", func() bool { // it is looked for beside the window, which may be on the next step by then
		step, _ := r.Find("list item", "Step 1 of 6: Source")
		return missing() || slices.Contains(step.States, "invalid")
	})
	r.Click("list item", "Step 1 of 6: Source")
	r.Until("the missing file is said", missing)
}

func TestAFailureBringsTheWizardBackAsItWas(t *testing.T) {
	r := open(t, virttest.SharedLibvirtd(t).URI).ready()
	r.Click("radio button", "Empty machine")
	r.Click("push button", "Next")
	r.Write("Name", "quick")
	r.Click("push button", "Skip to review")
	r.onStep("Review")
	r.Click("switch", "Start when created")
	faster, err := r.svc.VMs.Create(r.ctx, r.host, virt.VMSpec{Name: "quick", NoDisk: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := r.svc.VMs.Delete(r.ctx, faster, virt.DeleteSpec{}); err != nil {
			t.Error(err)
		}
	})
	r.combine("Ctrl+Enter")
	r.Until("the cause is said", func() bool {
		_, ok := r.Find("label", "“quick” was not created")
		return ok
	})
	r.onStep("Review")
	r.Click("list item", "Step 2 of 6: Name and system")
	if name := r.Must("text", "Name").Value; name != "quick" {
		t.Errorf("the name became %q", name)
	}
	if len(r.made) > 0 {
		t.Errorf("made %v", r.made)
	}
}

func TestEscAsksOnlyWhenSomethingWasFilledIn(t *testing.T) {
	for _, c := range []struct {
		what  string
		do    func(*room)
		asked bool
	}{
		{"nothing", func(*room) {}, false},
		{"another source", func(r *room) { r.Click("radio button", "Empty machine") }, true},
	} {
		r := open(t, virttest.TestHost(t, "empty.xml"))
		c.do(r)
		r.press(fyne.KeyEscape)
		_, asked := r.Find("alert dialog", "Leave without creating the machine?")
		if asked != c.asked {
			t.Errorf("%s filled in: asked %v, want %v", c.what, asked, c.asked)
		}
		if asked {
			r.Click("push button", "Leave")
		}
		if _, open := r.Find("dialog", "New machine"); open {
			t.Errorf("%s filled in: the wizard is still open", c.what)
		}
	}
}

func TestTheSystemIsFoundByItsName(t *testing.T) {
	r := open(t, virttest.SharedLibvirtd(t).URI)
	r.Click("radio button", "Empty machine")
	r.Click("push button", "Next")
	r.Click("push button", "Change")
	r.Write("Search systems, e.g. Ubuntu", "windows 11")
	r.Click("radio button", "Microsoft Windows 11")
	r.Until("the machine gets what Windows 11 wants", func() bool {
		name, ok := r.Find("text", "Name")
		return ok && name.Value == "win11"
	})
	r.Click("push button", "Next")
	r.Until("memory for Windows 11", func() bool {
		memory, ok := r.Find("text", "Memory")
		return ok && memory.Value == "8 GiB"
	})
}

func TestANarrowWindowShowsTheSummaryOverThePageWhenAsked(t *testing.T) {
	r := open(t, virttest.TestHost(t, "empty.xml"))
	shown := func(want bool) func() bool {
		return func() bool {
			_, is := r.Find("label", "This will be created")
			return is == want
		}
	}
	r.Click("radio button", "Empty machine")
	r.Click("push button", "Next")
	r.Must("label", "This will be created")
	if _, there := r.Find("push button", "Summary"); there {
		t.Error("a wide window has a button for the summary that it shows")
	}
	r.Win.Resize(fyne.NewSize(900, 640))
	r.Until("the summary is gone", shown(false))
	r.Click("push button", "Summary")
	r.Until("the summary lies over the page", shown(true))
	r.press(fyne.KeyEscape)
	r.Until("Esc takes it away", shown(false))
	r.Click("push button", "Summary")
	r.Click("push button", "Hide summary")
	r.Until("its button takes it away, too", shown(false))
	r.Click("push button", "Summary")
	r.Win.Resize(fyne.NewSize(1280, 800))
	r.Until("a wide window has it beside the page", shown(true))
	if _, there := r.Find("push button", "Hide summary"); there {
		t.Error("a wide window has a button for the summary that it shows")
	}
}
