package kit

import (
	"context"
	"sync"
	"time"
)

// slowAfter is how long a first load may take before something is said.
const slowAfter = 300 * time.Millisecond

// A View shows what was loaded and loads it again on news. One load runs at a
// time; any number of news during a load means exactly one more, so that a
// storm of events costs two loads and an older answer never overwrites a newer.
type View[T any] struct {
	kit  *Kit
	load func(context.Context) (T, error)
	show func(T, error)
	slow func()

	mu      sync.Mutex
	cancel  func()
	onStop  []func()
	loading bool
	again   bool
	hidden  bool
	stale   bool
	shown   bool
	stopped bool
}

// NewView makes a view that has loaded nothing yet; Follow, Changed and
// SetVisible make it load. load runs off the UI goroutine, show on it.
func NewView[T any](k *Kit, load func(context.Context) (T, error), show func(T, error)) *View[T] {
	return &View[T]{kit: k, load: load, show: show}
}

// Slow sets what runs on the UI goroutine when the first load takes longer
// than 300 ms: put up a skeleton. Later loads keep what is shown.
func (v *View[T]) Slow(show func()) *View[T] {
	v.slow = show
	return v
}

// Changed says that what is shown may no longer be true. It never blocks and
// is safe from any goroutine. In a window that nobody sees it has effect when
// that is over.
func (v *View[T]) Changed() {
	if v.kit.whenSeen(v, v.Changed) {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.stopped:
	case v.hidden:
		v.stale = true
	case v.loading:
		v.again = true
	default:
		v.begin()
	}
}

// Now loads and shows on the calling goroutine, the UI's. It is for what the
// program knows by itself when a window opens: load MUST NOT wait for anything.
func (v *View[T]) Now() {
	value, err := v.load(v.kit.ctx)
	v.mu.Lock()
	v.shown = true
	v.mu.Unlock()
	v.show(value, err)
}

// SetVisible says whether the view can be seen. A hidden view does not load;
// shown again it does, if there was news meanwhile.
func (v *View[T]) SetVisible(visible bool) {
	v.mu.Lock()
	v.hidden = !visible
	due := visible && v.stale
	if due {
		v.stale = false
	}
	v.mu.Unlock()
	if due {
		v.Changed()
	}
}

// Stop ends the view: its load is cancelled, nothing is shown any more and it
// follows no news.
func (v *View[T]) Stop() {
	v.mu.Lock()
	v.stopped = true
	cancel, onStop := v.cancel, v.onStop
	v.cancel, v.onStop = nil, nil
	v.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	for _, f := range onStop {
		f()
	}
}

// OnStop runs f when the view stops.
func (v *View[T]) OnStop(f func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.onStop = append(v.onStop, f)
}

// begin starts a load; v.mu is held.
func (v *View[T]) begin() {
	v.loading = true
	var waited func()
	if !v.shown && v.slow != nil {
		waited = v.kit.After(slowAfter, v.sayWaiting)
	}
	var value T
	v.cancel = v.kit.run(func(ctx context.Context) (err error) {
		value, err = v.load(ctx)
		return err
	}, func(err error) {
		if waited != nil {
			waited()
		}
		v.finish(value, err)
	})
}

func (v *View[T]) sayWaiting() {
	v.mu.Lock()
	waiting := v.loading && !v.shown && !v.stopped
	v.mu.Unlock()
	if waiting {
		v.slow()
	}
}

// finish shows what was loaded and loads again if there was news meanwhile.
func (v *View[T]) finish(value T, err error) {
	v.mu.Lock()
	stopped := v.stopped
	v.shown = v.shown || !stopped
	v.mu.Unlock()
	if !stopped {
		v.show(value, err)
	}

	v.mu.Lock()
	defer v.mu.Unlock()
	v.loading = false
	if !v.again || v.stopped {
		return
	}
	v.again = false
	if v.hidden {
		v.stale = true
		return
	}
	v.begin()
}
