package vnc_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/storage"
	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// tapeHead begins the recording of a screen of 4x2 pixels, and red, green and blue
// are the updates of it.
const tapeHead = "RFB 003.008\n\x01\x01\x00\x00\x00\x00" + "\x00\x04\x00\x02" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x04test"

var red, green, blue = filled("\xff\x00\x00\x00"), filled("\x00\xff\x00\x00"), filled("\x00\x00\xff\x00")

func filled(pixel string) string {
	return "\x00\x00\x00\x01" + "\x00\x00\x00\x00\x00\x04\x00\x02\x00\x00\x00\x00" + strings.Repeat(pixel, 8)
}

// tapeOf is a recording whose parts come so long after each other; 0: it does not
// tell.
func tapeOf(between time.Duration, parts ...string) storage.Tape {
	var tape storage.Tape
	for i, part := range parts {
		tape.Content = append(tape.Content, part...)
		if between > 0 {
			tape.Moments = append(tape.Moments, storage.Moment{At: time.Duration(i) * between, Bytes: len(tape.Content)})
		}
	}
	return tape
}

func playing(t *testing.T, recording storage.Tape) (*vnc.Tape, *vnc.Screen) {
	t.Helper()
	tape, err := vnc.NewTape(t.Context(), recording)
	if err != nil {
		t.Fatal(err)
	}
	screen, _, _ := show(t)
	screen.ViewOnly = true
	screen.Connect(t.Context(), tape.Dial, nobody)
	return tape, screen
}

func shows(t *testing.T, screen *vnc.Screen, update string) {
	t.Helper()
	want := []byte(update[16:20])
	want[3] = 0xff
	rfbtest.Eventually(t, "the picture is as recorded", func() bool {
		picture := screen.Picture()
		return len(picture.Pix) > 4 && bytes.Equal(picture.Pix[:4], want)
	})
}

func TestARecordingStandsStillUntilItIsPlayedAndKeepsItsLastPicture(t *testing.T) {
	tape, screen := playing(t, tapeOf(time.Hour, tapeHead+red, green, blue))
	shows(t, screen, red)
	if tape.Length() != 2*time.Hour || !tape.Timed() || tape.Played() != 0 {
		t.Errorf("it has played %v of %v", tape.Played(), tape.Length())
	}
	if screen.AcceptsTab() {
		t.Error("the keyboard cannot leave it")
	}
}

func TestARecordingPlaysAtItsPaceStopsAndBeginsAgain(t *testing.T) {
	const between = 150 * time.Millisecond
	recording := tapeOf(between, tapeHead+red, green, blue)
	recording.Moments[2].At = time.Hour
	tape, screen := playing(t, recording)
	for range 2 {
		tape.Pause()
		begun := time.Now()
		tape.Rewind()
		screen.Connect(t.Context(), tape.Dial, nobody)
		shows(t, screen, red)
		shows(t, screen, green)
		if passed := time.Since(begun); passed < between {
			t.Errorf("the second picture came after %v", passed)
		}
		tape.Pause()
		if at := tape.Played(); at < between || tape.Played() != at {
			t.Errorf("it was stopped at %v, and stands at %v", at, tape.Played())
		}
	}
}

func TestARecordingWithoutTimesPlaysPictureByPicture(t *testing.T) {
	tape, screen := playing(t, tapeOf(0, tapeHead, red, green, blue))
	if tape.Timed() || tape.Length() != 120*time.Millisecond {
		t.Errorf("it plays %v, at its own pace: %v", tape.Length(), tape.Timed())
	}
	tape.Play()
	shows(t, screen, blue)
	rfbtest.Eventually(t, "it is at its end", func() bool { return tape.Played() == tape.Length() })
}

func TestABrokenRecordingPlaysAsFarAsItIsWhole(t *testing.T) {
	tape, screen := playing(t, tapeOf(0, tapeHead, red, green, blue[:20]))
	if !errors.Is(tape.Broken(), io.ErrUnexpectedEOF) {
		t.Errorf("broken: %v", tape.Broken())
	}
	tape.Play()
	shows(t, screen, green)
	var message *rfb.MessageError
	for name, content := range map[string]string{"a text": "no recording at all", "a head": tapeHead[:30]} {
		if _, err := vnc.NewTape(t.Context(), tapeOf(0, content)); !errors.As(err, &message) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := vnc.NewTape(t.Context(), tapeOf(0, tapeHead)); err == nil {
		t.Error("nothing is shown as a recording")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := vnc.NewTape(ended, tapeOf(0, tapeHead, red)); !errors.Is(err, context.Canceled) {
		t.Errorf("unwanted: got %v", err)
	}
}
