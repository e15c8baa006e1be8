package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// The widths of dialogs.
const (
	NarrowDialog float32 = 480
	WideDialog   float32 = 640
	WizardDialog float32 = 1080
)

// DialogSpec says what a dialog asks.
type DialogSpec struct {
	Width  float32 // zero means NarrowDialog
	Title  string
	Text   string            // under the title
	Tile   fyne.CanvasObject // left of the title, such as an icon tile
	Body   fyne.CanvasObject // scrolls when the window is too low; may be nil
	Tall   float32           // how high a body wants to be that scrolls by itself; zero for others
	Left   fyne.CanvasObject // at the left of the footer; may be nil
	Cancel string            // word of the cancel button; empty means "Cancel"
	Action *Button           // the answer; nil for a dialog that only tells
	Alert  bool              // a question that must not be overlooked

	// OnCancel runs when the dialog is left without an answer.
	OnCancel func()
}

// Dialog is a question that must be answered before going on. Enter presses
// its action unless that is a danger; Esc cancels.
type Dialog struct {
	widget.BaseWidget
	spec   DialogSpec
	layer  *layer
	cancel *Button
	cross  *Button
	card   *fyne.Container
	head   *fyne.Container
	body   *container.Scroll
	foot   *fyne.Container
	bar    *UsageBar
	first  fyne.Focusable
}

// NewDialog makes a dialog; Open shows it. The action does not close it by
// itself: its function calls Close when all is well.
func NewDialog(spec DialogSpec) *Dialog {
	if spec.Width == 0 {
		spec.Width = NarrowDialog
	}
	if spec.Cancel == "" {
		spec.Cancel = lang.L("Cancel")
	}
	d := &Dialog{spec: spec}
	d.cancel = Secondary("", spec.Cancel, d.Cancel)
	d.cross = IconButton("x", lang.L("Close"), d.Cancel)
	d.head, d.foot = d.makeHead(), d.makeFoot()
	objects := []fyne.CanvasObject{d.head}
	switch {
	case spec.Tall > 0:
		objects = append(objects, Grow(Pad(0, 24, 16, 24, spec.Body)))
	case spec.Body != nil:
		d.body = container.NewVScroll(Pad(0, 24, 16, 24, spec.Body))
		objects = append(objects, Grow(d.body))
	}
	d.card = Stack(newShadow(14, deepBlur, deepDrop, 1), NewBox(theme.Surface, theme.OverlayEdge, 14),
		PadAll(1, Col(0, append(objects, d.foot)...)))
	d.ExtendBaseWidget(d)
	return d
}

func (d *Dialog) makeHead() *fyne.Container {
	inner := d.spec.Width - 24 - 16 - 36
	if d.spec.Tile != nil {
		inner -= 54
	}
	words := Col(3, NewParagraph(DialogText, d.spec.Title, inner)) // a name is not cut in a question about it
	if d.spec.Text != "" {
		words.Add(NewParagraph(BodyText, d.spec.Text, inner).In(theme.Muted))
	}
	row := RowTop(8, Grow(words), d.cross)
	if d.spec.Tile != nil {
		row = RowTop(14, d.spec.Tile, Grow(words), d.cross)
	}
	return Pad(20, 16, 16, 24, row)
}

func (d *Dialog) makeFoot() *fyne.Container {
	d.bar = NewUsageBar(4)
	d.bar.Hide()
	row := Row(8)
	if d.spec.Left != nil {
		row.Add(d.spec.Left)
	}
	row.Add(Spacer())
	row.Add(d.cancel)
	if d.spec.Action != nil {
		row.Add(Pad(0, 0, 0, 6, d.spec.Action))
	}
	return Col(0, d.bar, HLine(), Pad(12, 24, 12, 24, row))
}

// FocusFirst names the control that has the focus when the dialog opens. By
// default it is the first one in the body, else the action, else Cancel.
func (d *Dialog) FocusFirst(first fyne.Focusable) { d.first = first }

// Open shows the dialog over the window. A dialog that is open there already
// stays below and comes back.
func (d *Dialog) Open(on fyne.Canvas) {
	if d.layer != nil && d.layer.isOpen() {
		return
	}
	d.layer = newLayer(on, true, d)
	d.layer.arrange = d.arrange
	d.layer.onKey = d.typedKey
	d.layer.outside = func(*desktop.MouseEvent) {} // a question is not answered by a slip of the pointer
	d.layer.open()
	on.Focus(d.firstFocus())
}

