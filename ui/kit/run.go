package kit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A Source is where the news comes from. Subscribe returns a channel that is
// closed when the source ends, and what ends the subscription.
type Source interface {
	Subscribe() (<-chan virt.Event, func())
}

// Busy is a button or card that shows that its work is running and takes no
// clicks meanwhile.
type Busy interface{ SetBusy(bool) }

// A Kit belongs to one window. It makes every context and every goroutine of
// that window's pages: work runs off the UI goroutine with a context that
// carries the actor, and comes back to it with its result.
type Kit struct {
	App fyne.App
	Win fyne.Window

	// Shortcuts are the key combinations of the window.
	Shortcuts *Shortcuts

	ctx     context.Context
	cancel  context.CancelFunc
	work    sync.WaitGroup
	closed  atomic.Bool
	post    func(func())
	posted  *poster
	present func(*Kit, Problem)
	news    *news
	watch   *watch
	sight   *sight

	mu       sync.Mutex // guards children, and starting work against closing
	children []*Kit
	parent   *Kit // of a kit that Window made
}

// New makes the kit of win. base carries the actor; it ends all work when it
// is cancelled. Errors are shown as dialogs until OnError says otherwise.
func New(app fyne.App, win fyne.Window, base context.Context, events Source) *Kit { //nolint:revive // the context is kept, not passed on
	k := newKit(app, win, base, newNews(events))
	k.watch, k.sight = newWatch(), newSight()
	return k
}

func newKit(app fyne.App, win fyne.Window, base context.Context, n *news) *Kit { //nolint:revive // as New
	ctx, cancel := context.WithCancel(base)
	k := &Kit{App: app, Win: win, ctx: ctx, cancel: cancel, posted: newPoster(), present: showProblem, news: n}
	k.post = k.posted.post
	k.Shortcuts = newShortcuts(win)
	return k
}

// Window makes the kit of a further window, such as a console. It shares the
// news and the UI socket with k and ends with it at the latest; Leave ends it
// when its window closes.
func (k *Kit) Window(win fyne.Window) *Kit {
	child := newKit(k.App, win, k.ctx, newNews(k.news.source))
	child.watch, child.sight, child.post, child.present, child.parent = k.watch, k.sight, k.post, k.present, k
	child.Shortcuts.Choose(k.Shortcuts.chosen)
	k.mu.Lock()
	k.children = append(k.children, child)
	k.mu.Unlock()
	child.catchUp()
	return child
}

// PostWith makes the kit hand UI work to post instead of Fyne. Fyne's test
// driver runs such work on any goroutine; a test passes a queue of its own.
// Call it before the kit is used.
func (k *Kit) PostWith(post func(func())) { k.post = post }

// OnError makes present show the failures of Run and its kin, also of the kits
// that Window makes from now on: it gets the kit of the window where it belongs.
// It is called on the UI goroutine.
func (k *Kit) OnError(present func(*Kit, Problem)) { k.present = present }

// Do runs fn on the UI goroutine, in the order of the calls, unless the kit is
// closed by then. It does not wait. It is for code off the UI goroutine.
func (k *Kit) Do(fn func()) {
	k.watch.changed()
	k.post(func() {
		if !k.closed.Load() {
			fn()
		}
	})
}

// CatchUp does what waits for the UI goroutine, which calls it, until done says
// that it is enough, but no longer than limit. It is for the moment before a
// window is shown for the first time, which then comes with what is known.
func (k *Kit) CatchUp(done func() bool, limit time.Duration) { k.posted.runUntil(done, limit) }

// Run runs fn off the UI goroutine and shows its failure.
func (k *Kit) Run(fn func(context.Context) error) { k.RunThen(fn, nil) }

// RunThen runs fn as Run does, and done on the UI goroutine if fn succeeded.
func (k *Kit) RunThen(fn func(context.Context) error, done func()) {
	k.run(fn, func(err error) {
		if err != nil {
			k.Show(err)
		} else if done != nil {
			done()
		}
	})
}

