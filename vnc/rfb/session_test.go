package rfb_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// session connects to a 4x2 screen and runs; the server has heard the first
// request. ended receives the end of Run.
func session(t *testing.T, opts rfb.Options) (s *server, client *rfb.Client, ended chan error) {
	t.Helper()
	s, conn := listen(t)
	go s.welcome()
	client, err := rfb.Connect(t.Context(), conn, opts)
	if err != nil {
		t.Fatal(err)
	}
	ended = make(chan error, 1)
	go func() { ended <- client.Run(t.Context()) }()
	s.askedForAll(opts)
	return s, client, ended
}

// pixels returns n pixels as they come over the wire; the fourth byte is junk.
func pixels(n int, r, g, b byte) []byte {
	return bytes.Repeat([]byte{r, g, b, 7}, n)
}

func TestRawPixelsFillTheFrameAndAreOpaque(t *testing.T) {
	updated := make(chan struct{}, 1)
	s, client, _ := session(t, rfb.Options{OnUpdate: func() { updated <- struct{}{} }})
	s.say(update(2)[:1])        // the update begins
	s.hear(wantUpdate(1, 4, 2)) // and the next is asked for before it is decoded
	s.say(update(2)[1:], header(0, 0, 4, 2, 0), pixels(8, 1, 2, 3), header(1, 1, 2, 1, 0), pixels(2, 9, 8, 7))
	<-updated
	back, front := []byte{1, 2, 3, 255}, []byte{9, 8, 7, 255}
	want := slices.Concat(back, back, back, back, back, front, front, back)
	if got := client.Frame().Picture().Pix; !bytes.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := client.Frame().Updates(); n != 1 {
		t.Errorf("%d updates", n)
	}
}

func TestCopyRectMovesOverlappingPixels(t *testing.T) {
	updated := make(chan struct{}, 1)
	s, client, _ := session(t, rfb.Options{OnUpdate: func() { updated <- struct{}{} }})
	s.deafen()
	s.say(update(2, header(0, 0, 4, 1, 0), pixels(1, 1, 0, 0), pixels(1, 2, 0, 0), pixels(1, 3, 0, 0), pixels(1, 4, 0, 0),
		header(1, 0, 3, 1, 1), be16(0, 0)))
	<-updated
	pic := client.Frame().Picture()
	for x, want := range []uint8{1, 1, 2, 3} {
		if got := pic.RGBAAt(x, 0).R; got != want {
			t.Errorf("pixel %d: %d, want %d", x, got, want)
		}
	}
}

func TestANewSizeIsTakenOverAndAskedForWhole(t *testing.T) {
	sizes := make(chan image.Point, 2)
	s, client, _ := session(t, rfb.Options{OnResize: func(w, h int) { sizes <- image.Pt(w, h) }})
	s.say(update(1)[:1])
	s.hear(wantUpdate(1, 4, 2))
	s.say(update(1)[1:], header(0, 0, 3, 5, -223))
	s.hear(wantUpdate(0, 3, 5))
	if size := <-sizes; size != image.Pt(3, 5) || client.Frame().Size() != size {
		t.Errorf("told %v, frame %v", size, client.Frame().Size())
	}
	for _, alpha := range client.Frame().Picture().Pix[3:] {
		if alpha != 0 && alpha != 255 {
			t.Fatal("neither black nor opaque")
		}
	}
}

