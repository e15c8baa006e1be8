package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Toast is a short message about something that went well. Failures are not
// toasts but banners or dialogs.
type Toast struct {
	Icon   string      // empty means a tick
	Token  theme.Token // colour of the icon; empty means theme.OK
	Title  string
	Text   string
	Action string // one word such as "Undo"; empty for none
	Undo   bool   // the action takes back what the toast tells of
	Do     func()
}

// Undo takes back what the newest toast tells of that offers it, and says
// whether there was one.
func (s *Stage) Undo() bool {
	for i := len(s.toasts.list) - 1; i >= 0; i-- {
		if w := s.toasts.list[i]; w.spec.Undo {
			s.toasts.remove(w)
			w.spec.Do()
			return true
		}
	}
	return false
}

// Toasts is where toasts are shown, for those who move the focus there.
func (s *Stage) Toasts() fyne.CanvasObject { return s.toasts.room }

// Toast shows a short message in the kit's window.
func (k *Kit) Toast(t Toast) {
	if s := StageOf(k.Win.Canvas()); s != nil {
		s.Toast(t)
	}
}

const (
	toastWidth    = 320
	toastMargin   = 16
	toastGap      = 10
	toastsShown   = 3
	toastTime     = 5 * time.Second
	toastLongTime = 10 * time.Second // with something to press
)

// toasts is the stack of messages of a stage, the newest at the bottom.
type toasts struct {
	stage *Stage
	room  *fyne.Container // lies over the page and takes no clicks beside the toasts
	list  []*toast
	more  *Text
}

func newToasts(s *Stage) *toasts {
	return &toasts{stage: s, room: container.NewWithoutLayout(), more: NewText(SmallText, "")}
}

func (ts *toasts) add(t Toast) {
	w := newToast(ts, t)
	ts.list = append(ts.list, w)
	ts.show()
	w.slideIn()
	w.wait()
}

func (ts *toasts) remove(w *toast) {
	w.stop()
	for i, other := range ts.list {
		if other == w {
			ts.list = append(ts.list[:i:i], ts.list[i+1:]...)
			break
		}
	}
	ts.show()
}

// show puts the newest few into the room; older ones are only counted.
func (ts *toasts) show() {
	ts.room.Objects = nil
	hidden := max(0, len(ts.list)-toastsShown)
	if hidden > 0 {
		ts.more.SetText(lang.N("{{.Count}} more", hidden, map[string]any{"Count": hidden}))
		ts.room.Objects = append(ts.room.Objects, ts.more)
	}
	for _, w := range ts.list[hidden:] {
		ts.room.Objects = append(ts.room.Objects, w)
	}
	ts.layout()
	ts.room.Refresh()
}

func (ts *toasts) layout() {
	size := ts.room.Size()
	bottom := size.Height - toastMargin
	for i := len(ts.room.Objects) - 1; i >= 0; i-- {
		o := ts.room.Objects[i]
		m := minSize(o)
		if o != fyne.CanvasObject(ts.more) {
			m.Width = toastWidth
		}
		putRect(o, size.Width-toastMargin-m.Width, bottom-m.Height, m.Width, m.Height)
		bottom -= m.Height + toastGap
	}
}

// toast is one message on screen. The pointer over it holds it.
type toast struct {
	widget.BaseWidget
	stack *toasts
	spec  Toast
	card  *fyne.Container
	stop  func()
}

func newToast(ts *toasts, t Toast) *toast {
	if t.Icon == "" {
		t.Icon = "circle-check"
	}
	if t.Token == "" {
		t.Token = theme.OK
	}
	w := &toast{stack: ts, spec: t, stop: func() {}}
	const left, right, gap, icon = 14, 8, 12, 18
	tools := Row(gap)
	if t.Action != "" {
		tools.Add(Link("", t.Action, func() {
			ts.remove(w)
			if t.Do != nil {
				t.Do()
			}
		}))
	}
	tools.Add(IconButton("x", lang.L("Dismiss"), func() { ts.remove(w) }))
	words := Col(2, NewParagraph(StrongText, t.Title, toastWidth-left-icon-2*gap-minSize(tools).Width-right))
	if t.Text != "" {
		words.Add(NewText(SmallText, t.Text).Shorten())
	}
	w.card = raised(10, Pad(9, right, 9, left, Row(gap, NewIcon(t.Icon, icon, t.Token), Grow(words), tools)))
	w.ExtendBaseWidget(w)
	return w
}

// slideTime is how long a toast moves to its place.
const slideTime = 120 * time.Millisecond

// slideIn moves the toast up into its place, unless animations are off.
func (w *toast) slideIn() {
	end := w.Position()
	if !Motion() {
		return
	}
	slide := canvas.NewPositionAnimation(end.AddXY(0, 16), end, slideTime, w.Move)
	slide.Curve = fyne.AnimationEaseOut
	slide.Start()
}

// wait starts the time after which the toast goes.
func (w *toast) wait() {
	d := toastTime
	if w.spec.Action != "" {
		d = toastLongTime
	}
	w.stop()
	w.stop = w.stack.stage.schedule(d, func() { w.stack.remove(w) })
}

// MouseIn holds the toast.
func (w *toast) MouseIn(*desktop.MouseEvent) { w.stop() }

// MouseMoved is part of desktop.Hoverable.
func (w *toast) MouseMoved(*desktop.MouseEvent) {}

// MouseOut lets the time begin anew.
func (w *toast) MouseOut() { w.wait() }

// A11y describes the message.
func (w *toast) A11y() Node {
	return Node{Role: "notification", Name: w.spec.Title, Description: w.spec.Text}
}

// Children returns what the toast shows.
func (w *toast) Children() []fyne.CanvasObject { return []fyne.CanvasObject{w.card} }

// CreateRenderer is part of fyne.Widget.
func (w *toast) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(w, func() fyne.Size { return minSize(w.card) }, func(s fyne.Size) { w.card.Resize(s) }, func() {}, w.card)
}
