package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

const (
	repaintDue   = 2.0                   // ms
	seldom       = 40 * time.Millisecond // between two updates
	repaintFor   = 20 * time.Second
	stillPoints  = 1.0 // of CPU, beyond the window without a screen
	growthDue    = 10.0
	growthWarmUp = 30 * time.Second
	leastUpdates = 5 // a second, or the text did not scroll
)

// repaint tells how long the window takes from an update to the call that asks
// Fyne to paint it, while the guest draws seldom.
func repaint(ctx context.Context, b *bench) error {
	vm, w, asked, err := b.watch(ctx, "letters", repaintFor)
	if err != nil {
		return err
	}
	defer w.kill()
	took := asked.all()
	if len(took) < 100 {
		return fmt.Errorf("%d of %d updates came seldom enough in %s", len(took), asked.count(), repaintFor)
	}
	b.report.add(
		figure{name: "update decoded to repaint asked for", unit: "wall ms", ours: took, target: repaintDue},
		figure{name: "update decoded to repaint asked for, 95 %", unit: "wall ms", ours: []float64{quantile(took, 0.95)}},
	)
	return b.remove(ctx, vm)
}

// watch opens the screen of a machine that types so, and returns once it has been
// shown for a while. The window is killed by the caller, unless there is an error.
func (b *bench) watch(ctx context.Context, types string, shown time.Duration) (vm virt.Ref, w *window, asked *repaints, err error) {
	if vm, err = b.typist(ctx, types); err != nil {
		return vm, nil, nil, err
	}
	asked = &repaints{}
	if w, err = b.openScreen(ctx, vm, asked.hear); err != nil {
		return vm, nil, nil, err
	}
	if err = pass(ctx, shown); err != nil {
		w.kill()
		return vm, nil, nil, err
	}
	return vm, w, asked, nil
}

// still compares a window that shows a screen on which nothing happens with one
// that shows the list, while the same machine runs.
func still(ctx context.Context, b *bench) error {
	vm, err := b.typist(ctx, "")
	if err != nil {
		return err
	}
	without, _, _ := b.apps(b.filled + 1)
	f := figure{name: "a screen without news, beyond the list", unit: "points of CPU", target: stillPoints}
	for range idleRounds {
		asked := &repaints{}
		w, err := b.openScreen(ctx, vm, asked.hear)
		if err != nil {
			return err
		}
		with, _, err := b.rests(ctx, w)
		if err != nil {
			return err
		}
		w, err = b.open(ctx, without)
		if err != nil {
			return err
		}
		floor, _, err := b.rests(ctx, w)
		if err != nil {
			return err
		}
		f.ours = append(f.ours, with-floor)
	}
	b.report.add(f)
	return b.remove(ctx, vm)
}

// rests tells what the window costs after it has calmed down, and closes it.
func (b *bench) rests(ctx context.Context, w *window) (percent, wakeups float64, err error) {
	defer w.kill()
	if err := pass(ctx, calmDown); err != nil {
		return 0, 0, err
	}
	return costs(ctx, fmt.Sprintf("/proc/%d", w.cmd.Process.Pid))
}

// growth tells how much the window's memory grows while text scrolls over the
// screen for as long as the flag -scroll says. Memory shared with other
// programs and files does not count.
func growth(ctx context.Context, b *bench) error {
	vm, w, asked, err := b.watch(ctx, "scroll", growthWarmUp)
	if err != nil {
		return err
	}
	defer w.kill()
	before := asked.count()
	var sizes []float64
	for begun := time.Now(); time.Since(begun) < b.scroll; {
		kibibytes, err := field(fmt.Sprintf("/proc/%d/smaps_rollup", w.cmd.Process.Pid), "Anonymous:")
		if err != nil {
			return err
		}
		sizes = append(sizes, kibibytes/1024)
		if err := pass(ctx, time.Second); err != nil {
			return err
		}
	}
	if n := asked.count() - before; float64(n) < leastUpdates*b.scroll.Seconds() {
		return fmt.Errorf("the text scrolled in %d updates only", n)
	}
	part := max(1, len(sizes)/10)
	first, last := median(sizes[:part]), median(sizes[len(sizes)-part:])
	b.report.add(
		figure{name: fmt.Sprintf("text scrolls for %s, memory grows", b.scroll), unit: "MiB", ours: []float64{last - first}, target: growthDue},
		figure{name: "memory while text scrolls", unit: "MiB", ours: sizes},
	)
	return b.remove(ctx, vm)
}

// typist starts a machine with the guest of peer/typist.c.
func (b *bench) typist(ctx context.Context, does string) (virt.Ref, error) {
	kernel := filepath.Join(b.daemon.Dir, "typist") // where QEMU's user may read it
	text, err := os.ReadFile(b.program("typist"))
	if err != nil {
		return virt.Ref{}, err
	}
	if err := os.WriteFile(kernel, text, 0o644); err != nil { // that user reads it
		return virt.Ref{}, err
	}
	spec := bare("typist")
	spec.Kernel, spec.Cmdline = kernel, does
	return b.svc.VMs.Create(ctx, b.host, spec)
}

func (b *bench) remove(ctx context.Context, vm virt.Ref) error {
	_, err := b.svc.VMs.Delete(ctx, vm, virt.DeleteSpec{Force: true})
	return err
}

// openScreen opens the window on a machine's screen and returns when it shows
// something.
func (b *bench) openScreen(ctx context.Context, vm virt.Ref, hear func([]byte)) (*window, error) {
	ours, _, _ := b.apps(0)
	ours.empty = true
	ours.args = append(ours.args, "--page", "console:"+vm.Name)
	shown := make(chan struct{})
	var once sync.Once
	ours.hear = func(line []byte) {
		hear(line)
		if eventOf(line).Event == "repaint_asked" {
			once.Do(func() { close(shown) })
		}
	}
	w, err := b.open(ctx, ours)
	if err != nil {
		return nil, err
	}
	select {
	case <-shown:
		return w, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(patience):
		err = fmt.Errorf("the screen of %s is not shown: %w", vm.Name, os.ErrDeadlineExceeded)
	}
	w.kill()
	return nil, err
}

// An event is a line of the trace.
type event struct {
	Event string `json:"event"`
	At    int64  `json:"t_us"` // since the program began
}

func eventOf(line []byte) (e event) {
	_ = json.Unmarshal(line, &e) // what cannot be read is no event of ours
	return e
}

// repaints match updates and repaints of a trace.
type repaints struct {
	mu      sync.Mutex
	updates int
	last    int64     // when the latest update was there
	waiting int64     // since when a repaint is due for one that came seldom enough; 0: none is
	took    []float64 // ms
}

// hear takes a line of the trace. An update that comes soon after another one
// waits for the next interval by intention, and is not counted.
func (r *repaints) hear(line []byte) {
	e := eventOf(line)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e.Event {
	case "update_received":
		if r.waiting == 0 && r.updates > 0 && e.At-r.last >= seldom.Microseconds() {
			r.waiting = e.At
		}
		r.updates++
		r.last = e.At
	case "repaint_asked":
		if r.waiting > 0 {
			r.took = append(r.took, float64(e.At-r.waiting)/1000)
		}
		r.waiting = 0
	}
}

func (r *repaints) all() []float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.took
}

func (r *repaints) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.updates
}
