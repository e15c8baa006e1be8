package vnc_test

import (
	"bytes"
	"context"
	"net"
	"os/exec"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// setKeymap gives the display a keyboard: rules of setxkbmap, and what edit makes
// of the map that results.
func (d *realDesktop) setKeymap(edit func(keymap string) string, rules ...string) {
	d.t.Helper()
	for _, tool := range []string{"setxkbmap", "xkbcomp"} {
		if _, err := exec.LookPath(tool); err != nil {
			d.t.Skip("needs " + tool)
		}
	}
	keymap, err := exec.Command("setxkbmap", append(rules, "-display", d.display, "-print")...).Output()
	if err != nil {
		d.t.Fatal(err)
	}
	load := exec.Command("xkbcomp", "-w", "0", "-", d.display)
	load.Stdin = strings.NewReader(edit(string(keymap)))
	if out, err := load.CombinedOutput(); err != nil {
		d.t.Fatalf("xkbcomp: %v\n%s", err, out)
	}
}

// followLights returns the lock lights of the guest as they are told.
func followLights(t *testing.T, guest *rfbtest.Guest) <-chan rfb.Lights {
	t.Helper()
	lights := make(chan rfb.Lights, 99)
	connectBeside(t, guest, rfb.Options{OnLights: func(l rfb.Lights) { lights <- l }})
	return lights
}

// connectBeside is another client of the guest's screen than the window.
func connectBeside(t *testing.T, guest *rfbtest.Guest, opts rfb.Options) {
	t.Helper()
	connectTo(t, guest.Socket, opts)
}

// connectTo is connectBeside for any server at a unix socket.
func connectTo(t *testing.T, socket string, opts rfb.Options) *rfb.Client {
	t.Helper()
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	client, err := rfb.Connect(t.Context(), conn, opts)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- client.Run(context.Background()) }()
	t.Cleanup(func() {
		client.Close()
		<-ended
	})
	return client
}

func wantLights(t *testing.T, lights <-chan rfb.Lights, want rfb.Lights) {
	t.Helper()
	var got rfb.Lights
	rfbtest.Eventually(t, "the lights of the guest", func() bool {
		select {
		case got = <-lights:
		default:
		}
		return got == want
	})
}

func TestTheGuestsLocksAgreeWithTheKeyboardOnceItHasTheFocus(t *testing.T) {
	guest := rfbtest.Start(t, "")
	d := openWindow(t, guest)
	d.setKeymap(func(keymap string) string { // Scroll Lock is a lock, too
		keymap = strings.Replace(keymap, `xkb_compat    { include "complete"`, `xkb_compat { include "complete" interpret Scroll_Lock+AnyOf(all) { action=LockMods(modifiers=modMapMods); };`, 1)
		return strings.Replace(keymap, `inet(evdev)"`, `inet(evdev)" modifier_map Mod3 { Scroll_Lock };`, 1)
	}, "-layout", "us")
	lights := followLights(t, guest)
	letGo := func() {
		t.Helper()
		before := bytes.Count(guest.Keys(t), []byte{0x1d, 0x38, 0xb8, 0x9d})
		d.x("keydown", "ctrl", "keydown", "alt", "keyup", "alt", "keyup", "ctrl")
		rfbtest.Eventually(t, "the keys that let go", func() bool {
			return bytes.Count(guest.Keys(t), []byte{0x1d, 0x38, 0xb8, 0x9d}) > before
		})
	}

	d.x("key", "Caps_Lock", "key", "Num_Lock", "key", "Scroll_Lock") // not the guest's
	d.takeKeyboard()
	wantLights(t, lights, rfb.CapsLight|rfb.NumLight|rfb.ScrollLight)
	d.x("key", "Caps_Lock", "key", "Scroll_Lock") // the guest's
	wantLights(t, lights, rfb.NumLight)
	letGo()
	d.x("key", "Num_Lock")
	before := len(guest.Keys(t))
	d.takeKeyboard()
	wantLights(t, lights, 0)
	letGo()
	d.takeKeyboard()
	d.x("key", "a")
	rfbtest.Eventually(t, "the letter", func() bool { return bytes.HasSuffix(guest.Keys(t), []byte{0x1e, 0x9e}) })
	want := []byte{0x45, 0xc5, 0x1d, 0x38, 0xb8, 0x9d, 0x1e, 0x9e}
	if got := guest.Keys(t)[before:]; !bytes.Equal(got, want) {
		t.Errorf("the guest read % x, want % x", got, want)
	}
}
