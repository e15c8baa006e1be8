package rfb

// A KeyCode is a physical key by its Linux number (linux/input-event-codes.h),
// the same in every keyboard layout. An X11 key code is eight more.
type KeyCode uint16

// The keys of a PC keyboard, row by row as Linux counts them.
const (
	KeyEsc KeyCode = iota + 1
	Key1
	Key2
	Key3
	Key4
	Key5
	Key6
	Key7
	Key8
	Key9
	Key0
	KeyMinus
	KeyEqual
	KeyBackspace
	KeyTab
	KeyQ
	KeyW
	KeyE
	KeyR
	KeyT
	KeyY
	KeyU
	KeyI
	KeyO
	KeyP
	KeyLeftBrace
	KeyRightBrace
	KeyEnter
	KeyLeftCtrl
	KeyA
	KeyS
	KeyD
	KeyF
	KeyG
	KeyH
	KeyJ
	KeyK
	KeyL
	KeySemicolon
	KeyApostrophe
	KeyGrave
	KeyLeftShift
	KeyBackslash
	KeyZ
	KeyX
	KeyC
	KeyV
	KeyB
	KeyN
	KeyM
	KeyComma
	KeyDot
	KeySlash
	KeyRightShift
	KeyPadAsterisk
	KeyLeftAlt
	KeySpace
	KeyCapsLock
	KeyF1
	KeyF2
	KeyF3
	KeyF4
	KeyF5
	KeyF6
	KeyF7
	KeyF8
	KeyF9
	KeyF10
	KeyNumLock
	KeyScrollLock
	KeyPad7
	KeyPad8
	KeyPad9
	KeyPadMinus
	KeyPad4
	KeyPad5
	KeyPad6
	KeyPadPlus
	KeyPad1
	KeyPad2
	KeyPad3
	KeyPad0
	KeyPadDot
)

// The keys that came later.
const (
	KeyZenkakuHankaku   KeyCode = 85
	Key102nd            KeyCode = 86 // left of Z on European keyboards
	KeyF11              KeyCode = 87
	KeyF12              KeyCode = 88
	KeyRo               KeyCode = 89
	KeyKatakana         KeyCode = 90
	KeyHiragana         KeyCode = 91
	KeyHenkan           KeyCode = 92
	KeyKatakanaHiragana KeyCode = 93
	KeyMuhenkan         KeyCode = 94
	KeyPadEnter         KeyCode = 96
	KeyRightCtrl        KeyCode = 97
	KeyPadSlash         KeyCode = 98
	KeySysRq            KeyCode = 99 // Print Screen
	KeyRightAlt         KeyCode = 100
	KeyHome             KeyCode = 102
	KeyUp               KeyCode = 103
	KeyPageUp           KeyCode = 104
	KeyLeft             KeyCode = 105
	KeyRight            KeyCode = 106
	KeyEnd              KeyCode = 107
	KeyDown             KeyCode = 108
	KeyPageDown         KeyCode = 109
	KeyInsert           KeyCode = 110
	KeyDelete           KeyCode = 111
	KeyMute             KeyCode = 113
	KeyVolumeDown       KeyCode = 114
	KeyVolumeUp         KeyCode = 115
	KeyPower            KeyCode = 116
	KeyPadEqual         KeyCode = 117
	KeyPause            KeyCode = 119
	KeyPadComma         KeyCode = 121
	KeyHangul           KeyCode = 122
	KeyHanja            KeyCode = 123
	KeyYen              KeyCode = 124
	KeyLeftMeta         KeyCode = 125
	KeyRightMeta        KeyCode = 126
	KeyMenu             KeyCode = 127
)

// laterQNums are the keys whose QEMU number is not their Linux number: the low
// byte of the PC's scan code set 1, with 0x80 for the prefix 0xe0. The numbers
// are those of keycodemapdb, which QEMU, libvirt and the VNC viewers share.
var laterQNums = map[KeyCode]uint8{
	KeyZenkakuHankaku: 0x76, KeyRo: 0x73, KeyKatakana: 0x78, KeyHiragana: 0x77,
	KeyHenkan: 0x79, KeyKatakanaHiragana: 0x70, KeyMuhenkan: 0x7b, 95: 0x5c, // keypad comma (JIS)
	KeyPadEnter: 0x9c, KeyRightCtrl: 0x9d, KeyPadSlash: 0xb5, KeySysRq: 0x54, KeyRightAlt: 0xb8,
	KeyHome: 0xc7, KeyUp: 0xc8, KeyPageUp: 0xc9, KeyLeft: 0xcb, KeyRight: 0xcd,
	KeyEnd: 0xcf, KeyDown: 0xd0, KeyPageDown: 0xd1, KeyInsert: 0xd2, KeyDelete: 0xd3,
	KeyMute: 0xa0, KeyVolumeDown: 0xae, KeyVolumeUp: 0xb0, KeyPower: 0xde,
	KeyPadEqual: 0x59, KeyPause: 0xc6, KeyPadComma: 0x7e, KeyHangul: 0x72, KeyHanja: 0x71, KeyYen: 0x7d,
	KeyLeftMeta: 0xdb, KeyRightMeta: 0xdc, KeyMenu: 0xdd,

	// Multimedia keyboards: stop, again, undo, copy, open, paste, find, cut, help, calculator, sleep, wake-up.
	128: 0xe8, 129: 0x85, 131: 0x87, 133: 0xf8, 134: 0x64, 135: 0x65, 136: 0xc1, 137: 0xbc, 138: 0xf5,
	140: 0xa1, 142: 0xdf, 143: 0xe3,
	// Mail, bookmarks, computer, back, forward, next, play, previous, stop, home page, refresh, media, search.
	155: 0xec, 156: 0xe6, 157: 0xeb, 158: 0xea, 159: 0xe9, 163: 0x99, 164: 0xa2, 165: 0x90, 166: 0xa4,
	172: 0xb2, 173: 0xe7, 226: 0xed, 217: 0xe5,
	// F13 to F24.
	183: 0x5d, 184: 0x5e, 185: 0x5f, 186: 0x55, 187: 0x83, 188: 0xf7,
	189: 0x84, 190: 0x5a, 191: 0x74, 192: 0xf9, 193: 0x6d, 194: 0x6f,
}

// QNum returns the number by which QEMU knows the key, or 0.
func (k KeyCode) QNum() uint32 {
	if k >= KeyEsc && k <= KeyPadDot || k >= Key102nd && k <= KeyF12 {
		return uint32(k)
	}
	return uint32(laterQNums[k])
}

// IsModifier says whether the key changes what others do: Ctrl, Alt, Shift or
// Super, on either side.
func (k KeyCode) IsModifier() bool {
	switch k {
	case KeyLeftCtrl, KeyRightCtrl, KeyLeftAlt, KeyRightAlt, KeyLeftShift, KeyRightShift, KeyLeftMeta, KeyRightMeta:
		return true
	}
	return false
}
