package vnc_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// A line is a terminal in a window, and the guest at the other end.
type line struct {
	*vnc.Terminal
	*history
	t      *testing.T
	window fyne.Window

	mu    sync.Mutex
	guest net.Conn // the newest
	typed strings.Builder
	fail  error // of the next attempts
	menu  fyne.Position
	found vnc.Found
	bells int
	title string
	free  bool // left Ctrl+Alt let go
}

// newLine shows a terminal of 40 columns and 10 rows.
func newLine(t *testing.T) *line {
	t.Helper()
	test.NewTempApp(t)
	l := &line{Terminal: vnc.NewTerminal("Serial port of web", nil), history: &history{}, t: t}
	l.OnStatus = l.status
	l.OnMenu = func(at fyne.Position) { l.note(func() { l.menu = at }) }
	l.OnFound = func(f vnc.Found) { l.note(func() { l.found = f }) }
	l.OnBell = func() { l.note(func() { l.bells++ }) }
	l.OnTitle = func(title string) { l.note(func() { l.title = title }) }
	l.OnRelease = func() { l.note(func() { l.free = true }) }
	l.window = test.NewTempWindow(t, l.Terminal)
	l.window.SetPadded(false)
	l.window.Resize(fyne.NewSize(40*8+12+4, 10*17+12+4))
	l.Connect(context.Background(), l.open)
	t.Cleanup(func() {
		l.Close()
		l.Wait()
	})
	rfbtest.Eventually(t, "the stream is open", func() bool { return l.last().State == vnc.Connected })
	l.window.Canvas().Focus(l.Terminal)
	return l
}

func (l *line) open(context.Context) (io.ReadWriteCloser, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return nil, l.fail
	}
	ours, guest := net.Pipe()
	l.guest = guest
	go l.listen(guest)
	return ours, nil
}