// Close takes the dialog away without calling OnCancel. The focus returns to
// what had it before.
func (d *Dialog) Close() {
	if d.layer != nil {
		d.layer.close()
	}
}

// IsOpen tells whether the dialog is open.
func (d *Dialog) IsOpen() bool { return d.layer != nil && d.layer.isOpen() }

// Cancel leaves the dialog without an answer, as Esc does.
func (d *Dialog) Cancel() {
	d.Close()
	if d.spec.OnCancel != nil {
		d.spec.OnCancel()
	}
}

// SetBusy shows that the answer is being carried out; Cancel then stops it.
func (d *Dialog) SetBusy(busy bool) {
	if d.spec.Action != nil {
		d.spec.Action.SetBusy(busy)
	}
	d.bar.Hidden = !busy
	d.foot.Refresh()
	d.card.Refresh()
}

// SetProgress shows how much of the work is done, 0 to 1, while it is busy.
func (d *Dialog) SetProgress(share float64) { d.bar.SetShare(share) }

func (d *Dialog) firstFocus() fyne.Focusable {
	switch {
	case d.first != nil:
		return d.first
	case d.spec.Body != nil:
		if f := firstFocusable(d.spec.Body); f != nil {
			return f
		}
	}
	if d.spec.Action != nil && d.spec.Action.kind != danger {
		return d.spec.Action
	}
	return d.cancel
}

// FirstFocusable returns the first control in the object, in reading order, that
// can have the keyboard now; nil when there is none.
func FirstFocusable(o fyne.CanvasObject) fyne.Focusable { return firstFocusable(o) }

// firstFocusable searches in reading order.
func firstFocusable(o fyne.CanvasObject) fyne.Focusable {
	if !o.Visible() {
		return nil
	}
	if f, ok := o.(fyne.Focusable); ok {
		if dis, ok := o.(fyne.Disableable); !ok || !dis.Disabled() {
			return f
		}
	}
	inside, _ := children(o)
	for _, child := range inside {
		if f := firstFocusable(child); f != nil {
			return f
		}
	}
	return nil
}

func (d *Dialog) typedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeyEscape:
		d.Cancel()
	case isEnter(e) && d.spec.Action != nil && !d.spec.Action.noEnter:
		d.spec.Action.press()
	}
}

// arrange puts the dialog into the middle, no higher than the window.
func (d *Dialog) arrange(room fyne.Size) {
	const margin = 32
	width := min(d.spec.Width, room.Width-2*margin)
	d.card.Resize(fyne.NewSize(width, d.card.Size().Height)) // paragraphs wrap to it
	height := minSize(d.head).Height + minSize(d.foot).Height + 2 + d.spec.Tall
	if d.body != nil {
		height += minSize(d.body.Content).Height
	}
	height = min(height, room.Height-2*margin)
	putRect(d, (room.Width-width)/2, (room.Height-height)/2, width, height)
}

// Fit lays the dialog out again when its body has changed its height.
func (d *Dialog) Fit() {
	if d.IsOpen() {
		d.arrange(d.layer.Size())
		d.card.Refresh()
	}
}

// ShowEnd lays the dialog out again and scrolls its body to the end.
func (d *Dialog) ShowEnd() {
	d.Fit()
	if d.body != nil {
		d.body.ScrollToBottom()
	}
}

// A11y describes the dialog.
func (d *Dialog) A11y() Node {
	role := "dialog"
	if d.spec.Alert {
		role = "alert dialog"
	}
	return Node{Role: role, Name: d.spec.Title, Description: d.spec.Text, States: when(!d.bar.Hidden, "busy")}
}

// Children returns what the dialog shows.
func (d *Dialog) Children() []fyne.CanvasObject { return []fyne.CanvasObject{d.card} }

// CreateRenderer is part of fyne.Widget.
func (d *Dialog) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(d, func() fyne.Size { return minSize(d.card) }, func(s fyne.Size) { d.card.Resize(s) }, func() {}, d.card)
}
