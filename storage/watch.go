package storage

import (
	"context"
	"time"

	"github.com/fsnotify/fsnotify"
)

// lookEvery is how often WatchDirs looks by itself: for a directory that was made
// or replaced, and where the system cannot tell of changes.
const lookEvery = 5 * time.Second

// WatchDirs calls look at once, and again whenever something in the directories
// may have changed, until ctx ends. Directories need not exist.
func WatchDirs(ctx context.Context, look func(), dirs ...string) {
	w := newWatcher(dirs)
	defer w.close()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		look()
		select {
		case <-ctx.Done():
			return
		case <-w.events:
		case <-w.errors: // events were lost
		case <-tick.C:
		}
		w.add()
	}
}

// A watcher tells of changes in directories, as far as the system can. Its
// channels are nil where it cannot.
type watcher struct {
	dirs   []string
	notify *fsnotify.Watcher
	events <-chan fsnotify.Event
	errors <-chan error
}

func newWatcher(dirs []string) *watcher {
	w := &watcher{dirs: dirs}
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return w
	}
	w.notify, w.events, w.errors = notify, notify.Events, notify.Errors
	w.add()
	return w
}

// add begins to watch the directories; one may not exist yet, or be a new one.
func (w *watcher) add() {
	if w.notify == nil {
		return
	}
	for _, dir := range w.dirs {
		_ = w.notify.Add(dir)
	}
}

func (w *watcher) close() {
	if w.notify != nil {
		_ = w.notify.Close()
	}
}
