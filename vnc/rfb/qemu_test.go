package rfb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// watch connects to the guest and decodes until the test ends.
func watch(t *testing.T, guest *rfbtest.Guest, opts rfb.Options) *rfb.Client {
	t.Helper()
	client, err := rfb.Connect(t.Context(), guest.Dial(t), opts)
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

// wantScreen waits until the client's picture is QEMU's own, pixel by pixel.
func wantScreen(t *testing.T, guest *rfbtest.Guest, client *rfb.Client) {
	t.Helper()
	guest.Do(t, "stop", nil) // the cursor stops blinking
	defer guest.Do(t, "cont", nil)
	truth := guest.Screendump(t)
	rfbtest.Eventually(t, "the picture equals QEMU's", func() bool {
		return bytes.Equal(client.Frame().Picture().Pix, truth.Pix)
	})
	if size := client.Frame().Size(); size != truth.Rect.Size() {
		t.Errorf("size %v, want %v", size, truth.Rect.Size())
	}
}

// press presses the keys in order and releases them backwards.
func press(client *rfb.Client, keys ...rfb.KeyCode) {
	var locks rfb.Locks
	for _, k := range keys {
		locks.Shift = locks.Shift || k == rfb.KeyLeftShift
		client.Key(k.QNum(), k.Keysym(locks), true)
	}
	for _, k := range slices.Backward(keys) {
		client.Key(k.QNum(), k.Keysym(locks), false)
	}
}

func wantKeys(t *testing.T, guest *rfbtest.Guest, want ...byte) {
	t.Helper()
	rfbtest.Eventually(t, "the keys arrive", func() bool { return len(guest.Keys(t)) >= len(want) })
	if got := guest.Keys(t); !bytes.Equal(got, want) {
		t.Errorf("the guest read % x, want % x", got, want)
	}
}

func TestQEMUsScreenIsSeenPixelByPixelAndFollowsItsSize(t *testing.T) {
	guest := rfbtest.Start(t, "")
	sizes := make(chan [2]int, 8)
	client := watch(t, guest, rfb.Options{OnResize: func(w, h int) { sizes <- [2]int{w, h} }})
	wantScreen(t, guest, client)
	press(client, rfb.KeyA)
	wantKeys(t, guest, 0x1e, 0x9e)
	wantScreen(t, guest, client)

	press(client, rfb.KeyF12) // the guest changes to graphics
	for (<-sizes) != [2]int{640, 400} {
	}
	wantScreen(t, guest, client)
}

func TestAPausedClientSeesNothingUntilItResumes(t *testing.T) {
	guest := rfbtest.Start(t, "")
	client := watch(t, guest, rfb.Options{})
	wantScreen(t, guest, client)
	client.Pause()
	before := client.Frame().Updates()
	for shown := range 4 { // QEMU goes on showing what the guest does
		was := guest.Screendump(t)
		press(client, rfb.KeyA)
		rfbtest.Eventually(t, "the guest shows the key", func() bool {
			return len(guest.Keys(t)) == 2*shown+2 && !bytes.Equal(guest.Screendump(t).Pix, was.Pix)
		})
	}
	if got := client.Frame().Updates() - before; got > 2 {
		t.Errorf("a paused client decoded %d updates, want at most the one begun and the one on its way", got)
	}
	client.Resume()
	wantScreen(t, guest, client)
}

func TestQEMUTakesThePasswordAndRefusesAnother(t *testing.T) {
	guest := rfbtest.Start(t, ",password-secret=pw", "-object", "secret,id=pw,data=opensesame")
	password := func(s string) rfb.PasswordFunc {
		return func(context.Context) (string, error) { return s, nil }
	}
	_, err := rfb.Connect(t.Context(), guest.Dial(t), rfb.Options{Password: password("wrong")})
	var auth *rfb.AuthError
	if !errors.As(err, &auth) || auth.Reason == "" {
		t.Fatalf("wrong password: got %v, want an AuthError with QEMU's reason", err)
	}
	client := watch(t, guest, rfb.Options{Password: password("opensesame")})
	wantScreen(t, guest, client)
}

func TestTheEndOfQEMUEndsRun(t *testing.T) {
	guest := rfbtest.Start(t, "")
	client, err := rfb.Connect(t.Context(), guest.Dial(t), rfb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- client.Run(t.Context()) }()
	rfbtest.Eventually(t, "a picture", func() bool { return client.Frame().Updates() > 0 })
	guest.Kill()
	if err := <-ended; !errors.Is(err, rfb.ErrDisconnected) {
		t.Errorf("got %v, want %v", err, rfb.ErrDisconnected)
	}
}

func TestEveryKeyOfAPCKeyboardReachesTheGuest(t *testing.T) {
	guest := rfbtest.Start(t, "")
	client := watch(t, guest, rfb.Options{})
	rfbtest.Eventually(t, "a picture", func() bool { return client.Frame().Updates() > 0 })
	var want []byte
	for _, k := range pcKeyboard {
		press(client, k)
		if k == rfb.KeyCapsLock || k == rfb.KeyNumLock { // and off again
			press(client, k)
			want = append(want, scanCodes(k)...)
		}
		want = append(want, scanCodes(k)...)
		wantKeys(t, guest, want...)
		if t.Failed() {
			t.Fatalf("key %d", k)
		}
	}
}

func TestShiftedLettersLeaveCapsLockAlone(t *testing.T) {
	guest := rfbtest.Start(t, "")
	client := watch(t, guest, rfb.Options{})
	rfbtest.Eventually(t, "a picture", func() bool { return client.Frame().Updates() > 0 })
	press(client, rfb.KeyLeftShift, rfb.KeyA)
	wantKeys(t, guest, 0x2a, 0x1e, 0x9e, 0xaa)
}

func TestAMouseIsMovedRelativelyAndATabletAbsolutely(t *testing.T) {
	guest := rfbtest.Start(t, "", "-device", "piix3-usb-uhci,id=usb")
	modes := make(chan bool, 4)
	client := watch(t, guest, rfb.Options{OnPointerMode: func(absolute bool) { modes <- absolute }})
	if <-modes {
		t.Fatal("a PS/2 mouse is absolute")
	}
	client.Pointer(100, 100, 0)
	client.Pointer(107, 95, rfb.ButtonLeft)
	// Packet: buttons and signs, right 7, up 5.
	rfbtest.Eventually(t, "the movement", func() bool {
		return bytes.HasSuffix(guest.Mouse(t), []byte{0x09, 7, 5})
	})
	client.PointerRelative(-3, 0, 0)
	rfbtest.Eventually(t, "the movement back", func() bool {
		return bytes.HasSuffix(guest.Mouse(t), []byte{0x18, 0xfd, 0})
	})

	useTablet(t, guest)
	rfbtest.Eventually(t, "the client follows", func() bool { return client.Absolute() })
	if !<-modes {
		t.Error("OnPointerMode told of a mouse again")
	}
}

// useTablet plugs in a tablet and makes QEMU feed it, as a guest's driver would.
func useTablet(t *testing.T, guest *rfbtest.Guest) {
	t.Helper()
	guest.Do(t, "device_add", map[string]any{"driver": "usb-tablet", "id": "tablet"})
	var mice []struct {
		Index    int
		Absolute bool
	}
	if err := json.Unmarshal(guest.Do(t, "query-mice", nil), &mice); err != nil {
		t.Fatal(err)
	}
	for _, m := range mice {
		if m.Absolute {
			guest.Do(t, "human-monitor-command", map[string]any{"command-line": fmt.Sprintf("mouse_set %d", m.Index)})
			return
		}
	}
	t.Fatal("QEMU has no tablet")
}
