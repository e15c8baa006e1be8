package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A Stage is the content of a window: the page, above it the toasts, above all
// the tooltips. Menus and dialogs open on layers over it. It tells the layouts
// the scale of its window.
type Stage struct {
	widget.BaseWidget

	// OnKey gets the keys that no control has used and no dialog wants.
	OnKey func(*fyne.KeyEvent)

	canvas fyne.Canvas
	back   *Box
	page   *fyne.Container
	toasts *toasts
	tips   *tips
	after  func(time.Duration, func()) (cancel func())
	before func(*fyne.KeyEvent)
}

// NewStage makes the stage of a window and its content.
func NewStage(win fyne.Window) *Stage {
	s := &Stage{canvas: win.Canvas(), back: NewBox(theme.Back, theme.None, 0), page: Stack(), after: afterOnUI}
	s.tips = newTips(s.schedule)
	s.toasts = newToasts(s)
	s.ExtendBaseWidget(s)
	win.SetPadded(false)
	win.SetContent(s)
	s.before = s.canvas.OnTypedKey()
	s.canvas.SetOnTypedKey(s.typedKey)
	return s
}

// AfterWith makes tooltips and toasts wait by after instead of a timer that
// calls fyne.Do; Kit.After is such a function. Call it before the stage is shown.
func (s *Stage) AfterWith(after func(time.Duration, func()) (cancel func())) { s.after = after }

// StageOf returns the stage that fills the canvas, or nil.
func StageOf(canvas fyne.Canvas) *Stage {
	if canvas == nil {
		return nil
	}
	s, _ := canvas.Content().(*Stage)
	return s
}

// SetPage shows the object as the page.
func (s *Stage) SetPage(page fyne.CanvasObject) {
	s.page.Objects = []fyne.CanvasObject{page}
	s.page.Refresh()
}

// Toast shows a short message at the bottom right.
func (s *Stage) Toast(t Toast) { s.toasts.add(t) }

// Children returns the page and what lies over it.
func (s *Stage) Children() []fyne.CanvasObject {
	return []fyne.CanvasObject{s.page, s.toasts.room, s.tips.room}
}

// A11y says that this is the window's content.
func (s *Stage) A11y() Node { return Node{Role: "panel"} }

// stageMinWidth and stageMinHeight are the least size of a window. It does not follow the page: pages
// adapt to the window, not the window to its pages.
const stageMinWidth, stageMinHeight = 640, 400

// CreateRenderer is part of fyne.Widget.
func (s *Stage) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(s, func() fyne.Size { return fyne.NewSize(stageMinWidth, stageMinHeight) }, s.layout, func() {},
		s.back, s.page, s.toasts.room, s.tips.room)
}

func (s *Stage) layout(size fyne.Size) {
	if scale := s.canvas.Scale(); scale != Scale() {
		SetScale(scale)
		s.page.Refresh()
	}
	for _, o := range []fyne.CanvasObject{s.back, s.page, s.toasts.room, s.tips.room} {
		o.Resize(size)
	}
	s.toasts.layout()
}

func (s *Stage) typedKey(e *fyne.KeyEvent) {
	if top, ok := s.canvas.Overlays().Top().(*layer); ok {
		top.typedKey(e)
		return
	}
	switch {
	case s.OnKey != nil:
		s.OnKey(e)
	case s.before != nil:
		s.before(e)
	}
}

// schedule runs fn on the UI goroutine after the delay, unless cancelled.
func (s *Stage) schedule(d time.Duration, fn func()) (cancel func()) { return s.after(d, fn) }

func afterOnUI(d time.Duration, fn func()) (cancel func()) {
	cancelled := false // read and written on the UI goroutine only
	timer := time.AfterFunc(d, func() {
		fyne.Do(func() {
			if !cancelled {
				fn()
			}
		})
	})
	return func() {
		cancelled = true
		timer.Stop()
	}
}

// passKey gives a key that the focused control does not use to the layer
// around it, else to the window.
func passKey(o fyne.CanvasObject, e *fyne.KeyEvent) {
	canvas := canvasOf(o)
	if canvas == nil {
		return
	}
	if top, ok := canvas.Overlays().Top().(*layer); ok {
		top.typedKey(e)
		return
	}
	PassKey(o, e)
}
