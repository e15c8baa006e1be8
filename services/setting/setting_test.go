package setting

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/event"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// A desk is a process with settings in dir.
type desk struct {
	*Service
	bus *event.Bus
	ctx context.Context // of an operator
}

func newDesk(t *testing.T, dir string) *desk {
	t.Helper()
	dirs := storage.Dirs{Config: filepath.Join(dir, "config"), Data: filepath.Join(dir, "data")}
	state, bus := storage.NewState(dirs), event.New()
	t.Cleanup(func() { must(t, state.Close()) })
	ctx := virt.WithActor(context.Background(), virt.Actor{Name: "ada", Via: "gui", Role: virt.RoleOperator})
	return &desk{Service: New(dirs, operation.New(state, bus), bus), bus: bus, ctx: ctx}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write puts content into settings.json as an editor does.
func (d *desk) write(t *testing.T, content string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(d.Path()), 0o700))
	must(t, os.WriteFile(d.Path(), []byte(content), 0o600))
}

func TestDefaultsHoldWithoutAFileAndNoneIsMade(t *testing.T) {
	dir := t.TempDir()
	d := newDesk(t, dir)

	values, err := d.List(d.ctx)

	must(t, err)
	if d.Theme() != "system" || d.Scale() != 1 || d.DefaultHost() != "" || d.StatsInterval() != 3*time.Second || !d.ConfirmForceOff() || !d.ConfirmReset() {
		t.Errorf("defaults: %+v", values)
	}
	if len(values) != len(registry) {
		t.Errorf("%d settings are listed, want %d", len(values), len(registry))
	}
	for i, v := range values {
		if v.Set || v.Problem != "" || v.Allowed == "" || v.Value != v.Default || (i > 0 && values[i-1].Name >= v.Name) {
			t.Errorf("listed: %+v", v)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("reading left %v (%v)", left, err)
	}
}

func TestWhatIsSetIsReadByAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	d, other := newDesk(t, dir), newDesk(t, dir)
	if other.Theme() != "system" {
		t.Fatal("the other process does not see the default")
	}
	for name, text := range map[string]string{
		NameTheme: "dark", NameScale: "1.5", NameDefaultHost: "qemu+ssh://lab/system",
		NameStatsInterval: "1m", NameConfirmForceOff: "off", NameConfirmReset: "false", "ui.columns.machines": `["name","state"]`,
	} {
		must(t, d.Set(d.ctx, name, text))
	}

	var columns []string
	if !other.UI("columns.machines", &columns) || strings.Join(columns, ",") != "name,state" {
		t.Errorf("columns: %v", columns)
	}
	if other.Theme() != "dark" || other.Scale() != 1.5 || other.DefaultHost() != "qemu+ssh://lab/system" ||
		other.StatsInterval() != time.Minute || other.ConfirmForceOff() || other.ConfirmReset() {
		values, err := other.List(other.ctx)
		t.Errorf("the other process reads %+v (%v)", values, err)
	}
	must(t, other.Reset(other.ctx, NameTheme))
	if v, err := d.Get(d.ctx, NameTheme); err != nil || v.Set || v.Text() != "system" {
		t.Errorf("after reset: %+v (%v)", v, err)
	}
}

func TestWhatIsNotAllowedIsRefusedWithWhatIs(t *testing.T) {
	d := newDesk(t, t.TempDir())
	for name, texts := range map[string][]string{
		NameTheme:         {"purple", "", "Dark"},
		NameScale:         {"0.5", "3", "NaN", "big", "1,5"},
		NameStatsInterval: {"3", "0s", "2m", "-3s"},
		NameConfirmReset:  {"maybe", ""},
		NameDefaultHost:   {"a\nb", " lab", strings.Repeat("x", 2000)},
		"ui.window":       {"not json", "", `"` + strings.Repeat("x", maxFreeForm) + `"`},
	} {
		definition, err := find(name)
		must(t, err)
		for _, text := range texts {
			err := d.Set(d.ctx, name, text)
			if !errors.Is(err, virt.ErrInvalid) || virt.HintOf(err) != "Allowed: "+definition.allowed+"." {
				t.Errorf("%s = %.40q: %v (hint %q)", name, text, err, virt.HintOf(err))
			}
		}
	}
	for _, name := range []string{"", "colour", "ui.", "ui.Window", "ui.a b"} {
		if err := d.Set(d.ctx, name, "1"); !errors.Is(err, virt.ErrNotFound) || virt.HintOf(err) == "" {
			t.Errorf("set %q: %v", name, err)
		}
		if _, err := d.Get(d.ctx, name); !errors.Is(err, virt.ErrNotFound) {
			t.Errorf("get %q: %v", name, err)
		}
	}
	if _, err := os.Stat(d.Path()); !os.IsNotExist(err) {
		t.Errorf("a refused value made a file (%v)", err)
	}
}

