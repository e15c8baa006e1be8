package setting

import (
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

func TestKeyCombinationsAreReadAndWrittenOneWay(t *testing.T) {
	for text, want := range map[string]string{
		"Ctrl+K": "Ctrl+K", "Ctrl+k": "Ctrl+K", "Shift+Ctrl+T": "Ctrl+Shift+T", "F5": "F5", "Ctrl+Shift++": "Ctrl+Shift++",
		"Alt+Left": "Alt+Left", " Super+Space ": "Super+Space", "none": "none", "": "", "Delete": "Delete", "Ctrl+,": "Ctrl+,",
	} {
		if got, err := parseKeys(text); err != nil || got != want {
			t.Errorf("%q became %q (%v)", text, got, err)
		}
	}
	for _, text := range []string{"K", "Shift+K", "Ctrl", "Ctrl+", "Hyper+X", "Ctrl+Ctrl+X", "F13", "Left", "Enter", "Ctrl+ä", "Ctrl+Kk", "+"} {
		if got, err := parseKeys(text); err == nil {
			t.Errorf("%q was taken as %q", text, got)
		}
	}
}

func TestChosenKeysAreFoundByTheirActions(t *testing.T) {
	d := newDesk(t, t.TempDir())
	must(t, d.Set(d.ctx, "keys.palette", "Ctrl+p"))
	must(t, d.Set(d.ctx, "keys.vm.start", "none"))
	must(t, d.Set(d.ctx, "keys.back", ""))
	if got := d.Keys(); !maps.Equal(got, map[string]string{"palette": "Ctrl+P", "vm.start": "none"}) {
		t.Errorf("chosen are %v", got)
	}
	if err := d.Set(d.ctx, "keys.palette", "P"); !errors.Is(err, virt.ErrInvalid) || virt.HintOf(err) == "" {
		t.Errorf("a letter alone: %v", err)
	}
	values, err := d.List(d.ctx)
	must(t, err)
	found := 0
	for _, v := range values {
		if v.Name == "keys.palette" && v.Text() == "Ctrl+P" && v.Set {
			found++
		}
	}
	if found != 1 || len(values) != len(registry)+3 {
		t.Errorf("listed are %+v", values)
	}
	must(t, d.Reset(d.ctx, "keys.palette"))
	if got := d.Keys(); len(got) != 1 {
		t.Errorf("after the reset %v are chosen", got)
	}
}

func TestHistoryIsKeptAsLongAsChosen(t *testing.T) {
	const day = 24 * time.Hour
	d := newDesk(t, t.TempDir())
	if operations, audit := d.KeepHistory(); operations != 90*day || audit != 0 {
		t.Errorf("by default history is kept %v and %v", operations, audit)
	}
	must(t, d.Set(d.ctx, NameKeepOperations, "1"))
	must(t, d.Set(d.ctx, NameKeepAudit, "365"))
	if operations, audit := d.KeepHistory(); operations != day || audit != 365*day {
		t.Errorf("history is kept %v and %v", operations, audit)
	}
	must(t, d.Set(d.ctx, NameKeepOperations, "0"))
	for name, text := range map[string]string{NameKeepOperations: "-1", NameKeepAudit: "29"} {
		if err := d.Set(d.ctx, name, text); !errors.Is(err, virt.ErrInvalid) {
			t.Errorf("%s %s: %v", name, text, err)
		}
	}
}

func TestOwnCombinationsOfConsolesAreCheckedAndWrittenOneWay(t *testing.T) {
	d := newDesk(t, t.TempDir())
	must(t, d.Set(d.ctx, NameConsoleKeys, "ctrl+alt+f2,win+L , Super+L"))
	if got := d.ConsoleKeys(); len(got) != 2 || got[0] != "Ctrl+Alt+F2" || got[1] != "Super+L" {
		t.Errorf("they are %q", got)
	}
	for _, text := range []string{"Ctrl+Hyper", "Ctrl+A,", "A++"} {
		if err := d.Set(d.ctx, NameConsoleKeys, text); !errors.Is(err, virt.ErrInvalid) {
			t.Errorf("%q gives %v", text, err)
		}
	}
	must(t, d.Set(d.ctx, NameConsoleKeys, ""))
	if got := d.ConsoleKeys(); got != nil {
		t.Errorf("without any they are %q", got)
	}
}

func TestTheKeysThatLetGoOfAConsoleAreModifiers(t *testing.T) {
	d := newDesk(t, t.TempDir())
	if got := rfb.Combination(d.ConsoleRelease()); got != "Ctrl+Alt" {
		t.Errorf("at first they are %q", got)
	}
	for typed, want := range map[string]string{"ctrl+shift": "Ctrl+Shift", "rightctrl": "RightCtrl", "win + alt": "Super+Alt"} {
		must(t, d.Set(d.ctx, NameConsoleRelease, typed))
		if got := rfb.Combination(d.ConsoleRelease()); got != want {
			t.Errorf("%q is kept as %q", typed, got)
		}
	}
	for _, text := range []string{"", "Ctrl", "AltGr", "A", "Ctrl+A", "Ctrl+Ctrl", "Hyper+Alt"} {
		if err := d.Set(d.ctx, NameConsoleRelease, text); !errors.Is(err, virt.ErrInvalid) {
			t.Errorf("%q gives %v", text, err)
		}
	}
}
