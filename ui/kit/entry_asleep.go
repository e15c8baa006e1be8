package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// asleep draws a field until it is used for the first time: its placeholder,
// where Fyne's own renderer would put it. That one reads three fonts and the
// computer's list of fonts for its first letter, which a window that is opening
// can do without.
type asleep struct {
	field       *entryField
	placeholder *canvas.Text
	awake       fyne.WidgetRenderer // Fyne's, from the first use on
}

// CreateRenderer is part of fyne.Widget.
func (f *entryField) CreateRenderer() fyne.WidgetRenderer {
	f.renderer = &asleep{field: f, placeholder: BodyText.newText("")}
	f.renderer.paint()
	return f.renderer
}

// wake is called before anything that needs Fyne's renderer.
func (f *entryField) wake() {
	if f.renderer == nil || f.renderer.awake != nil {
		return
	}
	f.renderer.awake = f.Entry.CreateRenderer()
	f.renderer.Layout(f.Size())
	f.renderer.awake.Refresh()
}

// MouseDown is part of desktop.Mouseable.
func (f *entryField) MouseDown(e *desktop.MouseEvent) {
	f.wake()
	f.Entry.MouseDown(e)
}

// paint wakes a field that has more to show than its placeholder.
func (r *asleep) paint() {
	f := r.field
	if f.Text != "" || f.Disabled() || f.Password {
		f.wake()
		return
	}
	r.placeholder.Text, r.placeholder.Color = f.PlaceHolder, theme.Color(theme.Muted)
	r.placeholder.TextStyle, r.placeholder.FontSource = BodyText.font(f.PlaceHolder)
}

func (r *asleep) Destroy() {
	if r.awake != nil {
		r.awake.Destroy()
	}
}

func (r *asleep) Layout(size fyne.Size) {
	if r.awake != nil {
		r.awake.Layout(size)
		return
	}
	r.placeholder.Resize(r.placeholder.MinSize())
	r.placeholder.Move(fyne.NewPos(entryInset, entryInset))
}

// MinSize is what Fyne's renderer says of a field of one line.
func (r *asleep) MinSize() fyne.Size {
	if r.awake != nil {
		return r.awake.MinSize()
	}
	return BodyText.measure("M").AddWidthHeight(3*entryInset, 2*entryInset)
}

func (r *asleep) Objects() []fyne.CanvasObject {
	if r.awake != nil {
		return r.awake.Objects()
	}
	return []fyne.CanvasObject{r.placeholder}
}

func (r *asleep) Refresh() {
	if r.awake == nil {
		r.paint()
	}
	if r.awake != nil {
		r.awake.Refresh()
		return
	}
	r.placeholder.Refresh()
}
