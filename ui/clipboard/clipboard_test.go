package clipboard

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

// noise is a PNG file of about four bytes a pixel.
func noise(t *testing.T, width, height int) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	random := rand.NewChaCha8([32]byte{1})
	for i := range picture.Pix {
		picture.Pix[i] = byte(random.Uint64())
	}
	var file bytes.Buffer
	quick := png.Encoder{CompressionLevel: png.NoCompression}
	if err := quick.Encode(&file, picture); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// offer offers the file and returns what ends the offer, and its result.
func offer(t *testing.T, file []byte) (stop func(), result <-chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ours, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- OfferPNG(ctx, file, func() { close(ours) }) }()
	select {
	case <-ours:
	case err := <-ended:
		t.Fatalf("the clipboard is not ours: %v", err)
	}
	return cancel, ended
}

func TestOtherProgramsPasteThePicture(t *testing.T) {
	kittest.Display(t)
	for _, size := range []int{20, 200, 1000} { // the last ones go in pieces
		file := noise(t, size, size)
		stop, ended := offer(t, file)
		for range 2 {
			got, err := kittest.Paste(t, "image/png")
			if err != nil || !bytes.Equal(got, file) {
				t.Errorf("of %d bytes %d were pasted, %v", len(file), len(got), err)
			}
		}
		targets, err := kittest.Paste(t, "TARGETS")
		if err != nil || !slices.Contains(strings.Fields(string(targets)), "image/png") || strings.Contains(string(targets), "UTF8_STRING") {
			t.Errorf("offered are %q, %v", targets, err)
		}
		if got, err := kittest.Paste(t, "UTF8_STRING"); err == nil {
			t.Errorf("as text %q was pasted", got)
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("ended with %v", err)
		}
		if got, err := kittest.Paste(t, "image/png"); err == nil {
			t.Errorf("after the end %d bytes were pasted", len(got))
		}
	}
}

func TestTheOfferEndsWhenAnotherProgramCopies(t *testing.T) {
	kittest.Display(t)
	_, ended := offer(t, noise(t, 20, 20))
	copied := exec.Command("xclip", "-selection", "clipboard", "-i", "-loops", "1")
	copied.Stdin = strings.NewReader("text")
	if err := copied.Run(); err != nil { // goes on in the background
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if got, err := kittest.Paste(t, "UTF8_STRING"); err != nil || string(got) != "text" {
		t.Errorf("%q was pasted, %v", got, err)
	}
}

func TestANewPictureReplacesTheOldOne(t *testing.T) {
	kittest.Display(t)
	_, first := offer(t, noise(t, 20, 20))
	file := noise(t, 30, 30)
	stop, second := offer(t, file)
	if err := <-first; err != nil {
		t.Errorf("the first ended with %v", err)
	}
	if got, err := kittest.Paste(t, "image/png"); err != nil || !bytes.Equal(got, file) {
		t.Errorf("%d bytes were pasted, %v", len(got), err)
	}
	stop()
	if err := <-second; err != nil {
		t.Errorf("the second ended with %v", err)
	}
}

func TestSeveralTargetsAreAskedForAtOnce(t *testing.T) {
	kittest.Display(t)
	file := noise(t, 20, 20)
	stop, ended := offer(t, file)
	c, err := newOwner(nil) // a client with a window and all atoms
	if err != nil {
		t.Fatal(err)
	}
	defer c.conn.Close()
	list, picture, nothing := c.atoms.multiple, xproto.Atom(xproto.AtomCutBuffer0), xproto.Atom(xproto.AtomCutBuffer1)
	c.put(c.window, list, c.atoms.pair, 32, numbers(c.atoms.png, picture, c.atoms.incr, nothing))
	xproto.ConvertSelection(c.conn, c.window, c.atoms.clipboard, c.atoms.multiple, list, xproto.TimeCurrentTime)
	for {
		event, err := c.conn.WaitForEvent()
		if event == nil {
			t.Fatalf("the display ended: %v", err)
		}
		if told, ok := event.(xproto.SelectionNotifyEvent); ok {
			if told.Property != list {
				t.Errorf("several targets are refused: %+v", told)
			}
			break
		}
	}
	got, err := xproto.GetProperty(c.conn, false, c.window, picture, c.atoms.png, 0, 1<<16).Reply()
	if err != nil || !bytes.Equal(got.Value, file) {
		t.Errorf("got %+v, %v", got, err)
	}
	pairs, err := xproto.GetProperty(c.conn, false, c.window, list, c.atoms.pair, 0, 4).Reply()
	if err != nil || len(pairs.Value) != 16 || xgb.Get32(pairs.Value[4:]) != uint32(picture) || xgb.Get32(pairs.Value[12:]) != xproto.AtomNone {
		t.Errorf("the pairs are %+v, %v", pairs, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestAWindowThatGoesDuringATransferIsForgotten(t *testing.T) {
	kittest.Display(t)
	_, ended := offer(t, noise(t, 1000, 1000))
	c, err := newOwner(nil)
	if err != nil {
		t.Fatal(err)
	}
	xproto.ConvertSelection(c.conn, c.window, c.atoms.clipboard, c.atoms.png, c.atoms.png, xproto.TimeCurrentTime)
	for told := false; !told; {
		event, err := c.conn.WaitForEvent()
		if event == nil {
			t.Fatalf("the display ended: %v", err)
		}
		_, told = event.(xproto.SelectionNotifyEvent)
	}
	c.conn.Close() // it never takes a piece
	_, _ = offer(t, noise(t, 20, 20))
	if err := <-ended; err != nil { // which waits for what was begun
		t.Errorf("ended with %v", err)
	}
}

func TestWithoutADisplayThereIsNoClipboard(t *testing.T) {
	t.Setenv("DISPLAY", "")
	if Available() {
		t.Error("there is a clipboard")
	}
	t.Setenv("DISPLAY", ":65000")
	if err := OfferPNG(t.Context(), nil, nil); !errors.Is(err, virt.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}
