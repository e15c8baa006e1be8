package console

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/sight"
)

// Size of a new window, in units: it fits on small screens.
const windowWidth, windowHeight = 1024, 720

// window shows one machine's screen and nothing else. It has no menu bar, whose
// shortcuts would come before the machine.
type window struct {
	consoles *Consoles
	vm       virt.Ref
	win      fyne.Window
	kit      *kit.Kit
	stage    *kit.Stage
	view     *view
	serials  *serials
	greeted  bool

	full    bool            // on the whole monitor
	passing bool            // leaving full screen closes the window
	top     *topBar         // of full screen
	edge    *fyne.Container // that of a terminal in full screen
}

func openWindow(c *Consoles, vm virt.Ref) *window {
	w := &window{consoles: c, vm: vm, win: c.kit.App.NewWindow(lang.L("KVM Manager"))}
	w.kit = c.main.Window(w.win)
	w.view = newView(c, w.kit, vm)
	w.view.onChange = w.changed
	w.serials = newSerials(w.kit, c.svc, vm, w.view)
	w.serials.onChange = w.changed
	w.stage = kit.NewStage(w.win)
	w.stage.AfterWith(w.kit.After)
	w.top = newTopBar(w)
	w.edge = kit.Height(topEdge, kit.NewEdge(w.top.overEdge))
	w.view.onFull, w.view.onPointer, w.view.onShow = w.toggleFull, w.top.pointer, w.top.follow
	w.kit.Shortcuts.Add(fullScreenShortcut(w.toggleFull))
	w.arrange()
	w.changed()
	w.win.Resize(fyne.NewSize(windowWidth, windowHeight))
	w.win.SetOnClosed(w.closed)
	w.serials.setVisible(true)
	w.win.Show()
	w.followSight()
	return w
}

// followSight lets the screen rest while its window cannot be seen.
func (w *window) followSight() {
	if id := sight.Of(w.win); id != 0 {
		w.kit.Keep(func(ctx context.Context) error { return sight.Watch(ctx, id, w.kit.SetSeen) }, nil)
	}
}

// changed shows the machine's name as it is now.
func (w *window) changed() {
	title := lang.L("{{.Name}} – KVM Manager", map[string]any{"Name": w.serials.name()})
	if w.win.Title() != title {
		w.win.SetTitle(title)
	}
	w.edge.Hidden = w.serials.current() == nil
	w.top.follow()
	if w.view.known && w.serials.known && !w.greeted { // who opens a console wants to type
		w.greeted = true
		w.serials.takeKeyboard()
	}
}

func (w *window) closed() {
	w.top.stop()
	w.serials.close()
	w.view.close()
	w.kit.Leave()
	w.consoles.forget(w.vm)
}
