package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"
)

// NewFloat puts the object on a raised card of its own, for what must be
// readable over any picture: the words over a console's screen.
func NewFloat(object fyne.CanvasObject) *fyne.Container { return raised(12, object) }

// toolBarHeight is the height of a floating tool bar.
const toolBarHeight = 40

// ToolBar is a pill of small buttons that floats over a picture.
type ToolBar struct {
	widget.BaseWidget
	name string
	all  *fyne.Container
}

// NewToolBar returns a tool bar of the tools; its name is for screen readers.
func NewToolBar(name string, tools ...fyne.CanvasObject) *ToolBar {
	b := &ToolBar{name: name, all: raised(10, Height(toolBarHeight, Pad(0, 12, 0, 6, Row(4, tools...))))}
	b.ExtendBaseWidget(b)
	return b
}

// ToolBarLine separates groups of tools.
func ToolBarLine() fyne.CanvasObject { return Sized(9, 20, Center(Sized(Hairline(), 20, VLine()))) }

// A11y describes the bar.
func (b *ToolBar) A11y() Node { return Node{Role: "tool bar", Name: b.name} }

// Children returns the tools.
func (b *ToolBar) Children() []fyne.CanvasObject { return []fyne.CanvasObject{b.all} }

// CreateRenderer is part of fyne.Widget.
func (b *ToolBar) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(b, func() fyne.Size { return minSize(b.all) }, func(s fyne.Size) { b.all.Resize(s) }, func() {}, b.all)
}

// SidePanelWidth is how wide the panel beside a page is.
const SidePanelWidth float32 = 300

// NewSidePanel is the panel at the right of a page with the details of what is
// selected; closed runs when the person closes it.
func NewSidePanel(title string, body fyne.CanvasObject, closed func()) *Card {
	head := Row(8, Grow(NewText(PanelText, title).Shorten()), IconButton("x", lang.L("Close"), closed))
	return newCard(title, Col(0, Pad(10, 10, 8, 16, Height(28, head)), HLine(), Grow(body)))
}
