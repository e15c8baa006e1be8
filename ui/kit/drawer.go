package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// drawerHeight is how high a drawer is where there is room.
const drawerHeight = 240

// Drawer is a panel that slides over the bottom of what it is stacked on.
type Drawer struct {
	widget.BaseWidget
	name  string
	card  *fyne.Container
	room  *fyne.Container // as large as what the drawer lies over
	open  bool
	share float32 // of it that is out
	slide *fyne.Animation
}

// NewDrawer returns a closed drawer. tools stand at the right of its title,
// before the cross; closed runs when the person closes it there.
func NewDrawer(title string, facts *Text, body fyne.CanvasObject, closed func(), tools ...fyne.CanvasObject) *Drawer {
	d := &Drawer{name: title}
	head := Row(12, NewText(HeadingText, title), Grow(facts))
	for _, tool := range tools {
		head.Add(tool)
	}
	head.Add(IconButton("x", lang.L("Close"), closed))
	d.card = Stack(NewShade(), Col(0, HLine(), Pad(0, 12, 0, 24, Height(40, head)), HLine(), Grow(body)))
	d.room = container.New(&drawerLayout{d}, d)
	d.room.Hide()
	d.ExtendBaseWidget(d)
	return d
}

// NewShade is the surface of panels that lie over a page.
func NewShade() fyne.CanvasObject { return NewBox(theme.Side, theme.None, 0) }

// Content returns what to stack on what the drawer lies over.
func (d *Drawer) Content() fyne.CanvasObject { return d.room }

// IsOpen says whether the drawer is out.
func (d *Drawer) IsOpen() bool { return d.open }

// SetOpen slides the drawer out or in.
func (d *Drawer) SetOpen(open bool) {
	if d.open == open {
		return
	}
	d.open = open
	if d.slide != nil {
		d.slide.Stop()
		d.slide = nil
	}
	if open && Motion() {
		d.room.Show()
		d.slide = fyne.NewAnimation(slideTime, func(done float32) { d.pull(done) })
		d.slide.Curve = fyne.AnimationEaseOut
		d.pull(0)
		d.slide.Start()
		return
	}
	d.room.Hidden = !open
	d.pull(1)
}

func (d *Drawer) pull(share float32) {
	d.share = share
	d.room.Refresh()
}

// drawerLayout puts the drawer at the bottom, as far out as it is.
type drawerLayout struct{ drawer *Drawer }

func (*drawerLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (l *drawerLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	height := min(drawerHeight, size.Height-80)
	putRect(objects[0], 0, size.Height-height*l.drawer.share, size.Width, height)
}

// MouseDown keeps clicks from what lies under the drawer.
func (d *Drawer) MouseDown(*desktop.MouseEvent) {}

// MouseUp is part of desktop.Mouseable.
func (d *Drawer) MouseUp(*desktop.MouseEvent) {}

// A11y describes the drawer.
func (d *Drawer) A11y() Node { return Node{Role: "panel", Name: d.name} }

// Children returns what the drawer shows.
func (d *Drawer) Children() []fyne.CanvasObject { return []fyne.CanvasObject{d.card} }

// CreateRenderer is part of fyne.Widget.
func (d *Drawer) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(d, func() fyne.Size { return fyne.NewSize(100, 80) }, func(s fyne.Size) { d.card.Resize(s) }, func() {}, d.card)
}

// still is set where nothing shall move by itself.
var still bool

// SetMotion says whether toasts and drawers may slide. Where the desktop wants
// no animations they never do.
func SetMotion(on bool) { still = !on }

// Motion says whether things may move now.
func Motion() bool { return !still && fyne.CurrentApp().Settings().ShowAnimations() }

// A Beside is the room beside a drawer: there is nothing to see, and a press
// closes the drawer. The keyboard has Escape for that.
type Beside struct {
	widget.BaseWidget
	pressed func()
}

// NewBeside returns room that calls pressed when it is pressed.
func NewBeside(pressed func()) *Beside {
	b := &Beside{pressed: pressed}
	b.ExtendBaseWidget(b)
	return b
}

// Tapped is part of fyne.Tappable.
func (b *Beside) Tapped(*fyne.PointEvent) { b.pressed() }

// TappedSecondary is part of fyne.SecondaryTappable.
func (b *Beside) TappedSecondary(*fyne.PointEvent) { b.pressed() }

// CreateRenderer is part of fyne.Widget.
func (b *Beside) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(Spacer())
}
