package vnc_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
	"github.com/kvmmanager/kvm-manager/vnc/sound"
	"github.com/kvmmanager/kvm-manager/vnc/sound/soundtest"
)

// stateIs waits for what becomes of the guest's sound.
func stateIs(t *testing.T, screen *vnc.Screen, want vnc.Sound) {
	t.Helper()
	rfbtest.Eventually(t, "the sound's state", func() bool { now, _ := screen.Sound(); return now == want })
}

func TestAGuestIsHeardWhileItsScreenIsShownAndItsSoundIsOn(t *testing.T) {
	server := soundtest.Start(t)
	heard := server.Record(t)
	guest := rfbtest.StartSpeaker(t)
	screen, _, _ := show(t)
	screen.SoundTitle = "web"
	screen.Connect(t.Context(), dial(guest), nobody)
	stateIs(t, screen, vnc.SoundOff)
	fyne.DoAndWait(func() { screen.SetSound(true) })
	stateIs(t, screen, vnc.SoundOn)

	screen.SendKeys(rfb.KeyA)
	rfbtest.Eventually(t, "half a second is heard", func() bool { return len(heard.Sounding()) > 2*soundtest.Rate })
	rfbtest.Eventually(t, "at its pitch", func() bool {
		pcm := heard.Sounding()
		pitch := soundtest.Pitch(pcm[len(pcm)-soundtest.Rate:])
		return pitch > rfbtest.Pitch-8 && pitch < rfbtest.Pitch+8
	})

	silent := func(why string) {
		t.Helper()
		rfbtest.Eventually(t, "silence "+why, func() bool { return server.Streams(t) == "" })
	}
	sounds := func(why string) {
		t.Helper()
		rfbtest.Eventually(t, "sound "+why, func() bool { return server.Streams(t) != "" })
	}
	screen.SetSeen(false)
	before := len(heard.Sounding())
	rfbtest.Eventually(t, "a second of a window that nobody sees", func() bool { return len(heard.Sounding()) > before+4*soundtest.Rate })
	screen.Pause()
	silent("while it is hidden")
	screen.SetSeen(true)
	screen.Resume()
	sounds("when it is shown again")
	screen.SetSound(false)
	silent("when it is switched off")
	screen.SetSound(true)
	sounds("when it is switched on")
	screen.SendKeys(rfb.KeyA)
	silent("of the guest")
	screen.SendKeys(rfb.KeyA)
	sounds("of the guest again")
	fyne.DoAndWait(screen.Close)
	silent("when the screen is closed")
}

func TestWithoutASoundServerThePictureStaysAndTheReasonIsToldOnce(t *testing.T) {
	t.Setenv("PULSE_SERVER", "unix:/nonexistent")
	guest := rfbtest.StartSpeaker(t)
	screen, told, _ := show(t)
	var tellings atomic.Int64
	screen.OnSound = func() { tellings.Add(1) }
	screen.SetSound(true)
	screen.Connect(t.Context(), dial(guest), nobody)
	stateIs(t, screen, vnc.SoundFailed)
	if _, err := screen.Sound(); !errors.Is(err, sound.ErrNoServer) {
		t.Errorf("got %v, want %v", err, sound.ErrNoServer)
	}
	rfbtest.Eventually(t, "it is told that there is sound, and that it cannot be played", func() bool { return tellings.Load() == 2 })
	screen.SendKeys(rfb.KeyA)
	before := told.count(vnc.TraceUpdateReceived)
	rfbtest.Eventually(t, "the picture goes on", func() bool { return told.count(vnc.TraceUpdateReceived) > before })
	if n := tellings.Load(); n != 2 {
		t.Errorf("it was told %d times", n)
	}

	server := soundtest.Start(t)
	screen.SetSound(true)
	stateIs(t, screen, vnc.SoundOn)
	rfbtest.Eventually(t, "it is heard now", func() bool { return server.Streams(t) != "" })
	server.Kill()
	stateIs(t, screen, vnc.SoundFailed)
}
