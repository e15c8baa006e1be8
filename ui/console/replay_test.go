package console

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/storage"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

// recordedScreen is the recording of a screen of 4x2 pixels that is red for so many
// pictures, then green.
func recordedScreen(reds int) string {
	picture := func(pixel string) string {
		return "\x00\x00\x00\x01" + "\x00\x00\x00\x00\x00\x04\x00\x02\x00\x00\x00\x00" + strings.Repeat(pixel, 8)
	}
	return "RFB 003.008\n\x01\x01\x00\x00\x00\x00" + "\x00\x04\x00\x02" + strings.Repeat("\x00", 16) + "\x00\x00\x00\x04test" +
		strings.Repeat(picture("\xff\x00\x00\x00"), reds) + picture("\x00\xff\x00\x00")
}

// openTape plays a file of that content.
func openTape(t *testing.T, content string) (*kittest.Window, *replay) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "web.rfb")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	w := kittest.OpenAs(t, ctx, svc)
	r := openReplay(New(w.Kit, svc), path)
	t.Cleanup(r.close)
	return w, r
}

func (r *replay) green() bool {
	picture := r.screen.Picture()
	return len(picture.Pix) > 4 && picture.Pix[0] == 0 && picture.Pix[1] == 0xff
}

func TestARecordingPlaysToItsEndAndAgain(t *testing.T) {
	w, r := openTape(t, recordedScreen(1))
	w.Until("it is at its end", func() bool { return r.tape != nil && r.ended() && r.play.Label() == "Play" })
	w.Until("its last picture is shown", r.green)
	if r.trouble.Visible() || r.words.Visible() || r.time.Words() != "0:00 of 0:00" {
		t.Errorf("a whole recording: in trouble %v, words %v, %q", r.trouble.Visible(), r.words.Visible(), r.time.Words())
	}
	if r.win.Canvas().Focused() != r.play {
		t.Error("the keyboard does not reach the button")
	}
	r.play.Press()
	if r.tape.Played() == r.tape.Length() && !r.plays {
		t.Error("at its end it does not begin again")
	}
	w.Until("it has played again", r.ended)
}

func TestARecordingStandsStillAndGoesOn(t *testing.T) {
	w, r := openTape(t, recordedScreen(5000))
	w.Until("it is read", func() bool { return r.tape != nil && r.plays })
	r.play.Press()
	at := r.tape.Played()
	if r.plays || r.play.Label() != "Play" || at >= r.tape.Length() {
		t.Errorf("paused at %v of %v it offers to %q", at, r.tape.Length(), r.play.Label())
	}
	if r.tape.Played() != at {
		t.Error("it goes on")
	}
	r.play.Press()
	w.Until("it goes on", func() bool { return r.tape.Played() > at && r.play.Label() == "Pause" })
	w.Until("a picture is shown", func() bool { return len(r.screen.Picture().Pix) > 4 })
}

func TestABrokenRecordingSaysWhatIsWrong(t *testing.T) {
	whole := recordedScreen(1)
	w, r := openTape(t, whole+whole[len(whole)-48:len(whole)-1])
	w.Until("it says so", r.trouble.Visible)
	if said := r.banner.A11y().Description; !strings.Contains(said, "in the middle of a picture") {
		t.Errorf("it says %q", said)
	}
	w.Until("what is whole is shown", r.green)

	for name, content := range map[string]string{"no recording": "a text", "a damaged one": "\x28\xb5\x2f\xfd\x00", "an empty file": ""} {
		w, r := openTape(t, content)
		w.Until(name+" is not played", func() bool { return r.why.Visible() })
		if r.tools.Visible() || r.title.Words() != "The recording cannot be played" {
			t.Errorf("%s: %q %q", name, r.title.Words(), r.why.Words())
		}
	}
}

func TestARecordingThatIsGoneSaysSo(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	w := kittest.OpenAs(t, ctx, svc)
	path := filepath.Join(t.TempDir(), "gone"+storage.TapeEnding)
	r := openReplay(New(w.Kit, svc), path)
	t.Cleanup(r.close)
	w.Until("it says so", func() bool { return strings.Contains(r.why.Words(), "gone"+storage.TapeEnding) })
	if _, err := storage.ReadTape(path); virt.KindOf(err) != virt.KindNotFound {
		t.Error(err)
	}
}
