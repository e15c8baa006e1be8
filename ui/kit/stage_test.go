package kit

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// scene is a window in the test driver whose clock the test winds.
type scene struct {
	t     *testing.T
	app   fyne.App
	win   fyne.Window
	stage *Stage
	waits []*wait
	now   time.Duration
}

type wait struct {
	due  time.Duration
	fn   func()
	done bool
}

// newScene opens a window of 1280x800 in the dark theme with that page.
func newScene(t *testing.T, page fyne.CanvasObject) *scene {
	t.Helper()
	s := &scene{t: t, app: test.NewTempApp(t)}
	s.app.Settings().SetTheme(theme.New(theme.Dark))
	s.win = s.app.NewWindow("test")
	s.stage = NewStage(s.win)
	s.stage.AfterWith(s.after)
	s.stage.SetPage(page)
	s.win.Resize(fyne.NewSize(1280, 800))
	t.Cleanup(s.win.Close)
	return s
}

func (s *scene) after(d time.Duration, fn func()) (cancel func()) {
	w := &wait{due: s.now + d, fn: fn}
	s.waits = append(s.waits, w)
	return func() { w.done = true }
}

// pass lets time pass.
func (s *scene) pass(d time.Duration) {
	s.now += d
	for _, w := range s.waits {
		if !w.done && w.due <= s.now {
			w.done = true
			w.fn()
		}
	}
}

// click moves the pointer over the object, presses and lets go.
func (s *scene) click(o fyne.CanvasObject) {
	s.t.Helper()
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	e.Position = fyne.NewPos(o.Size().Width/2, o.Size().Height/2)
	if h, ok := o.(desktop.Hoverable); ok {
		h.MouseIn(e)
	}
	m, ok := o.(desktop.Mouseable)
	if !ok {
		s.t.Fatalf("%T takes no clicks", o)
	}
	m.MouseDown(e)
	m.MouseUp(e)
	if tap, ok := o.(fyne.Tappable); ok {
		tap.Tapped(&e.PointEvent)
	}
}

// key types a key where the focus is.
func (s *scene) key(names ...fyne.KeyName) {
	s.t.Helper()
	for _, name := range names {
		e := &fyne.KeyEvent{Name: name}
		switch focused := s.win.Canvas().Focused(); {
		case name == fyne.KeyTab:
			s.win.Canvas().FocusNext()
		case focused != nil:
			focused.TypedKey(e)
		default:
			s.win.Canvas().OnTypedKey()(e)
		}
	}
}

func (s *scene) typed(text string) {
	for _, r := range text {
		s.win.Canvas().Focused().TypedRune(r)
	}
}

// tip returns the words of the tooltip over the page, or nothing.
func (s *scene) tip() string { return wordsIn(s.stage.tips.room) }

// wordsIn returns the first words found in the object.
func wordsIn(o fyne.CanvasObject) string {
	switch o := o.(type) {
	case *Text:
		return o.Words()
	case *Paragraph:
		return o.Words()
	}
	inside, _ := children(o)
	for _, child := range inside {
		if words := wordsIn(child); words != "" {
			return words
		}
	}
	return ""
}

func TestTooltipComesAfterHalfASecondAndGoesWithThePointer(t *testing.T) {
	b := Secondary("power", "Shut down", nil).WithHint("Ctrl+Shift+D")
	s := newScene(t, Center(b))

	b.MouseIn(&desktop.MouseEvent{})
	s.pass(499 * time.Millisecond)
	if got := s.tip(); got != "" {
		t.Fatalf("too early: %q", got)
	}
	s.pass(time.Millisecond)
	if got := s.tip(); got != "Ctrl+Shift+D" {
		t.Fatalf("after half a second the tooltip says %q", got)
	}
	b.MouseOut()
	if got := s.tip(); got != "" {
		t.Fatalf("still there: %q", got)
	}
}

func TestTooltipOfADisabledButtonSaysTheReason(t *testing.T) {
	b := Primary("play", "Start", nil).WithHint("Ctrl+Shift+S")
	s := newScene(t, Center(b))
	b.DisableBecause("The machine is running")

	b.MouseIn(&desktop.MouseEvent{})
	s.pass(hoverDelay)

	if got := s.tip(); got != "The machine is running" {
		t.Fatalf("the tooltip says %q", got)
	}
}

func TestAShortenedTextSaysAllInItsTooltip(t *testing.T) {
	long := NewShortText(BodyText, "a-machine-with-a-very-long-name-indeed")
	fits := NewShortText(BodyText, "web")
	s := newScene(t, Center(Col(4, Width(100, long), Width(100, fits))))

	fits.MouseIn(&desktop.MouseEvent{})
	s.pass(hoverDelay)
	if got := s.tip(); got != "" {
		t.Fatalf("a text that fits has a tooltip: %q", got)
	}
	long.MouseIn(&desktop.MouseEvent{})
	s.pass(hoverDelay)
	if got := s.tip(); got != long.Words() {
		t.Fatalf("the tooltip says %q", got)
	}
}

