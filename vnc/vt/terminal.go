package vt

// Bounds of a terminal's size, in cells.
const (
	MaxColumns = 1000
	MaxRows    = 500
)

// HistoryLines is how many lines are usually kept.
const HistoryLines = 10_000

// Options of a terminal. The functions may be nil; they are called by Write and
// must not call the terminal.
type Options struct {
	History int                 // lines kept of what left the screen; 0 means HistoryLines, less than 0 none
	Palette *Palette            // nil means DefaultPalette
	Reply   func(answer []byte) // what the terminal says of itself when asked; a slice that is used again
	Title   func(title string)
	Bell    func()
}

// A Terminal is a screen and what was written to it.
type Terminal struct {
	opts     Options
	palette  Palette
	usual    Palette // what a reset goes back to
	cols     int
	rows     int
	main     []*line
	alt      []*line
	altOn    bool
	history  history
	clusters clusters
	stamp    uint64 // the newest of a line
	look     uint64 // another one when all lines look different
	parser   parser
	selected selection

	cursor
	saved  [2]cursor // of the main and of the alternate screen
	top    int       // of the scroll region
	bottom int       // its last line
	modes  modes
	tabs   []bool
	last   rune // what REP repeats
	shape  CursorShape
	steady bool
	title  string
	titles []string // pushed
	reply  []byte
}

// A cursor is what DECSC saves.
type cursor struct {
	x, y    int
	pending bool // the last column was written: the next character begins a new line
	style   Cell // without a rune
	origin  bool
	charsets
}

// New returns a terminal of that size in cells, which is kept within its bounds.
func New(cols, rows int, opts Options) *Terminal {
	t := &Terminal{opts: opts, usual: DefaultPalette()}
	if opts.Palette != nil {
		t.usual = *opts.Palette
	}
	switch {
	case opts.History == 0:
		t.history.most = HistoryLines
	case opts.History > 0:
		t.history.most = opts.History
	}
	t.cols, t.rows = bounded(cols, MaxColumns), bounded(rows, MaxRows)
	t.main, t.alt = t.newLines(t.rows), t.newLines(t.rows)
	t.Reset()
	return t
}

func bounded(n, most int) int { return max(1, min(n, most)) }

// Size returns columns and rows.
func (t *Terminal) Size() (cols, rows int) { return t.cols, t.rows }

// First returns the number of the oldest line that is kept.
func (t *Terminal) First() int { return t.history.first }

// Top returns the number of the first line of the screen.
func (t *Terminal) Top() int { return t.history.first + len(t.history.lines) }

// End returns the number after the last line of the screen.
func (t *Terminal) End() int { return t.Top() + t.rows }

// Row returns the line of a number from First to before End.
func (t *Terminal) Row(number int) Row {
	l := t.line(number)
	return Row{Cells: l.cells, Wrapped: l.wrapped, Size: l.size, Stamp: Stamp{l.stamp, t.look}}
}

func (t *Terminal) line(number int) *line {
	if top := t.Top(); number >= top {
		return t.screen()[number-top]
	}
	return t.history.at(number)
}

// screen returns the lines that are shown.
func (t *Terminal) screen() []*line {
	if t.altOn {
		return t.alt
	}
	return t.main
}

// Alternate says whether the alternate screen is shown, which has no history.
func (t *Terminal) Alternate() bool { return t.altOn }

// Title returns the title that a program gave the window.
func (t *Terminal) Title() string { return t.title }

// CursorShape is how the cursor is drawn.
type CursorShape uint8

// The shapes.
const (
	BlockCursor CursorShape = iota
	UnderlineCursor
	BarCursor
)

// A Cursor is where the next character goes, and how that is shown.
type Cursor struct {
	Line, Col int
	Wide      bool // a character of two cells is there
	Visible   bool
	Blinks    bool
	Shape     CursorShape
}

// Cursor returns where and how the cursor is.
func (t *Terminal) Cursor() Cursor {
	cell := t.screen()[t.y].cells[t.x]
	return Cursor{
		Line: t.Top() + t.y, Col: t.x, Wide: cell.Kind == Wide,
		Visible: t.has(modeCursor), Blinks: !t.steady, Shape: t.shape,
	}
}

// Reset is RIS: all is as it was at first, but for the history.
func (t *Terminal) Reset() {
	t.palette = t.usual
	t.altOn = false
	t.cursor = cursor{}
	for _, l := range t.alt {
		t.wipe(l)
	}
	for _, l := range t.main {
		t.wipe(l)
	}
	t.titles, t.last = nil, 0
	t.resetTabs(0)
	t.softReset()
	t.modes = usualModes
	t.selected = selection{}
}

// softReset is DECSTR.
func (t *Terminal) softReset() {
	x, y := t.x, t.y
	t.modes &^= modeInsert | modeOrigin | modeAppCursor | modeAppKeypad
	t.modes |= modeCursor | modeWrap
	t.top, t.bottom = 0, t.rows-1
	t.cursor = cursor{}
	t.saved = [2]cursor{}
	t.x, t.y = x, y
	t.shape, t.steady = BlockCursor, false
}

// resetTabs puts a tab stop at each eighth column from there on.
func (t *Terminal) resetTabs(from int) {
	t.tabs = append(t.tabs[:from], make([]bool, t.cols-from)...)
	for x := from; x < t.cols; x++ {
		t.tabs[x] = x%8 == 0
	}
}

// answer sends what a program asked for.
func (t *Terminal) answer(parts ...string) {
	if t.opts.Reply == nil {
		return
	}
	t.reply = t.reply[:0]
	for _, p := range parts {
		t.reply = append(t.reply, p...)
	}
	t.opts.Reply(t.reply)
}
