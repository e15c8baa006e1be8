package sight_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
	"github.com/kvmmanager/kvm-manager/ui/sight"
)

func TestAWindowIsUnseenWhileItIsUnmappedOrCovered(t *testing.T) {
	kittest.Display(t)
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	window := newWindow(t, conn)
	ctx, cancel := context.WithCancel(t.Context())
	told, ended := make(chan bool, 16), make(chan error, 1)
	go func() { ended <- sight.Watch(ctx, uint32(window), func(seen bool) { told <- seen }) }()
	want := func(what string, seen bool) {
		t.Helper()
		for deadline := time.After(10 * time.Second); ; {
			select {
			case now := <-told:
				if now == seen {
					return
				}
			case err := <-ended:
				t.Fatalf("%s: the watch has ended: %v", what, err)
			case <-deadline:
				t.Fatalf("%s: it was not told that seen is %v", what, seen)
			}
		}
	}
	watched(t, conn, window)
	xproto.MapWindow(conn, window)
	want("mapped", true)
	xproto.UnmapWindow(conn, window)
	want("unmapped", false)
	xproto.MapWindow(conn, window)
	want("mapped again", true)
	cover := newWindow(t, conn)
	xproto.MapWindow(conn, cover)
	want("covered", false)
	xproto.DestroyWindow(conn, cover)
	want("uncovered", true)
	xproto.UnmapWindow(conn, window)
	want("unmapped at the end", false)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the watch ended with %v", err)
	}
	if last := <-told; !last {
		t.Error("a window that is watched no longer counts as unseen")
	}
}

func TestAWindowThatIsNotThereIsNotWatched(t *testing.T) {
	kittest.Display(t)
	if err := sight.Watch(t.Context(), 77, func(bool) {}); !errors.Is(err, virt.ErrUnavailable) {
		t.Errorf("the watch ended with %v", err)
	}
}

func newWindow(t *testing.T, conn *xgb.Conn) xproto.Window {
	t.Helper()
	window, err := xproto.NewWindowId(conn)
	if err != nil {
		t.Fatal(err)
	}
	screen := xproto.Setup(conn).DefaultScreen(conn)
	err = xproto.CreateWindowChecked(conn, screen.RootDepth, window, screen.Root, 0, 0, 300, 200, 0, xproto.WindowClassInputOutput, screen.RootVisual, 0, nil).Check()
	if err != nil {
		t.Fatal(err)
	}
	return window
}

// watched waits until another client has asked for news of the window.
func watched(t *testing.T, conn *xgb.Conn, window xproto.Window) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		a, err := xproto.GetWindowAttributes(conn, window).Reply()
		if err != nil {
			t.Fatal(err)
		}
		if a.AllEventMasks != 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody watches the window")
		}
	}
}
