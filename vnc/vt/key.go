package vt

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Mods are the modifier keys that are held.
type Mods uint8

// The modifier keys.
const (
	Shift Mods = 1 << iota
	Alt
	Ctrl
)

// A Key is one that writes no character, or always the same.
type Key uint8

// The keys. F1 to F20 follow each other.
const (
	KeyUp Key = iota + 1
	KeyDown
	KeyRight
	KeyLeft
	KeyHome
	KeyEnd
	KeyInsert
	KeyDelete
	KeyPageUp
	KeyPageDown
	KeyEnter
	KeyKeypadEnter
	KeyTab
	KeyBackspace
	KeyEscape
	KeyF1
	KeyF20 = KeyF1 + 19
)

// letterKeys end with a letter, the others with a number and a tilde.
var letterKeys = map[Key]byte{
	KeyUp: 'A', KeyDown: 'B', KeyRight: 'C', KeyLeft: 'D', KeyHome: 'H', KeyEnd: 'F',
	KeyF1: 'P', KeyF1 + 1: 'Q', KeyF1 + 2: 'R', KeyF1 + 3: 'S',
}

var numberKeys = map[Key]int{KeyInsert: 2, KeyDelete: 3, KeyPageUp: 5, KeyPageDown: 6}

// functionNumbers are those of F5 to F20.
var functionNumbers = [...]int{15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34}

// Key returns what a key writes in the modes that programs have chosen; nothing
// for keys that do not exist.
func (t *Terminal) Key(k Key, mods Mods) []byte {
	if plain := t.plainKey(k, mods); plain != "" {
		if mods&Alt != 0 {
			plain = "\x1b" + plain
		}
		return []byte(plain)
	}
	modified := ""
	if mods != 0 {
		modified = ";" + strconv.Itoa(int(mods)+1)
	}
	if letter, ok := letterKeys[k]; ok {
		return t.letterKey(k, letter, modified)
	}
	number := numberKeys[k]
	if k >= KeyF1+4 && k <= KeyF20 {
		number = functionNumbers[k-KeyF1-4]
	}
	if number == 0 {
		return nil
	}
	return []byte("\x1b[" + strconv.Itoa(number) + modified + "~")
}

// plainKey are the keys of a typewriter.
func (t *Terminal) plainKey(k Key, mods Mods) string {
	switch k {
	case KeyEnter, KeyKeypadEnter:
		if k == KeyKeypadEnter && t.has(modeAppKeypad) {
			return "\x1bOM"
		}
		if t.has(modeNewLine) {
			return "\r\n"
		}
		return "\r"
	case KeyTab:
		if mods&Shift != 0 {
			return "\x1b[Z"
		}
		return "\t"
	case KeyBackspace:
		if mods&Ctrl != 0 {
			return "\b"
		}
		return "\x7f"
	case KeyEscape:
		return "\x1b"
	}
	return ""
}

func (t *Terminal) letterKey(k Key, letter byte, modified string) []byte {
	switch {
	case t.has(modeVT52):
		return []byte{0x1b, letter}
	case modified != "":
		return []byte("\x1b[1" + modified + string(letter))
	case k >= KeyF1 || t.has(modeAppCursor):
		return []byte{0x1b, 'O', letter}
	}
	return []byte{0x1b, '[', letter}
}

// Char returns what a character writes with Ctrl or Alt held; Shift has made the
// character already.
func (t *Terminal) Char(r rune, mods Mods) []byte {
	var b []byte
	if mods&Alt != 0 {
		b = append(b, 0x1b)
	}
	if mods&Ctrl != 0 {
		if c, ok := controlOf(r); ok {
			return append(b, c)
		}
	}
	return utf8.AppendRune(b, r)
}

// controlOf returns the control character of a key, the digits as xterm has it.
func controlOf(r rune) (byte, bool) {
	switch {
	case r >= 'a' && r <= 'z', r >= '@' && r <= '_':
		return byte(r) & 0x1f, true
	case r == ' ', r == '2':
		return 0, true
	case r >= '3' && r <= '7':
		return byte(r-'3') + 0x1b, true
	case r == '8', r == '?':
		return 0x7f, true
	case r == '/', r == '-':
		return 0x1f, true
	}
	return 0, false
}

// Paste returns what pasting a text writes: its lines end as the Enter key would
// end them, and control characters that could act as keys are dropped.
func (t *Terminal) Paste(text string) []byte {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return '\r'
		case r < 0x20 && r != '\t' && r != '\r', r >= 0x7f && r < 0xa0:
			return -1
		}
		return r
	}, text)
	if t.has(modePaste) {
		text = "\x1b[200~" + text + "\x1b[201~"
	}
	return []byte(text)
}

// Focus returns what a program hears that asked to be told of the focus.
func (t *Terminal) Focus(in bool) []byte {
	switch {
	case !t.has(modeFocus):
		return nil
	case in:
		return []byte("\x1b[I")
	}
	return []byte("\x1b[O")
}
