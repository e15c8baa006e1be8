package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/activity"
	"github.com/kvmmanager/kvm-manager/ui/console"
	"github.com/kvmmanager/kvm-manager/ui/create"
	"github.com/kvmmanager/kvm-manager/ui/hosts"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/machines"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Measures of the window's frame, in units.
const (
	navigatorWidth = 236
	navigatorLeast = 200
	navigatorMost  = 360
	drawerBelow    = 1000 // a window less wide has the navigator as a drawer
	compactBelow   = 700  // a window less high has a rail of icons
)

// A Window is the program's main window: rail, navigator, work tabs and page.
type Window struct {
	kit      *kit.Kit
	svc      *services.Services
	stage    *kit.Stage
	consoles *console.Consoles
	machines *machines.Machines
	activity *activity.Activity
	places   []place
	work     *work
	torn     map[virt.Ref]*machineWindow // windows of single machines
	strip    *strip
	results  *activity.Drawer // over the bottom of the page
	recent   []string         // what was chosen in the palette, from the first choice in this window on

	buttons   map[string]*kit.RailButton // of the rail, by place
	rail      *fyne.Container
	frame     *fyne.Container // rail, navigator, work
	drawer    *fyne.Container // over the work, in a narrow window
	navigator *fyne.Container // what the pane shows
	shown     string          // place whose navigator that is

	width   float32 // of the navigator
	hidden  bool    // the person has hidden it
	narrow  bool
	opened  bool // the drawer of a narrow window
	compact bool
	left    bool // its pages are closed for good
	ready   bool // built: what changes now must be laid out again
}

// NewWindow builds the content of the kit's window. It waits for no host.
func NewWindow(k *kit.Kit, svc *services.Services) *Window {
	w := &Window{kit: k, svc: svc, width: navigatorWidth, buttons: map[string]*kit.RailButton{}, torn: map[virt.Ref]*machineWindow{}}
	w.restore()
	w.stage = kit.NewStage(k.Win)
	w.stage.AfterWith(k.After)
	k.OnError(showProblem)
	w.consoles = console.New(k, svc)
	w.machines = machines.New(machines.Options{
		Kit: k, Services: svc, Hosts: hosts.New(k, svc), Tabs: machineTabs(w.consoles), Open: w.openMachine, OpenWindow: w.tearOff, Create: w.newMachine, Leave: w.leave,
	})
	w.activity = activity.New(k, svc, w.showRunning)
	w.places = w.makePlaces()
	w.work = newWork(w)
	w.strip = newStrip(k, svc, w.toggleActivity)
	w.results = w.activity.NewDrawer(func() { w.Open(activityPlace) }, w.toggleActivity)
	w.navigator, w.drawer, w.frame = kit.Stack(), kit.Stack(), kit.RowFill(0)
	w.rail = w.makeRail()
	w.work.open(w.home(), false)
	w.ready = true
	w.arrange()
	w.stage.SetPage(kit.Responsive(fyne.NewSize(0, 0), kit.Stack(w.frame, w.drawer), w.fit))
	w.bindKeys()
	w.machines.Inventory().Listen(func(c machines.Change) {
		if c == machines.RowsChanged {
			w.work.relabel()
		}
	})
	return w
}

// home is what a new work tab shows.
func (w *Window) home() target { return target{place: machinesPlace} }

// place returns the place of that ID.
func (w *Window) place(id string) place {
	for _, p := range w.places {
		if p.id == id {
			return p
		}
	}
	return w.places[0]
}

// Open shows a place, such as "machines".
func (w *Window) Open(id string) { w.work.open(target{place: w.place(id).id}, false) }

func (w *Window) openMachine(ref virt.Ref, tab string, another bool) {
	w.work.open(target{place: machinesPlace, ref: ref, tab: tab}, another)
	w.closeDrawer()
}

// newMachine asks for a machine in a wizard and then shows it.
func (w *Window) newMachine(hosts []virt.Host, host virt.HostID) {
	create.Open(create.Options{Kit: w.kit, Services: w.svc, Made: func(ref virt.Ref, started bool) {
		tab := ""
		if started {
			tab = machines.ConsoleTab
		}
		w.openMachine(ref, tab, false)
	}}, hosts, host)
}

func (w *Window) openSettings(section virt.Ref) {
	w.work.open(target{place: settingsPlace, ref: section}, false)
	w.closeDrawer()
}

// closeDrawer takes away the navigator that lies over the page of a narrow
// window, once something was chosen in it or beside it.
func (w *Window) closeDrawer() {
	if w.narrow && w.opened {
		w.toggleNavigator()
	}
}

