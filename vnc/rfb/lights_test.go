package rfb_test

import (
	"errors"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// pressLocks presses each lock key and wants its light, and again for darkness.
func pressLocks(t *testing.T, client *rfb.Client, lights <-chan rfb.Lights) {
	t.Helper()
	for _, c := range []struct {
		key  rfb.KeyCode
		want rfb.Lights
	}{
		{rfb.KeyCapsLock, rfb.CapsLight}, {rfb.KeyNumLock, rfb.CapsLight | rfb.NumLight},
		{rfb.KeyCapsLock, rfb.NumLight}, {rfb.KeyNumLock, 0},
	} {
		press(client, c.key)
		for got := range lights {
			if got == c.want {
				break
			}
		}
	}
}

func TestQEMUTellsTheGuestsLockLights(t *testing.T) {
	guest := rfbtest.Start(t, "")
	lights := make(chan rfb.Lights, 99)
	client := watch(t, guest, rfb.Options{OnLights: func(l rfb.Lights) { lights <- l }})
	if first := <-lights; first != 0 {
		t.Errorf("at first the lights are %b", first)
	}
	pressLocks(t, client, lights)
	press(client, rfb.KeyScrollLock)
	if got := <-lights; got != rfb.ScrollLight {
		t.Errorf("after Scroll Lock the lights are %b", got)
	}
	second := make(chan rfb.Lights, 1)
	watch(t, guest, rfb.Options{OnLights: func(l rfb.Lights) { second <- l }})
	if got := <-second; got != rfb.ScrollLight {
		t.Errorf("who comes later is told %b", got)
	}
}

func TestXvncTellsTheLockLights(t *testing.T) {
	d := startXvnc(t)
	lights := make(chan rfb.Lights, 99)
	client := follow(t, dialSocket(t, d.socket), rfb.Options{OnLights: func(l rfb.Lights) { lights <- l }})
	rfbtest.Eventually(t, "a picture", func() bool { return client.Frame().Updates() > 0 })
	pressLocks(t, client, lights)
}

func TestLightsAreThreeBitsAndMustArriveWhole(t *testing.T) {
	lights := make(chan rfb.Lights, 1)
	s, _, ended := session(t, rfb.Options{OnLights: func(l rfb.Lights) { lights <- l }})
	s.deafen()
	s.say(update(1, header(0, 0, 1, 1, -261), 0xfe))
	if got := <-lights; got != rfb.CapsLight|rfb.NumLight {
		t.Errorf("the lights are %b", got)
	}
	s.say(update(1, header(0, 0, 1, 1, -261)))
	_ = s.conn.Close()
	var broken *rfb.MessageError
	if err := <-ended; !errors.As(err, &broken) {
		t.Errorf("a message cut short ended with %v", err)
	}
	if len(lights) != 0 {
		t.Error("lights were told that never came")
	}
}
