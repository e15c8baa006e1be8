package main

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// A clock measures the time on the wall and that of the processor, user and
// system, from its start.
type clock struct {
	wall time.Time
	cpu  time.Duration
}

func startClock() clock { return clock{time.Now(), processorTime()} }

func processorTime() time.Duration {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// result stops the clock and describes the last frame.
func (c clock) result(frame *rfb.Frame, stats rfb.Stats) replayResult {
	wall, cpu := time.Since(c.wall), processorTime()-c.cpu
	size := frame.Size()
	return replayResult{
		Width: size.X, Height: size.Y, Rects: stats.Rectangles, Megapixels: megapixels(stats),
		WallSeconds: wall.Seconds(), CPUSeconds: cpu.Seconds(), FrameHash: hash(frame.Hash()),
	}
}

func hash(h uint64) string { return fmt.Sprintf("%016x", h) }
