package rfbtest

import "testing"

// Pitch is the tone of a guest with a speaker, in Hz: a square wave.
const Pitch = 440

// speakerSector switches the speaker of the PC on and off with every key.
var speakerSector = []byte{
	0xfa,                   // cli
	0xb0, 0xb6, 0xe6, 0x43, // the third timer makes a square wave
	0xb0, 0x97, 0xe6, 0x42, // of 1193182 / 0x0a97 Hz
	0xb0, 0x0a, 0xe6, 0x42,
	0xb0, 0xfa, 0xe6, 0xea, // out $0xfa, $0xea: it listens
	// next:
	0xe4, 0x64, 0xa8, 0x01, 0x74, 0xfa, // wait for a byte of the keyboard
	0xe4, 0x60, // in $0x60, %al
	0xa8, 0x80, 0x75, 0xf4, // a key went up: next
	0xe4, 0x61, 0x34, 0x03, 0xe6, 0x61, // the speaker on or off
	0xeb, 0xec, // jmp next
}

// StartSpeaker boots a guest whose speaker sounds, at Pitch, from one key to the
// next. Its VNC server is connected with it.
func StartSpeaker(t testing.TB) *Guest {
	t.Helper()
	g := boot(t, speakerSector, ",audiodev=sound", "-audiodev", "none,id=sound", "-machine", "pcspk-audiodev=sound")
	Eventually(t, "the guest listens", func() bool { return len(g.Mouse(t)) > 0 })
	return g
}
