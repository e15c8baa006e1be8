package vt

import "unicode/utf8"

// Bounds of what one sequence may bring.
const (
	maxParams = 32
	maxParam  = 1 << 16
	maxString = 4096 // bytes of an OSC or DCS
)

type state uint8

const (
	ground state = iota
	escape
	escapeInter // ESC and intermediate bytes
	csi
	csiIgnore
	oscString
	dcsHead
	dcsString
	ignoredString // SOS, PM, APC, or a string that is too long
	vt52Row
	vt52Column
)

// A parser is the state between two bytes, after Paul Williams' diagram.
type parser struct {
	state  state
	inter  [2]byte // intermediate bytes; of a third only that it was there
	inters int
	mark   byte // < = > ? before the parameters
	params [maxParams]param
	count  int
	final  byte // of a DCS
	text   []byte
	rest   [utf8.UTFMax]byte // of a character that is not complete
	rests  int
	row    int // of a VT52 address
}

type param struct {
	value int
	given bool
	sub   bool // after a colon
}

// Write takes what a program writes. It never fails.
func (t *Terminal) Write(p []byte) (int, error) {
	for at := 0; at < len(p); {
		if t.parser.state == ground {
			at += t.text(p[at:])
			continue
		}
		t.step(p[at])
		at++
	}
	return len(p), nil
}

// text takes what comes first outside of sequences and returns its length.
func (t *Terminal) text(p []byte) int {
	if t.parser.rests > 0 {
		return t.complete(p)
	}
	n := 0
	for n < len(p) && p[n] >= 0x20 && p[n] < 0x7f {
		n++
	}
	switch {
	case n > 0:
		t.printASCII(p[:n])
		return n
	case p[0] < 0x80:
		t.control(p[0])
		return 1
	case !utf8.FullRune(p):
		t.parser.rests = copy(t.parser.rest[:], p)
		return len(p)
	}
	r, size := utf8.DecodeRune(p)
	t.printOrControl(r)
	return size
}

// complete goes on with a character whose first bytes came before.
func (t *Terminal) complete(p []byte) int {
	ps := &t.parser
	before := ps.rests
	ps.rests += copy(ps.rest[before:], p)
	whole := ps.rest[:ps.rests]
	if !utf8.FullRune(whole) {
		return ps.rests - before
	}
	ps.rests = 0
	r, size := utf8.DecodeRune(whole)
	if size < before { // what had come was no beginning of a character
		size = before
	}
	t.printOrControl(r)
	return size - before
}

// printOrControl also knows the controls of eight bits, encoded in two bytes.
func (t *Terminal) printOrControl(r rune) {
	if r >= 0xa0 {
		t.print(r)
		return
	}
	t.escapeTo(byte(r - 0x40)) // C1 is ESC and 0x40 to 0x5f
}

// control is a byte below 0x20, or DEL.
func (t *Terminal) control(b byte) {
	switch b {
	case 0x05: // ENQ: the answerback message is empty
	case 0x07:
		if t.opts.Bell != nil {
			t.opts.Bell()
		}
	case 0x08:
		t.left(1)
	case 0x09:
		t.tab(1)
	case 0x0a, 0x0b, 0x0c:
		t.lineFeed()
	case 0x0d:
		t.carriageReturn()
	case 0x0e:
		t.shift = 1
	case 0x0f:
		t.shift = 0
	case 0x18, 0x1a:
		t.parser.state = ground
	case 0x1b:
		t.parser.begin(escape)
	}
}

func (ps *parser) begin(s state) {
	ps.state, ps.inters, ps.mark, ps.count = s, 0, 0, 0
}

