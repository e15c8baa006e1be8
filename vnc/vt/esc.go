package vt

// escapeTo is ESC and one byte.
func (t *Terminal) escapeTo(b byte) {
	ps := &t.parser
	switch b {
	case '7':
		t.saveCursor()
	case '8':
		t.restoreCursor()
	case '=':
		t.setMode(modeAppKeypad, true)
	case '>':
		t.setMode(modeAppKeypad, false)
	case 'D':
		t.pending = false
		t.index()
	case 'E':
		t.carriageReturn()
		t.index()
	case 'H':
		t.tabs[t.x] = true
	case 'M':
		t.pending = false
		t.reverseIndex()
	case 'N', 'O':
		t.single = b - 'N' + 2
	case 'n', 'o':
		t.shift = b - 'n' + 2
	case 'P':
		ps.begin(dcsHead)
	case 'X', '^', '_':
		ps.begin(ignoredString)
	case '[':
		ps.begin(csi)
	case ']':
		ps.begin(oscString)
		ps.text = ps.text[:0]
	case 'Z':
		t.attributes()
	case 'c':
		t.Reset()
	}
}

// designateOr is ESC, intermediate bytes and a final one.
func (t *Terminal) designateOr(b byte) {
	ps := &t.parser
	if ps.inters > 1 { // a set with a name of two bytes
		return
	}
	switch first := ps.inter[0]; first {
	case '(', ')', '*', '+':
		t.designate(int(first-'('), b)
	case '#':
		switch b {
		case '3':
			t.setSize(DoubleTop)
		case '4':
			t.setSize(DoubleBottom)
		case '5':
			t.setSize(SingleSize)
		case '6':
			t.setSize(DoubleWidth)
		case '8':
			t.align()
		}
	}
}

// vt52 is ESC and one byte in VT52 mode.
func (t *Terminal) vt52(b byte) {
	switch b {
	case 'A':
		t.up(1)
	case 'B':
		t.down(1)
	case 'C':
		t.right(1)
	case 'D':
		t.left(1)
	case 'F':
		t.sets[0] = graphics
	case 'G':
		t.sets[0] = ascii
	case 'H':
		t.moveTo(0, 0)
	case 'I':
		t.reverseIndex()
	case 'J':
		t.eraseScreen(0, false)
	case 'K':
		t.eraseLine(0, false)
	case 'Y':
		t.parser.state = vt52Row
	case 'Z':
		t.answer("\x1b/Z")
	case '=':
		t.setMode(modeAppKeypad, true)
	case '>':
		t.setMode(modeAppKeypad, false)
	case '<':
		t.setMode(modeVT52, false)
		t.charsets = charsets{}
	}
}
