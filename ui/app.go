// Package ui is the window: it puts the pages of the features into one frame of
// rail, navigator and work tabs.
package ui

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/assets"
	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virt/trace"
	"github.com/kvmmanager/kvm-manager/ui/hosts"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/machines"
	"github.com/kvmmanager/kvm-manager/ui/sight"
)

// Options say how the window opens.
type Options struct {
	App      fyne.App
	Services *services.Services
	Asker    *hosts.Asker // asks what hosts want to know; nil leaves that to nobody
	Page     string       // machines, vm:NAME, console:NAME, recording:FILE…; empty means machines
	Theme    string       // dark, light or system; empty means as the setting says
	Size     fyne.Size    // zero means as it was left
	// BeforeShow runs when the window exists and is not on screen yet, Shown
	// with its first frame.
	BeforeShow, Shown func()
}

// listWithin is how long the window waits for its hosts before it shows itself:
// a list that comes later costs a second frame, and looks like a flicker.
const listWithin = 100 * time.Millisecond

// closeWithin is how long the end of the program may take at the most: a daemon
// that hangs must not keep the window from closing.
const closeWithin = 3 * time.Second

// Run opens the window and returns when it is closed and all its work has
// ended. ctx carries the actor. The services are closed, too.
func Run(ctx context.Context, o Options) error {
	if err := kit.LoadWords(); err != nil {
		return err
	}
	first := lookOf(o.Services.Settings)
	first.theme = cmp.Or(o.Theme, first.theme)
	first.apply(o.App)
	o.App.SetIcon(fyne.NewStaticResource("kvm-manager.png", assets.AppIcon()))
	win := o.App.NewWindow(lang.L("KVM Manager"))
	win.SetMaster()
	k := kit.New(o.App, win, ctx, o.Services)
	w := NewWindow(k, o.Services)
	w.followLook(o.Theme)
	w.followScale()
	if o.Asker != nil {
		o.Asker.Show(k)
	}
	w.openFirst(o.Page)
	if path := os.Getenv(kit.UISocketVariable); path != "" {
		if err := k.ServeUI(path); err != nil {
			return err
		}
	}
	size := o.Size
	if size.IsZero() {
		size = w.size()
	}
	win.Resize(size)
	win.SetCloseIntercept(w.close)
	w.background()
	if o.BeforeShow != nil {
		o.BeforeShow()
	}
	w.stage.OnFirstPaint(func() {
		trace.Emit("window_mapped")
		followSight(k)
		w.openRecording(o.Page)
		if o.Shown != nil {
			o.Shown()
		}
	})
	k.CatchUp(w.machines.Inventory().Settled, listWithin)
	noStoppedHook(o.App)
	w.endBySignal()
	win.ShowAndRun()
	return w.end()
}

// noStoppedHook takes away what Fyne does when the last window is closed, which is
// to save preferences that we do not keep. Its end waits for that on a queue that it
// closes at the same time, and where the processor is busy it waits for ever.
func noStoppedHook(a fyne.App) {
	if l, ok := a.Lifecycle().(interface{ SetOnStoppedHookExecuted(hook func()) }); ok {
		l.SetOnStoppedHookExecuted(nil)
	}
}

// followSight has the kit's pages rest while its window, which is shown, cannot be
// seen. Where that is not told they never do.
func followSight(k *kit.Kit) {
	if id := sight.Of(k.Win); id != 0 {
		k.Keep(func(ctx context.Context) error { return sight.Watch(ctx, id, k.SetSeen) }, nil)
	}
}

// background begins what goes on beside the pages.
func (w *Window) background() {
	w.kit.Keep(func(ctx context.Context) error { return w.svc.Settings.Watch(ctx) }, nil)
	w.kit.Keep(func(ctx context.Context) error { return w.svc.Hosts.Watch(ctx) }, nil)
	w.kit.Keep(func(ctx context.Context) error { return w.svc.Operations.Watch(ctx) }, func(err error) {
		if err != nil {
			slog.Warn("operations of other programs are seen on reload only", "err", err)
		}
	})
	w.recover()
}

// recoverEvery is how often a window that stays open takes back what other
// programs left half done, and has old records deleted.
const recoverEvery = 24 * time.Hour

func (w *Window) recover() {
	w.kit.RunTo(func(ctx context.Context) error {
		_, err := w.svc.Operations.Recover(ctx)
		return err
	}, func(err error) {
		if err != nil {
			slog.Warn("take back what was left half done", "err", err)
		}
		w.kit.After(recoverEvery, w.recover)
	})
}

// close writes down how the window is left and closes it.
func (w *Window) close() {
	state := w.state()
	quit := w.kit.After(closeWithin, w.quit)
	w.kit.RunTo(func(ctx context.Context) error { return w.keep(ctx, state) }, func(err error) {
		if err != nil {
			slog.Warn("keep the window's size", "err", err)
		}
		quit()
		w.quit()
	})
}

// quit ends what the window shows while Fyne still has its goroutine for it, and
// then the program: what is posted later, Fyne runs wherever it is posted.
func (w *Window) quit() {
	w.closePages()
	w.kit.App.Quit()
}

// closePages ends all pages, and all work for them.
func (w *Window) closePages() {
	if w.left {
		return
	}
	w.left = true
	w.work.closeAll()
	for _, own := range w.torn {
		own.closed()
	}
	w.kit.Cancel()
}

// end closes everything front to back, in bounded time.
func (w *Window) end() error {
	w.closePages()
	var err error
	if !kit.Within(closeWithin, func() {
		err = w.svc.Close()
		w.kit.Close()
	}) {
		slog.Warn("left while a call still waits")
		return nil
	}
	return err
}

// recordingPage opens the file of a recorded screen.
const recordingPage = "recording"

// openRecording plays the recording that was asked for, in a window over this one.
func (w *Window) openRecording(page string) {
	if path, is := strings.CutPrefix(page, recordingPage+":"); is {
		w.consoles.OpenRecording(path)
	}
}

// openFirst shows the page that was asked for. A machine is looked for until
// all hosts have answered.
func (w *Window) openFirst(page string) {
	kind, name, named := strings.Cut(page, ":")
	if !named {
		if page != "" {
			w.Open(page)
		}
		return
	}
	if kind == recordingPage {
		return // see openRecording
	}
	tab := ""
	if kind == machines.ConsoleTab {
		tab = machines.ConsoleTab
	}
	inv := w.machines.Inventory()
	var stop func()
	look := func(machines.Change) {
		m, found := inv.Named(name)
		switch {
		case found:
			w.openMachine(m.Ref(), tab, false)
		case inv.Settled():
			w.kit.Show(&virt.Error{
				Kind: virt.KindNotFound, Ref: virt.Ref{Kind: virt.KindVM, Name: name},
				Err: virt.Errorf(virt.KindNotFound, "no machine is called %q", name), Hint: "Check the name and the host.",
			})
		default:
			return
		}
		stop()
	}
	stop = inv.Listen(look)
}