// step takes a byte inside of a sequence.
func (t *Terminal) step(b byte) {
	ps := &t.parser
	switch b {
	case 0x18, 0x1a: // CAN, SUB
		ps.state = ground
		return
	case 0x1b:
		t.endString()
		ps.begin(escape)
		return
	}
	switch ps.state {
	case oscString, dcsString, ignoredString:
		t.stepString(b)
		return
	}
	if b < 0x20 {
		t.control(b)
		return
	}
	switch ps.state {
	case escape, escapeInter:
		t.stepEscape(b)
	case csi, dcsHead, csiIgnore:
		t.stepParams(b)
	case vt52Row:
		ps.row = int(b) - 0x20
		ps.state = vt52Column
	case vt52Column:
		ps.state = ground
		t.moveTo(int(b)-0x20, ps.row)
	}
}

func (t *Terminal) stepEscape(b byte) {
	ps := &t.parser
	switch {
	case b < 0x30:
		ps.intermediate(b)
		ps.state = escapeInter
	case b >= 0x7f:
		if b > 0x7f {
			ps.state = ground
		}
	case t.has(modeVT52):
		ps.state = ground
		t.vt52(b)
	case ps.state == escapeInter:
		ps.state = ground
		t.designateOr(b)
	default:
		ps.state = ground
		t.escapeTo(b)
	}
}

func (ps *parser) intermediate(b byte) {
	if ps.inters < len(ps.inter) {
		ps.inter[ps.inters] = b
	}
	ps.inters++
}

// stepParams reads the parameters of CSI and DCS.
func (t *Terminal) stepParams(b byte) {
	ps := &t.parser
	switch {
	case b >= 0x40 && b < 0x7f:
		t.finish(b)
	case b > 0x7f: // no sequence has it
		ps.state = ground
	case b == 0x7f, ps.state == csiIgnore:
	case b < 0x30:
		ps.intermediate(b)
	case ps.inters > 0: // a parameter after an intermediate byte
		ps.ignore()
	case b <= 0x3b:
		ps.parameter(b)
	case ps.count == 0 && ps.mark == 0:
		ps.mark = b
	default:
		ps.ignore()
	}
}

func (ps *parser) ignore() {
	if ps.state == dcsHead {
		ps.state = ignoredString
	} else {
		ps.state = csiIgnore
	}
}

// finish acts upon a CSI that is complete, or goes on to the string of a DCS.
func (t *Terminal) finish(b byte) {
	ps := &t.parser
	switch ps.state {
	case csiIgnore:
		ps.state = ground
	case dcsHead:
		ps.state, ps.final, ps.text = dcsString, b, ps.text[:0]
	default:
		ps.state = ground
		if ps.count == 0 {
			ps.parameter(';')
			ps.count = 1
		}
		t.sequence(b)
	}
}

// parameter takes a digit, a semicolon or a colon. Parameters beyond the last
// are dropped.
func (ps *parser) parameter(b byte) {
	if ps.count == 0 {
		ps.params[0], ps.count = param{}, 1
	}
	last := &ps.params[min(ps.count, maxParams)-1]
	switch {
	case b >= 0x3a:
		if ps.count < maxParams {
			ps.params[ps.count] = param{sub: b == ':'}
		}
		ps.count = min(ps.count+1, maxParams+1)
	case ps.count <= maxParams:
		last.given = true
		last.value = min(10*last.value+int(b-'0'), maxParam)
	}
}

// param returns the i-th parameter, or usual where it is missing or 0.
func (ps *parser) param(i, usual int) int {
	if i >= ps.length() || ps.params[i].value == 0 {
		return usual
	}
	return ps.params[i].value
}

// length returns how many parameters there are.
func (ps *parser) length() int { return min(ps.count, maxParams) }

// stepString gathers the text of OSC and DCS.
func (t *Terminal) stepString(b byte) {
	ps := &t.parser
	switch {
	case b == 0x07 && ps.state != dcsString:
		t.endString()
		ps.state = ground
	case ps.state == ignoredString:
	case b < 0x20 && ps.state == oscString:
	case len(ps.text) == maxString:
		ps.state = ignoredString
	default:
		ps.text = append(ps.text, b)
	}
}

// endString acts upon an OSC or DCS that is complete.
func (t *Terminal) endString() {
	switch t.parser.state {
	case oscString:
		t.system(t.parser.text)
	case dcsString:
		t.device(t.parser.text)
	}
}
