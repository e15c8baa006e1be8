package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/console"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/settings"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// The IDs of the places, as --page has them.
const (
	machinesPlace = "machines"
	activityPlace = "activity"
	settingsPlace = "settings"
)

// makePlaces lists the places in the order of the rail.
func (w *Window) makePlaces() []place {
	chosen := settings.New(settings.Options{Kit: w.kit, Services: w.svc, Open: w.openSettings})
	return []place{
		{
			id: machinesPlace, icon: "monitor", title: lang.L("Machines"), keys: "Ctrl+1",
			navigator: w.machines.NewNavigator(w.toggleNavigator),
			page:      func(t target) kit.Page { return w.machines.Page(t.ref, t.tab) },
			label:     func(t target) kit.WorkTab { return w.machines.Label(t.ref) },
		},
		{
			id: activityPlace, icon: "activity", title: lang.L("Activity"), keys: "Ctrl+0",
			page:  func(target) kit.Page { return w.activity.Page() },
			label: func(target) kit.WorkTab { return w.activity.Label() },
		},
		{
			id: settingsPlace, icon: "settings", title: lang.L("Settings"), keys: "Ctrl+,", bottom: true,
			navigator: chosen.NewNavigator(w.toggleNavigator),
			page:      func(t target) kit.Page { return chosen.Page(t.ref) },
			label:     func(t target) kit.WorkTab { return chosen.Label(t.ref) },
		},
	}
}

// showRunning shows on the rail how many operations run.
func (w *Window) showRunning(running int) {
	if button := w.buttons[activityPlace]; button != nil {
		button.SetCount(running)
	}
}

// machineTabs are the tabs of a machine's page behind Overview.
func machineTabs(c *console.Consoles) []kit.Tab[virt.Ref] { return []kit.Tab[virt.Ref]{c.Tab()} }

// makeRail puts the mark and the places under each other.
func (w *Window) makeRail() *fyne.Container {
	column := kit.Col(2, kit.Height(56, kit.Center(kit.NewMark(34))))
	for _, p := range w.places {
		if !p.bottom {
			column.Add(w.railButton(p))
		}
	}
	column.Add(kit.Spacer())
	for _, p := range w.places {
		if p.bottom {
			column.Add(w.railButton(p))
		}
	}
	column.Add(kit.Gap(1, 6))
	return kit.Stack(kit.NewBox(theme.Rail, theme.None, 0), kit.RowFill(0, column, kit.VLine()))
}

func (w *Window) railButton(p place) *kit.RailButton {
	button := kit.NewRailButton(p.icon, p.title, func() { w.press(p) })
	button.SetSelected(p.id == w.home().place)
	w.buttons[p.id] = button
	return button
}

// goTo shows a place; the place that is shown already shows its root.
func (w *Window) goTo(p place) { w.work.open(target{place: p.id}, false) }

// press shows a place. Where the navigator cannot be seen, the button of the
// place that is shown brings that first.
func (w *Window) press(p place) {
	again := w.shown == p.id
	if again && p.navigator != nil && !w.navigatorShown() {
		w.toggleNavigator()
		return
	}
	w.goTo(p)
	if again {
		w.closeDrawer()
	}
}
