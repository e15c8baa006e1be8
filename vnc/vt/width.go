package vt

import (
	"unicode"

	"golang.org/x/text/width"
)

// runeWidth returns how many cells a character takes: 0 when it joins the one
// before, 2 for the wide and full-width ones of Unicode's East Asian Width, which
// counts most emoji among them. Ambiguous characters are narrow.
func runeWidth(r rune) int {
	switch {
	case r < 0x300: // a soft hyphen is shown
		return 1
	case joins(r):
		return 0
	}
	if r < 0x1100 {
		return 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}

// joins says whether the character has no place of its own: marks, format
// characters, the vowels and finals of Hangul syllables written in parts.
func joins(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || r >= 0x1160 && r <= 0x11ff
}
