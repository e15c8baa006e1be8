//go:build lab

package host_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// The soak's size. KVM_LAB_SOAK gives it another length, such as 3m.
const (
	soakVariable = "KVM_LAB_SOAK"
	soakUsually  = 10 * time.Minute
	soakMachines = 1000
	soakGuests   = 8                      // of them run or are paused
	soakEvents   = 50                     // a second, at least
	soakAnswer   = 100 * time.Millisecond // for half of the calls
)

// learning reads what a list does not know yet; no page waits for it.
const learning = "learn"

func soakLength(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv(soakVariable)
	if text == "" {
		return soakUsually
	}
	length, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return length
}

func TestAThousandMachinesAndFiftyEventsASecondAreFollowedWithoutGrowing(t *testing.T) {
	length := soakLength(t)
	d := virttest.Libvirtd(t)
	if err := virttest.Fill(d.URI, 0, soakMachines-soakGuests); err != nil {
		t.Fatal(err)
	}
	s := newStorm(t, d.URI)
	svc, ctx := virttest.OpenURI(t, d.URI)
	w := newWatcher(t, svc, ctx)

	warm := min(length/10, 30*time.Second)
	s.blow(warm)
	w.forget()
	before, begin := measure(), time.Now()
	s.blow(length / 2)
	middle := measure()
	s.blow(length - length/2)
	took := time.Since(begin)
	after, heard := measure(), w.events.Load()

	t.Logf("%v: %d events heard, %.0f a second; %d calls of the storm", took.Round(time.Second), heard, float64(heard)/took.Seconds(), s.calls.Load())
	t.Logf("memory at the start %v, in the middle %v, at the end %v", before, middle, after)
	w.report()
	if float64(heard) < soakEvents*took.Seconds() {
		t.Errorf("want %d events a second", soakEvents)
	}
	if again := w.resyncs.Load(); again > 0 {
		t.Errorf("all had to be loaded again %d times", again)
	}
	if grown := after.heap - before.heap; grown > before.heap/4+(4<<20) {
		t.Errorf("the heap has grown by %d KiB", grown>>10)
	}
	if grown := after.resident - middle.resident; grown > middle.resident/10+(8<<20) {
		t.Errorf("the resident memory has grown by %d KiB in the second half", grown>>10)
	}
	if after.goroutines > before.goroutines+5 || after.files > before.files+5 {
		t.Error("more goroutines or files are held than at the start")
	}
	w.endsTrue(d.URI)
}

// A watcher does what the window does: it lists on news, one list at a time,
// reads what it does not know yet, and has the figures of running machines read.
// Beside it somebody calls.
type watcher struct {
	t               *testing.T
	svc             *services.Services
	ctx             context.Context
	host            virt.HostID
	events, resyncs atomic.Int64

	mu    sync.Mutex
	took  map[string][]time.Duration
	shown []virt.VM
	lists int
}

func newWatcher(t *testing.T, svc *services.Services, ctx context.Context) *watcher { //nolint:revive // t comes first in tests
	t.Helper()
	w := &watcher{t: t, svc: svc, host: virttest.Host(t, svc, ctx), took: map[string][]time.Duration{}}
	var cancel func()
	w.ctx, cancel = context.WithCancel(ctx)
	news, stopNews := svc.Watch()
	dirty := make(chan struct{}, 1)
	stopFigures, err := svc.Metrics.Watch(w.ctx, w.host)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	for _, run := range []func(){
		func() { w.hear(news, dirty) }, func() { w.list(dirty) }, w.call,
	} {
		running.Add(1)
		go func() { defer running.Done(); run() }()
	}
	t.Cleanup(func() {
		stopFigures()
		cancel()
		stopNews()
		running.Wait()
	})
	dirty <- struct{}{}
	return w
}

func (w *watcher) hear(news <-chan virt.Event, dirty chan<- struct{}) {
	for ev := range news {
		switch ev.Kind {
		case virt.VMChanged, virt.VMDefined, virt.VMRemoved:
			if ev.Ref.ID != "" {
				w.events.Add(1)
			}
		case virt.Resync: // the first one tells that the host is connected
			w.resyncs.Add(1)
		default:
			continue
		}
		select {
		case dirty <- struct{}{}:
		default:
		}
	}
}

