package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	idleMachines = 200
	calmDown     = 10 * time.Second // before memory is looked at
	idleFor      = 20 * time.Second // while CPU time is
)

// idle compares what the open windows cost while nothing happens.
func idle(ctx context.Context, b *bench) error {
	if err := b.fill(idleMachines); err != nil {
		return err
	}
	ours, virtManager, list := b.apps(idleMachines)
	var seen []rest
	for _, a := range []app{ours, virtManager, list} {
		r, err := b.watchIdle(ctx, a)
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
		seen = append(seen, r)
	}
	for _, row := range []struct {
		name, unit string
		of         func(rest) float64
	}{
		{"memory with 200 machines", "PSS MiB", func(r rest) float64 { return r.memory }},
		{"idle with 200 machines", "CPU %", func(r rest) float64 { return r.cpu }},
		{"idle with 200 machines", "wakeups/s", func(r rest) float64 { return r.wakeups }},
	} {
		for i, peer := range []app{virtManager, list} {
			b.report.add(figure{name: row.name, unit: row.unit, ours: []float64{row.of(seen[0])}, peer: []float64{row.of(seen[1+i])}, than: peer.name})
		}
	}
	return nil
}

// rest is what a window costs that nobody uses.
type rest struct {
	memory  float64 // MiB, shared pages by share (PSS)
	cpu     float64 // percent of one processor
	wakeups float64 // a second
}

func (b *bench) watchIdle(ctx context.Context, a app) (rest, error) {
	w, err := b.open(ctx, a)
	if err != nil {
		return rest{}, err
	}
	defer w.kill()
	process := fmt.Sprintf("/proc/%d", w.cmd.Process.Pid)
	if err := pass(ctx, calmDown); err != nil {
		return rest{}, err
	}
	memory, err := field(process+"/smaps_rollup", "Pss:")
	if err != nil {
		return rest{}, err
	}
	before, err := used(process)
	if err != nil {
		return rest{}, err
	}
	begun := time.Now()
	if err := pass(ctx, idleFor); err != nil {
		return rest{}, err
	}
	after, err := used(process)
	took := time.Since(begun).Seconds()
	return rest{memory / 1024, (after.cpu - before.cpu) / took * 100, (after.wakeups - before.wakeups) / took}, err
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
