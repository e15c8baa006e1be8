package kit

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Query is what a person types to find something: words of which each must
// be found, in any order. "wf1" finds "web-frontend-01".
type Query struct{ words []string }

// NewQuery splits the text into its words; capitals do not matter.
func NewQuery(text string) Query { return Query{strings.Fields(strings.ToLower(text))} }

// Words returns the words, in lower case.
func (q Query) Words() []string { return q.words }

// Empty says whether there is nothing to look for. Everything matches then.
func (q Query) Empty() bool { return len(q.words) == 0 }

// Match says how well the texts, which MUST be in lower case, fit the query: 0
// when a word is in none of them, else more for whole beginnings than for pieces
// and for letters apart. An empty query gives 1.
func (q Query) Match(texts ...string) int {
	sum := 1
	for _, word := range q.words {
		best := 0
		for _, text := range texts {
			best = max(best, match(word, text))
		}
		if best == 0 {
			return 0
		}
		sum += best
	}
	return sum
}

// The worth of a word's place in a text.
const (
	wholeText   = 100
	startOfText = 80
	startOfWord = 60
	insideWord  = 40
	lettersOnly = 20 // in their order, each at the start of a word or behind the one before
	oftenLonger = 10 // what a long text loses at the most
)

// match is how well one word fits one text; 0 when it does not.
func match(word, text string) int {
	if len(word) > len(text) {
		return 0
	}
	longer := min(oftenLonger, (len(text)-len(word))/4)
	switch at := strings.Index(text, word); {
	case at == 0 && len(word) == len(text):
		return wholeText
	case at == 0:
		return startOfText - longer
	case at > 0 && startsWord(text, at):
		return startOfWord - longer
	case at > 0:
		if next := wordStart(word, text, at+1); next {
			return startOfWord - longer
		}
		return insideWord - longer
	}
	if initials(word, text) {
		return lettersOnly - longer
	}
	return 0
}

// wordStart says whether the word begins a word of the text behind from.
func wordStart(word, text string, from int) bool {
	for {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return false
		}
		if startsWord(text, from+at) {
			return true
		}
		from += at + 1
	}
}

// startsWord says whether a word of the text begins at that byte: behind what is
// no letter, and where digits begin.
func startsWord(text string, at int) bool {
	if at == 0 {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	here, _ := utf8.DecodeRuneInString(text[at:])
	return !unicode.IsLetter(before) && !unicode.IsDigit(before) || unicode.IsDigit(here) && !unicode.IsDigit(before)
}

// initials says whether the letters stand in the text in their order, each at
// the start of a word or right behind the letter before it.
func initials(word, text string) bool {
	if word == "" {
		return true
	}
	letter, size := utf8.DecodeRuneInString(word)
	for at, r := range text {
		if r != letter || !startsWord(text, at) {
			continue
		}
		rest, behind := word[size:], at+utf8.RuneLen(r)
		for rest != "" { // as far as the letters stand together
			if initials(rest, "\x00"+text[behind:]) {
				return true
			}
			next, n := utf8.DecodeRuneInString(rest)
			if !strings.HasPrefix(text[behind:], string(next)) {
				break
			}
			rest, behind = rest[n:], behind+n
		}
		if rest == "" {
			return true
		}
	}
	return false
}