func (w *watcher) list(dirty <-chan struct{}) {
	for {
		select {
		case <-dirty:
		case <-w.ctx.Done():
			return
		}
		var complete bool
		var vms []virt.VM
		w.time("list of 1,000", func() (err error) {
			vms, complete, err = w.svc.VMs.Quick(w.ctx, w.host)
			return err
		})
		w.mu.Lock()
		w.shown = vms
		w.lists++
		w.mu.Unlock()
		if !complete {
			w.time(learning, func() error { return w.svc.VMs.Learn(w.ctx, w.host) })
		}
	}
}

// call asks ten times a second for what a page shows.
func (w *watcher) call() {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	ref, err := w.svc.VMs.Find(w.ctx, w.host, "vm-0500")
	if err != nil {
		w.t.Error(err)
		return
	}
	for {
		select {
		case <-tick.C:
		case <-w.ctx.Done():
			return
		}
		w.time("one machine", func() error { _, err := w.svc.VMs.One(w.ctx, ref); return err })
		w.time("hosts", func() error { _, err := w.svc.Hosts.List(w.ctx); return err })
		w.time("figures", func() error { _, err := w.svc.Metrics.Latest(w.ctx, w.host); return err })
	}
}

func (w *watcher) time(what string, call func() error) {
	begin := time.Now()
	err := call()
	took := time.Since(begin)
	if err != nil && w.ctx.Err() == nil {
		w.t.Errorf("%s: %v", what, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.took[what] = append(w.took[what], took)
}

// forget begins to count anew.
func (w *watcher) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.took)
	w.events.Store(0)
	w.resyncs.Store(0)
}

// report tells how long calls took, and fails the test when half of those that a
// page waits for are not answered in time: the slow ones tell how busy the
// computer is.
func (w *watcher) report() {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for what, took := range w.took {
		slices.Sort(took)
		at := func(share float64) time.Duration {
			return took[int(share*float64(len(took)-1))].Round(100 * time.Microsecond)
		}
		w.t.Logf("%s: %d times, half within %v, 99%% within %v, all within %v", what, len(took), at(0.5), at(0.99), at(1))
		if at(0.5) > soakAnswer && what != learning {
			w.t.Errorf("half of %s are not answered within %v", what, soakAnswer)
		}
	}
}

// endsTrue waits until what is shown is what the daemon says.
func (w *watcher) endsTrue(uri string) {
	w.t.Helper()
	c, err := hypervisor.Open(uri, hypervisor.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	vms, err := c.Inventory()
	if err != nil {
		w.t.Fatal(err)
	}
	want := states(vms)
	tick, limit := time.NewTicker(10*time.Millisecond), time.After(soon)
	defer tick.Stop()
	for {
		w.mu.Lock()
		got := states(w.shown)
		w.mu.Unlock()
		if slices.Equal(got, want) {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			w.t.Fatalf("%d machines are shown, not as the %d that there are", len(got), len(want))
		}
	}
}

func states(vms []virt.VM) []string {
	var all []string
	for _, vm := range vms {
		all = append(all, vm.Name+" "+string(vm.State))
	}
	slices.Sort(all)
	return all
}

// A footprint is what this process holds.
type footprint struct {
	heap, resident    int64 // bytes
	goroutines, files int
}

func (f footprint) String() string {
	return fmt.Sprintf("%.1f MiB heap, %.1f MiB resident, %d goroutines, %d files", float64(f.heap)/(1<<20), float64(f.resident)/(1<<20), f.goroutines, f.files)
}

func measure() footprint {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	f := footprint{heap: int64(m.HeapAlloc), goroutines: runtime.NumGoroutine()} // small
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := strings.Fields(string(text)); len(fields) > 1 {
			pages, _ := strconv.ParseInt(fields[1], 10, 64) //nolint:errcheck // the kernel writes numbers
			f.resident = pages * int64(os.Getpagesize())
		}
	}
	if entries, err := os.ReadDir("/proc/self/fd"); err == nil {
		f.files = len(entries)
	}
	return f
}