func TestNobodyReadsOrWrites(t *testing.T) {
	d := newDesk(t, t.TempDir())
	nobody := context.Background()
	viewer := virt.WithActor(nobody, virt.Actor{Name: "bob", Role: virt.RoleViewer})
	for name, call := range map[string]func() error{
		"Get":           func() error { _, err := d.Get(nobody, ""); return err },
		"List":          func() error { _, err := d.List(nobody); return err },
		"Watch":         func() error { return d.Watch(nobody) },
		"Set":           func() error { return d.Set(nobody, "", "") },
		"SetUI":         func() error { return d.SetUI(nobody, "", nil) },
		"Reset":         func() error { return d.Reset(nobody, "") },
		"viewer writes": func() error { return d.Set(viewer, NameTheme, "dark") },
	} {
		if err := call(); !errors.Is(err, virt.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Get(viewer, NameTheme); err != nil {
		t.Errorf("a viewer reads: %v", err)
	}
}

func TestUnknownMembersStayAndTheFileIsReadable(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.write(t, `{"later.version": {"a": [1, 2], "b": "<&>"}, "appearance.theme": "light"}`)

	must(t, d.Set(d.ctx, NameScale, "2"))

	text, err := os.ReadFile(d.Path())
	must(t, err)
	want := `{
  "appearance.scale": 2,
  "appearance.theme": "light",
  "later.version": {
    "a": [
      1,
      2
    ],
    "b": "<&>"
  }
}
`
	if string(text) != want {
		t.Errorf("the file is\n%swant\n%s", text, want)
	}
}

func TestABadValueInTheFileIsToldAndTheDefaultUsed(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.write(t, `{"appearance.theme": "purple", "appearance.scale": "1.25", "stats.interval": 5, "confirm.reset": null}`)

	v, err := d.Get(d.ctx, NameTheme)

	must(t, err)
	if v.Value != "system" || !v.Set || v.Problem == "" || d.Theme() != "system" {
		t.Errorf("got %+v", v)
	}
	if d.Scale() != 1.25 || d.StatsInterval() != 3*time.Second || !d.ConfirmReset() {
		t.Errorf("scale %v, interval %v, confirm %v", d.Scale(), d.StatsInterval(), d.ConfirmReset())
	}
}

func TestABrokenFileIsNamedLastGoodValuesHoldAndSettingKeepsItAside(t *testing.T) {
	d := newDesk(t, t.TempDir())
	must(t, d.Set(d.ctx, NameTheme, "dark"))
	d.write(t, `{"appearance.theme": "li`)

	_, err := d.List(d.ctx)

	if !errors.Is(err, virt.ErrInvalid) || virt.HintOf(err) == "" {
		t.Errorf("got %v", err)
	}
	if d.Theme() != "dark" {
		t.Errorf("while the file is broken the theme is %s", d.Theme())
	}
	must(t, d.Set(d.ctx, NameScale, "2"))
	if aside, err := filepath.Glob(d.Path() + ".broken-*"); err != nil || len(aside) != 1 {
		t.Errorf("set aside: %v (%v)", aside, err)
	}
	if d.Scale() != 2 || d.Theme() != "system" {
		t.Errorf("in the new file: scale %v, theme %s", d.Scale(), d.Theme())
	}
}

func TestAChangeIsAuditedAndPublishedOnce(t *testing.T) {
	d := newDesk(t, t.TempDir())
	must(t, d.Set(d.ctx, NameTheme, "light"))
	news, stop := d.bus.SubscribeAll()
	defer stop()

	must(t, d.Set(d.ctx, NameTheme, "dark"))
	must(t, d.Set(d.ctx, NameTheme, "dark")) // no change, no news
	must(t, d.Set(d.ctx, NameScale, "2"))

	var changed []string
	for len(changed) == 0 || changed[len(changed)-1] != NameScale {
		select {
		case e := <-news:
			if e.Kind == virt.SettingChanged {
				changed = append(changed, e.Ref.ID)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("heard only of %v", changed)
		}
	}
	if strings.Join(changed, " ") != NameTheme+" "+NameScale {
		t.Errorf("published: %v", changed)
	}
	rows, err := d.door.Audit(d.ctx, virt.AuditFilter{})
	must(t, err)
	if len(rows) != 4 || rows[1].Action != virt.SetSetting || rows[1].Target.ID != NameTheme ||
		rows[1].Diff != "@@ -1,1 +1,1 @@\n-appearance.theme: \"light\"\n+appearance.theme: \"dark\"\n" {
		t.Errorf("audit: %+v", rows)
	}
}

func TestWatchTellsOfOtherProcesses(t *testing.T) {
	dir := t.TempDir()
	d, other := newDesk(t, dir), newDesk(t, dir)
	must(t, other.Set(other.ctx, NameScale, "2"))
	ctx, cancel := context.WithCancel(d.ctx)
	ended := make(chan error, 1)
	news, stop := d.bus.Subscribe()
	defer stop()
	if d.Scale() != 2 {
		t.Fatal("the first reading failed")
	}
	go func() { ended <- d.Watch(ctx) }()

	for _, change := range []struct {
		name string
		make func()
	}{
		{NameTheme, func() { must(t, other.Set(other.ctx, NameTheme, "dark")) }},
		{NameConfirmReset, func() { d.write(t, `{"appearance.theme": "dark", "appearance.scale": 2, "confirm.reset": false}`) }},
		{NameScale, func() { must(t, other.Reset(other.ctx, NameScale)) }},
	} {
		change.make()
		select {
		case e := <-news:
			if e.Kind != virt.SettingChanged || e.Ref.ID != change.name {
				t.Errorf("heard of %+v, want %s", e, change.name)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("never heard of %s", change.name)
		}
	}
	cancel()
	must(t, <-ended)
}

func TestChangesOfManyProcessesAreAllKept(t *testing.T) {
	dir := t.TempDir()
	var desks sync.WaitGroup
	names := []string{"ui.a", "ui.b", "ui.c", "ui.d"}
	for _, name := range names {
		d := newDesk(t, dir)
		desks.Add(1)
		go func() {
			defer desks.Done()
			for i := range 5 {
				if err := d.SetUI(d.ctx, strings.TrimPrefix(name, "ui."), i); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	desks.Wait()

	d := newDesk(t, dir)
	for _, name := range names {
		v, err := d.Get(d.ctx, name)
		must(t, err)
		if v.Text() != "4" {
			t.Errorf("%s is %s", name, v.Text())
		}
	}
}

func TestAFreeFormValueMayBeAnyJSON(t *testing.T) {
	d := newDesk(t, t.TempDir())
	for _, text := range []string{`"machines"`, `null`, `{"width":1280}`, `[]`, `true`} {
		must(t, d.Set(d.ctx, "ui.page", text))
		if v, err := d.Get(d.ctx, "ui.page"); err != nil || v.Text() != text || v.Problem != "" || !v.Set {
			t.Errorf("%s became %+v (%v)", text, v, err)
		}
	}
}

func TestValuesAreJSONOfTheirType(t *testing.T) {
	d := newDesk(t, t.TempDir())
	must(t, d.Set(d.ctx, NameStatsInterval, "9000ms"))
	values, err := d.List(d.ctx)
	must(t, err)
	text, err := json.Marshal(values)
	must(t, err)
	for _, part := range []string{`"value":1,"default":1`, `"value":true`, `"value":"system"`, `"value":"9s","default":"3s"`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("no %s in %s", part, text)
		}
	}
}
