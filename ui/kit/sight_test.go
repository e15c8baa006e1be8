package kit_test

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

func TestAViewOfAWindowThatNobodySeesLoadsOnceWhenItIsSeen(t *testing.T) {
	w := kittest.Open(t, nil)
	l := newLoads()
	for range 5 {
		l.open <- struct{}{}
	}
	v := l.view(w.Kit)
	v.Changed()
	w.Until("the first load is shown", func() bool { return len(l.shown) == 1 })
	w.Kit.SetSeen(false)
	for range 10 {
		v.Changed()
	}
	w.Flush()
	if n := l.begun.Load(); n != 1 {
		t.Errorf("unseen, it has loaded %d times", n-1)
	}
	w.Kit.SetSeen(true)
	w.Until("it is loaded again", func() bool { return len(l.shown) == 2 })
	w.Flush()
	if n := l.begun.Load(); n != 2 {
		t.Errorf("seen again, it has loaded %d times", n-1)
	}
}

// The windows that were torn off show what the main window's views have loaded.
func TestAKitIsSeenWhileOneOfItsWindowsIs(t *testing.T) {
	w := kittest.Open(t, nil)
	l := newLoads()
	for range 9 {
		l.open <- struct{}{}
	}
	v := l.view(w.Kit)
	own := w.App.NewWindow("own")
	t.Cleanup(own.Close)
	w.Kit.SetSeen(false)
	v.Changed()
	child := w.Kit.Window(own)
	w.Until("a window that opens is seen", func() bool { return len(l.shown) == 1 })
	v.Changed()
	w.Until("it loads", func() bool { return len(l.shown) == 2 })
	child.SetSeen(false)
	v.Changed()
	w.Flush()
	if len(l.shown) != 2 {
		t.Error("it has loaded though both are hidden")
	}
	child.SetSeen(true)
	w.Until("the child is seen", func() bool { return len(l.shown) == 3 })
	child.Close()
	v.Changed()
	w.Flush()
	if len(l.shown) != 3 {
		t.Error("a window that is closed counts as seen")
	}
	w.Kit.SetSeen(true)
	w.Until("the main window is seen", func() bool { return len(l.shown) == 4 })
}

func TestWhoShowsSomethingHearsWhenItsWindowGoesOutOfSight(t *testing.T) {
	w := kittest.Open(t, nil)
	child := w.Kit.Window(w.App.NewWindow("own"))
	var heard []bool
	stop := w.Kit.OnSight(func() { heard = append(heard, w.Kit.InSight()) })
	for _, seen := range []bool{true, false, false, true} {
		w.Kit.SetSeen(seen)
		child.SetSeen(!seen)
		w.Flush()
	}
	stop()
	w.Kit.SetSeen(false)
	w.Flush()
	if len(heard) != 2 || heard[0] || !heard[1] {
		t.Errorf("heard %v", heard)
	}
}
