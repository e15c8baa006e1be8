package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

const (
	keyTurns = 15   // pairs
	keysEach = 16   // keys that are counted in a turn
	keysDrop = 3    // before them: the server finds its pace
	keyShare = 1.05 // of libvncclient's time
)

// key compares the time from pressing a key to the changed pixel in the decoded
// picture with libvncclient's, in turn at one guest. Both ask for Raw, and pause
// as long between keys.
func key(ctx context.Context, b *bench) error {
	guest, err := startGuest(ctx, b.program("typist"), "")
	if err != nil {
		return err
	}
	defer guest.end()
	if err := guest.begins(ctx); err != nil {
		return err
	}
	f := figure{name: "key to changed pixel", unit: "wall ms", than: "libvncclient", target: keyShare}
	for range keyTurns {
		ours, err := typeOurselves(ctx, guest)
		if err != nil {
			return err
		}
		peer, err := typePeer(ctx, b.program("keyclient"), guest.socket)
		if err != nil {
			return err
		}
		f.ours, f.peer = append(f.ours, median(ours)), append(f.peer, median(peer))
	}
	b.report.add(f)
	return nil
}

// begins waits until the guest of peer/typist.c has drawn its first cell.
func (g *guest) begins(ctx context.Context) error {
	cell, leave, err := watchCell(ctx, g)
	if err != nil {
		return err
	}
	defer leave()
	for cell.last.Load() != white {
		if _, err := cell.next(ctx); err != nil {
			return err
		}
	}
	return nil
}

// beforeKey is the pause before a key, that of a quick typist.
func beforeKey(i int) time.Duration { return time.Duration(60+i*37%50) * time.Millisecond }

// typeOurselves returns how long each key took, in milliseconds.
func typeOurselves(ctx context.Context, guest *guest) (took []float64, err error) {
	cell, leave, err := watchCell(ctx, guest)
	if err != nil {
		return nil, err
	}
	defer leave()
	for i := range keysDrop + keysEach {
		if err := pass(ctx, beforeKey(i)); err != nil {
			return nil, err
		}
		begun := time.Now()
		cell.client.Key(rfb.KeySpace.QNum(), ' ', true)
		cell.client.Key(rfb.KeySpace.QNum(), ' ', false)
		changed, err := cell.next(ctx)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i, err)
		}
		if i >= keysDrop {
			took = append(took, milliseconds(changed.Sub(begun)))
		}
	}
	return took, nil
}

// A sight is what the first cell of a text screen looks like.
type sight = int32

const (
	unseen sight = iota // it is no such screen yet
	black
	white
)

// A cell is the first one of the guest's screen.
type cell struct {
	client  *rfb.Client
	front   *image.RGBA
	last    atomic.Int32   // a sight
	changed chan time.Time // has room for one: nothing changes without a key
}

// watchCell connects, and returns when the cell was seen, until leave is called.
func watchCell(ctx context.Context, guest *guest) (c *cell, leave func(), err error) {
	conn, err := guest.dial(ctx)
	if err != nil {
		return nil, nil, err
	}
	c = &cell{changed: make(chan time.Time, 1)}
	frame := &rfb.Frame{}
	c.client, err = rfb.Connect(ctx, conn, rfb.Options{
		Encodings: []rfb.Encoding{rfb.EncodingRaw}, Local: true, Frame: frame, OnUpdate: func() { c.look(frame) },
	})
	if err != nil {
		return nil, nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = c.client.Run(ctx) // next says it, too
	}()
	leave = func() {
		c.client.Close()
		<-ended
	}
	if _, err := c.next(ctx); err != nil {
		leave()
		return nil, nil, err
	}
	return c, leave, nil
}

// look is called with each update.
func (c *cell) look(frame *rfb.Frame) {
	c.front, _ = frame.Sync(c.front)
	if now := firstCell(c.front); now != c.last.Swap(now) {
		select {
		case c.changed <- time.Now():
		default: // the last one was not asked for yet
		}
	}
}

// next waits until the cell has changed.
func (c *cell) next(ctx context.Context) (time.Time, error) {
	select {
	case at := <-c.changed:
		return at, nil
	case <-time.After(patience):
		return time.Time{}, fmt.Errorf("the guest's screen stays as it is: %w", os.ErrDeadlineExceeded)
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	}
}

func firstCell(picture *image.RGBA) sight {
	switch {
	case picture.Rect.Dx() != 720 || picture.Rect.Dy() != 400:
		return unseen
	case picture.RGBAAt(0, 0).R > 127:
		return white
	default:
		return black
	}
}

// typePeer runs a program that prints how long each key took, in milliseconds.
func typePeer(ctx context.Context, program, socket string) (took []float64, err error) {
	cmd := exec.CommandContext(ctx, program, socket, strconv.Itoa(keysDrop), strconv.Itoa(keysEach))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		ms, err := strconv.ParseFloat(lines.Text(), 64)
		if err != nil {
			return nil, err
		}
		took = append(took, ms)
	}
	if len(took) != keysEach {
		return nil, errors.New(program + " lost keys")
	}
	return took, nil
}
