package settings

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A desk is a window with settings.
type desk struct {
	*kittest.Window
	t        *testing.T
	svc      *services.Services
	ctx      context.Context // the test's
	stage    *kit.Stage
	settings *Settings
	opened   []string // sections
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	virttest.Host(t, svc, ctx)
	d := &desk{Window: kittest.OpenAs(t, ctx, svc), t: t, svc: svc, ctx: ctx}
	d.stage = kit.NewStage(d.Win)
	d.stage.AfterWith(d.Kit.After)
	d.settings = New(Options{Kit: d.Kit, Services: svc, Open: func(s virt.Ref) { d.opened = append(d.opened, s.ID) }})
	return d
}

// show opens the page of the section.
func (d *desk) show(section string) kit.Page {
	p := d.settings.Page(virt.Ref{Kind: virt.KindSetting, ID: section})
	d.stage.SetPage(p.Content())
	p.SetVisible(true)
	d.t.Cleanup(p.Close)
	return p
}

// openSection opens the page of the section and waits for its values.
func openSection(t *testing.T, section string) (*desk, *page) {
	t.Helper()
	d := newDesk(t)
	p := d.show(section).(*page)
	d.Until("the settings are shown", func() bool { return len(p.values) > 0 })
	return d, p
}

func findIn(e kit.Element, role, name string) *kit.Element {
	if e.Role == role && e.Name == name {
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

// press clicks the control of that name.
func (d *desk) press(role, name string) {
	d.t.Helper()
	d.Until("there is a "+role+" "+name, func() bool { return d.find(role, name) != nil })
	e := d.find(role, name)
	test.TapCanvas(d.Win.Canvas(), fyne.NewPos(float32(e.X+e.W/2), float32(e.Y+e.H/2)))
}

// typed replaces the text of the row's field and leaves it by Enter.
func (d *desk) typed(r *row, text string) {
	field := r.first.(interface {
		fyne.Focusable
		fyne.Shortcutable
	})
	d.Win.Canvas().Focus(field)
	field.TypedShortcut(&fyne.ShortcutSelectAll{})
	for _, letter := range text {
		field.TypedRune(letter)
	}
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

func (d *desk) text(name string) string {
	d.t.Helper()
	v, err := d.svc.Settings.Get(d.ctx, name)
	if err != nil {
		d.t.Fatal(err)
	}
	return v.Text()
}

func (d *desk) set(name, text string) {
	d.t.Helper()
	if err := d.svc.Settings.Set(d.ctx, name, text); err != nil {
		d.t.Fatal(err)
	}
}

func TestAChoiceIsKeptAtOnceAndCanBeTakenBack(t *testing.T) {
	d, p := openSection(t, "appearance")
	d.press("radio button", "Dark")
	d.Until("the theme is kept", func() bool { return d.text(setting.NameTheme) == "dark" })
	virttest.WantAudit(t, d.svc, d.ctx, virt.SetSetting, "done")
	d.press("push button", "Undo")
	d.Until("the theme is as before", func() bool { return d.text(setting.NameTheme) == "system" })
	d.Until("the page shows it", func() bool { return !p.values[setting.NameTheme].Set })
}

func TestSizesAreTypedInPercent(t *testing.T) {
	d, p := openSection(t, "appearance")
	size := p.named(setting.NameScale)
	for typed, want := range map[string]string{"125": "1.25", "80 %": "0.8", "110,0": "1.1"} {
		d.typed(size, typed)
		d.Until(typed+" is kept", func() bool { return d.text(setting.NameScale) == want })
	}
}

// named returns the row of the setting.
func (p *page) named(name string) *row {
	for _, r := range p.rows {
		if r.name == name {
			return r
		}
	}
	return nil
}

func TestTheAccentIsChosenByPointerAndArrows(t *testing.T) {
	d, p := openSection(t, "appearance")
	if e := d.find("radio button", "Blue"); e == nil || !checked(e) {
		t.Errorf("the usual accent is %+v", e)
	}
	d.press("radio button", "Violet")
	d.Until("the accent is kept", func() bool { return d.text(setting.NameAccent) == "violet" })
	d.Until("the page shows it", func() bool { return checked(d.find("radio button", "Violet")) && p.values[setting.NameAccent].Set })
	d.Win.Canvas().Focus(p.named(setting.NameAccent).first)
	d.Win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	d.Until("the next one is kept", func() bool { return d.text(setting.NameAccent) == "pink" })
	d.set(setting.NameAccent, "grey") // as kvm-cli does
	d.Until("the page follows", func() bool { return checked(d.find("radio button", "Grey")) })
}

func TestEveryHueIsASetting(t *testing.T) {
	d, _ := openSection(t, "appearance")
	for _, hue := range theme.Hues() {
		d.set(setting.NameAccent, string(hue))
	}
	if err := d.svc.Settings.Set(d.ctx, setting.NameAccent, "plaid"); !errors.Is(err, virt.ErrInvalid) {
		t.Errorf("an unknown one gives %v", err)
	}
}

func TestWhatCannotBeIsSaidAtTheField(t *testing.T) {
	for _, c := range []struct{ section, setting, typed, kept string }{
		{"appearance", setting.NameScale, "300", "1"},
		{"appearance", setting.NameScale, "large", "1"},
		{"machines", setting.NameStatsInterval, "0.2", "3s"},
		{"hosts", setting.NameDefaultHost, "qemu\x01", ""},
	} {
		d, p := openSection(t, c.section)
		at := 0
		for i, r := range p.rows {
			if r.name == c.setting {
				at = i
			}
		}
		d.typed(p.rows[at], c.typed)
		d.Until("the row says what is wrong with "+c.typed, func() bool {
			row := d.find("panel", p.rows[at].label)
			return row != nil && row.Description == p.rows[at].wrong
		})
		if got := d.text(c.setting); got != c.kept {
			t.Errorf("%q was kept as %q", c.typed, got)
		}
		d.Win.Canvas().Unfocus()
		d.Flush()
		if asked, err := d.svc.Operations.List(d.ctx, virt.OperationFilter{}); err != nil || len(asked) != 1 {
			t.Errorf("typing %q once asked %d times (%v)", c.typed, len(asked), err)
		}
	}
}

func TestThePageFollowsOtherPrograms(t *testing.T) {
	d, p := openSection(t, "confirmations")
	d.set(setting.NameConfirmReset, "false")
	d.Until("the switch is off", func() bool { return !checked(d.find("switch", p.rows[1].label)) })
	d.set(setting.NameConfirmReset, "true")
	d.Until("the switch is on", func() bool { return checked(d.find("switch", p.rows[1].label)) })
}

func checked(e *kit.Element) bool {
	for _, state := range e.States {
		if state == "checked" {
			return true
		}
	}
	return false
}

func TestASectionGoesBackToItsDefaults(t *testing.T) {
	d, p := openSection(t, "confirmations")
	d.set(setting.NameConfirmReset, "false")
	d.set(setting.NameTheme, "dark")
	d.Until("there is something to reset", func() bool { return !p.defaults.Disabled() })
	d.press("push button", "Back to defaults")
	d.Until("the default is back", func() bool { return d.text(setting.NameConfirmReset) == "true" })
	if got := d.text(setting.NameTheme); got != "dark" {
		t.Errorf("another section's setting became %q", got)
	}
	d.Until("there is nothing left to reset", p.defaults.Disabled)
	d.press("push button", "Undo")
	d.Until("the choice is back", func() bool { return d.text(setting.NameConfirmReset) == "false" })
}

func TestASettingsFileThatIsNoJSONIsSaid(t *testing.T) {
	d, _ := openSection(t, "appearance")
	path := d.svc.Settings.Path()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := d.show("confirmations")
	d.Until("the banner tells", func() bool { return d.find("alert", "The settings cannot be read") != nil })
	p.SetVisible(false)
}

func TestTheNavigatorOpensSections(t *testing.T) {
	d := newDesk(t)
	n := d.settings.NewNavigator(func() {})
	d.stage.SetPage(n.Content())
	n.Select(virt.Ref{Kind: virt.KindSetting, ID: "hosts"})
	if len(d.opened) != 0 {
		t.Errorf("marking a section opened %v", d.opened)
	}
	d.Win.Canvas().Focus(n.Focusable())
	n.Focusable().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if len(d.opened) != 1 || d.opened[0] != "new" {
		t.Errorf("opened %v", d.opened)
	}
}

func TestAboutNamesWhatAFaultReportNeeds(t *testing.T) {
	d := newDesk(t)
	d.show("about")
	d.Until("the host's versions are shown", func() bool { return d.find("label", "Settings file") != nil && d.find("label", "test") != nil })
	d.press("push button", "Copy versions")
	if copied := d.App.Clipboard().Content(); len(copied) < 40 {
		t.Errorf("copied %q", copied)
	}
}

func TestEveryControlHasAName(t *testing.T) {
	for _, s := range sections() {
		d := newDesk(t)
		d.show(s.id)
		for _, o := range kit.Unnamed(d.Win.Content()) {
			t.Errorf("%s: a %T has no name", s.id, o)
		}
	}
}

func TestEverySettingIsKeptByItsControl(t *testing.T) {
	for _, c := range []struct{ section, setting, typed, kept string }{
		{"new", setting.NameNewMemory, "3 GiB", "3 GiB"},
		{"new", setting.NameNewVCPUs, "4", "4"},
		{"new", setting.NameNewDisk, "50GiB", "50GiB"},
		{"machines", setting.NameKeepOperations, "30", "30"},
		{"machines", setting.NameKeepAudit, "365", "365"},
		{"machines", setting.NameStatsInterval, "5", "5s"},
	} {
		d, p := openSection(t, c.section)
		for _, r := range p.rows {
			if r.name == c.setting {
				d.typed(r, c.typed)
			}
		}
		d.Until(c.setting+" is kept", func() bool { return d.text(c.setting) == c.kept })
	}
}

func TestEverySettingHasAControlAndEveryControlASetting(t *testing.T) {
	shown := map[string]bool{}
	for _, e := range Entries() {
		shown[e.Setting] = true
	}
	for _, name := range setting.Names() {
		if !shown[name] {
			t.Errorf("%s is on no page", name)
		}
		delete(shown, name)
	}
	delete(shown, "") // sections
	if len(shown) > 0 {
		t.Errorf("pages have %v, which are no settings", shown)
	}
}

func TestTheNavigatorFindsTheSectionOfASetting(t *testing.T) {
	d := newDesk(t)
	n := d.settings.NewNavigator(func() {})
	d.stage.SetPage(n.Content())
	n.filter.Focus()
	for _, r := range "density" {
		d.Win.Canvas().Focused().TypedRune(r)
	}
	if d.find("tree item", "Appearance") == nil || d.find("tree item", "Console") != nil {
		t.Error("density is not found under Appearance alone")
	}
}
