package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// How many steps the guest of peer/scene.c has, and how long its screen rests
// before it is at its end.
const (
	sceneSteps = 1 + 12 + 16 + 3 + 12
	sceneRest  = time.Second
)

// recordScene lets QEMU run the scene, and records what its server sends to a
// client that knows one encoding.
func recordScene(ctx context.Context, kernel, path string, d decoding) error {
	dir, err := os.MkdirTemp("", "scene-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, stop := context.WithTimeout(ctx, 3*patience)
	socket := filepath.Join(dir, "vnc")
	vnc := "unix:" + socket
	if d.quality > 0 {
		vnc += ",lossy=on"
	}
	guest := exec.CommandContext(ctx, "qemu-system-x86_64", "-machine", "pc", "-accel", "tcg", "-m", "64",
		"-nodefaults", "-vga", "std", "-display", "none", "-vnc", vnc, "-kernel", kernel)
	guest.Stderr = os.Stderr
	if err := guest.Start(); err != nil {
		stop()
		return err
	}
	defer func() {
		stop()
		_ = guest.Wait() // killed
	}()
	if err := appear(ctx, socket); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	tape := bufio.NewWriterSize(file, 1<<20)
	err = stepThrough(ctx, socket, tape, d)
	return errors.Join(err, tape.Flush(), file.Close())
}

// stepThrough presses a key whenever a step is shown, and ends when the last one
// has been.
func stepThrough(ctx context.Context, socket string, tape *bufio.Writer, d decoding) error {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err != nil {
		return err
	}
	updated := make(chan struct{}, 1)
	client, err := rfb.Connect(ctx, conn, rfb.Options{
		Encodings: []rfb.Encoding{d.encoding}, Quality: d.quality, Plain: true, Record: tape,
		OnUpdate: func() {
			select {
			case updated <- struct{}{}:
			default:
			}
		},
	})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- client.Run(ctx) }()
	defer func() {
		client.Close()
		<-ended
	}()
	var front *image.RGBA
	for step := 0; ; {
		select {
		case <-updated:
		case <-time.After(sceneRest):
			if step == sceneSteps {
				return nil
			}
			continue
		case <-ctx.Done():
			return fmt.Errorf("step %d: %w", step, ctx.Err())
		}
		front, _ = client.Frame().Sync(front)
		if step < sceneSteps && shows(front, step) {
			step++
			client.Key(rfb.KeySpace.QNum(), ' ', true)
			client.Key(rfb.KeySpace.QNum(), ' ', false)
		}
	}
}

// shows says whether the corner has the colour of the step, black or white.
func shows(front *image.RGBA, step int) bool {
	if front.Rect.Dx() != 1920 || front.Rect.Dy() != 1080 {
		return false
	}
	return front.RGBAAt(1919, 1079).R == byte(255*(step&1))
}

// appear waits for a file.
func appear(ctx context.Context, path string) error {
	for {
		if _, err := os.Stat(path); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", path, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}
