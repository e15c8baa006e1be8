package vt

// printASCII writes plain characters: the way that nearly all text takes.
func (t *Terminal) printASCII(text []byte) {
	if t.has(modeInsert) || !t.plain() {
		for _, b := range text {
			t.print(rune(b))
		}
		return
	}
	t.last = rune(text[len(text)-1])
	for len(text) > 0 {
		if t.pending {
			t.wrap()
		}
		l := t.touch(t.y)
		room := t.width(l)
		t.x = min(t.x, room-1) // the line above may have had more room
		n := min(len(text), room-t.x)
		split(l.cells, t.x)
		split(l.cells, t.x+n)
		cell := t.style
		for i, b := range text[:n] {
			cell.Rune = rune(b)
			l.cells[t.x+i] = cell
		}
		t.x += n
		text = text[n:]
		if t.x < room {
			continue
		}
		t.x = room - 1
		t.pending = t.has(modeWrap)
		if !t.pending && len(text) > 0 { // the last column takes them all
			text = text[len(text)-1:]
		}
	}
}

// print writes any character.
func (t *Terminal) print(r rune) {
	if r < 0x80 {
		r = t.translate(r)
	} else {
		t.single = 0
	}
	w := runeWidth(r)
	if w == 0 {
		t.combine(r)
		return
	}
	t.last = r
	if t.pending {
		t.wrap()
	}
	l := t.touch(t.y)
	room := t.width(l)
	if w > room {
		return
	}
	t.x = min(t.x, room-1)
	if t.x+w > room {
		if t.has(modeWrap) {
			t.erase(t.y, t.x, room, false)
			t.wrap()
			l = t.touch(t.y)
		} else {
			t.x = room - w
		}
	}
	if t.has(modeInsert) {
		t.insertCells(w)
	}
	split(l.cells, t.x)
	split(l.cells, t.x+w)
	cell := t.style
	cell.Rune = r
	if w == 2 {
		cell.Kind = Wide
		spacer := t.style
		spacer.Kind = Spacer
		l.cells[t.x+1] = spacer
	}
	l.cells[t.x] = cell
	t.x += w
	if t.x >= room {
		t.x = room - 1
		t.pending = t.has(modeWrap)
	}
}

// wrap begins a new line that continues this one.
func (t *Terminal) wrap() {
	t.touch(t.y).wrapped = true
	t.pending = false
	t.x = 0
	t.index()
}

// combine adds a mark to the character before the cursor.
func (t *Terminal) combine(mark rune) {
	x := t.x
	if !t.pending {
		x--
	}
	if x < 0 {
		return
	}
	cells := t.screen()[t.y].cells
	if x > 0 && cells[x].Kind == Spacer {
		x--
	}
	if cells[x].Rune == 0 {
		return
	}
	t.touch(t.y)
	cells[x].Rune = t.clusters.join(cells[x].Rune, mark)
}

// repeat is REP, of a line at most: a few bytes must not cost much.
func (t *Terminal) repeat(n int) {
	if t.last == 0 {
		return
	}
	for range min(n, t.cols) {
		t.print(t.last)
	}
}
