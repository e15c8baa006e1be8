package main

import (
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/cmd/kvm-manager/internal/desktop"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// TestAMinimisedWindowsConsoleRests shows a machine whose screen always changes in
// a window of its own: while that is minimised nothing of it is decoded.
func TestAMinimisedWindowsConsoleRests(t *testing.T) {
	daemon := virttest.Libvirtd(t)
	svc, ctx := virttest.OpenURI(t, daemon.URI)
	display := desktop.NewDisplay(t, "1280x900")
	display.Manage(t)
	w := openWindow(t, display, daemon.URI)
	g := newGuest(t, svc, ctx, "restless")
	g.openWindow(t, w.First(t))
	desktop.Until(t, bootTime, "the guest's shell", func() bool { return g.serial.has("TINY READY") })
	g.types(t, "while cat /proc/uptime; do echo going on >/dev/ttyS0; done", "going on")
	before := g.updates(w)
	desktop.Until(t, 60*time.Second, "the screen to go on", func() bool { return g.updates(w) > before+5 })

	restore := g.window.Minimise(t)
	desktop.Until(t, 60*time.Second, "the screen to rest", func() bool { // what was asked for already still comes
		before := g.updates(w)
		g.goesOn(t, 20)
		return g.updates(w) == before
	})
	before = g.updates(w)
	g.goesOn(t, 100)
	if now := g.updates(w); now != before {
		t.Errorf("%d pictures were decoded for a window that is minimised", now-before)
	}
	w.Save(t, "1-minimised")

	restore()
	desktop.Until(t, 60*time.Second, "the screen to go on again", func() bool { return g.updates(w) > before+5 })
	w.Save(t, "2-back")
}
