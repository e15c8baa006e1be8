package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Segment is one part of a bar; Share is of the whole, 0 to 1.
type Segment struct {
	Share float64
	Token theme.Token
}

// UsageBar shows how much of something is used. The number stands beside it.
type UsageBar struct {
	widget.BaseWidget
	height   float32
	segments []Segment
	name     string
	value    string
	track    *canvas.Rectangle
	parts    []*canvas.Rectangle
	drawn    *renderer
}

// NewUsageBar returns an empty bar, 4, 6 or 10 units high.
func NewUsageBar(height float32) *UsageBar {
	b := &UsageBar{height: height, track: newRect(height / 2)}
	b.ExtendBaseWidget(b)
	return b
}

// NewLevelBar returns a bar of height 6 that shows the share in its level colour.
func NewLevelBar(share float64) *UsageBar {
	b := NewUsageBar(6)
	b.SetLevel(share)
	return b
}

// Level is the colour of a share: calm, a warning from 75 %, bad from 90 %.
func Level(share float64) theme.Token {
	switch {
	case share >= .9:
		return theme.Err
	case share >= .75:
		return theme.Warn
	}
	return theme.Accent
}

// SetLevel shows the share in its level colour.
func (b *UsageBar) SetLevel(share float64) { b.SetSegments(Segment{share, Level(share)}) }

// SetShare shows the share in the accent colour, whatever it is: progress.
func (b *UsageBar) SetShare(share float64) { b.SetSegments(Segment{share, theme.Accent}) }

// SetSegments shows several parts with small gaps between them.
func (b *UsageBar) SetSegments(segments ...Segment) {
	if slices.Equal(b.segments, segments) {
		return
	}
	b.segments = segments
	b.Refresh()
}

// Describe gives the bar its name and its value in words, such as "81 % of 3.6 TiB".
func (b *UsageBar) Describe(name, value string) { b.name, b.value = name, value }

// A11y describes the bar.
func (b *UsageBar) A11y() Node { return Node{Role: "progress bar", Name: b.name, Value: b.value} }

// CreateRenderer is part of fyne.Widget.
func (b *UsageBar) CreateRenderer() fyne.WidgetRenderer {
	b.drawn = newRenderer(b, func() fyne.Size { return fyne.NewSize(20, b.height) }, b.layout, b.paint, b.track)
	b.drawn.objects = b.objects()
	return b.drawn
}

func (b *UsageBar) objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{b.track}
	for _, p := range b.parts {
		objects = append(objects, p)
	}
	return objects
}

func (b *UsageBar) paint() {
	paintRect(b.track, theme.Pressed, theme.None)
	for len(b.parts) < len(b.segments) {
		b.parts = append(b.parts, newRect(b.height/2))
	}
	b.parts = b.parts[:len(b.segments)]
	for i, s := range b.segments {
		paintRect(b.parts[i], theme.Graphic(s.Token), theme.None)
	}
	if b.drawn != nil {
		b.drawn.objects = b.objects()
	}
}

// segmentGap lies between the parts of a bar.
const segmentGap = 2

func (b *UsageBar) layout(size fyne.Size) {
	top := (size.Height - b.height) / 2
	putRect(b.track, 0, top, size.Width, b.height)
	start := 0.0
	for i, s := range b.segments {
		end := min(1, start+max(0, s.Share))
		left, right := float32(start)*size.Width, float32(end)*size.Width
		if i+1 < len(b.segments) {
			right -= segmentGap
		}
		part := b.parts[i]
		part.Hidden = right-left < .5
		putRect(part, left, top, right-left, b.height)
		b.roundEnds(part, i == 0, i+1 == len(b.segments) || end >= 1)
		start = end
	}
}

// roundEnds rounds the outer ends of the bar only: the value ends straight, as
// a very small value must stay visible.
func (b *UsageBar) roundEnds(part *canvas.Rectangle, first, last bool) {
	r := b.height / 2
	part.CornerRadius = 0
	part.TopLeftCornerRadius, part.BottomLeftCornerRadius = 0, 0
	part.TopRightCornerRadius, part.BottomRightCornerRadius = 0, 0
	if first {
		part.TopLeftCornerRadius, part.BottomLeftCornerRadius = r, r
	}
	if last && part.Position().X+part.Size().Width >= b.track.Size().Width-r {
		part.TopRightCornerRadius, part.BottomRightCornerRadius = r, r
	}
}
