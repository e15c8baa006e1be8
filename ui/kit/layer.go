package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// layer covers a window and takes its clicks and keys while it is open. Fyne's
// overlay stack keeps the focus inside it and gives it back when it closes.
type layer struct {
	widget.BaseWidget
	canvas  fyne.Canvas
	content *fyne.Container // what is drawn on the layer
	scrim   *canvas.Rectangle
	dim     bool
	tips    *tips
	arrange func(room fyne.Size)      // places the content's objects
	onKey   func(*fyne.KeyEvent)      // keys that the focused control does not use
	outside func(*desktop.MouseEvent) // pressed beside the content
}

func newLayer(on fyne.Canvas, dim bool, content ...fyne.CanvasObject) *layer {
	l := &layer{canvas: on, dim: dim, scrim: newRect(0), content: container.NewWithoutLayout(content...)}
	var after func(time.Duration, func()) func()
	if s := StageOf(on); s != nil {
		after = s.schedule
		s.tips.stop()
	}
	l.tips = newTips(after)
	l.ExtendBaseWidget(l)
	return l
}

// open shows the layer above everything.
func (l *layer) open() {
	l.canvas.Overlays().Add(l)
	l.Resize(l.canvas.Size())
}

func (l *layer) close() {
	l.tips.stop()
	l.canvas.Overlays().Remove(l)
}

func (l *layer) isOpen() bool {
	for _, o := range l.canvas.Overlays().List() {
		if o == fyne.CanvasObject(l) {
			return true
		}
	}
	return false
}

func (l *layer) typedKey(e *fyne.KeyEvent) {
	if l.onKey != nil {
		l.onKey(e)
	}
}

// MouseDown tells of clicks beside the content.
func (l *layer) MouseDown(e *desktop.MouseEvent) {
	for _, o := range l.content.Objects {
		p, s := o.Position(), o.Size()
		if e.Position.X >= p.X && e.Position.Y >= p.Y && e.Position.X < p.X+s.Width && e.Position.Y < p.Y+s.Height {
			return
		}
	}
	if l.outside != nil {
		l.outside(e)
	}
}

// MouseUp is part of desktop.Mouseable.
func (l *layer) MouseUp(*desktop.MouseEvent) {}

// A11y says that this is a plain holder.
func (l *layer) A11y() Node { return Node{Role: "panel"} }

// Children returns the content and the tooltip.
func (l *layer) Children() []fyne.CanvasObject { return []fyne.CanvasObject{l.content, l.tips.room} }

func (l *layer) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(l, func() fyne.Size { return fyne.Size{} }, l.layout, l.paint, l.scrim, l.content, l.tips.room)
}

func (l *layer) paint() {
	token := theme.None
	if l.dim {
		token = theme.Scrim
	}
	paintRect(l.scrim, token, theme.None)
}

func (l *layer) layout(size fyne.Size) {
	for _, o := range []fyne.CanvasObject{l.scrim, l.content, l.tips.room} {
		o.Resize(size)
	}
	if l.arrange != nil {
		l.arrange(size)
	}
}
