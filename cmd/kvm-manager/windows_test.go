package main

import (
	"context"
	"image"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/cmd/kvm-manager/internal/desktop"
	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// TestTwoMachinesInWindowsOfTheirOwn opens two running machines in a window
// each, side by side. Both screens are live at once, each takes the keys that
// are typed into it, and the other lives on when one is closed.
func TestTwoMachinesInWindowsOfTheirOwn(t *testing.T) {
	daemon := virttest.Libvirtd(t)
	svc, ctx := virttest.OpenURI(t, daemon.URI)
	display := desktop.NewDisplay(t, "2200x900")
	display.Manage(t)
	w := openWindow(t, display, daemon.URI)
	main := w.First(t)

	left, right := newGuest(t, svc, ctx, "left"), newGuest(t, svc, ctx, "right")
	for _, g := range []*guest{left, right} {
		g.openWindow(t, main)
	}
	left.window.Move(t, 10, 60)
	right.window.Move(t, 1120, 60)
	for _, g := range []*guest{left, right} {
		desktop.Until(t, bootTime, g.vm.Name+" to be ready", func() bool { return g.serial.has("TINY READY") })
		desktop.Until(t, bootTime, "the screen of "+g.vm.Name, func() bool { c, ok := w.Console(g.vm.ID); return ok && c.Updates > 0 })
	}
	w.Save(t, "1-both")

	for _, g := range []*guest{left, right} {
		g.types(t, "echo I am $(hostname) | tee /dev/ttyS0", "I am "+g.vm.Name)
	}
	if left.serial.has("I am right") || right.serial.has("I am left") {
		t.Error("keys reached the other machine")
	}

	for _, g := range []*guest{left, right} {
		g.types(t, "while cat /proc/uptime; do echo going on >/dev/ttyS0; done", "going on")
	}
	shown, before := display.Picture(t), [2]uint64{left.updates(w), right.updates(w)}
	desktop.Until(t, 60*time.Second, "both screens to go on", func() bool {
		return left.updates(w) > before[0]+5 && right.updates(w) > before[1]+5
	})
	for _, g := range []*guest{left, right} {
		area := g.area(t)
		desktop.Until(t, 60*time.Second, "the pixels of "+g.vm.Name+" to change", func() bool { return !same(shown, display.Picture(t), area) })
	}
	w.Save(t, "2-both-go-on")

	left.window.Click(t, "page tab", "Overview")
	left.window.Key(t, "ctrl+w")
	desktop.Until(t, 30*time.Second, "the window to close", func() bool { return left.window.Title(t) == "" })
	w.Save(t, "3-closed")
	now := right.updates(w)
	desktop.Until(t, 60*time.Second, "the other screen to go on", func() bool { return right.updates(w) > now+5 })
	if row, err := svc.VMs.One(ctx, left.vm); err != nil || row.State != virt.StateRunning {
		t.Errorf("the machine whose window was closed is %s, %v", row.State, err)
	}
}

// A guest is a tiny machine that runs, and its window.
type guest struct {
	vm     virt.Ref
	serial *transcript
	window *desktop.Window
}

func newGuest(t *testing.T, svc *services.Services, ctx context.Context, name string) *guest { //nolint:revive // t comes first
	t.Helper()
	vm, err := svc.VMs.Create(ctx, virttest.Host(t, svc, ctx), virt.VMSpec{Name: name, Try: true, Start: true, Accel: "tcg"})
	if err != nil {
		t.Fatal(err)
	}
	return &guest{vm: vm, serial: follow(t, svc, ctx, vm)}
}

// openWindow shows the guest's screen in a window of its own, from the main one.
func (g *guest) openWindow(t *testing.T, main *desktop.Window) {
	t.Helper()
	row := main.Find(t, "table row", g.vm.Name)
	main.ClickAt(t, row.X+row.W/2, row.Y+row.H/2, 3)
	main.Click(t, "menu item", "Open in new window")
	g.window = main.In(t, g.vm.Name+" – KVM Manager")
	g.window.Click(t, "page tab", "Console")
}

// goesOn waits until the guest has said a number of times more that it goes on.
func (g *guest) goesOn(t *testing.T, times int) {
	t.Helper()
	before := g.serial.times("going on")
	desktop.Until(t, 60*time.Second, g.vm.Name+" to go on", func() bool { return g.serial.times("going on") >= before+times })
}

// area is where the guest's screen is on the display.
func (g *guest) area(t *testing.T) image.Rectangle {
	t.Helper()
	screen := g.window.Find(t, "drawing area", "Screen of "+g.vm.Name)
	return image.Rect(screen.X, screen.Y, screen.X+screen.W, screen.Y+screen.H).Add(g.window.Origin(t))
}

// types types a line into the guest's screen until its serial port answers: a
// guest repeats a key that is held for long, as on a busy computer.
func (g *guest) types(t *testing.T, line, answer string) {
	t.Helper()
	screen := g.window.Find(t, "drawing area", "Screen of "+g.vm.Name)
	g.window.ClickAt(t, screen.X+screen.W/2, screen.Y+screen.H/2, 1)
	for range 3 {
		g.window.Type(t, line)
		g.window.Key(t, "Return")
		if desktop.Eventually(20*time.Second, func() bool { return g.serial.has(answer) }) {
			return
		}
		g.window.Key(t, "ctrl+c")
	}
	t.Fatalf("%s does not answer %q", g.vm.Name, line)
}

// updates counts what the guest's screen has shown.
func (g *guest) updates(w *desktop.Window) uint64 {
	c, _ := w.Console(g.vm.ID)
	return c.Updates
}
