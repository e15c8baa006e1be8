package kit_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"weak"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

func TestRunCarriesTheActorAndReportsOnTheUIGoroutine(t *testing.T) {
	w := kittest.Open(t, nil)
	var actor virt.Actor
	done := false

	w.Kit.RunThen(func(ctx context.Context) error {
		actor, _ = virt.ActorFrom(ctx)
		return nil
	}, func() { done = true })
	w.Until("the work is done", func() bool { return done })

	if actor.Name != "tester" {
		t.Errorf("ran as %q", actor.Name)
	}
}

func TestAFailureIsExplainedAndDoneIsNotCalled(t *testing.T) {
	w := kittest.Open(t, nil)
	var shown []kit.Problem
	w.Kit.OnError(func(_ *kit.Kit, p kit.Problem) { shown = append(shown, p) })
	failure := &virt.Error{
		Kind: virt.KindState, Action: virt.StartVM, Ref: virt.Ref{Kind: virt.KindVM, Name: "web"},
		Hint: "Shut it down first.", Err: errors.New("domain is already running"),
	}

	w.Kit.RunThen(func(context.Context) error { return failure }, func() { t.Error("done was called") })
	w.Until("the failure is shown", func() bool { return len(shown) > 0 })

	want := kit.Problem{
		Title: "“web” was not started", Why: "Domain is already running.", Hint: "Shut it down first.",
		Err: failure,
	}
	if shown[0] != want {
		t.Errorf("got %+v, want %+v", shown[0], want)
	}
}

func TestAKnownCauseIsToldAsTheReason(t *testing.T) {
	said := virt.Errorf(virt.KindInternal, "internal error: process exited")
	said.Cause, said.Hint = "The disk is in use.", "Shut the other machine down."
	p := kit.Explain(&virt.Error{Kind: virt.KindState, Action: virt.StartVM, Ref: virt.Ref{Kind: virt.KindVM, Name: "web"}, Err: said})
	if p.Why != "The disk is in use." || p.Hint != "Shut the other machine down." || p.Detail != "internal error: process exited" {
		t.Errorf("got %+v", p)
	}
	if p := kit.Explain(virt.Errorf(virt.KindForbidden, "path “x” may not be opened")); p.Why != "Path “x” may not be opened." || p.Detail != "" {
		t.Errorf("a refusal of the system's is told as %q", p.Why)
	}
}

func TestWorkThatWasCalledOffSaysNothing(t *testing.T) {
	w := kittest.Open(t, nil) // fails the test when something is shown
	ended := false

	cancel := w.Kit.RunTo(func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}, func(err error) {
		w.Kit.Show(err)
		w.Kit.Show(virt.Errorf(virt.KindCancelled, "stopped"))
		ended = true
	})
	cancel()

	w.Until("the work has ended", func() bool { return ended })
}

type lamp struct{ busy, was bool }

func (l *lamp) SetBusy(busy bool) { l.busy, l.was = busy, l.was || busy }

func TestAButtonIsBusyWhileItsWorkRuns(t *testing.T) {
	w := kittest.Open(t, nil)
	button, release := &lamp{}, make(chan struct{})

	w.Kit.RunOn(button, func(context.Context) error {
		<-release
		return nil
	})
	w.Flush()
	if !button.busy {
		t.Error("the button is not busy while the work runs")
	}
	close(release)

	w.Until("the button is free again", func() bool { return !button.busy })
}

func TestLoadShowsWhatItGot(t *testing.T) {
	w := kittest.Open(t, nil)
	got := 0

	kit.Load(w.Kit, func(context.Context) (int, error) { return 42, nil }, func(v int) { got = v })

	w.Until("the value is shown", func() bool { return got == 42 })
}

func TestCloseCancelsAndWaitsForAllWindows(t *testing.T) {
	w := kittest.Open(t, nil)
	child := w.Kit.Window(w.App.NewWindow("console"))
	var ended atomic.Int32
	block := func(ctx context.Context) error {
		<-ctx.Done()
		ended.Add(1)
		return ctx.Err()
	}
	w.Kit.Run(block)
	child.Keep(block, func(error) { t.Error("a closed kit shows something") })

	w.Kit.Close()

	if n := ended.Load(); n != 2 {
		t.Errorf("%d of 2 goroutines had ended", n)
	}
	w.Kit.Run(func(context.Context) error { t.Error("a closed kit ran something"); return nil })
	w.Flush()
}

func TestAWindowThatLeavesIsForgotten(t *testing.T) {
	w := kittest.Open(t, nil)
	var ended atomic.Bool
	left := func() weak.Pointer[kit.Kit] {
		win := w.App.NewWindow("machine")
		child := w.Kit.Window(win)
		child.Keep(func(ctx context.Context) error {
			<-ctx.Done()
			ended.Store(true)
			return nil
		}, nil)
		win.Close()
		child.Leave()
		return weak.Make(child)
	}()
	w.Until("its work has ended and nothing holds it", func() bool {
		runtime.GC()
		return ended.Load() && left.Value() == nil
	})
}

func TestEveryKindOfFailureHasWords(t *testing.T) {
	kinds := []virt.ErrorKind{
		virt.KindInternal, virt.KindInvalid, virt.KindNotFound, virt.KindExists, virt.KindState, virt.KindForbidden, virt.KindUnauthenticated,
		virt.KindUnavailable, virt.KindUnsupported, virt.KindNoSpace, virt.KindCancelled, virt.KindTimeout, virt.KindInterrupted, virt.KindPartial,
	}
	for _, kind := range kinds {
		p := kit.Explain(&virt.Error{Kind: kind, Action: virt.DeleteVM, Ref: virt.Ref{ID: "42"}, Err: errors.New("code 38")})
		if p.Title != "“42” was not deleted" || p.Why == "" {
			t.Errorf("%s: got %+v", kind, p)
		}
	}
}

func TestAFailureIsShownInTheWindowWhereItHappened(t *testing.T) {
	w := kittest.Open(t, nil)
	var shown []*kit.Kit
	w.Kit.OnError(func(where *kit.Kit, _ kit.Problem) { shown = append(shown, where) })
	win := w.App.NewWindow("another")
	other := w.Kit.Window(win)
	other.Run(func(context.Context) error { return errors.New("a disk is full") })
	w.Until("it is shown", func() bool { return len(shown) == 1 })
	if shown[0] != other {
		t.Error("it is shown in the main window")
	}
	other.Leave()
	win.Close()
}