func TestTooltipStaysInsideTheWindow(t *testing.T) {
	room := fyne.NewSize(300, 200)
	for _, at := range []fyne.Position{{X: 0, Y: 0}, {X: 290, Y: 190}, {X: 0, Y: 190}, {X: 290, Y: 0}} {
		tip := fyne.NewSize(120, 28)
		p := beside(at, fyne.NewSize(10, 10), tip, room)
		if p.X < 0 || p.Y < 0 || p.X+tip.Width > room.Width || p.Y+tip.Height > room.Height {
			t.Errorf("owner at %v: tip at %v", at, p)
		}
	}
}

func TestKeyboardFocusShowsTheTooltipLater(t *testing.T) {
	b := IconButton("pencil", "Rename", nil)
	s := newScene(t, Center(b))

	s.key(fyne.KeyTab)
	s.pass(hoverDelay)
	if got := s.tip(); got != "" {
		t.Fatalf("too early: %q", got)
	}
	s.pass(focusDelay - hoverDelay)
	if got := s.tip(); got != "Rename" {
		t.Fatalf("the tooltip says %q", got)
	}
}

func TestToastGoesAfterItsTimeAndThePointerHoldsIt(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	s.stage.Toast(Toast{Title: "Snapshot taken"})
	s.stage.Toast(Toast{Title: "Moved to the trash", Action: "Undo"})
	held := s.stage.toasts.list[0]

	held.MouseIn(nil)
	s.pass(toastTime)
	if n := len(s.stage.toasts.list); n != 2 {
		t.Fatalf("%d toasts, want both: one is held, one has an action", n)
	}
	held.MouseOut()
	s.pass(toastTime)
	if n := len(s.stage.toasts.list); n != 0 {
		t.Fatalf("%d toasts are still there", n)
	}
}

func TestOnlyThreeToastsAreShownAndTheOthersCounted(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	for range 5 {
		s.stage.Toast(Toast{Title: "Done"})
	}
	if got, want := len(s.stage.toasts.room.Objects), toastsShown+1; got != want {
		t.Fatalf("%d objects, want three toasts and a count", got)
	}
	if got := s.stage.toasts.more.Words(); got != "2 more" {
		t.Fatalf("the count says %q", got)
	}
	for _, o := range s.stage.toasts.room.Objects {
		if right := o.Position().X + o.Size().Width; right != 1280-toastMargin {
			t.Errorf("right edge at %v", right)
		}
	}
}

func TestTheActionOfAToastRunsOnceAndTakesItAway(t *testing.T) {
	s := newScene(t, Gap(1, 1))
	undone := 0
	s.stage.Toast(Toast{Title: "Moved to the trash", Action: "Undo", Do: func() { undone++ }})

	s.click(find[*Button](t, s.stage.toasts.list[0], "Undo"))

	if undone != 1 || len(s.stage.toasts.list) != 0 {
		t.Fatalf("undone %d times, %d toasts left", undone, len(s.stage.toasts.list))
	}
}

// find returns the object of that kind and accessible name inside root.
func find[T fyne.CanvasObject](t *testing.T, root fyne.CanvasObject, name string) T {
	t.Helper()
	var walk func(o fyne.CanvasObject) (T, bool)
	walk = func(o fyne.CanvasObject) (T, bool) {
		if found, ok := o.(T); ok {
			if a, ok := o.(Accessible); ok && a.A11y().Name == name {
				return found, true
			}
		}
		inside, _ := children(o)
		for _, child := range inside {
			if found, ok := walk(child); ok {
				return found, true
			}
		}
		var none T
		return none, false
	}
	found, ok := walk(root)
	if !ok {
		t.Fatalf("no %T named %q", found, name)
	}
	return found
}

func TestALongTooltipHoldsAllItsLines(t *testing.T) {
	test.NewTempApp(t)
	tip := newTip("The machine cannot be started because its host does not answer: it is tried again every few seconds, and all that was shown of it stays as it was.")
	tip.Resize(minSize(tip))
	var lines []*canvas.Text
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *canvas.Text:
			lines = append(lines, o)
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				walk(child)
			}
		}
	}
	walk(tip)
	if len(lines) < 3 {
		t.Fatalf("the tip has %d lines", len(lines))
	}
	last := lines[len(lines)-1]
	if bottom := last.Position().Y + last.Size().Height; bottom > tip.Size().Height-13+.5 || tip.Size().Width > tipWidth+1 {
		t.Errorf("the last line ends at %v of a tip of %v", bottom, tip.Size())
	}
}