// follow makes rail and navigator show where the page is.
func (w *Window) follow(t target) {
	p := w.place(t.place)
	for id, button := range w.buttons {
		button.SetSelected(id == p.id)
	}
	if w.shown != p.id {
		w.shown = p.id
		w.navigator.Objects = nil
		if p.navigator != nil {
			w.navigator.Objects = []fyne.CanvasObject{p.navigator.Content()}
		}
		w.arrange()
	}
	if p.navigator != nil {
		p.navigator.Select(t.ref)
	}
}

func (w *Window) retitle(name string) { nameWindow(w.kit.Win, name) }

// nameWindow makes the thing's name the window's title.
func nameWindow(win fyne.Window, name string) {
	title := lang.L("KVM Manager")
	if name != "" {
		title = lang.L("{{.Name}} – KVM Manager", map[string]any{"Name": name})
	}
	if win.Title() != title {
		win.SetTitle(title)
	}
}

// fit follows the size of the window.
func (w *Window) fit(size fyne.Size) {
	narrow, compact := size.Width < drawerBelow, size.Height < compactBelow
	if narrow == w.narrow && compact == w.compact {
		return
	}
	w.narrow, w.compact, w.opened = narrow, compact, false
	for _, button := range w.buttons {
		button.SetCompact(compact)
	}
	w.arrange()
}

// toggleNavigator hides the navigator or shows it again; in a narrow window it
// comes over the page, with the keyboard in it.
func (w *Window) toggleNavigator() {
	if !w.narrow {
		w.hidden = !w.hidden
		w.arrange()
		return
	}
	had := w.hasFocus(w.navigator)
	w.opened = !w.opened
	w.arrange()
	switch {
	case w.navigatorShown():
		w.kit.Win.Canvas().Focus(w.place(w.shown).navigator.Focusable())
	case had:
		w.work.focusPage()
	}
}

// closeFocused closes the drawer that has the keyboard.
func (w *Window) closeFocused() {
	if w.hasFocus(w.results.Content()) {
		w.toggleActivity()
		return
	}
	w.closeDrawer()
}

// inDrawer says whether a drawer has the keyboard.
func (w *Window) inDrawer() bool {
	return w.results.IsOpen() && w.hasFocus(w.results.Content()) || w.narrow && w.opened && w.hasFocus(w.navigator)
}

// toggleActivity slides out what runs and ran, with the keyboard in it, or takes
// it away.
func (w *Window) toggleActivity() {
	drawer := w.results.Content()
	had := w.hasFocus(drawer)
	w.results.SetOpen(!w.results.IsOpen())
	switch {
	case w.results.IsOpen():
		if first := kit.FirstFocusable(drawer); first != nil {
			w.kit.Win.Canvas().Focus(first)
		}
	case had:
		w.work.focusPage()
	}
}

// navigatorShown says whether the navigator can be seen.
func (w *Window) navigatorShown() bool {
	if w.place(w.shown).navigator == nil {
		return false
	}
	return w.narrow && w.opened || !w.narrow && !w.hidden
}

// arrange puts rail, navigator and work where they belong.
func (w *Window) arrange() {
	if !w.ready {
		return
	}
	w.frame.Objects = []fyne.CanvasObject{w.rail}
	w.drawer.Objects = nil
	switch {
	case w.navigatorShown() && w.narrow:
		rail := float32(kit.RailWidth)
		if w.compact {
			rail = kit.RailNarrow
		}
		w.drawer.Objects = []fyne.CanvasObject{kit.Pad(0, 0, 0, rail, kit.RowFill(0, w.pane(), kit.Grow(kit.NewBeside(w.closeDrawer))))}
	case w.navigatorShown():
		w.frame.Objects = append(w.frame.Objects, w.pane())
	}
	w.frame.Objects = append(w.frame.Objects, kit.Grow(kit.Stack(w.work.content, w.results.Content())))
	w.frame.Refresh()
	w.drawer.Refresh()
}

// pane is the navigator on its surface, with the strip at its foot and the grip
// on its edge.
func (w *Window) pane() fyne.CanvasObject {
	inside := kit.Col(0, kit.Grow(w.navigator), w.strip.content)
	w.strip.refit = inside.Refresh
	grip := kit.NewDivider(w.resizeNavigator, func() {})
	return kit.Width(w.width, kit.Stack(kit.NewBox(theme.Side, theme.None, 0),
		kit.RowFill(0, kit.Grow(inside), kit.VLine()), kit.RowFill(0, kit.Spacer(), grip)))
}

func (w *Window) resizeNavigator(dx float32) {
	w.width = max(navigatorLeast, min(navigatorMost, w.width+dx))
	w.arrange()
}
