package vt

import "slices"

// newLines returns empty lines whose cells lie together.
func (t *Terminal) newLines(n int) []*line {
	cells := make([]Cell, n*t.cols)
	kept := make([]line, n)
	lines := make([]*line, n)
	for i := range lines {
		kept[i].cells = cells[i*t.cols : (i+1)*t.cols : (i+1)*t.cols]
		t.stamp++
		kept[i].stamp = t.stamp
		lines[i] = &kept[i]
	}
	return lines
}

// touch notes that a line of the screen is changed.
func (t *Terminal) touch(y int) *line {
	l := t.screen()[y]
	t.stamp++
	l.stamp = t.stamp
	if t.selected.on && t.selected.touches(t.Top()+y) {
		t.selected = selection{}
	}
	return l
}

// touchAll notes that everything looks different.
func (t *Terminal) touchAll() { t.look++ }

// erased is what an erased cell is: blank, in the background in use.
func (t *Terminal) erased() Cell { return Cell{BG: t.style.BG} }

// wipe makes a line empty.
func (t *Terminal) wipe(l *line) {
	t.stamp++
	l.wrapped, l.size, l.stamp = false, SingleSize, t.stamp
	fill(l.cells, t.erased())
}

func fill(cells []Cell, with Cell) {
	if len(cells) == 0 {
		return
	}
	cells[0] = with
	for n := 1; n < len(cells); n *= 2 {
		copy(cells[n:], cells[:n])
	}
}

// width returns how many characters the line has room for.
func (t *Terminal) width(l *line) int {
	if l.size != SingleSize {
		return max(1, t.cols/2)
	}
	return t.cols
}

// split blanks the other half of a wide character that ends or begins at x.
func split(cells []Cell, x int) {
	if x <= 0 || x >= len(cells) || cells[x].Kind != Spacer {
		return
	}
	cells[x-1].Rune, cells[x-1].Kind = 0, Narrow
	cells[x].Rune, cells[x].Kind = 0, Narrow
}

// erase blanks cells of a line; the protected ones stay if so wished.
func (t *Terminal) erase(y, from, to int, selective bool) {
	l := t.touch(y)
	to = min(to, len(l.cells))
	split(l.cells, from)
	split(l.cells, to)
	if to == len(l.cells) {
		l.wrapped = false
	}
	if !selective {
		fill(l.cells[from:to], t.erased())
		return
	}
	for x := from; x < to; x++ {
		if l.cells[x].Attr&protected == 0 {
			l.cells[x] = t.erased()
		}
	}
}

// eraseScreen is ED and DECSED: 0 from the cursor on, 1 up to it, 2 all of it,
// 3 the history.
func (t *Terminal) eraseScreen(what int, selective bool) {
	from, to := 0, t.rows
	switch what {
	case 0:
		t.erase(t.y, t.x, t.cols, selective)
		from = t.y + 1
	case 1:
		t.erase(t.y, 0, t.x+1, selective)
		to = t.y
	case 2:
	case 3:
		t.selected = selection{}
		t.history.clear()
		return
	default:
		return
	}
	for y := from; y < to; y++ {
		t.erase(y, 0, t.cols, selective)
		if !selective {
			t.screen()[y].size = SingleSize
		}
	}
}

// eraseLine is EL and DECSEL.
func (t *Terminal) eraseLine(what int, selective bool) {
	switch what {
	case 0:
		t.erase(t.y, t.x, t.cols, selective)
	case 1:
		t.erase(t.y, 0, t.x+1, selective)
	case 2:
		t.erase(t.y, 0, t.cols, selective)
	}
}

// insertCells is ICH: what stands from the cursor on moves to the right.
func (t *Terminal) insertCells(n int) {
	l := t.touch(t.y)
	n = min(n, t.cols-t.x)
	split(l.cells, t.x)
	split(l.cells, t.cols-n)
	copy(l.cells[t.x+n:], l.cells[t.x:])
	fill(l.cells[t.x:t.x+n], t.erased())
	l.wrapped = false
}

// deleteCells is DCH: what stands behind moves to the left.
func (t *Terminal) deleteCells(n int) {
	l := t.touch(t.y)
	n = min(n, t.cols-t.x)
	split(l.cells, t.x)
	split(l.cells, t.x+n)
	copy(l.cells[t.x:], l.cells[t.x+n:])
	fill(l.cells[t.cols-n:], t.erased())
	l.wrapped = false
}

// scrollUp moves the lines from top to bottom up by n. What leaves the main
// screen at its top goes to the history.
func (t *Terminal) scrollUp(top, bottom, n int) {
	lines := t.screen()
	n = min(n, bottom-top+1)
	if top == 0 && !t.altOn {
		for _, l := range lines[:n] {
			t.remember(l)
		}
	} else {
		t.forgetSelection(top, bottom)
	}
	region := lines[top : bottom+1]
	rotate(region, n)
	for _, l := range region[len(region)-n:] {
		t.wipe(l)
	}
	if bottom < t.rows-1 && top == 0 && !t.altOn { // the lines below got other numbers
		t.forgetSelection(bottom-n, t.rows-1)
	}
}

// remember moves a line to the history; a selection of the line that is dropped
// for it is dropped as well.
func (t *Terminal) remember(l *line) {
	t.history.push(l)
	if t.selected.on && t.selected.from.Line < t.history.first {
		t.selected = selection{}
	}
}

// scrollDown moves the lines from top to bottom down by n.
func (t *Terminal) scrollDown(top, bottom, n int) {
	t.forgetSelection(top, bottom)
	region := t.screen()[top : bottom+1]
	n = min(n, len(region))
	rotate(region, len(region)-n)
	for _, l := range region[:n] {
		t.wipe(l)
	}
}

// forgetSelection drops a selection of lines of the screen that move.
func (t *Terminal) forgetSelection(top, bottom int) {
	if t.selected.on && t.selected.from.Line <= t.Top()+bottom && t.selected.to.Line >= t.Top()+top {
		t.selected = selection{}
	}
}

// rotate moves the first n lines to the end.
func rotate(lines []*line, n int) {
	if n == 1 { // by far the most frequent
		first := lines[0]
		copy(lines, lines[1:])
		lines[len(lines)-1] = first
		return
	}
	moved := slices.Clone(lines[:n])
	copy(lines, lines[n:])
	copy(lines[len(lines)-n:], moved)
}

// align is DECALN: the screen full of E.
func (t *Terminal) align() {
	t.top, t.bottom = 0, t.rows-1
	for y := range t.rows {
		l := t.touch(y)
		l.size, l.wrapped = SingleSize, false
		fill(l.cells, Cell{Rune: 'E'})
	}
	t.moveTo(0, 0)
}

// setSize is DECDWL, DECDHL and DECSWL.
func (t *Terminal) setSize(size LineSize) {
	l := t.touch(t.y)
	l.size = size
	if room := t.width(l); room < t.cols {
		split(l.cells, room)
		fill(l.cells[room:], t.erased())
		t.x = min(t.x, room-1)
	}
}