// RunOn runs fn as Run does; button shows meanwhile that it is busy.
func (k *Kit) RunOn(button Busy, fn func(context.Context) error) {
	button.SetBusy(true)
	k.run(fn, func(err error) {
		button.SetBusy(false)
		if err != nil {
			k.Show(err)
		}
	})
}

// RunTo runs fn off the UI goroutine and gives its error, or nil, to end on
// the UI goroutine. It is for callers that show failures themselves, such as
// a dialog that stays open; the returned function cancels fn's context.
func (k *Kit) RunTo(fn func(context.Context) error, end func(error)) (cancel func()) {
	return k.run(fn, end)
}

// Load gets a value once and hands it to show on the UI goroutine. A failure
// is shown as Run shows it. What changes with the news wants a View instead.
func Load[T any](k *Kit, load func(context.Context) (T, error), show func(T)) {
	var value T
	k.RunThen(func(ctx context.Context) (err error) {
		value, err = load(ctx)
		return err
	}, func() { show(value) })
}

// Keep runs fn for as long as its owner lives: a console's stream, a watcher.
// It is not counted as work in flight. The returned function cancels fn's
// context; end, if not nil, gets fn's error on the UI goroutine.
func (k *Kit) Keep(fn func(context.Context) error, end func(error)) (cancel func()) {
	cancel, _ = k.start(fn, func(err error) {
		if end != nil {
			k.Do(func() { end(err) })
		}
	})
	return cancel
}

// Outlive is Keep for what shall not end with the kit's window: it lasts as long
// as the program's first one.
func (k *Kit) Outlive(fn func(context.Context) error, end func(error)) (cancel func()) {
	for k.parent != nil {
		k = k.parent
	}
	return k.Keep(fn, end)
}

// After runs fn on the UI goroutine once d has passed. The returned function
// calls it off.
func (k *Kit) After(d time.Duration, fn func()) (cancel func()) {
	timer := time.AfterFunc(d, func() { k.Do(fn) })
	return func() { timer.Stop() }
}

// Show shows a failure to the person. Work that was called off says nothing.
func (k *Kit) Show(err error) {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, virt.ErrCancelled) {
		return
	}
	k.present(k, Explain(err))
}

// Cancel ends all work without waiting for it; nothing is shown any more. Use
// it when a window closes, and Close when the program ends.
func (k *Kit) Cancel() {
	k.mu.Lock()
	k.closed.Store(true)
	k.mu.Unlock()
	k.cancel()
	k.news.stop()
	for _, child := range k.windows() {
		child.Cancel()
	}
}

// Leave is Cancel for a kit that Window made: the kit that made it forgets it as
// soon as its work has ended.
func (k *Kit) Leave() {
	k.Cancel()
	parent := k.parent
	parent.Keep(func(context.Context) error {
		k.Close()
		parent.mu.Lock()
		defer parent.mu.Unlock()
		parent.children = slices.DeleteFunc(parent.children, func(child *Kit) bool { return child == k })
		return nil
	}, nil)
}

// Close ends all work and waits for it. A call into libvirt cannot be broken
// off, so a daemon that hangs holds Close as well.
func (k *Kit) Close() {
	k.Cancel()
	for _, child := range k.windows() {
		child.Close()
	}
	k.work.Wait()
	k.news.wait()
}

func (k *Kit) windows() []*Kit {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]*Kit(nil), k.children...)
}

// run counts fn as work in flight until end has run on the UI goroutine.
func (k *Kit) run(fn func(context.Context) error, end func(error)) (cancel func()) {
	k.watch.begin()
	ended := func(err error) {
		k.post(func() {
			defer k.watch.end()
			if !k.closed.Load() {
				end(err)
			}
		})
	}
	cancel, started := k.start(fn, ended)
	if !started {
		k.watch.end()
	}
	return cancel
}

// start runs fn and then end on a goroutine that Close waits for. A closed kit
// starts nothing.
func (k *Kit) start(fn func(context.Context) error, end func(error)) (cancel func(), started bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed.Load() {
		return func() {}, false
	}
	ctx, cancel := context.WithCancel(k.ctx)
	k.work.Add(1)
	go func() {
		defer k.work.Done()
		defer cancel()
		end(fn(ctx))
	}()
	return cancel, true
}