// note reads or writes what was told.
func (l *line) note(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

func (l *line) hits() (f vnc.Found) {
	l.note(func() { f = l.found })
	return f
}

func (l *line) listen(guest net.Conn) {
	b := make([]byte, 1024)
	for {
		n, err := guest.Read(b)
		l.mu.Lock()
		l.typed.Write(b[:n])
		l.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// says writes what the guest says and waits until it is shown.
func (l *line) says(text, shown string) {
	l.t.Helper()
	l.mu.Lock()
	guest := l.guest
	l.mu.Unlock()
	if _, err := guest.Write([]byte(text)); err != nil {
		l.t.Fatal(err)
	}
	rfbtest.Eventually(l.t, fmt.Sprintf("%q is shown", shown), func() bool { return strings.Contains(l.Text(), shown) })
	l.Refresh()
}

// heard waits until the guest has read it, and forgets it.
func (l *line) wantTyped(want string) {
	l.t.Helper()
	got := func() string {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.typed.String()
	}
	rfbtest.Eventually(l.t, fmt.Sprintf("%q is typed", want), func() bool { return len(got()) >= len(want) })
	if got() != want {
		l.t.Errorf("the guest read %q, want %q", got(), want)
	}
	l.mu.Lock()
	l.typed.Reset()
	l.mu.Unlock()
}

func TestATerminalShowsWhatTheGuestSaysAndSaysItToReaders(t *testing.T) {
	l := newLine(t)
	l.says("hello\r\nlogin: ", "login:")
	if got := l.A11yValue(); got != "hello\nlogin:" || l.A11yRole() != "terminal" || l.A11yName() != "Serial port of web" {
		t.Errorf("to readers it is a %s %q with %q", l.A11yRole(), l.A11yName(), got)
	}
	columns, rows := l.Cells()
	if columns < 35 || columns > 45 || rows < 8 || rows > 12 {
		t.Errorf("%d columns and %d rows", columns, rows)
	}
	l.window.Resize(fyne.NewSize(600, 300))
	if c, r := l.Cells(); c <= columns || r <= rows {
		t.Errorf("a larger window has %d columns and %d rows", c, r)
	}
}

func TestWhatIsTypedReachesTheGuestAsTerminalsSendIt(t *testing.T) {
	l := newLine(t)
	down := func(name fyne.KeyName) { l.KeyDown(&fyne.KeyEvent{Name: name}) }
	up := func(name fyne.KeyName) { l.KeyUp(&fyne.KeyEvent{Name: name}) }
	press := func(name fyne.KeyName) { down(name); l.TypedKey(&fyne.KeyEvent{Name: name}); up(name) }
	custom := func(name fyne.KeyName, mod fyne.KeyModifier) {
		l.TypedShortcut(&desktop.CustomShortcut{KeyName: name, Modifier: mod})
	}
	l.TypedRune('é')
	press(fyne.KeyReturn)
	l.wantTyped("é\r")
	press(fyne.KeyUp)
	press(fyne.KeyF5)
	press(fyne.KeyTab)
	l.wantTyped("\x1b[A\x1b[15~\t")
	down(desktop.KeyShiftLeft)
	press(fyne.KeyTab)
	press(fyne.KeyRight)
	up(desktop.KeyShiftLeft)
	l.wantTyped("\x1b[Z\x1b[1;2C")
	for _, s := range []fyne.Shortcut{&fyne.ShortcutCopy{}, &fyne.ShortcutPaste{}, &fyne.ShortcutCut{}, &fyne.ShortcutSelectAll{}, &fyne.ShortcutUndo{}, &fyne.ShortcutRedo{}} {
		l.TypedShortcut(s)
	}
	l.wantTyped("\x03\x16\x18\x01\x1a\x19")
	custom(fyne.KeyD, fyne.KeyModifierControl)
	custom(fyne.KeyB, fyne.KeyModifierAlt)
	custom(fyne.KeyB, fyne.KeyModifierAlt|fyne.KeyModifierShift)
	custom(fyne.KeyLeft, fyne.KeyModifierControl)
	custom(fyne.KeyRightBracket, fyne.KeyModifierControl)
	custom(fyne.KeySpace, fyne.KeyModifierControl)
	custom(fyne.KeyMinus, fyne.KeyModifierControl|fyne.KeyModifierShift)
	custom(fyne.KeyX, fyne.KeyModifierSuper)
	l.wantTyped("\x04\x1bb\x1bB\x1b[1;5D\x1d\x00\x1f")
	l.says("\x1b[?1h\x1b[?1004h\x1b[6n.", ".")
	l.wantTyped("\x1b[1;1R")
	press(fyne.KeyUp)
	l.window.Canvas().Unfocus()
	l.wantTyped("\x1bOA\x1b[O")
}

func TestLeftCtrlAltLetsGoOfATerminal(t *testing.T) {
	l := newLine(t)
	l.KeyDown(key(rfb.KeyLeftCtrl))
	l.KeyDown(key(rfb.KeyLeftAlt))
	l.KeyUp(key(rfb.KeyLeftAlt))
	l.note(func() {
		if !l.free || l.window.Canvas().Focused() != nil {
			t.Errorf("let go %v, focused %v", l.free, l.window.Canvas().Focused())
		}
	})
}

// cell returns the middle of a cell.
func cell(column, row int) fyne.Position {
	return fyne.NewPos(6+8*float32(column)+4, 6+17*float32(row)+8)
}

func mouse(at fyne.Position, button desktop.MouseButton, mod fyne.KeyModifier) *desktop.MouseEvent {
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at, AbsolutePosition: at}, Button: button, Modifier: mod}
}

func TestTextIsMarkedCopiedAndPasted(t *testing.T) {
	l := newLine(t)
	l.says("one two three\r\n", "three")
	l.MouseDown(mouse(cell(4, 0), desktop.MouseButtonPrimary, 0))
	l.MouseUp(mouse(cell(4, 0), desktop.MouseButtonPrimary, 0))
	if l.HasSelection() {
		t.Error("a click marks something")
	}
	l.MouseDown(mouse(cell(4, 0), desktop.MouseButtonPrimary, 0)) // the second click
	l.MouseUp(mouse(cell(4, 0), desktop.MouseButtonPrimary, 0))
	l.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyC, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift})
	if got := fyne.CurrentApp().Clipboard().Content(); got != "two" {
		t.Errorf("copied %q", got)
	}
	l.MouseDown(mouse(fyne.NewPos(6, 10), desktop.MouseButtonPrimary, fyne.KeyModifierAlt))
	l.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: cell(2, 0).AddXY(5, 0)}})
	l.DragEnd()
	l.MouseDown(mouse(cell(1, 5), desktop.MouseButtonTertiary, 0))
	l.wantTyped("one")
	l.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyV, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift})
	l.wantTyped("two")
	l.says("\x1b[?2004h.", ".")
	l.Paste("a\nb")
	l.wantTyped("\x1b[200~a\rb\x1b[201~")
	l.MouseDown(mouse(cell(1, 1), desktop.MouseButtonSecondary, 0))
	l.note(func() {
		if l.menu != cell(1, 1) {
			t.Errorf("the menu is at %v", l.menu)
		}
	})
}

