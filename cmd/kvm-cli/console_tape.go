package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// maxTape bounds a recording in memory.
const maxTape = 4 << 30

var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// readTape reads a recording into memory, decompressed.
func readTape(path string) (*bytes.Reader, error) {
	tape, err := os.ReadFile(path)
	if err != nil {
		kind := virt.KindInvalid
		if errors.Is(err, fs.ErrNotExist) {
			kind = virt.KindNotFound
		}
		return nil, virt.Errorf(kind, "read the recording: %w", err).WithHint("Name a file that console record has made.")
	}
	if bytes.HasPrefix(tape, zstdMagic) {
		if tape, err = decompress(tape); err != nil {
			return nil, virt.Errorf(virt.KindInvalid, "%s: decompress: %w", path, err)
		}
	}
	return bytes.NewReader(tape), nil
}

func decompress(tape []byte) ([]byte, error) {
	z, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxTape), zstd.WithDecoderMaxWindow(1<<30))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	return z.DecodeAll(tape, nil)
}

// createTape creates the file of a recording, compressed where its name ends in
// .zst.
func createTape(path string) (io.WriteCloser, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, virt.Errorf(virt.KindExists, "%w", err).WithHint("Choose another file.")
	}
	if err != nil {
		return nil, fileError(path, err)
	}
	if !strings.HasSuffix(path, ".zst") {
		return f, nil
	}
	z, err := zstd.NewWriter(f)
	return &packedTape{z, f}, err
}

type packedTape struct {
	*zstd.Encoder
	file *os.File
}

func (t *packedTape) Close() error { return errors.Join(t.Encoder.Close(), t.file.Close()) }

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
