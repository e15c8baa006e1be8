package osinfo

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A Query chooses operating systems.
type Query struct {
	Words string // each must be found; empty: all
	Old   bool   // also those that get no updates any more
	Now   time.Time
}

// supported is how long a release whose end of life is not known counts as kept
// up, as virt-manager has it.
const supported = 10 // years

// Search returns the systems that the query chooses: the best first, among
// equals the newest. A word matches where a word of the name or an id begins
// with it or, less well, has its letters in order.
func Search(q Query) []virt.OS {
	type hit struct {
		os    virt.OS
		score int
	}
	words := split(q.Words)
	var hits []hit
	for _, s := range load() {
		if !q.Old && s.ended(q.Now) {
			continue
		}
		if score, ok := s.score(words); ok {
			hits = append(hits, hit{s.OS(), score})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.os.Released, a.os.Released), cmp.Compare(a.os.Name, b.os.Name))
	})
	found := make([]virt.OS, len(hits))
	for i, h := range hits {
		found[i] = h.os
	}
	return found
}

// ended reports whether the system gets no updates any more.
func (s System) ended(now time.Time) bool {
	today := now.Format(time.DateOnly)
	switch {
	case s.EndOfLife != "":
		return s.EndOfLife < today
	case s.Rolling || s.Released == "":
		return false
	default:
		return s.Released < now.AddDate(-supported, 0, 0).Format(time.DateOnly)
	}
}

// split cuts text into words: runs of letters, of digits and points.
func split(text string) []string {
	var words []string
	word, digits := "", false
	flush := func() {
		if word = strings.Trim(word, "."); word != "" {
			words = append(words, word)
		}
		word = ""
	}
	for _, r := range strings.ToLower(text) {
		number := unicode.IsDigit(r) || r == '.'
		if !number && !unicode.IsLetter(r) {
			flush()
			continue
		}
		if number != digits {
			flush()
		}
		word, digits = word+string(r), number
	}
	flush()
	return words
}

// The worth of a match of one word.
const (
	loose  = 1 // its letters, in order, in the name
	prefix = 3
	whole  = 4
)

// score sums what the words are worth; a word that is not found spoils it.
func (s System) score(words []string) (sum int, ok bool) {
	text := strings.Join(append([]string{s.Name, s.ID, s.Codename}, s.Aliases...), " ")
	have := split(text)
	for _, w := range words {
		worth := 0
		for _, h := range have {
			switch {
			case h == w:
				worth = whole
			case strings.HasPrefix(h, w):
				worth = max(worth, prefix)
			}
		}
		if worth == 0 && len(w) > 2 && !unicode.IsDigit(rune(w[0])) && slices.ContainsFunc(have, func(h string) bool { return inOrder(h, w) }) {
			worth = loose
		}
		if worth == 0 {
			return 0, false
		}
		sum += worth
	}
	return sum, true
}

// inOrder reports whether all letters of part are in text, in their order, and
// both begin alike: "fdra" in "fedora".
func inOrder(text, part string) bool {
	if text[0] != part[0] {
		return false
	}
	rest := part
	for i := 0; i < len(text) && rest != ""; i++ {
		if text[i] == rest[0] {
			rest = rest[1:]
		}
	}
	return rest == ""
}
