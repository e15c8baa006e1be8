// Package kittest runs pages in Fyne's test driver with a real UI goroutine:
// the one of the test. The driver by itself runs UI work on whatever goroutine
// asks for it, so that pages which load in the background would race.
package kittest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// patience is how long Until waits for what must become true.
const patience = 10 * time.Second

// A Window is a test window with its kit. All its UI work waits until the test
// calls Until or Flush.
type Window struct {
	App fyne.App
	Win fyne.Window
	Kit *kit.Kit

	t     testing.TB
	mu    sync.Mutex
	queue []func()
	more  chan struct{}
}

// Open returns a window of 1280x800 in the dark theme. events may be nil. The
// kit's context carries an operator. Everything is closed with the test, and
// failures that the kit shows fail it unless the test calls Kit.OnError.
func Open(t testing.TB, events kit.Source) *Window {
	t.Helper()
	ctx := virt.WithActor(t.Context(), virt.Actor{Name: "tester", Via: "gui", Role: virt.RoleOperator})
	return OpenAs(t, ctx, events)
}

// OpenAs is Open with a context of the test's own.
func OpenAs(t testing.TB, ctx context.Context, events kit.Source) *Window { //nolint:revive // t comes first in tests
	t.Helper()
	w := &Window{App: test.NewApp(), t: t, more: make(chan struct{}, 1)}
	w.App.Settings().SetTheme(theme.New(theme.Dark))
	w.Win = w.App.NewWindow("test")
	w.Win.SetPadded(false)
	w.Win.Resize(fyne.NewSize(1280, 800))
	w.Kit = kit.New(w.App, w.Win, ctx, events)
	w.Kit.PostWith(w.post)
	w.Kit.OnError(func(_ *kit.Kit, p kit.Problem) { t.Errorf("%s: %s", p.Title, p.Why) })
	t.Cleanup(func() {
		w.Kit.Close()
		w.Win.Close()
	})
	return w
}

func (w *Window) post(fn func()) {
	w.mu.Lock()
	w.queue = append(w.queue, fn)
	w.mu.Unlock()
	select {
	case w.more <- struct{}{}:
	default:
	}
}

// Flush runs the UI work that waits now and what that work adds.
func (w *Window) Flush() {
	for {
		w.mu.Lock()
		if len(w.queue) == 0 {
			w.mu.Unlock()
			return
		}
		fn := w.queue[0]
		w.queue = w.queue[1:]
		w.mu.Unlock()
		fn()
	}
}

// Until runs UI work until done says true, and fails the test when that takes
// more than ten seconds. done is asked on the test's goroutine.
func (w *Window) Until(what string, done func() bool) {
	w.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		w.Flush()
		if done() {
			return
		}
		select {
		case <-w.more:
		case <-look.C:
		case <-deadline.C:
			w.t.Fatalf("waited %v in vain until %s; the window has\n%s", patience, what, w.described())
		}
	}
}

// described are the roles, names and states of all that the window shows.
func (w *Window) described() string {
	var text strings.Builder
	var add func(e kit.Element, depth int)
	add = func(e kit.Element, depth int) {
		fmt.Fprintf(&text, "%*s%s %q %s %q at %d,%d\n", 2*depth, "", e.Role, e.Name, e.States, e.Value, e.X, e.Y)
		for _, child := range e.Children {
			add(child, depth+1)
		}
	}
	add(kit.Accessibility(w.Win, 1), 0)
	return text.String()
}
