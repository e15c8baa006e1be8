package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// barRoom is more than the height of Fyne's scroll bars.
const barRoom = 12

// barless shows a field of one line that is taller than what is shown of it, so
// that the scroll bar that Fyne draws under a long line lies out of sight. A
// theme without the bar's colour would cost more: for every widget with a theme
// of its own Fyne reads all fonts again.
type barless struct {
	widget.BaseWidget
	field fyne.CanvasObject
}

func newBarless(field fyne.CanvasObject) *barless {
	b := &barless{field: field}
	b.ExtendBaseWidget(b)
	return b
}

// Children returns the field.
func (b *barless) Children() []fyne.CanvasObject { return []fyne.CanvasObject{b.field} }

// CreateRenderer is part of fyne.Widget.
func (b *barless) CreateRenderer() fyne.WidgetRenderer {
	return clipping{newRenderer(b, func() fyne.Size { return minSize(b.field) }, b.layout, func() {}, b.field)}
}

func (b *barless) layout(size fyne.Size) { putRect(b.field, 0, 0, size.Width, size.Height+barRoom) }

// clipping is a renderer whose widget cuts off what reaches beyond its edges.
type clipping struct{ *renderer }

// IsClip tells Fyne so.
func (clipping) IsClip() {}
