package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// EmptyState says why there is nothing here, and the one thing to do about it.
type EmptyState struct {
	widget.BaseWidget
	title, text string
	all         *fyne.Container
}

// NewEmptyState returns an empty state. text may be empty; actions are buttons;
// below them a page may put cards.
func NewEmptyState(icon, title, text string, actions ...fyne.CanvasObject) *EmptyState {
	e := &EmptyState{title: title, text: text}
	words := ColCenter(4, NewIconTile(icon, theme.Accent, 40), Gap(1, 4), NewText(PanelText, title))
	if text != "" {
		words.Add(NewText(SmallText, text))
	}
	if len(actions) > 0 {
		words.Add(Pad(8, 0, 0, 0, Row(8, actions...)))
	}
	e.all = Center(words)
	e.ExtendBaseWidget(e)
	return e
}

// NewWelcome returns the empty state of a whole program: its mark, a display
// title, one sentence, then cards.
func NewWelcome(title, text string, below ...fyne.CanvasObject) *EmptyState {
	e := &EmptyState{title: title, text: text}
	words := ColCenter(8, NewMark(64), Gap(1, 6), NewText(DisplayText, title), NewText(BodyText, text).In(theme.Muted))
	for _, o := range below {
		words.Add(Pad(12, 0, 0, 0, o))
	}
	e.all = Center(words)
	e.ExtendBaseWidget(e)
	return e
}

// A11y describes the empty state.
func (e *EmptyState) A11y() Node { return Node{Role: "panel", Name: e.title, Description: e.text} }

// Children returns what it shows.
func (e *EmptyState) Children() []fyne.CanvasObject { return []fyne.CanvasObject{e.all} }

// CreateRenderer is part of fyne.Widget.
func (e *EmptyState) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(e, func() fyne.Size { return minSize(e.all) }, func(s fyne.Size) { e.all.Resize(s) }, func() {}, e.all)
}

// NewMark is the program's mark: a white monitor on a rounded square.
func NewMark(side float32) fyne.CanvasObject {
	return Sized(side, side, Stack(NewBox(theme.Fill, theme.None, side*.27), Center(NewIcon("monitor", Snap(side*.55), theme.OnFill))))
}

// Skeleton is grey bars in the shape of what is being loaded. They are still.
type Skeleton struct {
	widget.BaseWidget
	all *fyne.Container
}

// NewSkeleton returns the shape of so many rows.
func NewSkeleton(rows int) *Skeleton {
	s := &Skeleton{all: Col(12)}
	widths := []float32{150, 110, 170, 130}
	for i := range rows {
		s.all.Add(Row(12, bone(16, 16), bone(widths[i%len(widths)], 10), Spacer(), bone(60, 10)))
	}
	s.ExtendBaseWidget(s)
	return s
}

func bone(width, height float32) fyne.CanvasObject {
	return Sized(width, height, NewBox(theme.Pressed, theme.None, height/2.5))
}

// A11y says that something is being loaded.
func (s *Skeleton) A11y() Node {
	return Node{Role: "panel", Name: lang.L("Loading"), States: []string{"busy"}}
}

// CreateRenderer is part of fyne.Widget.
func (s *Skeleton) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(s, func() fyne.Size { return minSize(s.all) }, func(size fyne.Size) { s.all.Resize(size) }, func() {}, s.all)
}