func TestAnotherSizeCanBeAskedForOnceTheServerOffersIt(t *testing.T) {
	answers := make(chan rfb.SizeStatus, 1)
	s, client, _ := session(t, rfb.Options{OnSizeAnswer: func(a rfb.SizeStatus) { answers <- a }})
	if err := client.RequestSize(8, 6); !errors.Is(err, rfb.ErrFixedSize) {
		t.Errorf("before the offer: got %v, want %v", err, rfb.ErrFixedSize)
	}
	screen := wire(be32(77), be16(0, 0, 4, 2), be32(5))
	s.say(update(1)[:1])
	s.hear(wantUpdate(1, 4, 2))
	s.say(update(1)[1:], header(0, 0, 4, 2, -308), 1, 0, 0, 0, screen)
	rfbtest.Eventually(t, "the request is sent", func() bool { return client.RequestSize(8, 6) == nil })
	s.hear(251, 0, be16(8, 6), 1, 0, be32(77), be16(0, 0, 8, 6), be32(5))
	s.deafen()
	s.say(update(1, header(1, 4, 4000, 6, -308), 0, 0, 0, 0)) // asked the guest: the size stays
	if a := <-answers; a != rfb.SizeForwarded {
		t.Errorf("answer %d", a)
	}
	if size := client.Frame().Size(); size != image.Pt(4, 2) {
		t.Errorf("size %v", size)
	}
}

func TestKeysArePhysicalWhereTheServerTakesThem(t *testing.T) {
	s, client, _ := session(t, rfb.Options{})
	client.Key(0x1e, 'a', true)
	s.hear(4, 1, 0, 0, be32('a'))
	client.Key(0x1e, 0, true) // cannot be told to this server
	s.say(update(2)[:1])
	s.hear(wantUpdate(1, 4, 2))
	s.say(update(2)[1:], header(0, 0, 0, 0, -258), header(0, 0, 0, 0, -307), be32(1), "q")
	rfbtest.Eventually(t, "the name", func() bool { return client.Name() == "q" })
	client.Key(0x9d, 0xffe4, false)
	s.hear(255, 0, be16(0), be32(0xffe4), be32(0x9d))
}

func TestThePointerIsAbsoluteUntilTheServerSaysOtherwise(t *testing.T) {
	modes := make(chan bool, 1)
	s, client, _ := session(t, rfb.Options{OnPointerMode: func(absolute bool) { modes <- absolute }})
	client.Pointer(2, 1, rfb.ButtonLeft|rfb.ButtonRight)
	s.hear(5, 5, be16(2, 1))
	client.Pointer(-3, 99, 0) // kept on the screen
	s.hear(5, 0, be16(0, 1))
	client.PointerRelative(2, 0, 0)
	s.hear(5, 0, be16(2, 1))
	s.say(update(1)[:1])
	s.hear(wantUpdate(1, 4, 2))
	s.say(update(1)[1:], header(0, 0, 0, 0, -257))
	if <-modes || client.Absolute() {
		t.Error("still absolute")
	}
	client.Pointer(3, 0, 0)
	s.hear(5, 0, be16(0x7fff+1, 0x7fff-1))
	client.PointerRelative(-100000, 7, rfb.WheelUp)
	s.hear(5, 8, be16(0, 0x7fff+7))
}

func TestPausedNothingIsAskedFor(t *testing.T) {
	s, client, _ := session(t, rfb.Options{})
	client.Pause()
	s.say(update(1, header(0, 0, 1, 1, 0), pixels(1, 1, 1, 1)))
	client.Key(0, 'x', true)
	s.hear(4, 1, 0, 0, be32('x')) // the next thing it says is the key
	rfbtest.Eventually(t, "the update", func() bool { return client.Frame().Updates() > 0 })
	client.Resume()
	s.hear(wantUpdate(1, 4, 2))
}

func TestBellAndClipboardReachTheOwner(t *testing.T) {
	bells, texts := make(chan struct{}, 1), make(chan string, 1)
	s, _, _ := session(t, rfb.Options{
		OnBell:    func() { bells <- struct{}{} },
		OnCutText: func(text string) { texts <- text },
	})
	s.say(2, 3, 0, 0, 0, be32(3), "h\xe9!")
	<-bells
	if text := <-texts; text != "hé!" {
		t.Errorf("text %q", text)
	}
	s.say(3, 0, 0, 0, be32(2<<20), make([]byte, 2<<20), 1, 0, be16(0, 1), make([]byte, 6), 2)
	<-bells // the colour map and a text that is too long are skipped
	if len(texts) != 0 {
		t.Error("a text beyond the bound was handed over")
	}
}

