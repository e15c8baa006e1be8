package vt

import "unicode"

// A Match is a place where a text was found: cells from From to before To.
type Match struct{ From, To Point }

// Find returns where the text stands, from the oldest line on, at most limit
// places; they do not overlap. It goes over the ends of lines that are
// continued. Capitals count when the text has any.
func (t *Terminal) Find(text string, limit int) []Match {
	f := finder{t: t, text: []rune(text), limit: limit, fold: true}
	for i, r := range f.text {
		if unicode.IsUpper(r) {
			f.fold = false
		}
		f.text[i] = r
	}
	if len(f.text) == 0 {
		return nil
	}
	first := t.First()
	if t.altOn {
		first = t.Top()
	}
	for n := first; n < t.End() && len(f.found) < limit; n++ {
		f.add(n)
		if !t.line(n).wrapped || n == t.End()-1 {
			f.look()
		}
	}
	return f.found
}

// A finder has the text of lines that continue each other.
type finder struct {
	t      *Terminal
	text   []rune
	fold   bool
	limit  int
	found  []Match
	runes  []rune
	places []Match // of each of the runes
}

func (f *finder) add(number int) {
	l := f.t.line(number)
	for x := range l.used() {
		c := l.cells[x]
		if c.Kind == Spacer {
			continue
		}
		place := Match{Point{number, x}, Point{number, x + 1}}
		if c.Kind == Wide {
			place.To.Col++
		}
		if c.Rune >= 0 {
			f.addRune(max(c.Rune, ' '), place)
			continue
		}
		for _, r := range f.t.Text(c) {
			f.addRune(r, place)
		}
	}
}

func (f *finder) addRune(r rune, place Match) {
	if f.fold {
		r = unicode.ToLower(r)
	}
	f.runes, f.places = append(f.runes, r), append(f.places, place)
}

// look finds the text in the lines so far and forgets them.
func (f *finder) look() {
	n := len(f.text)
	for i := 0; i+n <= len(f.runes) && len(f.found) < f.limit; {
		if !f.isAt(i) {
			i++
			continue
		}
		f.found = append(f.found, Match{f.places[i].From, f.places[i+n-1].To})
		i += n
	}
	f.runes, f.places = f.runes[:0], f.places[:0]
}

func (f *finder) isAt(i int) bool {
	for k, r := range f.text {
		if f.runes[i+k] != r {
			return false
		}
	}
	return true
}
