package rfb_test

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// pcKeyboard is a 105-key board (ISO), row by row.
var pcKeyboard = buildKeyboard()

func buildKeyboard() []rfb.KeyCode {
	var keys []rfb.KeyCode
	for k := rfb.KeyEsc; k <= rfb.KeyPadDot; k++ { // the 83 keys of the first PC
		keys = append(keys, k)
	}
	return append(keys, rfb.Key102nd, rfb.KeyF11, rfb.KeyF12,
		rfb.KeyPadEnter, rfb.KeyRightCtrl, rfb.KeyPadSlash, rfb.KeySysRq, rfb.KeyRightAlt,
		rfb.KeyHome, rfb.KeyUp, rfb.KeyPageUp, rfb.KeyLeft, rfb.KeyRight, rfb.KeyEnd, rfb.KeyDown, rfb.KeyPageDown,
		rfb.KeyInsert, rfb.KeyDelete, rfb.KeyPause, rfb.KeyLeftMeta, rfb.KeyRightMeta, rfb.KeyMenu)
}

// scanCodes returns what a PC keyboard sends for press and release (set 1).
func scanCodes(k rfb.KeyCode) []byte {
	switch k {
	case rfb.KeySysRq:
		return []byte{0xe0, 0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xe0, 0xaa}
	case rfb.KeyPause:
		return []byte{0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5}
	}
	extended := map[rfb.KeyCode]byte{
		rfb.KeyPadEnter: 0x1c, rfb.KeyRightCtrl: 0x1d, rfb.KeyPadSlash: 0x35, rfb.KeyRightAlt: 0x38,
		rfb.KeyHome: 0x47, rfb.KeyUp: 0x48, rfb.KeyPageUp: 0x49, rfb.KeyLeft: 0x4b, rfb.KeyRight: 0x4d,
		rfb.KeyEnd: 0x4f, rfb.KeyDown: 0x50, rfb.KeyPageDown: 0x51, rfb.KeyInsert: 0x52, rfb.KeyDelete: 0x53,
		rfb.KeyLeftMeta: 0x5b, rfb.KeyRightMeta: 0x5c, rfb.KeyMenu: 0x5d,
	}
	if code, ok := extended[k]; ok {
		return []byte{0xe0, code, 0xe0, code | 0x80}
	}
	return []byte{byte(k), byte(k) | 0x80}
}

func TestAPCKeyboardHas105KeysWithDifferentNumbers(t *testing.T) {
	seen := map[uint32]rfb.KeyCode{}
	for _, k := range pcKeyboard {
		n := k.QNum()
		if n == 0 || n > 0xff {
			t.Errorf("key %d has QEMU number %#x", k, n)
		}
		if other, taken := seen[n]; taken {
			t.Errorf("keys %d and %d share QEMU number %#x", other, k, n)
		}
		seen[n] = k
		if k.Keysym(rfb.Locks{}) == 0 {
			t.Errorf("key %d has no keysym", k)
		}
	}
	if len(pcKeyboard) != 105 {
		t.Errorf("%d keys", len(pcKeyboard))
	}
}

func TestUnknownKeysHaveNoNumber(t *testing.T) {
	for _, k := range []rfb.KeyCode{0, 84, 240, 255, 767} {
		if n, sym := k.QNum(), k.Keysym(rfb.Locks{}); n != 0 || sym != 0 {
			t.Errorf("key %d: QEMU number %#x, keysym %#x", k, n, sym)
		}
	}
}

func TestKeysymsFollowShiftAndTheLocks(t *testing.T) {
	for _, c := range []struct {
		key   rfb.KeyCode
		locks rfb.Locks
		want  uint32
	}{
		{rfb.KeyA, rfb.Locks{}, 'a'},
		{rfb.KeyA, rfb.Locks{Shift: true}, 'A'},
		{rfb.KeyA, rfb.Locks{CapsLock: true}, 'A'},
		{rfb.KeyA, rfb.Locks{CapsLock: true, Shift: true}, 'a'},
		{rfb.Key1, rfb.Locks{CapsLock: true}, '1'},
		{rfb.Key1, rfb.Locks{Shift: true}, '!'},
		{rfb.KeySlash, rfb.Locks{Shift: true}, '?'},
		{rfb.KeyBackslash, rfb.Locks{}, '\\'},
		{rfb.KeyPad7, rfb.Locks{}, 0xff95},
		{rfb.KeyPad7, rfb.Locks{NumLock: true}, 0xffb7},
		{rfb.KeyPadPlus, rfb.Locks{NumLock: true}, 0xffab},
		{rfb.KeyF1, rfb.Locks{Shift: true}, 0xffbe},
		{rfb.KeyF10, rfb.Locks{}, 0xffc7},
		{rfb.KeyF12, rfb.Locks{}, 0xffc9},
		{rfb.KeyDelete, rfb.Locks{}, 0xffff},
	} {
		if got := c.key.Keysym(c.locks); got != c.want {
			t.Errorf("key %d with %+v: keysym %#x, want %#x", c.key, c.locks, got, c.want)
		}
	}
}
