package ui

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// besides are the settings whose effect other tests see: that of consoles in
// ui/console, of figures in services/metric, of history and hosts beside the
// commands and checks.
var besides = []string{
	setting.NameConsoleScaling, setting.NameClipboard, setting.NameRemoteClipboard, setting.NameConsoleKeys, setting.NameConsoleLayout,
	setting.NameConsoleSound, setting.NameConsoleRelease, setting.NameConsolePass, setting.NameStatsInterval, setting.NameKeepOperations, setting.NameKeepAudit, setting.NameCheckNewHosts,
}

// effects changes each setting and looks at what the window makes of it.
var effects = map[string]func(h *house, set func(text string)){
	setting.NameTheme:    func(h *house, set func(string)) { h.recolours(theme.Back, func() { set("light") }) },
	setting.NameAccent:   func(h *house, set func(string)) { h.recolours(theme.Fill, func() { set("pink") }) },
	setting.NameContrast: func(h *house, set func(string)) { h.recolours(theme.Muted, func() { set("true") }) },
	setting.NameDensity: func(h *house, set func(string)) {
		high := h.row("running").H
		set(setting.Compact)
		h.Until("the rows are low", func() bool { return h.row("running").H < high })
	},
	setting.NameMotion: func(h *house, set func(string)) {
		set("false")
		h.Until("nothing slides", func() bool { return !kit.Motion() })
	},
	setting.NameScale: func(h *house, set func(string)) {
		set("1.5")
		h.Until("Fyne is told", func() bool { return os.Getenv(scaleVariable) == "1.5" })
	},
	setting.NameConfirmForceOff: func(h *house, set func(string)) {
		set("false")
		h.choose("running", "Shut down", "Force off")
		h.says("running", "Off")
	},
	setting.NameConfirmReset: func(h *house, set func(string)) {
		set("false")
		h.choose("running", "Shut down", "Reset")
		h.Until("it is reset at once", func() bool {
			rows, err := h.svc.Operations.List(h.ctx, virt.OperationFilter{})
			return err == nil && len(rows) > 0 && rows[0].Action == virt.ResetVM
		})
		if h.has("alert dialog", "") {
			h.t.Error("it asks all the same")
		}
	},
	setting.NameNewMemory: func(h *house, set func(string)) { set("3 GiB"); h.suggests(parts.Size(3 << 30)) },
	setting.NameNewVCPUs:  func(h *house, set func(string)) { set("3"); h.suggests("3 vCPU") },
	setting.NameNewDisk:   func(h *house, set func(string)) { set("7 GiB"); h.suggests(parts.Size(7 << 30)) },
	setting.NameNewStart: func(h *house, set func(string)) {
		set("false")
		h.emptyMachine()
		h.push("Skip to review")
		if start := h.must("switch", "Start"); slices.Contains(start.States, "checked") {
			h.t.Error("the wizard suggests to start it")
		}
	},
	setting.NameDefaultHost: func(h *house, set func(string)) {
		h.t.Setenv("KVM_MANAGER_HOST", "")
		h.t.Setenv("LIBVIRT_DEFAULT_URI", "")
		uri := virttest.TestHost(h.t, "several-states.xml")
		set(uri)
		dirs := virttest.Dirs(h.t)
		dirs.Config = filepath.Dir(h.svc.Settings.Path())
		svc, ctx := virttest.OpenIn(h.t, dirs)
		if vms, err := svc.VMs.List(ctx, virttest.Host(h.t, svc, ctx)); err != nil || len(vms) != 5 {
			h.t.Errorf("the next start has %d machines, %v", len(vms), err)
		}
	},
}

func TestEverySettingHasItsEffectAtOnce(t *testing.T) {
	for _, name := range setting.Names() {
		if slices.Contains(besides, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			effect := effects[name]
			if effect == nil {
				t.Fatal("nobody looks at its effect")
			}
			t.Setenv(scaleVariable, "1")
			h := open(t, "several-states.xml")
			lookOf(h.svc.Settings).apply(h.App)
			h.window.followLook("")
			h.window.followScale()
			t.Cleanup(func() {
				kit.SetDense(false)
				kit.SetMotion(true)
			})
			h.says("running", "Running")
			effect(h, func(text string) { h.set(name, text) })
		})
	}
}

func TestAThemeNamedAtTheStartHoldsUntilThemeIsSet(t *testing.T) {
	h := open(t, "several-states.xml")
	h.set(setting.NameTheme, "dark")
	named := lookOf(h.svc.Settings)
	named.theme = "light"
	named.apply(h.App)
	h.window.followLook(named.theme)
	h.says("running", "Running")

	h.recolours(theme.Fill, func() { h.set(setting.NameAccent, "pink") })
	if theme.IsDark() {
		t.Error("another colour took the theme away")
	}
	h.recolours(theme.Back, func() { h.set(setting.NameTheme, "system") })
	h.recolours(theme.Back, func() { h.set(setting.NameTheme, "light") })
}

func (h *house) set(name, text string) {
	h.t.Helper()
	if err := h.svc.Settings.Set(h.ctx, name, text); err != nil {
		h.t.Fatal(err)
	}
}

// recolours does something and waits until the colour is another one.
func (h *house) recolours(token theme.Token, do func()) {
	h.t.Helper()
	before := theme.Color(token)
	do()
	h.Until("the colour is another one", func() bool { return theme.Color(token) != before })
}

// choose takes an item, or one of an item's, from the menu of a machine's row.
func (h *house) choose(machine string, items ...string) {
	h.t.Helper()
	h.click(h.row(machine), desktop.MouseButtonSecondary)
	for _, item := range items {
		h.click(h.must("menu item", item), desktop.MouseButtonPrimary)
	}
}

// emptyMachine begins a new machine without a system.
func (h *house) emptyMachine() {
	h.t.Helper()
	h.combine("Ctrl+N")
	h.click(h.must("radio button", "Empty machine"), desktop.MouseButtonPrimary)
	h.push("Next")
}

// suggests waits until the summary of a new machine says so.
func (h *house) suggests(words string) {
	h.t.Helper()
	h.emptyMachine()
	h.must("label", words)
}