func TestAProgramThatAsksForTheMouseHasIt(t *testing.T) {
	l := newLine(t)
	l.says("\x1b[?1002;1006h.", ".")
	l.MouseDown(mouse(cell(2, 1), desktop.MouseButtonPrimary, 0))
	l.MouseMoved(mouse(cell(3, 1), desktop.MouseButtonPrimary, 0))
	l.MouseUp(mouse(cell(3, 1), desktop.MouseButtonPrimary, 0))
	l.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: cell(0, 0)}, Scrolled: fyne.Delta{DY: 25}})
	l.wantTyped("\x1b[<0;3;2M\x1b[<32;4;2M\x1b[<0;4;2m\x1b[<64;1;1M")
	if l.Cursor() != desktop.DefaultCursor {
		t.Error("the pointer looks like one over text")
	}
}

func TestOlderLinesStayInSightWhileMoreIsWritten(t *testing.T) {
	l := newLine(t)
	var all strings.Builder
	for i := range 100 {
		fmt.Fprintf(&all, "line %d\r\n", i)
	}
	l.says(all.String()+"end", "end")
	l.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: 100}})
	l.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageUp})
	first, _, _ := strings.Cut(l.A11yValue(), "\n")
	if !l.ScrolledBack() || first == "line 91" {
		t.Fatalf("the first line is %q", first)
	}
	l.says("\r\nmore\r\nand more", "and more")
	if got, _, _ := strings.Cut(l.A11yValue(), "\n"); got != first {
		t.Errorf("the first line is %q, was %q", got, first)
	}
	l.TypedRune('x')
	if l.ScrolledBack() || !strings.HasSuffix(l.A11yValue(), "and more") {
		t.Error("typing does not show the newest lines")
	}
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	if got, _, _ := strings.Cut(l.A11yValue(), "\n"); got != "line 0" {
		t.Errorf("Shift+Home shows %q", got)
	}
}

func TestATextIsFoundInWhatHasBeenWritten(t *testing.T) {
	l := newLine(t)
	var all strings.Builder
	for i := range 100 {
		fmt.Fprintf(&all, "line %d\r\n", i)
	}
	l.says(all.String()+"end", "end")
	l.SetSearch("line 4")
	if found := l.hits(); found != (vnc.Found{Current: 11, Count: 11}) || !strings.Contains(l.A11yValue(), "line 49") {
		t.Errorf("found %+v, shown %q", found, l.A11yValue())
	}
	l.FindNext(true)
	l.FindNext(false)
	l.FindNext(false)
	if found := l.hits(); found.Current != 1 || !strings.Contains(l.A11yValue(), "line 4\n") {
		t.Errorf("found %+v, shown %q", found, l.A11yValue())
	}
	l.says("\r\nline 4 again", "again")
	rfbtest.Eventually(t, "the new one is counted", func() bool { return l.hits().Count == 12 })
	l.SetSearch("nowhere")
	if found := l.hits(); found.Count != 0 {
		t.Errorf("found %+v", found)
	}
}

func TestAStreamThatEndsIsOpenedAgainAndTheTextStays(t *testing.T) {
	l := newLine(t)
	l.says("before", "before")
	l.mu.Lock()
	l.fail = errors.New("not now")
	_ = l.guest.Close()
	l.mu.Unlock()
	rfbtest.Eventually(t, "the failure is told", func() bool {
		for _, s := range l.all() {
			if s.State == vnc.Lost && s.Err != nil && s.Err.Error() == "not now" && s.RetryIn > 0 {
				return true
			}
		}
		return false
	})
	l.mu.Lock()
	l.fail = nil
	l.mu.Unlock()
	rfbtest.Eventually(t, "it is open again", func() bool { return l.last().State == vnc.Connected })
	l.says(" after", "before after")
}

func TestTheBellAndTheTitleAreTold(t *testing.T) {
	l := newLine(t)
	l.says("\a\x1b]2;top\x07.", ".")
	rfbtest.Eventually(t, "bell and title", func() (told bool) {
		l.note(func() { told = l.bells == 1 && l.title == "top" })
		return told
	})
}
