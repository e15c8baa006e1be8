package console

import (
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
	"github.com/kvmmanager/kvm-manager/vnc/sound/soundtest"
)

// newLoudDesk shows the tab of a machine whose speaker sounds.
func newLoudDesk(t *testing.T) *desk {
	t.Helper()
	guest := rfbtest.StartSpeaker(t)
	d := openDesk(t, virttest.SoundHost(t, guest.Socket), "web")
	d.guest = guest
	return d
}

func (d *desk) becomes(sound vnc.Sound) {
	d.Until("the sound's state", func() bool { now, _ := d.view().screen.Sound(); return now == sound })
}

func TestAMachineIsHeardUntilItIsMuted(t *testing.T) {
	server := soundtest.Start(t)
	heard := server.Record(t)
	d := newLoudDesk(t)
	b := d.view().hearing.buttons[0]
	d.becomes(vnc.SoundOn)
	d.view().screen.SendKeys(rfb.KeyA)
	d.Until("half a second is heard", func() bool { return len(heard.Sounding()) > 2*soundtest.Rate })
	if b.Disabled() || b.A11y().Name != "Mute the machine" {
		t.Errorf("the button says %q, disabled: %v", b.A11y().Name, b.Disabled())
	}
	b.Press()
	d.Until("silence", func() bool { return server.Streams(t) == "" })
	if b.A11y().Name != "Play the machine’s sound" {
		t.Errorf("muted, the button says %q", b.A11y().Name)
	}
	b.Press()
	d.Until("sound", func() bool { return server.Streams(t) != "" })
	d.Kit.SetSeen(false)
	before := len(heard.Sounding())
	d.Until("a window that is covered plays on", func() bool { return len(heard.Sounding()) > before+4*soundtest.Rate })
	d.Kit.SetSeen(true)
	d.page.SetVisible(false)
	d.Until("silence of a hidden tab", func() bool { return server.Streams(t) == "" })

	d.must(t, d.svc.Settings.Set(d.ctx, setting.NameConsoleSound, "false"))
	next := d.consoles.Tab().New(d.page.vm).(*page)
	defer next.Close()
	next.SetVisible(true)
	d.Until("the next console is connected", func() bool { return next.view.hearing.known })
	if now, _ := next.view.screen.Sound(); now != vnc.SoundOff || next.view.hearing.buttons[0].Disabled() {
		t.Errorf("where the settings want silence it is %v", now)
	}
}

func TestWithoutASoundServerTheButtonSaysSoAndTriesAgain(t *testing.T) {
	t.Setenv("PULSE_SERVER", "unix:/nonexistent")
	d := newLoudDesk(t)
	d.becomes(vnc.SoundFailed)
	b := d.view().hearing.buttons[0]
	d.Until("the button says so", func() bool {
		return b.A11y().Name == "No sound: this computer has no sound server that answers. Try again"
	})
	soundtest.Start(t)
	b.Press()
	d.becomes(vnc.SoundOn)
	if b.A11y().Name != "Mute the machine" {
		t.Errorf("with a server the button says %q", b.A11y().Name)
	}
}

func TestTheButtonSaysWhatAMachineLacksToBeHeard(t *testing.T) {
	d := newDesk(t, "")
	d.Until("it is known", func() bool { return d.view().hearing.known })
	b := d.view().hearing.buttons[0]
	if !b.Disabled() || !strings.Contains(d.view().hearing.unheard, "no sound card") {
		t.Errorf("the button of a machine without a sound card works, or says %q", d.view().hearing.unheard)
	}
	if now, _ := d.view().screen.Sound(); now != vnc.SoundOff {
		t.Errorf("its sound is %v", now)
	}
}