func TestLastRectEndsAnUpdateOfUnknownLength(t *testing.T) {
	updated := make(chan struct{}, 1)
	s, _, _ := session(t, rfb.Options{OnUpdate: func() { updated <- struct{}{} }})
	s.deafen()
	s.say(update(0xffff, header(0, 0, 1, 1, 0), pixels(1, 1, 1, 1), header(0, 0, 0, 0, -224)))
	<-updated
}

func TestALyingServerEndsTheSessionWithTheMessageNamed(t *testing.T) {
	for _, c := range []struct {
		message string
		bytes   []byte
	}{
		{"message", wire(99)},
		{"framebuffer update", update(1, header(0, 0, 1, 1, 1234))},
		{"framebuffer update", update(1, header(3, 0, 2, 1, 0))},
		{"framebuffer update", update(1, header(0, 65535, 1, 65535, 0))},
		{"framebuffer update", update(1, header(0, 0, 2, 1, 1), be16(3, 0))},
		{"framebuffer update", update(1, header(0, 0, 0, 9, -223))},
		{"framebuffer update", update(1, header(0, 0, 65535, 65535, -308), 0, 0, 0, 0)},
		{"framebuffer update", update(1, header(0, 0, 0, 0, -307), be32(-1))},
		{"cut text", wire(3, 0, 0, 0, be32(-1))},
	} {
		s, _, ended := session(t, rfb.Options{})
		go func() { _, _ = s.conn.Write(c.bytes) }()
		s.deafen()
		wantMessage(t, <-ended, c.message, rfb.ErrMalformed)
	}
}

func TestAServerThatDiesWithinARectangleIsNamed(t *testing.T) {
	s, _, ended := session(t, rfb.Options{})
	s.deafen()
	s.say(update(1, header(0, 0, 4, 2, 0), pixels(3, 1, 1, 1)))
	_ = s.conn.Close()
	wantMessage(t, <-ended, "framebuffer update", io.ErrUnexpectedEOF)
}

func TestRunEndsWithItsContextAtOnce(t *testing.T) {
	s, conn := listen(t)
	go s.welcome()
	client, err := rfb.Connect(t.Context(), conn, rfb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- client.Run(ctx) }()
	s.askedForAll(rfb.Options{})
	s.deafen()
	s.say(update(1, header(0, 0, 4, 2, 0), pixels(3, 1, 1, 1)))
	start := time.Now()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if waited := time.Since(start); waited > 100*time.Millisecond {
		t.Errorf("took %v", waited)
	}
}

func TestCloseEndsRun(t *testing.T) {
	s, client, ended := session(t, rfb.Options{})
	s.deafen()
	client.Close()
	if err := <-ended; !errors.Is(err, rfb.ErrClosed) {
		t.Errorf("got %v, want %v", err, rfb.ErrClosed)
	}
	client.Key(1, 1, true) // says nothing to nobody
}

func TestAServerThatDoesNotReadNeverBlocksInput(t *testing.T) {
	_, client, ended := session(t, rfb.Options{})
	for i := range 1_000_000 { // movements take each other's place
		client.Pointer(i%4, 0, 0)
	}
	select {
	case err := <-ended:
		t.Fatalf("movements ended the session: %v", err)
	default:
	}
	for i := range 100_000 { // keys must not be lost
		client.Key(0, 'k', i%2 == 0)
	}
	if err := <-ended; !errors.Is(err, rfb.ErrBacklog) {
		t.Errorf("got %v, want %v", err, rfb.ErrBacklog)
	}
}

func TestErrorsReadWell(t *testing.T) {
	_, err := connect(t, rfb.Options{}, func(s *server) { s.say("HTTP/1.1 400") })
	if text := err.Error(); !strings.HasPrefix(text, "rfb: protocol version: malformed: ") {
		t.Error(text)
	}
}
