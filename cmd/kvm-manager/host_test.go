package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/cmd/kvm-manager/internal/desktop"
	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// getAllDomainStats is the procedure of the statistics call
// (REMOTE_PROC_CONNECT_GET_ALL_DOMAIN_STATS).
var getAllDomainStats = virttest.Call{Program: virttest.ProgramRemote, Procedure: 344}

// answersWithin is what the window may take for an answer under the race
// detector on a busy computer. The real figures are logged; make bench measures
// the programs as they are built for use.
const answersWithin = 3 * time.Second

// pictureCalls are those of a picture of a screen, which a machine's page takes
// anew every ten seconds (remote_protocol.x: virDomainLookupByUUID,
// virDomainIsActive, virDomainScreenshot).
var pictureCalls = []virttest.Call{
	{Program: virttest.ProgramRemote, Procedure: 24}, {Program: virttest.ProgramRemote, Procedure: 150}, {Program: virttest.ProgramRemote, Procedure: 211},
}

// settledAfter is the number of readings after which a machine that just started
// is not asked for its address any more.
const settledAfter = 13

// TestAQuietHostIsLeftAlone looks at what two windows say to a host on which
// nothing happens: one with the table of machines, one with the page of a
// machine that runs.
func TestAQuietHostIsLeftAlone(t *testing.T) {
	quiet := 60 * time.Second
	if testing.Short() {
		quiet = 30 * time.Second
	}
	daemon := virttest.Libvirtd(t)
	svc, ctx := virttest.OpenURI(t, daemon.URI)
	make3(t, svc, ctx)
	display := desktop.NewDisplay(t, "1280x800")
	proxies := map[string]*virttest.Proxy{}
	for _, page := range []string{"machines", "vm:runs"} {
		proxies[page] = virttest.RPCProxy(t, daemon.Socket)
		w := openWindow(t, display, proxies[page].URI, "--page", page)
		w.WaitShown(t, "runs", answersWithin)
		w.WaitIdle(t, 30*time.Second)
	}
	for page, p := range proxies {
		desktop.Until(t, 2*time.Minute, page+" to settle", func() bool { return p.Calls()[getAllDomainStats] > settledAfter })
	}
	for _, p := range proxies {
		p.Reset()
	}

	<-time.After(quiet) // the silence itself is what is looked at

	for page, p := range proxies {
		calls := p.Calls()
		t.Logf("%s: %d readings of statistics in %s", page, calls[getAllDomainStats], quiet)
		if calls[getAllDomainStats] < 3 {
			t.Errorf("%s: the figures are not read any more", page)
		}
		delete(calls, getAllDomainStats)
		for _, call := range pictureCalls {
			if most := int(quiet/(10*time.Second)) + 1; page == "vm:runs" && calls[call] > 0 && calls[call] <= most {
				delete(calls, call)
			}
		}
		if len(calls) > 0 {
			t.Errorf("%s: in %s of silence the window also called %v", page, quiet, calls)
		}
	}
}

// TestVirshBesideUsShowsAtOnce changes a machine through another connection, in
// every way a list can show.
func TestVirshBesideUsShowsAtOnce(t *testing.T) {
	daemon := virttest.Libvirtd(t)
	svc, ctx := virttest.OpenURI(t, daemon.URI)
	make3(t, svc, ctx)
	host := virttest.Host(t, svc, ctx)
	w := openWindow(t, desktop.NewDisplay(t, "1280x800"), daemon.URI)
	var beside virt.Ref
	for _, step := range []struct {
		what, want string
		do         func() error
	}{
		{"define", "Off", func() (err error) {
			beside, err = svc.VMs.Create(ctx, host, small("beside"))
			return err
		}},
		{"start", "Running", func() error { return svc.VMs.Start(ctx, beside) }},
		{"pause", "Paused", func() error { return svc.VMs.Pause(ctx, beside) }},
		{"resume", "Running", func() error { return svc.VMs.Resume(ctx, beside) }},
		{"force off", "Off", func() error { return svc.VMs.Off(ctx, beside) }},
		{"undefine", "", func() error {
			_, err := svc.VMs.Delete(ctx, beside, virt.DeleteSpec{})
			return err
		}},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		done := time.Now()
		desktop.Until(t, answersWithin, step.what+" to show as "+step.want, func() bool { return stateOf(t, w, "beside") == step.want })
		t.Logf("%s shows after %s", step.what, time.Since(done).Round(time.Millisecond))
	}
}

