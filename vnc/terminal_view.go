package vnc

import (
	"slices"

	"github.com/kvmmanager/kvm-manager/vnc/vt"
)

// firstShown returns the number of the line at the top; the caller holds t.mu.
func (t *Terminal) firstShown() int {
	if !t.scrolled || t.term.Alternate() {
		return t.term.Top()
	}
	return max(t.top, t.term.First())
}

// scrollBy moves by lines, down when positive.
func (t *Terminal) scrollBy(lines int) { t.scrollTo(t.firstShown() + lines) }

// scrollTo shows a line at the top, where there are lines enough below it.
func (t *Terminal) scrollTo(line int) {
	t.top = max(line, t.term.First())
	t.scrolled = t.top < t.term.Top()
}

// ScrollToEnd shows the newest lines.
func (t *Terminal) ScrollToEnd() { t.change(func() { t.scrolled = false }) }

// ScrolledBack says whether older lines are shown than the newest.
func (t *Terminal) ScrolledBack() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.scrolled
}

// Found says how often a text was found and which place is the current one,
// counted from 1.
type Found struct{ Current, Count int }

// maxFound bounds how many places of a text are shown.
const maxFound = 10_000

// terminalSearch is a text that is looked for.
type terminalSearch struct {
	text    string
	matches []vt.Match
	current int
	told    Found
}

// SetSearch marks all places of a text and shows the newest that is above the end
// of what is shown; an empty text marks nothing.
func (t *Terminal) SetSearch(text string) {
	t.change(func() {
		t.search = terminalSearch{text: text, told: t.search.told}
		t.find()
		_, rows := t.term.Size()
		end := t.firstShown() + rows
		t.search.current = len(t.search.matches) - 1
		for i, m := range t.search.matches {
			if m.From.Line < end {
				t.search.current = i
			}
		}
		t.showMatch()
	})
}

// FindNext goes to the next place, towards the older lines or the newer ones.
func (t *Terminal) FindNext(older bool) {
	t.change(func() {
		n := len(t.search.matches)
		if n == 0 {
			return
		}
		step := 1
		if older {
			step = n - 1
		}
		t.search.current = (t.search.current + step) % n
		t.showMatch()
	})
}

// searchAgain looks anew when something was written.
func (t *Terminal) searchAgain() {
	if t.search.text == "" {
		return
	}
	var place vt.Point
	if t.search.current < len(t.search.matches) && t.search.current >= 0 {
		place = t.search.matches[t.search.current].From
	}
	t.find()
	t.search.current = len(t.search.matches) - 1
	for i, m := range t.search.matches {
		if m.From == place {
			t.search.current = i
		}
	}
	t.tellFound()
}

func (t *Terminal) find() { t.search.matches = t.term.Find(t.search.text, maxFound) }

// showMatch brings the current place into sight.
func (t *Terminal) showMatch() {
	if n := len(t.search.matches); n > 0 {
		line := t.search.matches[t.search.current].From.Line
		_, rows := t.term.Size()
		if first := t.firstShown(); line < first || line >= first+rows {
			t.scrollTo(line - rows/2)
		}
	}
	t.tellFound()
}

func (t *Terminal) tellFound() {
	if found := t.search.found(); found != t.search.told {
		t.search.told, t.news.found = found, true
	}
}

func (s *terminalSearch) found() Found {
	return Found{Current: s.current + 1, Count: len(s.matches)}
}

// marks returns how the matches colour the cells of a line: 1 for a match, 2 for
// the current one.
func (s *terminalSearch) marks(line, columns int, marks []uint8) {
	clear(marks)
	first, _ := slices.BinarySearchFunc(s.matches, line, func(m vt.Match, line int) int { return m.To.Line - line })
	for first > 0 && s.matches[first-1].To.Line == line {
		first--
	}
	for i := first; i < len(s.matches) && s.matches[i].From.Line <= line; i++ {
		m := s.matches[i]
		from, to := 0, columns
		if line == m.From.Line {
			from = m.From.Col
		}
		if line == m.To.Line {
			to = min(m.To.Col, columns)
		}
		mark := uint8(1)
		if i == s.current {
			mark = 2
		}
		for x := from; x < to; x++ {
			marks[x] = mark
		}
	}
}
