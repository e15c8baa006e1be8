package vt

// moveTo puts the cursor to a place, which counts from the scroll region in
// origin mode.
func (t *Terminal) moveTo(x, y int) {
	low, high := 0, t.rows-1
	if t.origin {
		low, high = t.top, t.bottom
		y = min(y, t.rows) + t.top
	}
	t.y = max(low, min(y, high))
	t.x = max(0, min(x, t.width(t.screen()[t.y])-1))
	t.pending = false
}

// column is CHA: the line stays.
func (t *Terminal) column(x int) {
	t.x = max(0, min(x, t.width(t.screen()[t.y])-1))
	t.pending = false
}

// row is VPA: the column stays.
func (t *Terminal) row(y int) { t.moveTo(t.x, y) }

// up and down stop at the edge of the scroll region when they begin inside.
func (t *Terminal) up(n int) {
	edge := 0
	if t.y >= t.top {
		edge = t.top
	}
	t.y = max(edge, t.y-n)
	t.column(t.x)
}

func (t *Terminal) down(n int) {
	edge := t.rows - 1
	if t.y <= t.bottom {
		edge = t.bottom
	}
	t.y = min(edge, t.y+n)
	t.column(t.x)
}

func (t *Terminal) right(n int) { t.column(t.x + n) }

// left goes on at the end of the line above where reverse wraparound is on.
func (t *Terminal) left(n int) {
	if t.pending {
		t.pending = false
		if t.has(modeReverseWrap) {
			n--
		}
	}
	for t.has(modeReverseWrap) && t.has(modeWrap) && n > t.x && t.y > t.top {
		n -= t.x + 1
		t.y--
		t.x = t.width(t.screen()[t.y]) - 1
	}
	t.column(t.x - n)
}

// index is IND: down, and the text up at the bottom of the scroll region.
func (t *Terminal) index() {
	switch {
	case t.y == t.bottom:
		t.scrollUp(t.top, t.bottom, 1)
	case t.y < t.rows-1:
		t.y++
	}
}

// reverseIndex is RI.
func (t *Terminal) reverseIndex() {
	switch {
	case t.y == t.top:
		t.scrollDown(t.top, t.bottom, 1)
	case t.y > 0:
		t.y--
	}
}

func (t *Terminal) carriageReturn() { t.x, t.pending = 0, false }

func (t *Terminal) lineFeed() {
	t.pending = false
	t.index()
	if t.has(modeNewLine) {
		t.x = 0
	}
}

// tab goes to the n-th tab stop on the right, or the last column. As in xterm, a
// character that would begin a new line still does.
func (t *Terminal) tab(n int) {
	last := t.width(t.screen()[t.y]) - 1
	for ; n > 0 && t.x < last; n-- {
		for t.x++; t.x < last && !t.tabs[t.x]; {
			t.x++
		}
	}
}

// backTab goes to the n-th tab stop on the left.
func (t *Terminal) backTab(n int) {
	t.pending = false
	for ; n > 0 && t.x > 0; n-- {
		for t.x--; t.x > 0 && !t.tabs[t.x]; {
			t.x--
		}
	}
}

// margins is DECSTBM; lines count from 1 and 0 is the usual one.
func (t *Terminal) margins(top, bottom int) {
	if bottom == 0 || bottom > t.rows {
		bottom = t.rows
	}
	top = max(1, top)
	if top >= bottom {
		return
	}
	t.top, t.bottom = top-1, bottom-1
	t.moveTo(0, 0)
}

// inRegion says whether the cursor is between the margins.
func (t *Terminal) inRegion() bool { return t.y >= t.top && t.y <= t.bottom }
