package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// search opens the palette and types the text.
func (h *house) search(text string) {
	h.t.Helper()
	h.combine("Ctrl+K")
	h.must("dialog", "Search machines")
	h.typed(text)
}

func (h *house) typed(text string) {
	for _, r := range text {
		h.Win.Canvas().Focused().TypedRune(r)
	}
	h.Flush()
}

// offered returns title and detail of what the palette shows.
func (h *house) offered() []string {
	var all []string
	var walk func(kit.Element)
	walk = func(e kit.Element) {
		if e.Role == "list item" {
			all = append(all, e.Name+" | "+e.Description)
		}
		for _, child := range e.Children {
			walk(child)
		}
	}
	walk(kit.Accessibility(h.Win, 1))
	return all
}

func (h *house) offers(start string) bool {
	return slices.ContainsFunc(h.offered(), func(o string) bool { return strings.HasPrefix(o, start) })
}

func TestThePaletteGoesToMachinesPagesAndSettings(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")

	h.search("sav")
	if !h.offers("saved | Saved") {
		t.Fatalf("sav offers %q", h.offered())
	}
	h.combine("Ctrl+K") // the same keys close it
	if h.has("dialog", "Search machines") {
		t.Fatal("Ctrl+K does not close the palette")
	}

	h.search("paus m")
	h.press(fyne.KeyEscape)
	h.search("@pau")
	h.press(fyne.KeyReturn)
	h.must("page tab", "Overview")
	if got := names(h.window.work); !slices.Equal(got, []string{"paused"}) {
		t.Errorf("open are %v", got)
	}

	h.search("activ")
	h.press(fyne.KeyReturn)
	h.must("radio button", "Audit log")

	h.search("size of ev")
	h.press(fyne.KeyReturn)
	h.must("panel", "Size of everything")
	if !h.window.hasFocus(h.window.work.body) {
		t.Error("the setting that was looked for has not the keyboard")
	}
	h.combine("Ctrl+K")
	h.Until("what was used last is offered first", func() bool {
		o := h.offered()
		return len(o) > 2 && strings.HasPrefix(o[0], "Size of everything") && strings.HasPrefix(o[1], "Activity") && strings.HasPrefix(o[2], "paused")
	})
}

func TestThePaletteOpensThingsInANewTab(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("running", "Running")
	h.search("@running")
	h.combine("Ctrl+Enter")
	h.must("page tab list", "Open things")
	if got := names(h.window.work); len(got) != 2 || got[1] != "running" {
		t.Errorf("open are %v", got)
	}
}

func TestThePaletteOffersTheTinyMachine(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")

	h.search("try tiny")
	h.press(fyne.KeyReturn)

	h.must("dialog", "Try a tiny Linux machine")
	h.fill("Name", "off")
	said := h.must("label", "test has a machine of this name already.")
	if foot := h.must("push button", "Cancel"); said.Y+said.H > foot.Y-20 {
		t.Errorf("what is wrong ends at %d, behind the foot, whose button is at %d", said.Y+said.H, foot.Y)
	}
}

func TestThePaletteOffersWhatIsPossibleNow(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")

	h.search("start off")
	if !h.offers("Start | off") || h.offers("Start | running") {
		t.Fatalf("start off offers %q", h.offered())
	}
	h.press(fyne.KeyReturn)
	h.says("off", "Running")

	h.search("resume")
	if !h.offers("Resume | paused") || h.offers("Resume | running") {
		t.Fatalf("resume offers %q", h.offered())
	}
	h.press(fyne.KeyReturn)
	h.says("paused", "Running")

	h.search("restore")
	if !h.offers("Restore | saved") {
		t.Fatalf("restore offers %q", h.offered())
	}
	h.press(fyne.KeyEscape)

	h.search("force paused")
	h.press(fyne.KeyReturn)
	h.must("alert dialog", "Force “paused” off?")
}

func TestThePaletteKnowsWhatIsSelectedAndFollowsChanges(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	h.click(h.row("off"), desktop.MouseButtonPrimary)
	h.combine("Ctrl+K")
	if !h.offers("Start | off") || !h.offers("Delete… | off") {
		t.Fatalf("with a machine selected the palette offers %q", h.offered())
	}
	h.typed("force off")
	if h.offers("Force off | off") {
		t.Fatalf("a machine that is off can be forced off: %q", h.offered())
	}
	if err := h.svc.VMs.Start(h.ctx, h.ref("off")); err != nil {
		t.Fatal(err)
	}
	h.Until("the machine that runs now can be forced off", func() bool { return h.offers("Force off | off") })
}

func TestThePaletteHasCommandsOnlyAndTags(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	h.search(">back")
	if o := h.offered(); len(o) == 0 || !strings.HasPrefix(o[0], "Back | ") {
		t.Errorf(">back offers %q", o)
	}
	h.press(fyne.KeyEscape)
	h.search(">paused")
	if h.offers("paused") {
		t.Error("> offers a machine")
	}
	h.press(fyne.KeyEscape)
	h.search("#nothing")
	h.must("label", "Nothing fits")
}

