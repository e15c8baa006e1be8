package vt

// Resize gives the screen another size in cells, kept within its bounds. The
// text of the main screen and of the history is broken anew; the alternate
// screen is cut at the right and, above the cursor, at the top. Margins and
// selection are dropped.
func (t *Terminal) Resize(cols, rows int) {
	cols, rows = bounded(cols, MaxColumns), bounded(rows, MaxRows)
	if cols == t.cols && rows == t.rows {
		return
	}
	t.selected = selection{}
	before := t.cols
	lines := append(t.history.all(), t.main...)
	place := &t.cursor
	if t.altOn {
		place = &t.saved[0]
	}
	end := t.End()
	w := wrapper{cols: cols, same: cols == before, row: len(lines) - t.rows + min(place.y, t.rows-1), x: place.x, pending: place.pending}
	out := w.wrap(lines)
	t.cols, t.rows = cols, rows
	t.takeMain(out, w.row, end, place)
	place.x, place.pending = min(w.x, cols-1), w.pending && w.x >= cols-1
	t.resizeAlt()
	t.top, t.bottom = 0, rows-1
	if cols <= before {
		t.tabs = t.tabs[:cols]
	} else {
		t.resetTabs(before)
	}
	t.x, t.y = min(t.x, cols-1), min(t.y, rows-1)
}

// takeMain makes history and screen of lines; the cursor's stays in sight.
func (t *Terminal) takeMain(lines []*line, row, end int, place *cursor) {
	top := min(max(0, len(lines)-t.rows), row)
	h := &t.history
	h.first, h.start = end, 0
	old := lines[:top]
	h.lines = append([]*line(nil), old[max(0, len(old)-h.most):]...)
	for _, l := range h.lines {
		t.stamp++
		l.stamp = t.stamp
	}
	shown := lines[top:min(len(lines), top+t.rows)]
	t.main = t.newLines(t.rows)
	for y, l := range shown {
		to := t.main[y]
		copy(to.cells, l.cells)
		to.wrapped, to.size = l.wrapped, l.size
	}
	place.y = row - top
}

func (t *Terminal) resizeAlt() {
	old := t.alt
	if up := t.y - t.rows + 1; t.altOn && up > 0 {
		old = old[up:]
		t.y -= up
	}
	t.alt = t.newLines(t.rows)
	for y := range min(len(old), t.rows) {
		cells := t.alt[y].cells
		copy(cells, old[y].cells)
		t.alt[y].size = old[y].size
		if last := len(cells) - 1; cells[last].Kind == Wide {
			cells[last].Rune, cells[last].Kind = 0, Narrow
		}
	}
}

// A wrapper breaks lines anew for a width, and follows the cursor.
type wrapper struct {
	cols    int
	same    bool // the width is what it was
	row, x  int  // the cursor's line among all, and column
	pending bool
	out     []*line
	text    []Cell
	slab    []Cell
}

// wrap returns the lines in the new width. Empty ones below the cursor go.
func (w *wrapper) wrap(lines []*line) []*line {
	for n := len(lines); n > w.row+1 && lines[n-1].used() == 0; n-- {
		lines = lines[:n-1]
	}
	if w.same {
		return lines
	}
	w.out = make([]*line, 0, len(lines))
	row := w.row
	for i := 0; i < len(lines); {
		n := 1
		for i+n < len(lines) && lines[i+n-1].wrapped && lines[i].size == SingleSize && lines[i+n].size == SingleSize {
			n++
		}
		w.paragraph(lines[i:i+n], row-i)
		i += n
	}
	return w.out
}

// paragraph breaks lines that continue each other. at is which of them has the
// cursor.
func (w *wrapper) paragraph(lines []*line, at int) {
	w.text = w.text[:0]
	place := -1
	for i, l := range lines {
		if i == at {
			place = len(w.text) + w.x
			if w.pending {
				place++
			}
		}
		n := l.used()
		if l.wrapped && i+1 < len(lines) && n > 0 && l.cells[n-1].Rune == 0 && l.cells[n-1].Kind == Narrow && lines[i+1].cells[0].Kind == Wide {
			n-- // the cell into which a wide character did not fit
		}
		w.text = append(w.text, l.cells[:n]...)
	}
	for len(w.text) < place {
		w.text = append(w.text, Cell{})
	}
	if lines[0].size != SingleSize {
		w.text = w.text[:min(len(w.text), w.cols)]
		place = min(place, w.cols-1)
	}
	w.breakUp(lines[0].size, place)
}

func (w *wrapper) breakUp(size LineSize, place int) {
	for from := 0; ; {
		to := min(from+w.cols, len(w.text))
		if to < len(w.text) && w.text[to].Kind == Spacer {
			if to--; to == from { // a wide character in a column
				w.text[from], w.text[from+1] = Cell{}, Cell{}
				to++
			}
		}
		last := to == len(w.text)
		if place >= from && (place < to || last) {
			w.row, w.x = len(w.out), min(place-from, w.cols-1)
			w.pending = place-from == w.cols
			place = -1
		}
		w.out = append(w.out, &line{cells: w.keep(w.text[from:to]), wrapped: !last, size: size})
		if last {
			return
		}
		from = to
	}
}

// keep copies cells to where many lie together.
func (w *wrapper) keep(cells []Cell) []Cell {
	const many = 1 << 14
	n := len(cells)
	if len(w.slab) < n {
		w.slab = make([]Cell, max(n, many))
	}
	kept := w.slab[:n:n]
	w.slab = w.slab[n:]
	copy(kept, cells)
	return kept
}
