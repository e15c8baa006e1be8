package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
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
	vnc := ""
	if d.quality > 0 {
		vnc = ",lossy=on"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*patience)
	defer cancel()
	guest, err := startGuest(ctx, kernel, vnc)
	if err != nil {
		return err
	}
	defer guest.end()
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	tape := bufio.NewWriterSize(file, 1<<20)
	err = stepThrough(ctx, guest, tape, d)
	return errors.Join(err, tape.Flush(), file.Close())
}

// stepThrough presses a key whenever a step is shown, and ends when the last one
// has been.
func stepThrough(ctx context.Context, guest *guest, tape *bufio.Writer, d decoding) error {
	conn, err := guest.dial(ctx)
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
