package vt

// A history keeps the lines that left the screen at its top. Its lines are used
// again for new ones when it is full.
type history struct {
	lines []*line // a ring; grows up to most
	start int     // of the oldest
	most  int
	first int // number of the oldest line
}

// push copies a line to the end and drops the oldest when there are too many.
func (h *history) push(l *line) {
	if h.most == 0 {
		h.first++
		return
	}
	var to *line
	if len(h.lines) < h.most {
		to = &line{}
		h.lines = append(h.lines, to)
	} else {
		to = h.lines[h.start]
		h.start = (h.start + 1) % h.most
		h.first++
	}
	n := l.used()
	cells := append(to.cells[:0], l.cells[:n]...)
	*to = line{cells: cells, wrapped: l.wrapped, size: l.size, stamp: l.stamp}
}

// at returns the line of a number.
func (h *history) at(number int) *line {
	return h.lines[(h.start+number-h.first)%len(h.lines)]
}

// clear forgets all lines; those that follow get the numbers after them.
func (h *history) clear() {
	h.first += len(h.lines)
	h.lines, h.start = nil, 0
}

// all returns the lines in order.
func (h *history) all() []*line {
	return append(append(make([]*line, 0, len(h.lines)), h.lines[h.start:]...), h.lines[:h.start]...)
}
