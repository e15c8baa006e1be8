package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virttest"
)

const (
	listDue     = 150.0 // ms
	frameRate   = 60    // of the toolkit, frames a second
	frameDue    = 33.0  // ms
	notches     = 600   // of the wheel, in each direction
	leastFrames = 30    // that a figure needs
)

// list tells how much later the list of 1,000 machines is filled than the window
// of a host without any is there.
func list(ctx context.Context, b *bench) (err error) {
	if err := b.fill(listed); err != nil {
		return err
	}
	bare, err := virttest.StartLibvirtd()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.Close()) }()
	full, _, _ := b.apps(listed)
	empty := full
	empty.empty, empty.args = true, slices.Clone(full.args)
	empty.args[slices.Index(empty.args, b.daemon.URI)] = bare.URI
	f := figure{name: fmt.Sprintf("list of %d machines filled, after the window of an empty host", listed), unit: "wall ms", target: listDue}
	for i := range 1 + pairs {
		without, err := b.opens(ctx, empty)
		if err != nil {
			return err
		}
		with, err := b.opens(ctx, full)
		if err != nil {
			return err
		}
		if i > 0 { // the first pair filled the caches
			f.ours = append(f.ours, milliseconds(with-without))
		}
	}
	b.report.add(f)
	return nil
}

// opens is how long the window takes to be ready.
func (b *bench) opens(ctx context.Context, a app) (time.Duration, error) {
	w, err := b.open(ctx, a)
	if err != nil {
		return 0, err
	}
	defer w.kill()
	return w.ready.Sub(w.begun), nil
}

// scroll turns the wheel over the list of 1,000 machines, and tells how long our
// callbacks keep the UI goroutine in a frame.
func scroll(ctx context.Context, b *bench) error {
	if err := b.fill(listed); err != nil {
		return err
	}
	ours, _, _ := b.apps(listed)
	frames := &frames{}
	ours.hear = frames.hear
	w, err := b.open(ctx, ours)
	if err != nil {
		return err
	}
	defer w.kill()
	if err := b.point(ctx, "mousemove", "800", "500"); err != nil {
		return err
	}
	frames.begin()
	for _, button := range []string{"5", "4"} { // down, up
		if err := b.point(ctx, "click", "--repeat", strconv.Itoa(notches), "--delay", "8", button); err != nil {
			return err
		}
	}
	spent := frames.end()
	if len(spent) < leastFrames {
		return fmt.Errorf("the list was scrolled in %d frames only", len(spent))
	}
	name := fmt.Sprintf("scrolling %d machines, our callbacks in a frame", listed)
	b.report.add(
		figure{name: name, unit: "CPU ms", ours: spent, target: frameDue},
		figure{name: name + ", the slowest", unit: "CPU ms", ours: []float64{slices.Max(spent)}, target: frameDue},
	)
	return nil
}

// point runs xdotool on the display.
func (b *bench) point(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "xdotool", args...)
	cmd.Env = b.display.env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("xdotool: %w: %s", err, out)
	}
	return nil
}

// frames sum the callbacks of a trace by the frame they came in.
type frames struct {
	mu    sync.Mutex
	on    bool
	spent map[int64]float64 // CPU ms
}

func (f *frames) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on, f.spent = true, map[int64]float64{}
}

// end returns what the callbacks took in each frame that had some, in CPU ms.
func (f *frames) end() (spent []float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on = false
	for _, ms := range f.spent {
		spent = append(spent, ms)
	}
	return spent
}

func (f *frames) hear(line []byte) {
	var e struct {
		Event string `json:"event"`
		At    int64  `json:"t_us"`
		CPU   int64  `json:"cpu_us"`
	}
	if json.Unmarshal(line, &e) != nil || e.Event != "ui_callback" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.on {
		f.spent[e.At*frameRate/1e6] += float64(e.CPU) / 1000
	}
}
