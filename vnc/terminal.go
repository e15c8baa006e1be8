package vnc

import (
	"image"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/vnc/vt"
)

// A Terminal is a widget that shows what a byte stream writes, such as a serial
// port, as a terminal does, and sends it what is typed. The exported functions
// are set before Connect and called on Fyne's goroutine.
type Terminal struct {
	widget.BaseWidget

	OnStatus  func(Status)       // the connection changed; without a size
	OnFocus   func(focused bool) // the keyboard goes to the guest, or no longer
	OnRelease func()             // the keys of SetRelease let go of the keyboard
	OnBell    func()
	// A combination of SetPassed is the window's.
	OnHostKey      func(*fyne.KeyEvent)
	OnHostShortcut func(fyne.Shortcut)
	OnTitle        func(title string)     // a program gave the window a title
	OnMenu         func(at fyne.Position) // the menu of the place on the canvas is wanted
	OnFind         func()                 // Ctrl+Shift+F
	OnFound        func(Found)            // what SetSearch found is another
	OnWritten      func()                 // bytes came; on the reader's goroutine
	OnResize       func()                 // Cells are others; on Fyne's goroutine, while it lays out
	painter        painter
	view           atomic.Pointer[terminalRenderer] // nil until it is shown

	native native // tells who paints

	mu       sync.Mutex
	name     string
	term     *vt.Terminal
	outbox   *terminalOutbox // while connected
	status   Status
	focused  bool
	hidden   bool
	paused   bool
	keyboard keyboard
	letsGo   releaseKeys
	passes   passedKeys
	mods     vt.Mods
	lastKey  fyne.KeyName
	mouse    terminalMouse
	top      int // number of the first line shown; following: the newest are
	search   terminalSearch
	flashing bool // the bell
	news     terminalNews
	cell     image.Point // size of a cell in pixels, once it was painted
	pad      int         // pixels around the cells
	scrolled bool        // not following

	session  *terminalSession
	sessions sync.WaitGroup
	turn     chan struct{} // held by the session that writes into term
}

var (
	_ fyne.Focusable     = (*Terminal)(nil)
	_ fyne.Tabbable      = (*Terminal)(nil)
	_ fyne.Shortcutable  = (*Terminal)(nil)
	_ fyne.Scrollable    = (*Terminal)(nil)
	_ fyne.Draggable     = (*Terminal)(nil)
	_ desktop.Keyable    = (*Terminal)(nil)
	_ desktop.Mouseable  = (*Terminal)(nil)
	_ desktop.Hoverable  = (*Terminal)(nil)
	_ desktop.Cursorable = (*Terminal)(nil)
)

// Size of a terminal that is not shown yet, in cells: what a guest believes of
// one at the other end of a line.
const usualColumns, usualRows = 80, 24

// NewTerminal returns a terminal without connection. name is what assistive
// technology calls it; palette may be nil.
func NewTerminal(name string, palette *vt.Palette) *Terminal {
	t := &Terminal{name: name, painter: newPainter(), turn: make(chan struct{}, 1)}
	t.term = vt.New(usualColumns, usualRows, vt.Options{
		Palette: palette,
		Reply:   t.reply,
		Title:   func(string) { t.news.title = true },
		Bell:    func() { t.news.bell = true },
	})
	t.ExtendBaseWidget(t)
	return t
}

// terminalNews are what the owner is to be told on Fyne's goroutine.
type terminalNews struct{ title, bell, found bool }

func tell[T any](listener func(T), value T) {
	if listener != nil {
		listener(value)
	}
}

// A11yRole says what the widget is to assistive technology.
func (t *Terminal) A11yRole() string { return "terminal" }

// A11yName says what the widget shows.
func (t *Terminal) A11yName() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.name
}

// A11yValue is the text that is shown.
func (t *Terminal) A11yValue() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, rows := t.term.Size()
	top := t.firstShown()
	return strings.TrimRight(t.term.Lines(top, top+rows), "\n")
}

// SetName gives the widget another name.
func (t *Terminal) SetName(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.name = name
}

// Text returns all that was written and is kept, line by line.
func (t *Terminal) Text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimRight(t.term.Lines(t.term.First(), t.term.End()), "\n")
}

// Cells returns how many columns and rows are shown.
func (t *Terminal) Cells() (columns, rows int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.term.Size()
}

// Clear empties screen and history and sets everything back, for a guest that
// left the terminal in a state in which nothing can be read.
func (t *Terminal) Clear() {
	t.change(func() {
		t.term.Reset()
		_, _ = t.term.Write([]byte("\x1b[3J"))
		t.scrolled = false
	})
}

// change does something with the terminal, shows it and tells the owner.
func (t *Terminal) change(do func()) {
	t.mu.Lock()
	do()
	news, title, found := t.news, t.term.Title(), t.search.found()
	t.news = terminalNews{}
	flash := news.bell && !t.flashing
	t.flashing = t.flashing || flash
	t.mu.Unlock()
	t.refresh()
	if news.title {
		tell(t.OnTitle, title)
	}
	if news.found {
		tell(t.OnFound, found)
	}
	if flash {
		t.endFlash()
		if t.OnBell != nil {
			t.OnBell()
		}
	}
}

// flash is how long the bell is seen.
const flash = 150 * time.Millisecond

// endFlash takes the bell's edge away in a moment.
func (t *Terminal) endFlash() {
	time.AfterFunc(flash, func() {
		fyne.Do(func() { t.change(func() { t.flashing = false }) })
	})
}

// Show resumes what Hide paused.
func (t *Terminal) Show() {
	t.setIdle(func() { t.hidden = false })
	t.BaseWidget.Show()
}

// Hide hides the widget, lets go of the keyboard and stops painting.
func (t *Terminal) Hide() {
	t.giveBack()
	t.setIdle(func() { t.hidden = true })
	t.BaseWidget.Hide()
}

// Pause lets go of the keyboard and stops painting, for owners that hide the
// widget otherwise than by Hide. What is written meanwhile is kept.
func (t *Terminal) Pause() {
	t.giveBack()
	t.setIdle(func() { t.paused = true })
}

// Resume ends Pause; what was written meanwhile is shown.
func (t *Terminal) Resume() { t.setIdle(func() { t.paused = false }) }

func (t *Terminal) setIdle(change func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change()
	t.painter.setIdle(t.hidden || t.paused)
}

// refresh paints what changed; see Screen.refresh.
func (t *Terminal) refresh() {
	if r := t.view.Load(); r != nil {
		r.Refresh()
	}
}

func (t *Terminal) canvas() fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(t)
}

func (t *Terminal) density() float32 {
	if c := t.canvas(); c != nil {
		return c.Scale()
	}
	return 1
}

// CreateRenderer is called by Fyne.
func (t *Terminal) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	r := newTerminalRenderer(t)
	t.view.Store(r)
	return r
}
