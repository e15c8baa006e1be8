package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// edgePane is the ground of the left or right part of a dialog, round at the
// dialog's corners only.
type edgePane struct {
	widget.BaseWidget
	rect *canvas.Rectangle
}

func newEdgePane(left bool) *edgePane {
	const radius = 13 // the dialog's, inside its edge
	p := &edgePane{rect: newRect(0)}
	if left {
		p.rect.TopLeftCornerRadius, p.rect.BottomLeftCornerRadius = radius, radius
	} else {
		p.rect.TopRightCornerRadius, p.rect.BottomRightCornerRadius = radius, radius
	}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer is part of fyne.Widget.
func (p *edgePane) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(p, func() fyne.Size { return fyne.Size{} }, func(s fyne.Size) { p.rect.Resize(s) },
		func() { paintRect(p.rect, theme.Side, theme.None) }, p.rect)
}