func TestEveryCombinationIsListed(t *testing.T) {
	h := open(t, "several-states.xml")
	h.must("tree item", "running")
	h.press(fyne.KeyF1)
	h.must("dialog", "Key combinations")
	for _, s := range h.window.kit.Shortcuts.List() {
		if !h.has("label", s.Name) || !h.has("label", s.Keys.String()) {
			t.Errorf("%s, %s, is not listed", s.Name, s.Keys)
		}
	}
	if !h.has("label", "Shift+F10") {
		t.Error("the keys of tables are not listed")
	}
	h.typed("ctrl+shift+t")
	if !h.has("label", "Open what was closed last") || h.has("label", "Next pane") {
		t.Error("the list cannot be searched")
	}
	h.press(fyne.KeyEscape) // empties the field
	h.press(fyne.KeyEscape)
	if h.has("dialog", "Key combinations") {
		t.Error("Esc does not close the list")
	}
	h.combine("Ctrl+?")
	h.must("dialog", "Key combinations")
}

func TestNoCombinationMeansTwoThings(t *testing.T) {
	h := open(t, "several-states.xml")
	taken := map[kit.Keys]string{}
	for _, s := range h.window.kit.Shortcuts.List() {
		for _, keys := range append([]kit.Keys{s.Keys}, s.Also...) {
			if other, twice := taken[keys]; twice {
				t.Errorf("%s means %s and %s", keys, other, s.Name)
			}
			taken[keys] = s.Name
		}
	}
	for _, keys := range []string{
		"Ctrl+K", "Ctrl+F", "Ctrl+1", "Ctrl+0", "Ctrl+N", "Ctrl+,", "Ctrl+B", "Ctrl+J", "F6", "Shift+F6", "Ctrl+Tab", "Ctrl+W", "Ctrl+Shift+T",
		"Ctrl+PgUp", "Ctrl+PgDn", "Alt+Left", "Alt+Right", "F5", "Ctrl+R", "Ctrl+Shift+S", "Ctrl+Shift+P", "Ctrl+Shift+D", "Ctrl+Shift+R",
		"Ctrl+Shift+O", "Delete", "Ctrl+Z", "Ctrl+?", "F1", "Ctrl+Shift++", "Ctrl+Shift+-", "Ctrl+Shift+0",
	} {
		if taken[kit.MustKeys(keys)] == "" {
			t.Errorf("%s means nothing", keys)
		}
	}
}

func TestKeysChangeTheSizeAndTakeASettingBack(t *testing.T) {
	h := open(t, "several-states.xml")
	h.must("tree item", "running")
	h.combine("Ctrl+Shift+=")
	h.Until("all is larger", func() bool { return h.svc.Settings.Scale() == 1.1 })
	h.combine("Ctrl+Shift+0")
	h.Until("all is as usual", func() bool { return h.svc.Settings.Scale() == 1 })

	h.combine("Ctrl+,")
	h.click(h.must("radio button", "Light"), desktop.MouseButtonPrimary)
	h.must("notification", "Setting changed")
	h.Win.Canvas().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutUndo{}) // as which Fyne announces Ctrl+Z
	h.Until("the theme is as before", func() bool { return h.svc.Settings.Theme() == "system" })
}

func TestTheDrawerShowsWhatCameOfOperations(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	if err := h.svc.VMs.Start(h.ctx, h.ref("off")); err != nil {
		t.Fatal(err)
	}
	if err := h.svc.Settings.Set(h.ctx, setting.NameTheme, "pink"); err == nil {
		t.Fatal("the theme became pink")
	}
	if h.has("panel", "Activity") {
		t.Fatal("the drawer is open at first")
	}
	h.combine("Ctrl+J")
	h.must("panel", "Activity")
	h.must("label", "Start")
	h.push("Change the setting appearance.theme, Failed")
	h.Until("it says what went wrong and what is allowed", func() bool {
		return h.has("label", "appearance.theme cannot be") && h.has("label", "Allowed: system")
	})
	h.push("Show all")
	h.must("radio button", "Audit log")
	h.combine("Ctrl+J")
	if h.has("push button", "Show all") {
		t.Error("Ctrl+J does not close the drawer")
	}
}

// BenchmarkPaletteKey is what a key costs in the palette over 1,000 machines,
// from the letter to the laid out list; it may take 16 ms.
func BenchmarkPaletteKey(b *testing.B) {
	h := openURI(b, virttest.ManyVMs(b, 1000))
	h.Until("all machines are listed", func() bool { return len(h.window.machines.Inventory().Machines()) == 1000 })
	h.window.openPalette()
	field := h.Win.Canvas().Focused()
	text := []rune("start vm-99 te")
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if i%(2*len(text)) < len(text) {
			field.TypedRune(text[i%len(text)])
		} else {
			field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
		}
		i++
	}
}

func TestEscTakesTheDrawerAwayThatHasTheKeyboard(t *testing.T) {
	h := open(t, "several-states.xml")
	h.says("off", "Off")
	h.combine("Ctrl+J")
	h.must("push button", "Show all")
	h.press(fyne.KeyEscape)
	if h.window.results.IsOpen() || !h.window.hasFocus(h.window.work.body) {
		t.Errorf("after Esc the drawer is open: %t", h.window.results.IsOpen())
	}
}
