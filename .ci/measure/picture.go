package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// alike is the least ratio of signal to noise, in decibels, of a picture whose
// losses were decoded as libjpeg-turbo does.
const alike = 40

// comparePictures compares our last frame of the recording at the socket with
// libvncclient's, which decodes JPEG with libjpeg-turbo.
func (b *bench) comparePictures(ctx context.Context, socket string, d decoding) error {
	conn, err := dialSocket(ctx, socket)
	if err != nil {
		return err
	}
	frame := &rfb.Frame{}
	if _, err := rfb.Replay(ctx, conn, rfb.Options{Frame: frame, Local: true}); err != nil {
		return err
	}
	file := filepath.Join(b.files, "frame")
	program := b.program("vncclient")
	if out, err := exec.CommandContext(ctx, program, socket, file).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, out)
	}
	peer, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	ratio, err := signalToNoise(frame.Picture().Pix, peer)
	b.report.add(figure{name: "last frame of " + d.name + ", beside libjpeg-turbo's", unit: "dB of PSNR", ours: []float64{ratio}, target: alike, least: true})
	return err
}

// signalToNoise is the peak ratio of two pictures of four bytes a pixel, red,
// green, blue and one that does not count, in decibels; of equal ones infinite.
func signalToNoise(a, b []byte) (float64, error) {
	if len(a) != len(b) || len(a) == 0 {
		return 0, fmt.Errorf("the pictures have %d and %d bytes", len(a), len(b))
	}
	var squares float64
	for i := range a {
		if i%4 < 3 {
			difference := float64(a[i]) - float64(b[i])
			squares += difference * difference
		}
	}
	return 10 * math.Log10(255*255*float64(len(a)/4*3)/squares), nil
}
