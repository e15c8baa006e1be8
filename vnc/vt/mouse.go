package vt

import "strconv"

// A Button is one of the mouse, or a notch of its wheel.
type Button uint8

// The buttons, by the numbers of xterm's protocol.
const (
	LeftButton   Button = 0
	MiddleButton Button = 1
	RightButton  Button = 2
	NoButton     Button = 3
	WheelUp      Button = 64
	WheelDown    Button = 65
)

// MouseAction is what happened.
type MouseAction uint8

// The actions.
const (
	Press MouseAction = iota
	Release
	Move // with the button that is held, or NoButton
)

// WantsMouse says whether clicks go to the program.
func (t *Terminal) WantsMouse() bool { return t.modes&mouseModes != 0 }

// Mouse returns what a program hears of the mouse; nothing when it did not ask
// for that. Column and row of the screen count from 0.
func (t *Terminal) Mouse(what MouseAction, button Button, col, row int, mods Mods) []byte {
	switch {
	case !t.WantsMouse(),
		what == Move && t.modes&(modeMouseDrag|modeMouseMove) == 0,
		what == Move && button == NoButton && !t.has(modeMouseMove),
		what == Release && (t.has(modeMouseX10) || button >= WheelUp):
		return nil
	}
	col, row = max(0, min(col, t.cols-1)), max(0, min(row, t.rows-1))
	code := int(button)
	if what == Move {
		code += 32
	}
	if !t.has(modeMouseX10) {
		code += mouseMods(mods)
	}
	if t.has(modeMouseSGR) {
		final := "M"
		if what == Release {
			final = "m"
		}
		return []byte("\x1b[<" + strconv.Itoa(code) + ";" + strconv.Itoa(col+1) + ";" + strconv.Itoa(row+1) + final)
	}
	if what == Release {
		code = code&^3 | int(NoButton)
	}
	const most = 223 // what fits into a byte
	if col >= most || row >= most {
		return nil
	}
	return []byte{0x1b, '[', 'M', byte(code + 32), byte(col + 33), byte(row + 33)} // bounded above
}

func mouseMods(m Mods) (code int) {
	for mod, bit := range map[Mods]int{Shift: 4, Alt: 8, Ctrl: 16} {
		if m&mod != 0 {
			code += bit
		}
	}
	return code
}

// Wheel returns what turning the wheel by some lines writes: the program hears
// of the wheel, or of arrow keys on the alternate screen. Nothing means that the
// history is to be scrolled.
func (t *Terminal) Wheel(up bool, lines, col, row int, mods Mods) []byte {
	button, key := WheelDown, KeyDown
	if up {
		button, key = WheelUp, KeyUp
	}
	if t.WantsMouse() {
		return t.Mouse(Press, button, col, row, mods)
	}
	if !t.altOn || !t.has(modeAltScroll) {
		return nil
	}
	var keys []byte
	for range lines {
		keys = append(keys, t.Key(key, 0)...)
	}
	return keys
}
