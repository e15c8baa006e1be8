package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// decodings is how many pairs are decoded of each recording.
const decodings = 11

// A decoding is a way to send pixels, and how much longer other clients may take
// than we do: the targets for libvncclient and for gvnc, 0 where it cannot.
type decoding struct {
	name     string
	encoding rfb.Encoding
	quality  int // of JPEG
	library  float64
	gvnc     float64
}

var decodingCases = []decoding{
	{"Raw", rfb.EncodingRaw, 0, 1.5, 3},
	{"Hextile", rfb.EncodingHextile, 0, 1.2, 3},
	{"zlib", rfb.EncodingZlib, 0, 1.2, 0},
	{"ZRLE", rfb.EncodingZRLE, 0, 1.3, 3},
	{"Tight", rfb.EncodingTight, 0, 1.3, 3},
	{"Tight with JPEG", rfb.EncodingTight, 7, 1.3, 3},
}

// decoded is what a client tells of a recording.
type decoded struct {
	megapixels, seconds float64
	hash                string
}

// console compares how much processor time clients need for the same bytes of
// QEMU's server, in every encoding.
func console(ctx context.Context, b *bench) error {
	for i, d := range decodingCases {
		tape := filepath.Join(b.files, fmt.Sprintf("%d.rfb", i))
		if err := recordScene(ctx, b.program("scene"), tape, d); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		if err := b.compareDecoders(ctx, tape, d); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		if err := os.Remove(tape); err != nil {
			return err
		}
	}
	return nil
}

// compareDecoders serves the recording to all clients in turn.
func (b *bench) compareDecoders(ctx context.Context, tape string, d decoding) error {
	socket := tape + ".sock"
	ctx, stop := context.WithCancel(ctx)
	server := exec.CommandContext(ctx, b.program("kvm-cli"), "console", "serve", tape, "--socket", socket)
	server.Stderr = os.Stderr
	if err := server.Start(); err != nil {
		stop()
		return err
	}
	defer func() {
		stop()
		_ = server.Wait() // killed
	}()
	conn, err := dialSocket(ctx, socket)
	if err != nil {
		return err
	}
	conn.Close() // it serves
	library := figure{name: "decoding " + d.name, unit: "CPU ms a megapixel", than: "libvncclient", target: 1 / d.library}
	gvnc := library
	gvnc.than, gvnc.target = "gvnc of gtk-vnc", 1/d.gvnc
	for range decodings {
		ours, err := b.decodeOurselves(ctx, socket)
		if err != nil {
			return err
		}
		peer, err := decodePeer(ctx, b.program("vncclient"), socket)
		if err != nil {
			return err
		}
		if err := sameFrame(ours, peer); err != nil && d.quality == 0 {
			return err
		}
		library.ours, library.peer = append(library.ours, ours.cost()), append(library.peer, peer.cost())
		if d.gvnc == 0 {
			continue
		}
		if peer, err = decodePeer(ctx, b.program("gvncclient"), socket); err != nil {
			return err
		}
		if err := sameFrame(ours, peer); err != nil && d.quality == 0 {
			return err
		}
		gvnc.ours, gvnc.peer = append(gvnc.ours, ours.cost()), append(gvnc.peer, peer.cost())
	}
	b.report.add(library)
	if d.gvnc > 0 {
		b.report.add(gvnc)
	}
	if d.quality > 0 {
		return b.comparePictures(ctx, socket, d)
	}
	return nil
}

func (d decoded) cost() float64 { return d.seconds * 1000 / d.megapixels }

func sameFrame(ours, peer decoded) error {
	if ours.hash != peer.hash {
		return fmt.Errorf("our last frame is %s, the other's %s", ours.hash, peer.hash)
	}
	return nil
}

func (b *bench) decodeOurselves(ctx context.Context, socket string) (decoded, error) {
	cmd := exec.CommandContext(ctx, b.program("kvm-cli"), "console", "replay", "--headless", "unix:"+socket, "-o", "json")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return decoded{}, err
	}
	var r struct {
		Megapixels float64 `json:"megapixels"`
		Seconds    float64 `json:"cpu_seconds"`
		Hash       string  `json:"frame_hash"`
	}
	err = json.Unmarshal(out, &r)
	return decoded{r.Megapixels, r.Seconds, r.Hash}, err
}

// decodePeer runs a program that prints megapixels, CPU seconds and the hash.
func decodePeer(ctx context.Context, program, socket string) (d decoded, err error) {
	cmd := exec.CommandContext(ctx, program, socket)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return d, err
	}
	if _, err := fmt.Fscan(strings.NewReader(out.String()), &d.megapixels, &d.seconds, &d.hash); err != nil {
		return d, err
	}
	if d.megapixels == 0 || d.seconds == 0 {
		return d, errors.New(program + " decoded nothing")
	}
	return d, nil
}
