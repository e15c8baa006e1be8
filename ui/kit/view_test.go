package kit_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

// wire is a source of news that a test speaks into.
type wire struct {
	mu    sync.Mutex
	out   chan virt.Event
	calls int
}

func (w *wire) Subscribe() (<-chan virt.Event, func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	w.out = make(chan virt.Event, 64)
	return w.out, func() { close(w.out) }
}

// loads counts what a view loaded and showed. Its loads wait for go ahead.
type loads struct {
	begun atomic.Int32
	open  chan struct{}
	shown []int
	errs  []error
}

func newLoads() *loads { return &loads{open: make(chan struct{}, 100)} }

func (l *loads) view(k *kit.Kit) *kit.View[int] {
	return kit.NewView(k, func(ctx context.Context) (int, error) {
		n := l.begun.Add(1)
		select {
		case <-l.open:
			return int(n), nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}, func(v int, err error) {
		l.shown, l.errs = append(l.shown, v), append(l.errs, err)
	})
}

func vmEvent(id string) virt.Event {
	return virt.Event{Kind: virt.VMChanged, Ref: virt.Ref{Host: "lab", Kind: virt.KindVM, ID: id}}
}

func TestAStormOfFiftyEventsCostsTwoLoads(t *testing.T) {
	source := &wire{}
	w := kittest.Open(t, source)
	l := newLoads()
	w.Kit.Follow(l.view(w.Kit), kit.AboutHost("lab"))
	w.Until("the first load has begun", func() bool { return l.begun.Load() == 1 })

	for range 50 {
		source.out <- vmEvent("1")
	}
	w.Until("the events are taken", func() bool { return len(source.out) == 0 })
	l.open <- struct{}{}
	l.open <- struct{}{}
	w.Until("two loads are shown", func() bool { return len(l.shown) == 2 })
	w.Flush()

	if n := l.begun.Load(); n != 2 {
		t.Errorf("50 events made %d loads, want 2", n)
	}
	if l.shown[1] != 2 {
		t.Errorf("showed %v, want the newest last", l.shown)
	}
}

func TestAHiddenViewLoadsWhenItIsShown(t *testing.T) {
	w := kittest.Open(t, nil)
	l := newLoads()
	v := l.view(w.Kit)
	v.SetVisible(false)
	v.Changed()
	v.Changed()
	w.Flush()
	if n := l.begun.Load(); n != 0 {
		t.Fatalf("a hidden view loaded %d times", n)
	}

	l.open <- struct{}{}
	v.SetVisible(true)
	w.Until("it is shown", func() bool { return len(l.shown) == 1 })
	v.SetVisible(false)
	v.SetVisible(true)
	w.Flush()

	if n := l.begun.Load(); n != 1 {
		t.Errorf("loaded %d times, want 1: there was no further news", n)
	}
}

func TestNewsDuringALoadOfAViewThenHiddenWaits(t *testing.T) {
	w := kittest.Open(t, nil)
	l := newLoads()
	v := l.view(w.Kit)
	v.Changed()
	v.Changed()
	v.SetVisible(false)
	l.open <- struct{}{}
	w.Until("the first load is shown", func() bool { return len(l.shown) == 1 })
	w.Flush()
	if n := l.begun.Load(); n != 1 {
		t.Fatalf("the hidden view began load %d", n)
	}

	l.open <- struct{}{}
	v.SetVisible(true)

	w.Until("the second load is shown", func() bool { return len(l.shown) == 2 })
}

func TestAStoppedViewShowsNothingAndFollowsNothing(t *testing.T) {
	source := &wire{}
	w := kittest.Open(t, source)
	l := newLoads()
	v := l.view(w.Kit)
	w.Kit.Follow(v, kit.AboutHost("lab"))
	w.Until("it loads", func() bool { return l.begun.Load() == 1 })

	v.Stop()
	source.out <- vmEvent("1")
	w.Until("the event is taken", func() bool { return len(source.out) == 0 })
	v.Changed()
	w.Kit.Close()
	w.Flush()

	if l.begun.Load() != 1 || len(l.shown) != 0 {
		t.Errorf("after Stop: %d loads begun, shown %v", l.begun.Load(), l.shown)
	}
}

func TestAFailedLoadReachesTheView(t *testing.T) {
	w := kittest.Open(t, nil) // fails the test when the kit itself shows the error
	var got error
	v := kit.NewView(w.Kit, func(context.Context) (int, error) { return 0, virt.ErrUnavailable }, func(_ int, err error) { got = err })

	v.Changed()
	w.Until("the error is shown", func() bool { return got != nil })

	if !errors.Is(got, virt.ErrUnavailable) {
		t.Errorf("got %v", got)
	}
}

func TestOnlyASlowFirstLoadAsksForASkeleton(t *testing.T) {
	w := kittest.Open(t, nil)
	l, skeletons := newLoads(), 0
	v := l.view(w.Kit).Slow(func() { skeletons++ })
	v.Changed()
	w.Until("the skeleton is asked for", func() bool { return skeletons == 1 })
	l.open <- struct{}{}
	w.Until("the load is shown", func() bool { return len(l.shown) == 1 })

	v.Changed() // slow as well, but what was shown stays
	asked := false
	w.Kit.After(400e6, func() { asked = true })
	w.Until("the second load has taken long", func() bool { return asked })

	if skeletons != 1 {
		t.Errorf("asked for %d skeletons, want 1", skeletons)
	}
}

func TestFollowersHearOnlyWhatConcernsThem(t *testing.T) {
	vm := virt.Ref{Host: "lab", Kind: virt.KindVM, ID: "1", Name: "old name"}
	host := virt.HostRef("lab")
	event := func(kind virt.EventKind, ref virt.Ref) virt.Event { return virt.Event{Kind: kind, Ref: ref} }
	rows := []struct {
		name  string
		match func(virt.Event) bool
		event virt.Event
		want  bool
	}{
		{"its own change", kit.About(vm), vmEvent("1"), true},
		{"another machine", kit.About(vm), vmEvent("2"), false},
		{"same id, other host", kit.About(vm), event(virt.VMChanged, virt.Ref{Host: "b", Kind: virt.KindVM, ID: "1"}), false},
		{"its host is lost", kit.About(vm), event(virt.HostChanged, host), true},
		{"news of its host were lost", kit.About(vm), event(virt.Resync, host), true},
		{"news of another host were lost", kit.About(vm), event(virt.Resync, virt.HostRef("b")), false},
		{"a machine on the host", kit.About(host), vmEvent("2"), true},
		{"figures of the host", kit.About(host), event(virt.StatsTaken, host), false},
		{"figures when asked for", kit.AboutHost("lab", virt.StatsTaken), event(virt.StatsTaken, host), true},
		{"lost news whatever was asked for", kit.AboutHost("lab", virt.StatsTaken), event(virt.Resync, host), true},
		{"kinds not asked for", kit.OfKind(virt.PoolChanged), vmEvent("1"), false},
	}
	for _, row := range rows {
		if got := row.match(row.event); got != row.want {
			t.Errorf("%s: got %v, want %v", row.name, got, row.want)
		}
	}
}

type bell struct{ rung atomic.Int32 }

func (b *bell) Changed() { b.rung.Add(1) }

func TestOneSubscriptionServesAllAndLostNewsReachEverybody(t *testing.T) {
	source := &wire{}
	w := kittest.Open(t, source)
	one, two := &bell{}, &bell{}
	w.Kit.Follow(one, kit.About(virt.Ref{Host: "lab", Kind: virt.KindVM, ID: "1"}))
	stop := w.Kit.Follow(two, kit.AboutHost("b", virt.PoolChanged))

	source.out <- virt.Event{Kind: virt.Resync}
	w.Until("both have heard", func() bool { return one.rung.Load() == 2 && two.rung.Load() == 2 })
	stop()
	source.out <- virt.Event{Kind: virt.Resync}
	w.Until("one has heard again", func() bool { return one.rung.Load() == 3 })

	if two.rung.Load() != 2 {
		t.Error("who stopped following still hears")
	}
	if source.calls != 1 {
		t.Errorf("%d subscriptions, want 1", source.calls)
	}
}
