package vnc

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
)

// Intervals between two paintings. Software OpenGL spends up to 30 ms on each,
// whatever changed: fewer leave the processor to the guest.
const (
	hardwareInterval = time.Second / 60
	softwareInterval = time.Second / 25
)

// A painter turns many updates into few repaints: at most one per interval,
// and never a second before the first has been painted.
type painter struct {
	changed  chan struct{} // has room for one
	interval *atomic.Int64
	idle     *atomic.Bool
}

func newPainter() painter {
	p := painter{changed: make(chan struct{}, 1), interval: &atomic.Int64{}, idle: &atomic.Bool{}}
	p.interval.Store(int64(hardwareInterval))
	return p
}

// suit chooses the interval for the OpenGL renderer of that name.
func (p painter) suit(renderer string) {
	interval := hardwareInterval
	for _, software := range []string{"llvmpipe", "softpipe", "SWR"} {
		if strings.Contains(renderer, software) {
			interval = softwareInterval
		}
	}
	p.interval.Store(int64(interval))
}

// setIdle stops painting, or paints what was missed.
func (p painter) setIdle(idle bool) {
	if p.idle.Swap(idle) && !idle {
		p.change()
	}
}

// change notes that there is something to paint. It never waits.
func (p painter) change() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// run calls paint on Fyne's goroutine whenever something changed. When ctx ends,
// what may not have been painted is left to the next run.
func (p painter) run(ctx context.Context, paint func()) {
	defer p.change()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.changed:
		}
		if p.idle.Load() {
			continue // setIdle notes the change again
		}
		next := time.NewTimer(time.Duration(p.interval.Load()))
		painted := make(chan struct{})
		fyne.Do(func() {
			defer close(painted)
			if ctx.Err() == nil {
				paint()
			}
		})
		if !both(ctx, painted, next.C) {
			next.Stop()
			return
		}
	}
}

// both waits for the painting and the end of the interval, or the context.
func both(ctx context.Context, painted <-chan struct{}, interval <-chan time.Time) bool {
	for range 2 {
		select {
		case <-ctx.Done():
			return false
		case <-painted:
			painted = nil
		case <-interval:
			interval = nil
		}
	}
	return true
}
