package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

const (
	hoverDelay = 500 * time.Millisecond
	focusDelay = 800 * time.Millisecond
	tipWidth   = 240
)

// tips shows at most one tooltip over a window or dialog.
type tips struct {
	room   *fyne.Container // lies over everything and takes no clicks
	after  func(time.Duration, func()) (cancel func())
	cancel func()
	owner  fyne.CanvasObject
}

func newTips(after func(time.Duration, func()) func()) *tips {
	return &tips{room: container.NewWithoutLayout(), after: after}
}

// start shows the words near the owner after the delay. Without a clock, on a
// window that has no Stage, there are no tooltips.
func (t *tips) start(owner fyne.CanvasObject, words string, delay time.Duration) {
	t.stop()
	if t.after == nil {
		return
	}
	t.owner = owner
	t.cancel = t.after(delay, func() {
		if t.owner == owner {
			t.show(owner, words)
		}
	})
}

// stop hides the tooltip, or calls off one that is to come.
func (t *tips) stop() {
	if t.cancel != nil {
		t.cancel()
		t.cancel = nil
	}
	t.owner = nil
	if len(t.room.Objects) > 0 {
		t.room.RemoveAll()
		t.room.Refresh()
	}
}

func (t *tips) show(owner fyne.CanvasObject, words string) {
	box := newTip(words)
	size := minSize(box)
	box.Resize(size)
	box.Move(beside(positionOf(owner).Subtract(positionOf(t.room)), owner.Size(), size, t.room.Size()))
	t.room.Add(box)
	t.room.Refresh()
}

// beside returns where a tip of that size goes: under its owner, or above it
// where there is no room, and never outside.
func beside(at fyne.Position, owner, size, room fyne.Size) fyne.Position {
	const distance, margin = 6, 8
	x := at.X + (owner.Width-size.Width)/2
	y := at.Y + owner.Height + distance
	if y+size.Height > room.Height-margin {
		y = at.Y - distance - size.Height
	}
	x = max(margin, min(x, room.Width-margin-size.Width))
	return fyne.NewPos(Snap(x), Snap(max(margin, y)))
}

// newTip is the tooltip itself: one line, or several of at most 240 units.
func newTip(words string) fyne.CanvasObject {
	var text fyne.CanvasObject = NewText(SmallText, words).In(theme.Text)
	if SmallText.measure(words).Width > tipWidth-20 {
		lines := NewParagraph(SmallText, words, tipWidth-20).In(theme.Text)
		text = Width(lines.widest(), lines)
	}
	return raised(8, Pad(6, 10, 7, 10, text))
}

// showTip shows the words as tooltip of the object, if it has any and is on a
// Stage or a layer over it.
func showTip(o fyne.CanvasObject, words string, delay time.Duration) {
	if t := tipsOf(o); t != nil && words != "" {
		t.start(o, words, delay)
	}
}

func hideTip(o fyne.CanvasObject) {
	if t := tipsOf(o); t != nil {
		t.stop()
	}
}

func tipsOf(o fyne.CanvasObject) *tips {
	canvas := canvasOf(o)
	if canvas == nil {
		return nil
	}
	if top, ok := canvas.Overlays().Top().(*layer); ok {
		return top.tips
	}
	if s := StageOf(canvas); s != nil {
		return s.tips
	}
	return nil
}
