package rfb

import "unicode"

// Locks is what decides, beside the key itself, which letter a key means.
type Locks struct {
	Shift    bool // a Shift key is down
	CapsLock bool
	NumLock  bool
}

// A legend is what is printed on a key of the US keyboard: its X11 keysym, and
// the one with Shift (on the keypad: with NumLock) where it is another.
type legend struct {
	plain, shifted uint32
}

// legends of the US keyboard; letters and digits are their Latin-1 codes.
var legends = buildLegends()

func buildLegends() map[KeyCode]legend {
	all := map[KeyCode]legend{
		KeyEsc: {0xff1b, 0}, KeyBackspace: {0xff08, 0}, KeyTab: {0xff09, 0}, KeyEnter: {0xff0d, 0}, KeySpace: {' ', 0},
		KeyLeftCtrl: {0xffe3, 0}, KeyRightCtrl: {0xffe4, 0}, KeyLeftShift: {0xffe1, 0}, KeyRightShift: {0xffe2, 0},
		KeyLeftAlt: {0xffe9, 0}, KeyRightAlt: {0xffea, 0}, KeyLeftMeta: {0xffeb, 0}, KeyRightMeta: {0xffec, 0}, KeyMenu: {0xff67, 0},
		KeyCapsLock: {0xffe5, 0}, KeyNumLock: {0xff7f, 0}, KeyScrollLock: {0xff14, 0}, KeySysRq: {0xff61, 0}, KeyPause: {0xff13, 0},
		KeyHome: {0xff50, 0}, KeyLeft: {0xff51, 0}, KeyUp: {0xff52, 0}, KeyRight: {0xff53, 0}, KeyDown: {0xff54, 0},
		KeyPageUp: {0xff55, 0}, KeyPageDown: {0xff56, 0}, KeyEnd: {0xff57, 0}, KeyInsert: {0xff63, 0}, KeyDelete: {0xffff, 0},
		KeyF11: {0xffc8, 0}, KeyF12: {0xffc9, 0}, Key102nd: {'<', '>'},
		KeyPadEnter: {0xff8d, 0}, KeyPadEqual: {0xffbd, 0}, KeyPadAsterisk: {0xffaa, 0}, KeyPadPlus: {0xffab, 0},
		KeyPadMinus: {0xffad, 0}, KeyPadSlash: {0xffaf, 0}, KeyPadComma: {0xffac, 0},
		KeyPad7: {0xff95, 0xffb7}, KeyPad8: {0xff97, 0xffb8}, KeyPad9: {0xff9a, 0xffb9},
		KeyPad4: {0xff96, 0xffb4}, KeyPad5: {0xff9d, 0xffb5}, KeyPad6: {0xff98, 0xffb6},
		KeyPad1: {0xff9c, 0xffb1}, KeyPad2: {0xff99, 0xffb2}, KeyPad3: {0xff9b, 0xffb3},
		KeyPad0: {0xff9e, 0xffb0}, KeyPadDot: {0xff9f, 0xffae},
	}
	addRow(all, Key1, "1234567890-=", "!@#$%^&*()_+")
	addRow(all, KeyQ, "qwertyuiop[]", "QWERTYUIOP{}")
	addRow(all, KeyA, "asdfghjkl;'`", `ASDFGHJKL:"~`)
	addRow(all, KeyBackslash, `\zxcvbnm,./`, "|ZXCVBNM<>?")
	for i := range KeyF10 - KeyF1 + 1 {
		all[KeyF1+i] = legend{plain: 0xffbe + uint32(i)}
	}
	return all
}

func addRow(all map[KeyCode]legend, first KeyCode, plain, shifted string) {
	for i := range len(plain) {
		all[first+KeyCode(i)] = legend{uint32(plain[i]), uint32(shifted[i])}
	}
}

// Keysym returns what the key means on a US keyboard, as X11 keysym, or 0. It
// serves servers that do not take physical keys; QEMU compares it with the
// guest's CapsLock and NumLock and corrects these.
func (k KeyCode) Keysym(locks Locks) uint32 {
	l := legends[k]
	shifted := locks.Shift
	switch {
	case k >= KeyPad7 && k <= KeyPadDot:
		shifted = locks.NumLock // what Shift does to it is the guest's business
	case l.plain <= unicode.MaxLatin1 && unicode.IsLower(rune(l.plain)):
		shifted = locks.CapsLock != locks.Shift
	}
	if shifted && l.shifted != 0 {
		return l.shifted
	}
	return l.plain
}