// TestTheWindowAnswersWhileTheDaemonHangs halts libvirtd, kills it and starts it
// again. Its machines run on.
func TestTheWindowAnswersWhileTheDaemonHangs(t *testing.T) {
	daemon := virttest.Libvirtd(t)
	svc, ctx := virttest.OpenURI(t, daemon.URI)
	off := make3(t, svc, ctx)
	silent := string(virttest.Host(t, svc, ctx)) + " does not answer"
	w := openWindow(t, desktop.NewDisplay(t, "1280x800"), daemon.URI)

	daemon.Stop(t)
	slowest := untilShown(t, w, 15*time.Second, silent, true)
	w.Save(t, "hangs")
	if stateOf(t, w, "runs") != "Running" {
		t.Error("the last picture of the machines is gone")
	}
	daemon.Kill(t)
	daemon.Restart(t)
	slowest = max(slowest, untilShown(t, w, 60*time.Second, silent, false))
	t.Logf("the slowest answer took %s", slowest.Round(time.Millisecond))
	if slowest > answersWithin {
		t.Errorf("the window took %s to answer", slowest)
	}

	desktop.Until(t, 30*time.Second, "our own connection to be back", func() bool { return svc.VMs.Start(ctx, off) == nil })
	desktop.Until(t, answersWithin, "the rows to be right again", func() bool {
		return stateOf(t, w, "runs") == "Running" && stateOf(t, w, "off") == "Running" && stateOf(t, w, "asleep") == "Paused"
	})
}

// make3 makes the machines runs, asleep (which is paused) and off; it returns
// the last.
func make3(t *testing.T, svc *services.Services, ctx context.Context) virt.Ref { //nolint:revive // t comes first
	t.Helper()
	host := virttest.Host(t, svc, ctx)
	made := map[string]virt.Ref{}
	for _, name := range []string{"runs", "asleep", "off"} {
		spec := small(name)
		spec.Start = name != "off"
		if name == "runs" {
			spec.Network = "" // a card whose address is looked for
		}
		ref, err := svc.VMs.Create(ctx, host, spec)
		if err != nil {
			t.Fatal(err)
		}
		made[name] = ref
	}
	if err := svc.VMs.Pause(ctx, made["asleep"]); err != nil {
		t.Fatal(err)
	}
	return made["off"]
}

// small is a machine without anything to boot from: its firmware waits.
func small(name string) virt.VMSpec {
	return virt.VMSpec{Name: name, Memory: 32 << 20, NoDisk: true, Network: "none", Accel: "tcg"}
}

// stateOf is the state that the table says of a machine; empty when it has no
// row of it.
func stateOf(t *testing.T, w *desktop.Window, name string) string {
	t.Helper()
	rows := w.All(t, func(e desktop.Element) bool { return e.Role == "table row" && e.Name == name })
	if len(rows) == 0 {
		return ""
	}
	for _, cell := range rows[0].Children {
		if state, found := strings.CutPrefix(cell.Name, "State: "); found {
			return state
		}
	}
	return ""
}

// untilShown asks the window without pause until something of that name can be
// seen, or cannot be seen any more, and returns how long the slowest answer took.
func untilShown(t *testing.T, w *desktop.Window, limit time.Duration, name string, shown bool) (slowest time.Duration) {
	t.Helper()
	desktop.Until(t, limit, name, func() bool {
		asked := time.Now()
		found := w.All(t, func(e desktop.Element) bool { return e.Name == name && slices.Contains(e.States, "showing") })
		slowest = max(slowest, time.Since(asked))
		return (len(found) > 0) == shown
	})
	return slowest
}
