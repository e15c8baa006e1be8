package rfb_test

import (
	"bytes"
	"image"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

func TestAFenceComesBackWithWhatWeUnderstand(t *testing.T) {
	s, _, _ := session(t, rfb.Options{})
	go s.say(248, 0, 0, 0, 0x80, 0, 0, 0xff, 3, "abc")
	s.hear(248, 0, 0, 0, 0, 0, 0, 7, 3, "abc")
	go s.say(248, 0, 0, 0, 0, 0, 0, 1, 2, "no", // an answer is not answered
		248, 0, 0, 0, 0x80, 0, 0, 0, 0)
	s.hear(248, 0, 0, 0, 0, 0, 0, 0, 0)
}

func TestAFenceThatIsTooLongEndsTheSession(t *testing.T) {
	s, _, ended := session(t, rfb.Options{})
	s.deafen()
	s.say(248, 0, 0, 0, 0x80, 0, 0, 0, 65)
	wantMessage(t, <-ended, "fence", rfb.ErrMalformed)
}

func wantContinuous(on, width, height int) []byte {
	return wire(150, on, be16(0, 0, width, height))
}

func TestContinuousUpdatesNeedNoRequests(t *testing.T) {
	sizes := make(chan image.Point, 1)
	updates := make(chan struct{}, 9)
	s, client, _ := session(t, rfb.Options{
		OnResize: func(w, h int) { sizes <- image.Pt(w, h) },
		OnUpdate: func() { updates <- struct{}{} },
	})
	s.say(150)
	s.hear(wantContinuous(1, 4, 2))
	for range 3 {
		s.say(update(1, header(0, 0, 1, 1, 0), pixels(1, 1, 1, 1)))
		<-updates
	}
	client.Pause() // the next that it says is this
	s.hear(wantContinuous(0, 4, 2))
	s.say(150)
	client.Resume()
	s.hear(wantContinuous(1, 4, 2))
	s.say(update(1, header(0, 0, 8, 6, -223)))
	s.hear(wantContinuous(1, 8, 6), wantUpdate(0, 8, 6))
	<-sizes
	<-updates
	s.say(update(1, header(0, 0, 8, 6, 0), bytes.Repeat(pixels(1, 5, 5, 5), 48)))
	<-updates
	client.Pause()
	s.hear(wantContinuous(0, 8, 6))
}

func TestPausedContinuousUpdatesWaitUntilSomebodyLooks(t *testing.T) {
	s, client, _ := session(t, rfb.Options{})
	client.Pause()
	s.say(150)
	client.Resume()
	s.hear(wantContinuous(1, 4, 2))
}
