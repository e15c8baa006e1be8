package vt

import (
	"strings"
	"unicode"
)

// A Point is a place in the text: the number of a line and the count of cells
// before it.
type Point struct{ Line, Col int }

func (p Point) before(q Point) bool { return p.Line < q.Line || p.Line == q.Line && p.Col < q.Col }

// SelectMode says how a selection grows from the two places that were pointed at.
type SelectMode uint8

// The ways.
const (
	ByCharacter SelectMode = iota // from between two cells to between two others
	ByWord                        // the words of both cells and all between
	ByLine                        // lines as they were written, wrapped or not
	ByBlock                       // a rectangle
)

type selection struct {
	on       bool
	block    bool
	from, to Point // of cells from the one to before the other
}

func (s *selection) touches(line int) bool { return line >= s.from.Line && line <= s.to.Line }

// Select marks the text between two places, in either order. A change of what is
// marked ends it. ByCharacter and ByBlock take boundaries between cells, the
// others cells.
func (t *Terminal) Select(how SelectMode, anchor, head Point) {
	anchor, head = t.inside(anchor), t.inside(head)
	from, to := anchor, head
	if to.before(from) {
		from, to = to, from
	}
	switch how {
	case ByWord:
		from, to = t.wordStart(from), t.wordEnd(to)
	case ByLine:
		from, to = t.paragraphStart(from.Line), t.paragraphEnd(to.Line)
	case ByBlock:
		from.Col, to.Col = min(anchor.Col, head.Col), max(anchor.Col, head.Col)
	}
	t.selected = selection{on: from != to, block: how == ByBlock, from: from, to: to}
}

// SelectAll marks all that is kept.
func (t *Terminal) SelectAll() {
	from := t.First()
	if t.altOn {
		from = t.Top()
	}
	t.Select(ByCharacter, Point{from, 0}, Point{t.End() - 1, t.cols})
}

// ClearSelection ends the selection.
func (t *Terminal) ClearSelection() { t.selected = selection{} }

// HasSelection says whether text is marked.
func (t *Terminal) HasSelection() bool { return t.selected.on }

// Selected returns which cells of a line are marked: from to before to.
func (t *Terminal) Selected(number int) (from, to int) {
	s := &t.selected
	if !s.on || !s.touches(number) {
		return 0, 0
	}
	to = t.cols
	if s.block || number == s.from.Line {
		from = s.from.Col
	}
	if s.block || number == s.to.Line {
		to = s.to.Col
	}
	cells := t.line(number).cells
	if from > 0 && from < len(cells) && cells[from].Kind == Spacer {
		from--
	}
	if to > 0 && to < len(cells) && cells[to].Kind == Spacer {
		to++
	}
	return from, to
}

// SelectedText returns what is marked: lines end with a line feed unless they
// are continued, and have no spaces at their end.
func (t *Terminal) SelectedText() string {
	if !t.selected.on {
		return ""
	}
	var b strings.Builder
	for n := t.selected.from.Line; n <= t.selected.to.Line; n++ {
		from, to := t.Selected(n)
		l := t.line(n)
		text := t.cellText(l, from, to)
		goesOn := l.wrapped && !t.selected.block
		if !goesOn || n == t.selected.to.Line {
			text = strings.TrimRight(text, " ")
		}
		b.WriteString(text)
		if !goesOn && n < t.selected.to.Line {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// Lines returns the text of lines by their numbers, from first to before end,
// one to a line and without spaces at the end.
func (t *Terminal) Lines(first, end int) string {
	var b strings.Builder
	for n := max(first, t.First()); n < min(end, t.End()); n++ {
		l := t.line(n)
		b.WriteString(strings.TrimRight(t.cellText(l, 0, len(l.cells)), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// cellText returns the text of cells.
func (t *Terminal) cellText(l *line, from, to int) string {
	var b strings.Builder
	for x := from; x < min(to, len(l.cells)); x++ {
		if c := l.cells[x]; c.Kind != Spacer {
			b.WriteString(t.Text(c))
		}
	}
	return b.String()
}

// inside returns the nearest place that exists.
func (t *Terminal) inside(p Point) Point {
	switch {
	case p.Line < t.First():
		return Point{t.First(), 0}
	case p.Line >= t.End():
		return Point{t.End() - 1, t.cols}
	}
	p.Col = max(0, min(p.Col, t.cols))
	return p
}

// cell returns what is at a place: blank beyond the end of a line.
func (t *Terminal) cell(p Point) Cell {
	if cells := t.line(p.Line).cells; p.Col >= 0 && p.Col < len(cells) {
		return cells[p.Col]
	}
	return Cell{}
}

// class tells the characters of a word, which are those of paths and addresses
// as well, from others and from blanks.
func (t *Terminal) class(p Point) int {
	c := t.cell(p)
	if c.Kind == Spacer && p.Col > 0 {
		c = t.cell(Point{p.Line, p.Col - 1})
	}
	r := []rune(t.Text(c))[0]
	switch {
	case unicode.IsSpace(r):
		return 0
	case unicode.IsLetter(r), unicode.IsDigit(r), strings.ContainsRune("_-./:~@%+#?&=", r):
		return 1
	}
	return 2
}

func (t *Terminal) wordStart(p Point) Point {
	p.Col = min(p.Col, t.cols-1)
	for class := t.class(p); ; {
		q := Point{p.Line, p.Col - 1}
		if q.Col < 0 {
			if p.Line == t.First() || !t.line(p.Line-1).wrapped {
				return p
			}
			q = Point{p.Line - 1, t.cols - 1}
		}
		if t.class(q) != class {
			return p
		}
		p = q
	}
}

func (t *Terminal) wordEnd(p Point) Point {
	p.Col = min(p.Col, t.cols-1)
	for class := t.class(p); ; {
		q := Point{p.Line, p.Col + 1}
		if q.Col == t.cols {
			if !t.line(p.Line).wrapped || p.Line+1 == t.End() {
				return q
			}
			q = Point{p.Line + 1, 0}
		}
		if t.class(q) != class {
			return Point{p.Line, p.Col + 1}
		}
		p = q
	}
}

func (t *Terminal) paragraphStart(number int) Point {
	for number > t.First() && t.line(number-1).wrapped {
		number--
	}
	return Point{number, 0}
}

func (t *Terminal) paragraphEnd(number int) Point {
	for number < t.End()-1 && t.line(number).wrapped {
		number++
	}
	return Point{number, t.cols}
}
