package vnc_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// keyboard105 is a 105-key board (ISO), by Linux key codes.
func keyboard105() (keys []rfb.KeyCode) {
	for k := rfb.KeyEsc; k <= rfb.KeyPadDot; k++ { // the 83 keys of the first PC
		keys = append(keys, k)
	}
	return append(keys, rfb.Key102nd, rfb.KeyF11, rfb.KeyF12,
		rfb.KeyPadEnter, rfb.KeyRightCtrl, rfb.KeyPadSlash, rfb.KeySysRq, rfb.KeyRightAlt,
		rfb.KeyHome, rfb.KeyUp, rfb.KeyPageUp, rfb.KeyLeft, rfb.KeyRight, rfb.KeyEnd, rfb.KeyDown, rfb.KeyPageDown,
		rfb.KeyInsert, rfb.KeyDelete, rfb.KeyPause, rfb.KeyLeftMeta, rfb.KeyRightMeta, rfb.KeyMenu)
}

// The window keeps none of the keys for itself: only left Ctrl and left Alt
// together, released with nothing between, are a sign to it, and reach the guest.
func TestEveryKeyOf105ReachesTheGuestAsItselfInEveryLayout(t *testing.T) {
	guest := startEventReader(t, "keyboard")
	d := openWindowOn(t, guest.Socket, "status 2 1024 768")
	d.takeKeyboard()
	keys := keyboard105()
	if len(keys) != 105 {
		t.Fatalf("%d keys", len(keys))
	}
	for layout, signs := range map[string]struct{ y, a rfb.KeyCode }{
		"us": {rfb.KeyY, rfb.KeyA}, "de": {rfb.KeyZ, rfb.KeyA}, "fr": {rfb.KeyY, rfb.KeyQ},
	} {
		d.setKeymap(func(keymap string) string { return keymap }, "-rules", "evdev", "-model", "pc105", "-layout", layout)
		d.wantKey(t, guest, layout, "y", signs.y) // where the layout has it
		d.wantKey(t, guest, layout, "a", signs.a)
		for _, k := range keys {
			times := 1
			if k == rfb.KeyCapsLock || k == rfb.KeyNumLock || k == rfb.KeyScrollLock {
				times = 2 // and off again
			}
			for range times {
				d.wantKey(t, guest, layout, fmt.Sprintf("%03d", k+8), k) // X11's number; of one digit it would be a letter
			}
		}
	}
}

// wantKey presses a key and wants it in the guest at a place, and no other.
func (d *realDesktop) wantKey(t *testing.T, guest *eventReader, layout, press string, place rfb.KeyCode) {
	t.Helper()
	d.x("key", press)
	var got []inputEvent
	rfbtest.Eventually(t, fmt.Sprintf("%v, pressed in the layout %s", place, layout), func() bool {
		got = append(got, guest.news(t)...)
		return len(got) >= 2
	})
	if want := keyEvents(uint16(place)); !slices.Equal(got, want) {
		t.Errorf("layout %s: the guest has %v, want %v", layout, got, want)
	}
}
