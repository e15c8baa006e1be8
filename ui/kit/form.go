package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// FormRow is one line of a form: label and help left, control right. Where it
// is narrower than 560 units the label stands above.
type FormRow struct {
	widget.BaseWidget
	label   string
	help    *Text
	problem *Paragraph
	all     *fyne.Container
}

// NewFormRow returns a row. help may be empty.
func NewFormRow(label, help string, control fyne.CanvasObject) *FormRow {
	r := newFormRow(label, help)
	left := Col(2, NewText(MediumText, label).Shorten(), r.help)
	right := Col(6, control, r.problem)
	r.all = container.New(&formLayout{}, left, right)
	return r
}

// NewField returns the stacked form, for narrow dialogs: label, control, help.
func NewField(label, help string, control fyne.CanvasObject) *FormRow {
	r := newFormRow(label, help)
	r.all = Col(6, NewText(SmallMediumText, label), control, r.help, r.problem)
	return r
}

// NewSettingRow returns a row of settings: label and help left, a control of
// its own width at the right edge.
func NewSettingRow(label, help string, control fyne.CanvasObject) *FormRow {
	r := newFormRow(label, help)
	r.all = Row(16, Grow(Col(3, NewText(MediumText, label).Shorten(), r.help, r.problem)), control)
	return r
}

// NewBareRow returns a row whose label and help stand elsewhere, such as in the
// head of its card.
func NewBareRow(label string, control fyne.CanvasObject) *FormRow {
	r := newFormRow(label, "")
	r.all = Col(6, control, r.problem)
	return r
}

func newFormRow(label, help string) *FormRow {
	r := &FormRow{label: label, help: NewText(SmallText, help).Shorten(), problem: NewParagraph(SmallText, "", 300).In(theme.Err)}
	r.help.Hidden, r.problem.Hidden = help == "", true
	r.ExtendBaseWidget(r)
	return r
}

// SetProblem shows what is wrong with the row's value; empty means nothing.
func (r *FormRow) SetProblem(sentence string) {
	r.problem.SetText(sentence)
	r.problem.Hidden = sentence == ""
	r.all.Refresh()
	r.Refresh()
}

// SetHelp changes the line of help.
func (r *FormRow) SetHelp(help string) {
	r.help.SetText(help)
	r.help.Hidden = help == ""
	r.all.Refresh()
}

// A11y describes the row.
func (r *FormRow) A11y() Node {
	n := Node{Role: "panel", Name: r.label, Description: r.help.Words()}
	if !r.problem.Hidden {
		n.Description = r.problem.Words()
	}
	return n
}

// Children returns label and control.
func (r *FormRow) Children() []fyne.CanvasObject { return []fyne.CanvasObject{r.all} }

// CreateRenderer is part of fyne.Widget.
func (r *FormRow) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(r, func() fyne.Size { return minSize(r.all) }, func(s fyne.Size) { r.all.Resize(s) }, func() {}, r.all)
}

// formLayout puts label and control beside each other, or stacks them.
type formLayout struct{ stacked bool }

const (
	labelWidth  = 196
	labelGap    = 16
	stackedFrom = 560
)

func (f *formLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	label, control := minSize(objects[0]), minSize(objects[1])
	if f.stacked {
		return fyne.NewSize(max(label.Width, control.Width), label.Height+6+control.Height)
	}
	return fyne.NewSize(control.Width, max(label.Height, control.Height))
}

func (f *formLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	label, control := minSize(objects[0]), minSize(objects[1])
	f.stacked = size.Width < stackedFrom
	if f.stacked {
		putRect(objects[0], 0, 0, size.Width, label.Height)
		putRect(objects[1], 0, label.Height+6, size.Width, control.Height)
		return
	}
	height := max(label.Height, control.Height)
	putRect(objects[0], 0, (height-label.Height)/2, labelWidth, label.Height)
	putRect(objects[1], labelWidth+labelGap, (height-control.Height)/2, size.Width-labelWidth-labelGap, control.Height)
}
