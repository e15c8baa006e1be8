package settings

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A row is a setting with the control that changes it. What make fills in is
// there once the row is on a page.
type row struct {
	name        string // of the setting
	label, help string
	wrong       string // what is said of a value that is not allowed
	make        func(p *page, r *row)

	line    *kit.FormRow
	control fyne.CanvasObject // of choices that are seen
	first   fyne.Focusable
	show    func(text string) // makes the control show the setting's text
	mark    func(wrong bool)  // shows at the control that its value is not allowed
}

// take shows the setting's value, and what is wrong with the one in the file.
func (r *row) take(v setting.Value) {
	r.show(v.Text())
	problem := ""
	if v.Problem != "" {
		problem = lang.L("The settings file has a value that cannot be used. This is the default.")
	}
	r.line.SetProblem(problem)
}

// A value is a choice: the setting's text and what it is called.
type value struct{ text, label string }

// choose is a setting with a few values.
func choose(name, label, help string, values ...value) *row {
	var labels []string
	for _, v := range values {
		labels = append(labels, v.label)
	}
	return &row{name: name, label: label, help: help, mark: func(bool) {}, make: func(p *page, r *row) {
		control := kit.NewSegmented(label, func(chosen int) { p.save(r, values[chosen].text) }, labels...)
		r.show = func(text string) {
			for i, v := range values {
				if v.text == text {
					control.Choose(i)
				}
			}
		}
		r.line, r.first = kit.NewSettingRow(label, help, control), control
	}}
}

// list is a setting with more values, or longer ones, than stand beside each other.
func list(name, label, help string, values ...value) *row {
	var options []kit.Option
	for _, v := range values {
		options = append(options, kit.Option{ID: v.text, Label: v.label})
	}
	return &row{name: name, label: label, help: help, mark: func(bool) {}, make: func(p *page, r *row) {
		control := kit.NewSelect(label, options, func(o kit.Option) { p.save(r, o.ID) })
		r.show = control.Choose
		r.line, r.first = kit.NewSettingRow(label, help, kit.Width(hostWidth, control)), control
	}}
}

// pictures is a setting with a few values that can be seen. It has a card of its
// own, which says its name.
func pictures(name, label string, values []value, picture func(i int) fyne.CanvasObject) *row {
	return &row{name: name, label: label, mark: func(bool) {}, make: func(p *page, r *row) {
		choices := make([]kit.PictureChoice, len(values))
		for i, v := range values {
			choices[i] = kit.PictureChoice{Label: v.label, Picture: picture(i)}
		}
		r.group(kit.NewPictureGroup(label, func(chosen int) { p.save(r, values[chosen].text) }, choices...), values)
		r.line = kit.NewBareRow(label, kit.Row(0, r.control))
	}}
}

// colours is a setting whose values are colours.
func colours(name, label, help string, values []value, tokens []theme.Token) *row {
	labels := make([]string, len(values))
	for i, v := range values {
		labels[i] = v.label
	}
	return &row{name: name, label: label, help: help, mark: func(bool) {}, make: func(p *page, r *row) {
		r.group(kit.NewSwatchGroup(label, func(chosen int) { p.save(r, values[chosen].text) }, tokens, labels), values)
		r.line = kit.NewSettingRow(label, help, r.control)
	}}
}

// group makes the radio group the row's control.
func (r *row) group(g *kit.RadioGroup, values []value) {
	r.control, r.first = g, g.Focusable()
	r.show = func(text string) {
		for i, v := range values {
			if v.text == text {
				g.Choose(i)
				r.first = g.Focusable()
			}
		}
	}
}

// flag is a setting that is on or off.
func flag(name, label, help string) *row {
	return &row{name: name, label: label, help: help, mark: func(bool) {}, make: func(p *page, r *row) {
		control := kit.NewSwitch(label, func(on bool) { p.save(r, strconv.FormatBool(on)) })
		r.show = func(text string) { control.SetOn(text == strconv.FormatBool(true)) }
		r.line, r.first = kit.NewSettingRow(label, help, control), control
	}}
}

// A notation is how a setting's text is written for people.
type notation struct {
	unit  string
	shown func(text string) string // what the field shows of the setting's text
	kept  func(typed string) string
	step  func(typed string, by int) string // nil where there is nothing to count
	wrong string                            // what is said of a value that is not allowed
}

// field is a setting that is typed. It is kept on Enter and when the person
// goes on to something else.
func field(name, label, help, placeholder string, width float32, n notation) *row {
	return &row{name: name, label: label, help: help, wrong: n.wrong, make: func(p *page, r *row) {
		control := kit.NewEntry(label, placeholder).WithUnit(n.unit)
		p.typed(r, control, n)
		r.line, r.first = kit.NewSettingRow(label, help, kit.Width(width, control)), control.Focusable()
	}}
}

// typed keeps what is typed into the control as the row's value.
func (p *page) typed(r *row, control *kit.Entry, n notation) {
	shown, refused := "", ""
	keep := func() { // leaving the field after Enter must not ask a second time
		if text := control.Text(); text != shown && text != refused {
			p.save(r, n.kept(control.Text()))
		}
	}
	control.OnSubmitted = func(string) { keep() }
	control.OnLeave = keep
	if n.step != nil {
		control.OnStep = func(by int) {
			control.SetText(n.step(control.Text(), by))
			keep()
		}
	}
	r.show = func(text string) {
		edited := control.Text() != shown
		shown = n.shown(text)
		if !edited || n.kept(control.Text()) == text {
			control.SetText(shown)
			control.SetWrong(false)
			refused = ""
		}
	}
	r.mark = func(wrong bool) {
		control.SetWrong(wrong)
		refused = ""
		if wrong {
			refused = control.Text()
		}
	}
}
