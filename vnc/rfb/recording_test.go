package rfb_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

func TestARecordingShowsWhatTheSessionShowed(t *testing.T) {
	guest := rfbtest.StartPainter(t, ",password-secret=pw", "-object", "secret,id=pw,data=opensesame")
	for _, e := range []rfb.Encoding{rfb.EncodingHextile, rfb.EncodingZRLE} {
		var tape bytes.Buffer
		opts := only(e)
		opts.Password, opts.Record = password("opensesame"), &tape
		client, err := rfb.Connect(t.Context(), guest.Dial(t), opts)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- client.Run(context.Background()) }()
		seen(t, client, e, 20)
		guest.Do(t, "stop", nil)
		truth := guest.Screendump(t)
		rfbtest.Eventually(t, "the picture equals QEMU's", func() bool {
			return bytes.Equal(client.Frame().Picture().Pix, truth.Pix)
		})
		client.Close()
		<-ended
		guest.Do(t, "cont", nil)

		var frame rfb.Frame
		stats, err := rfb.Replay(t.Context(), rfb.Player(bytes.NewReader(tape.Bytes())), rfb.Options{Frame: &frame})
		if err != nil {
			t.Errorf("encoding %d: %v", e, err)
		}
		if frame.Hash() != client.Frame().Hash() || stats.Rectangles < 20 {
			t.Errorf("encoding %d: %d rectangles, hash %x, want that of the session, %x", e, stats.Rectangles, frame.Hash(), client.Frame().Hash())
		}
		cut := tape.Bytes()[:tape.Len()-1]
		if _, err := rfb.Replay(t.Context(), rfb.Player(bytes.NewReader(cut)), rfb.Options{}); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("encoding %d, cut: got %v, want %v", e, err, io.ErrUnexpectedEOF)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errDiskFull }

var errDiskFull = errors.New("the disk is full")

func TestARecordingThatCannotBeWrittenEndsTheSession(t *testing.T) {
	_, err := rfb.Replay(t.Context(), rfb.Player(bytes.NewReader(greeting)), rfb.Options{Record: full{}})
	if !errors.Is(err, errDiskFull) {
		t.Errorf("got %v, want %v", err, errDiskFull)
	}
}

func TestAServedRecordingIsSeenByEveryClient(t *testing.T) {
	tape := wire(greeting, update(1, header(0, 0, 4, 2, 0), pixels(8, 1, 2, 3)))
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	served := make(chan error, 2)
	go func() {
		for range cap(served) {
			conn, err := listener.Accept()
			if err == nil {
				err = rfb.Serve(conn, bytes.NewReader(tape))
			}
			served <- err
		}
	}()
	for range cap(served) {
		conn, err := net.Dial("unix", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		var frame rfb.Frame
		stats, err := rfb.Replay(t.Context(), conn, rfb.Options{Frame: &frame})
		if err != nil || stats.Pixels != 8 || !bytes.Equal(frame.Picture().Pix[:4], []byte{1, 2, 3, 255}) {
			t.Errorf("%d pixels, %v", stats.Pixels, err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	}
}
