package vnc_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virttest"
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

// A keyReader is a Linux that tells what its keyboard's event device says.
type keyReader struct {
	*rfbtest.Linux
	file string
}

func startKeyReader(t *testing.T) *keyReader {
	t.Helper()
	kernel, initrd, cmdline := virttest.Tiny(t)
	r := &keyReader{file: filepath.Join(t.TempDir(), "events")}
	r.Linux = rfbtest.StartLinux(t, kernel, initrd, cmdline, virttest.TinyReady, "", "-device", "virtio-vga",
		"-device", "virtio-serial", "-chardev", "file,id=events,path="+r.file, "-device", "virtserialport,chardev=events")
	r.Wait("# ")
	r.Type("keyboard=$(grep -l keyboard /sys/class/input/event*/device/name | cut -d/ -f5)")
	r.Type("port=$(echo /dev/vport*p1)") // a redirection takes a pattern for a name
	r.Type("cat /dev/input/$keyboard > $port &")
	r.Type("echo it listen's'")
	r.Wait("it listens")
	return r
}

// A keyEvent is a key that went down or up.
type keyEvent struct {
	code rfb.KeyCode
	down bool
}

// events returns what happened so far: struct input_event of linux/input.h,
// without repetitions and what is not about keys.
func (r *keyReader) events(t *testing.T) (all []keyEvent) {
	t.Helper()
	b, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	const size, key = 24, 1
	for ; len(b) >= size; b = b[size:] {
		kind, value := binary.LittleEndian.Uint16(b[16:]), binary.LittleEndian.Uint32(b[20:])
		if kind == key && value < 2 {
			all = append(all, keyEvent{rfb.KeyCode(binary.LittleEndian.Uint16(b[18:])), value == 1})
		}
	}
	return all
}

// The window keeps none of the keys for itself: only left Ctrl and left Alt
// together, released with nothing between, are a sign to it, and reach the guest.
func TestEveryKeyOf105ReachesTheGuestAsItselfInEveryLayout(t *testing.T) {
	guest := startKeyReader(t)
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
func (d *realDesktop) wantKey(t *testing.T, guest *keyReader, layout, press string, place rfb.KeyCode) {
	t.Helper()
	before := len(guest.events(t))
	d.x("key", press)
	var got []keyEvent
	rfbtest.Eventually(t, fmt.Sprintf("%v, pressed in the layout %s", place, layout), func() bool {
		got = guest.events(t)[before:]
		return len(got) >= 2
	})
	if want := []keyEvent{{place, true}, {place, false}}; !slices.Equal(got, want) {
		t.Errorf("layout %s: the guest has %v, want %v", layout, got, want)
	}
}
