package vt

import "strconv"

// sequence is a complete CSI.
func (t *Terminal) sequence(final byte) {
	ps := &t.parser
	switch {
	case ps.inters > 1:
	case ps.inters == 1:
		t.sequenceWith(ps.inter[0], final)
	case ps.mark == 0:
		if !t.moving(final) && !t.editing(final) {
			t.others(final)
		}
	case ps.mark == '?':
		t.private(final)
	case ps.mark == '>' && final == 'c': // DA2: a VT220, no version
		t.answer("\x1b[>1;0;0c")
	case ps.mark == '=' && final == 'c': // DA3
		t.answer("\x1bP!|00000000\x1b\\")
	case ps.mark == '>' && final == 'q': // XTVERSION
		t.answer("\x1bP>|KVM Manager\x1b\\")
	}
}

// moving are the sequences that move the cursor.
func (t *Terminal) moving(final byte) bool {
	ps := &t.parser
	n := ps.param(0, 1)
	switch final {
	case 'A', 'k':
		t.up(n)
	case 'B', 'e':
		t.down(n)
	case 'C', 'a':
		t.right(n)
	case 'D', 'j':
		t.left(n)
	case 'E':
		t.carriageReturn()
		t.down(n)
	case 'F':
		t.carriageReturn()
		t.up(n)
	case 'G', '`':
		t.column(n - 1)
	case 'H', 'f':
		t.moveTo(ps.param(1, 1)-1, n-1)
	case 'I':
		t.tab(n)
	case 'Z':
		t.backTab(n)
	case 'd':
		t.row(n - 1)
	case 's':
		t.saveCursor()
	case 'u':
		t.restoreCursor()
	default:
		return false
	}
	return true
}

// editing are the sequences that change what is written.
func (t *Terminal) editing(final byte) bool {
	ps := &t.parser
	n := ps.param(0, 1)
	switch final {
	case '@':
		t.insertCells(n)
	case 'J':
		t.eraseScreen(ps.param(0, 0), false)
	case 'K':
		t.eraseLine(ps.param(0, 0), false)
	case 'L':
		if t.inRegion() {
			t.scrollDown(t.y, t.bottom, n)
			t.carriageReturn()
		}
	case 'M':
		if t.inRegion() {
			t.deleteLines(n)
			t.carriageReturn()
		}
	case 'P':
		t.deleteCells(n)
	case 'S':
		t.scrollUp(t.top, t.bottom, n)
	case 'T':
		if ps.count == 1 { // five parameters begin xterm's highlight tracking
			t.scrollDown(t.top, t.bottom, n)
		}
	case 'X':
		t.erase(t.y, t.x, t.x+n, false)
	case 'b':
		t.repeat(n)
	default:
		return false
	}
	t.pending = t.pending && (final == 'b' || final == 'S' || final == 'T')
	return true
}

// deleteLines is DL. What it takes from the top of the screen is lost.
func (t *Terminal) deleteLines(n int) {
	t.forgetSelection(t.y, t.bottom)
	region := t.screen()[t.y : t.bottom+1]
	n = min(n, len(region))
	rotate(region, n)
	for _, l := range region[len(region)-n:] {
		t.wipe(l)
	}
}

// others switch, ask and tell.
func (t *Terminal) others(final byte) {
	ps := &t.parser
	switch final {
	case 'c':
		if ps.param(0, 0) == 0 {
			t.attributes()
		}
	case 'g':
		switch ps.param(0, 0) {
		case 0:
			t.tabs[t.x] = false
		case 3:
			clear(t.tabs)
		}
	case 'h', 'l':
		t.switchModes(false, final == 'h')
	case 'm':
		t.rendition()
	case 'n':
		t.report(ps.param(0, 0), "")
	case 'r':
		t.margins(ps.param(0, 0), ps.param(1, 0))
	case 't':
		t.window()
	case 'x': // DECREQTPARM
		if n := ps.param(0, 0); n < 2 {
			t.answer("\x1b[", strconv.Itoa(n+2), ";1;1;128;128;1;0x")
		}
	}
}

// private are the sequences with a question mark.
func (t *Terminal) private(final byte) {
	ps := &t.parser
	switch final {
	case 'J':
		t.eraseScreen(ps.param(0, 0), true)
	case 'K':
		t.eraseLine(ps.param(0, 0), true)
	case 'h', 'l':
		t.switchModes(true, final == 'h')
	case 'n':
		t.report(ps.param(0, 0), "?")
	}
}

// sequenceWith has an intermediate byte.
func (t *Terminal) sequenceWith(inter, final byte) {
	ps := &t.parser
	switch string([]byte{inter, final}) {
	case "!p":
		t.softReset()
	case " q": // DECSCUSR
		n := max(1, ps.param(0, 1))
		if n <= 6 {
			t.shape, t.steady = CursorShape((n-1)/2), n%2 == 0 // at most 2
		}
	case `"q`: // DECSCA
		t.style.Attr &^= protected
		if ps.param(0, 0) == 1 {
			t.style.Attr |= protected
		}
	case "$p": // DECRQM
		mark := ""
		if ps.mark == '?' {
			mark = "?"
		}
		n := ps.param(0, 0)
		t.answer("\x1b[", mark, strconv.Itoa(n), ";", strconv.Itoa(t.modeState(mark != "", n)), "$y")
	}
}

// attributes is DA1: a VT220 with selective erase and colours.
func (t *Terminal) attributes() { t.answer("\x1b[?62;6;22c") }

// report is DSR: the state, which is good, or the place of the cursor.
func (t *Terminal) report(what int, mark string) {
	switch {
	case what == 5 && mark == "":
		t.answer("\x1b[0n")
	case what == 6:
		y := t.y
		if t.origin {
			y -= t.top
		}
		t.answer("\x1b[", mark, strconv.Itoa(y+1), ";", strconv.Itoa(t.x+1), "R")
	case what == 15: // no printer
		t.answer("\x1b[?13n")
	case what == 25: // keys that users define: locked
		t.answer("\x1b[?21n")
	case what == 26: // the keyboard: of North America
		t.answer("\x1b[?27;1;0;0n")
	}
}

// maxTitles bounds the titles that are pushed.
const maxTitles = 16

// window is XTWINOPS, as far as it asks for the size or keeps the title.
func (t *Terminal) window() {
	ps := &t.parser
	size := strconv.Itoa(t.rows) + ";" + strconv.Itoa(t.cols)
	switch ps.param(0, 0) {
	case 18:
		t.answer("\x1b[8;", size, "t")
	case 19:
		t.answer("\x1b[9;", size, "t")
	case 22:
		if len(t.titles) < maxTitles && ps.param(1, 0) != 1 {
			t.titles = append(t.titles, t.title)
		}
	case 23:
		if n := len(t.titles); n > 0 && ps.param(1, 0) != 1 {
			t.setTitle(t.titles[n-1])
			t.titles = t.titles[:n-1]
		}
	}
}
