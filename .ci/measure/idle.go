package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	idleMachines = 200
	idleActive   = 10
	idleRounds   = 3
	calmDown     = 10 * time.Second // before memory is looked at
	idleFor      = 20 * time.Second // while CPU time is
	// overFloor is how many points of CPU our window may cost beyond the smallest
	// Fyne list, whose toolkit draws and waits as ours does.
	overFloor = 0.7
)

// idle compares what the open windows cost while nothing happens, on the screen
// and minimised. virt-manager asks for figures every 3 seconds, as we do.
func idle(ctx context.Context, b *bench) error {
	if err := b.fill(idleMachines); err != nil {
		return err
	}
	for i := range idleActive {
		if _, err := b.svc.VMs.Create(ctx, b.host, bare(fmt.Sprintf("idle-%d", i))); err != nil {
			return err
		}
	}
	manager := exec.CommandContext(ctx, "sh", "-c", "openbox & for i in $(seq 200); do xprop -root _NET_SUPPORTING_WM_CHECK | grep -q 'window id' && break; sleep 0.05; done; echo ready; wait")
	manager.Env = b.display.env
	if _, err := says(manager, nil); err != nil {
		return fmt.Errorf("a window manager, which minimises: %w", err)
	}
	defer end(manager)
	ours, virtManager, list := b.apps(idleMachines)
	var seen [3][]rest
	for range idleRounds {
		for i, a := range []app{ours, virtManager, list} {
			r, err := b.watchIdle(ctx, a)
			if err != nil {
				return fmt.Errorf("%s: %w", a.name, err)
			}
			seen[i] = append(seen[i], r)
		}
	}
	column := func(app int, of func(rest) float64) (values []float64) {
		for _, r := range seen[app] {
			values = append(values, of(r))
		}
		return values
	}
	memory, cpu, hidden, wakeups := rest.inMemory, rest.onScreen, rest.minimised, rest.woken
	name := fmt.Sprintf("%d machines, %d active: ", idleMachines, idleActive)
	over := column(0, cpu)
	for i, floor := range column(2, cpu) {
		over[i] -= floor
	}
	b.report.add(
		figure{name: name + "memory", unit: "PSS MiB", ours: column(0, memory), peer: column(1, memory), than: virtManager.name, target: 1},
		figure{name: name + "memory", unit: "PSS MiB", ours: column(0, memory), peer: column(2, memory), than: list.name},
		figure{name: name + "idle", unit: "CPU %", ours: column(0, cpu), peer: column(1, cpu), than: virtManager.name, target: 0.5},
		figure{name: name + "idle", unit: "CPU %", ours: column(0, cpu), peer: column(2, cpu), than: list.name},
		figure{name: name + "idle, beyond " + list.name, unit: "points", ours: over, target: overFloor},
		figure{name: name + "minimised", unit: "CPU %", ours: column(0, hidden), peer: column(2, hidden), than: list.name, target: 1},
		figure{name: name + "idle", unit: "wakeups/s", ours: column(0, wakeups), peer: column(2, wakeups), than: list.name},
	)
	return nil
}

// rest is what a window costs that nobody uses.
type rest struct {
	memory         float64 // MiB, shared pages by share (PSS)
	screen, hidden float64 // percent of one processor
	wakeups        float64 // a second
}

func (r rest) inMemory() float64  { return r.memory }
func (r rest) onScreen() float64  { return r.screen }
func (r rest) minimised() float64 { return r.hidden }
func (r rest) woken() float64     { return r.wakeups }

func (b *bench) watchIdle(ctx context.Context, a app) (r rest, err error) {
	w, err := b.open(ctx, a)
	if err != nil {
		return r, err
	}
	defer w.kill()
	process := fmt.Sprintf("/proc/%d", w.cmd.Process.Pid)
	if err := pass(ctx, calmDown); err != nil {
		return r, err
	}
	kibibytes, err := field(process+"/smaps_rollup", "Pss:")
	if err != nil {
		return r, err
	}
	r.memory = kibibytes / 1024
	if r.screen, r.wakeups, err = costs(ctx, process); err != nil {
		return r, err
	}
	minimise := exec.CommandContext(ctx, "xdotool", "windowminimize", "--sync", w.id)
	minimise.Env = b.display.env
	if out, err := minimise.CombinedOutput(); err != nil {
		return r, fmt.Errorf("minimise: %w: %s", err, out)
	}
	r.hidden, _, err = costs(ctx, process)
	return r, err
}

// costs returns the percent of one processor that the process takes for a
// while, and how often a second it wakes up.
func costs(ctx context.Context, process string) (percent, wakeups float64, err error) {
	before, err := used(process)
	if err != nil {
		return 0, 0, err
	}
	begun := time.Now()
	if err := pass(ctx, idleFor); err != nil {
		return 0, 0, err
	}
	after, err := used(process)
	took := time.Since(begun).Seconds()
	return (after.cpu - before.cpu) / took * 100, (after.wakeups - before.wakeups) / took, err
}

// pass lets time pass, which is what an idle window is measured over.
func pass(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type usage struct{ cpu, wakeups float64 }

// used sums the threads of a process up.
func used(process string) (usage, error) {
	var u usage
	tasks, err := filepath.Glob(process + "/task/*")
	for _, task := range tasks {
		switches, statusErr := field(task+"/status", "voluntary_ctxt_switches:")
		text, statErr := os.ReadFile(task + "/schedstat")
		running, _, _ := strings.Cut(string(text), " ")
		nanoseconds, numberErr := strconv.ParseFloat(running, 64)
		if statusErr != nil || statErr != nil || numberErr != nil {
			continue // a thread that has ended
		}
		u.cpu, u.wakeups = u.cpu+nanoseconds/1e9, u.wakeups+switches
	}
	return u, err
}

// field reads the number behind a word of a file in /proc.
func field(path, word string) (float64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if words := strings.Fields(lines.Text()); len(words) > 1 && words[0] == word {
			return strconv.ParseFloat(words[1], 64)
		}
	}
	return 0, fmt.Errorf("%s does not say %s", path, word)
}
