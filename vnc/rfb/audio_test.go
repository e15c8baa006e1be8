package rfb_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"sync"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// An ear keeps what a client hears.
type ear struct {
	mu             sync.Mutex
	begins, ends   int
	samples        []byte
	audible        chan struct{}
	longest, calls int // of OnSamples, in bytes
}

func newEar() *ear { return &ear{audible: make(chan struct{}, 1)} }

func (e *ear) options() rfb.Options {
	return rfb.Options{
		OnAudible: func() { e.audible <- struct{}{} },
		OnSound: func(begins bool) {
			e.mu.Lock()
			defer e.mu.Unlock()
			if begins {
				e.begins++
			} else {
				e.ends++
			}
		},
		OnSamples: func(pcm []byte) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.samples = append(e.samples, pcm...)
			e.longest, e.calls = max(e.longest, len(pcm)), e.calls+1
		},
	}
}

func (e *ear) heard() (samples []byte, begins, ends int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return bytes.Clone(e.samples), e.begins, e.ends
}

// pitch counts how often the left channel crosses zero upwards in a second.
func pitch(pcm []byte, rate int) float64 {
	crossings, frames, last := 0, len(pcm)/4, int16(0)
	for i := range frames {
		now := int16(binary.LittleEndian.Uint16(pcm[4*i:])) // it has a sign
		if last < 0 && now >= 0 {
			crossings++
		}
		last = now
	}
	return float64(crossings) * float64(rate) / float64(frames)
}

func TestQEMUsSpeakerIsHeardAtItsPitchWhileItSounds(t *testing.T) {
	guest := rfbtest.StartSpeaker(t)
	for _, rate := range []int{rfb.AudioRate44100, rfb.AudioRate48000} {
		ear := newEar()
		client := watch(t, guest, ear.options())
		<-ear.audible
		if err := client.Listen(rate); err != nil {
			t.Fatal(err)
		}

		press(client, rfb.KeyA)

		rfbtest.Eventually(t, "a second of sound", func() bool { return client.Stats().Samples > uint64(rate) })
		samples, begins, ends := ear.heard()
		if begins != 1 || ends != 0 {
			t.Errorf("sound began %d times and ended %d times", begins, ends)
		}
		tail := samples[len(samples)/4&^3:]
		if got := pitch(tail, rate); math.Abs(got-rfbtest.Pitch) > 4 {
			t.Errorf("a tone of %.1f Hz at %d samples a second, want %d", got, rate, rfbtest.Pitch)
		}

		press(client, rfb.KeyA)
		rfbtest.Eventually(t, "the end of the sound", func() bool { _, _, ends := ear.heard(); return ends == 1 })
		client.Close()
	}
}

func TestSoundIsAskedForAndDroppedWhenNobodyListensAnyMore(t *testing.T) {
	ear := newEar()
	server, client, ended := session(t, ear.options())
	if err := client.Listen(rfb.AudioRate48000); !errors.Is(err, rfb.ErrNoSound) {
		t.Errorf("listening to a server without sound: got %v, want %v", err, rfb.ErrNoSound)
	}
	server.say(update(1)[:1])
	server.hear(wantUpdate(1, 4, 2))
	server.say(update(1)[1:], header(0, 0, 4, 2, -259))
	<-ear.audible
	if err := client.Listen(8000); !errors.Is(err, rfb.ErrMalformed) {
		t.Errorf("an odd rate: got %v, want %v", err, rfb.ErrMalformed)
	}

	if err := client.Listen(rfb.AudioRate48000); err != nil {
		t.Fatal(err)
	}
	server.hear(255, 1, be16(2), 3, 2, be32(48000), 255, 1, be16(0))
	long := bytes.Repeat([]byte{1, 2, 3, 4}, 20000)
	server.say(255, 1, be16(1), 255, 1, be16(2), be32(int32(len(long))), long, 255, 1, be16(0))
	rfbtest.Eventually(t, "the end", func() bool { _, _, ends := ear.heard(); return ends == 1 })
	if got, begins, _ := ear.heard(); !bytes.Equal(got, long) || begins != 1 || ear.longest%4 != 0 || ear.calls < 2 {
		t.Errorf("heard %d bytes in %d calls of up to %d, %d begins", len(got), ear.calls, ear.longest, begins)
	}
	if n := client.Stats().Samples; n != 20000 {
		t.Errorf("%d samples were counted", n)
	}

	client.StopListening()
	server.hear(255, 1, be16(1))
	server.say(255, 1, be16(1), 255, 1, be16(2), be32(8), make([]byte, 8), 255, 1, be16(2), be32(3))

	var wrong *rfb.MessageError
	if err := <-ended; !errors.As(err, &wrong) || wrong.Message != "QEMU message" || !errors.Is(err, rfb.ErrMalformed) {
		t.Errorf("three bytes of samples: got %v", err)
	}
	if got, begins, _ := ear.heard(); len(got) != len(long) || begins != 1 {
		t.Errorf("heard %d bytes after the end", len(got)-len(long))
	}
}

func TestLyingSoundEndsTheSession(t *testing.T) {
	for name, message := range map[string][]byte{
		"another kind":      wire(255, 2, be16(0)),
		"another operation": wire(255, 1, be16(3)),
		"too long":          wire(255, 1, be16(2), be32(1<<20+4)),
		"negative":          wire(255, 1, be16(2), be32(-4)),
	} {
		t.Run(name, func(t *testing.T) {
			server, _, ended := session(t, newEar().options())
			server.say(message)
			var wrong *rfb.MessageError
			if err := <-ended; !errors.As(err, &wrong) || !errors.Is(err, rfb.ErrMalformed) {
				t.Errorf("got %v", err)
			}
		})
	}
}
