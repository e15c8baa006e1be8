package vt

// modes are the switches that programs turn.
type modes uint32

const (
	modeInsert        modes = 1 << iota // IRM
	modeNewLine                         // LNM
	modeAppCursor                       // DECCKM
	modeReverseScreen                   // DECSCNM
	modeOrigin                          // DECOM, told to those who ask; cursor.origin decides
	modeWrap                            // DECAWM
	modeCursor                          // DECTCEM
	modeColumns                         // 40: DECCOLM is heard
	mode132                             // DECCOLM
	modeReverseWrap                     // 45
	modeAppKeypad                       // DECNKM
	modeMouseX10                        // 9
	modeMouseClick                      // 1000
	modeMouseDrag                       // 1002
	modeMouseMove                       // 1003
	modeFocus                           // 1004
	modeMouseSGR                        // 1006
	modeAltScroll                       // 1007
	modePaste                           // 2004
	modeVT52                            // DECANM reset
)

const usualModes = modeWrap | modeCursor | modeAltScroll

// mouseModes exclude each other.
const mouseModes = modeMouseX10 | modeMouseClick | modeMouseDrag | modeMouseMove

// privateModes are the numbers that DECSET and DECRST switch without more ado.
var privateModes = map[int]modes{
	1: modeAppCursor, 7: modeWrap, 25: modeCursor, 40: modeColumns, 45: modeReverseWrap, 66: modeAppKeypad,
	1004: modeFocus, 1006: modeMouseSGR, 1007: modeAltScroll, 2004: modePaste,
}

var mouseModeOf = map[int]modes{9: modeMouseX10, 1000: modeMouseClick, 1002: modeMouseDrag, 1003: modeMouseMove}

func (t *Terminal) has(m modes) bool { return t.modes&m != 0 }

func (t *Terminal) setMode(m modes, on bool) {
	if on {
		t.modes |= m
	} else {
		t.modes &^= m
	}
}

// switchModes is SM, RM, DECSET and DECRST.
func (t *Terminal) switchModes(private, on bool) {
	for i := range t.parser.count {
		n := t.parser.param(i, 0)
		if private {
			t.switchPrivate(n, on)
			continue
		}
		switch n {
		case 4:
			t.setMode(modeInsert, on)
		case 20:
			t.setMode(modeNewLine, on)
		}
	}
}

func (t *Terminal) switchPrivate(n int, on bool) {
	if m, known := privateModes[n]; known {
		t.setMode(m, on)
		if m == modeWrap && !on {
			t.pending = false
		}
		return
	}
	if m, known := mouseModeOf[n]; known {
		t.modes &^= mouseModes
		t.setMode(m, on)
		return
	}
	switch n {
	case 2:
		t.setMode(modeVT52, !on)
		t.charsets = charsets{}
	case 3:
		t.switch132(on)
	case 5:
		t.setMode(modeReverseScreen, on)
		t.touchAll()
	case 6:
		t.origin = on
		t.setMode(modeOrigin, on)
		t.moveTo(0, 0)
	case 12:
		t.steady = !on
	case 47, 1047:
		t.switchScreen(on, n == 1047)
	case 1048:
		t.saveOrRestore(on)
	case 1049:
		t.switchAndSave(on)
	}
}

// switch132 is DECCOLM as far as a window of a fixed size goes: it clears.
func (t *Terminal) switch132(on bool) {
	if !t.has(modeColumns) {
		return
	}
	t.setMode(mode132, on)
	t.top, t.bottom = 0, t.rows-1
	t.eraseScreen(2, false)
	t.moveTo(0, 0)
}

// switchScreen shows the main or the alternate screen. The alternate one is
// cleared when it is left, if so wished.
func (t *Terminal) switchScreen(alt, clearing bool) {
	if t.altOn == alt {
		return
	}
	if !alt && clearing {
		t.eraseScreen(2, false)
	}
	t.altOn = alt
	t.selected = selection{}
	t.touchAll()
}

func (t *Terminal) switchAndSave(alt bool) {
	if t.altOn == alt {
		return
	}
	if alt {
		t.saveCursor()
		t.switchScreen(true, false)
		t.eraseScreen(2, false)
		return
	}
	t.switchScreen(false, false)
	t.restoreCursor()
}

func (t *Terminal) saveOrRestore(save bool) {
	if save {
		t.saveCursor()
	} else {
		t.restoreCursor()
	}
}

func (t *Terminal) savedPlace() *cursor {
	if t.altOn {
		return &t.saved[1]
	}
	return &t.saved[0]
}

func (t *Terminal) saveCursor() { *t.savedPlace() = t.cursor }

func (t *Terminal) restoreCursor() {
	t.cursor = *t.savedPlace()
	t.x, t.y = min(t.x, t.cols-1), min(t.y, t.rows-1)
	t.pending = t.pending && t.x == t.cols-1
	t.setMode(modeOrigin, t.origin)
}

// modeState answers DECRQM: 1 set, 2 reset, 0 not known, 4 never.
func (t *Terminal) modeState(private bool, n int) int {
	var m modes
	switch {
	case !private:
		m = map[int]modes{4: modeInsert, 20: modeNewLine}[n]
	case n == 5:
		m = modeReverseScreen
	case n == 6:
		m = modeOrigin
	case n == 3:
		m = mode132
	case n == 12:
		return setOrReset(!t.steady)
	case n == 47, n == 1047, n == 1049:
		return setOrReset(t.altOn)
	default:
		m = privateModes[n] | mouseModeOf[n]
	}
	if m == 0 {
		return 0
	}
	return setOrReset(t.has(m))
}

func setOrReset(on bool) int {
	if on {
		return 1
	}
	return 2
}
