package create

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// A question is what the host is asked about the draft.
type question struct {
	host    virt.HostID
	spec    virt.VMSpec
	iso     string
	bad     bool // the draft alone shows that something is wrong
	preview bool // the whole document is wanted
}

// findings are the answer.
type findings struct {
	asked     *question // what this answers
	problems  []virt.FieldProblem
	locked    []locked            // files that the hypervisor may not read
	advice    []virt.FieldProblem // what will hardly help
	suggested virt.VMSpec         // with the sizes that Create would choose
	medium    virt.Medium         // what the image to install from says of itself
	unread    error               // why it says nothing
	os        virt.OS             // the one the draft names
	xml       string
	refused   error // why there is no document
	broken    error // the host did not answer
}

// answer asks the host; it runs off the UI goroutine.
func (w *wizard) answer(ctx context.Context) (findings, error) {
	q := w.asked.Load()
	f := findings{asked: q}
	if q.host == "" {
		return f, nil
	}
	if q.iso != "" {
		f.medium, f.unread = w.Services.VMs.Medium(ctx, q.host, q.iso) // what cannot be recognised is chosen by hand
	}
	spec := q.spec
	if spec.OS == "" {
		spec.OS = f.medium.OS.ID
	}
	var err error
	if f.suggested, err = w.Services.VMs.Suggest(ctx, spec); err != nil {
		f.suggested = spec
	}
	if f.os, err = w.find(ctx, spec.OS); err != nil {
		return f, err
	}
	if f.problems, err = w.Services.VMs.Check(ctx, q.host, q.spec); err != nil {
		return f, err
	}
	if f.advice, err = w.Services.VMs.Advice(ctx, q.host, q.spec); err != nil {
		return f, err
	}
	f.locked = w.lockedFiles(ctx, q.host, q.spec)
	if q.preview && !q.bad && (len(f.problems) == 0 || q.spec.Edited != "") {
		plain := q.spec
		plain.Edited = ""
		f.xml, f.refused = w.Services.VMs.Preview(ctx, q.host, plain)
	}
	return f, nil
}

// find returns the OS of a short id; the zero OS when nothing is known of it.
func (w *wizard) find(ctx context.Context, id string) (virt.OS, error) {
	if id == "" || id == virt.UnknownOS {
		return virt.OS{}, nil
	}
	all, err := w.Services.VMs.Systems(ctx, "", true)
	for _, o := range all {
		if o.ID == id {
			return o, err
		}
	}
	return virt.OS{}, err
}

// fieldImage is virt.FieldDisk where the disk is the source.
const fieldImage virt.Field = "image"

// A field is a control of a page with the row that says what is wrong with it.
// Nothing is said before the person has been there.
type field struct {
	row     *kit.FormRow
	entry   *kit.Entry // nil where it is no text
	step    int
	touched bool
	kept    bool // the person wanted to go on with it
	typing  bool // changed since it has the focus
}

// entry makes a text field for a part of the draft. The row is the field's when
// known is not empty.
func (w *wizard) entry(known virt.Field, step int, label, help, placeholder string, into *string) (*kit.Entry, *kit.FormRow) {
	e := kit.NewEntry(label, placeholder)
	row := kit.NewField(label, help, e)
	f := &field{row: row, entry: e, step: step}
	if known != "" {
		w.fields[known] = f
	}
	e.OnChanged = func(text string) {
		*into, f.typing = text, true
		w.changed()
	}
	e.OnLeave = func() {
		f.touched, f.typing = f.touched || f.typing, false
		w.render()
	}
	return e, row
}

// fill shows what was typed in a field or, unless the person has just emptied
// it, what is chosen where nothing was typed.
func (w *wizard) fill(name virt.Field, typed, otherwise string) {
	f := w.fields[name]
	if typed == "" && !f.typing {
		typed = otherwise
	}
	f.entry.SetText(typed)
}

// problems are what is wrong: what the draft itself shows, then what the host
// has said last.
func (w *wizard) problems() map[virt.Field]error {
	_, own := w.draft.spec()
	return w.byField(append(own, w.found.problems...))
}

// known are the problems without those that the host said of an older draft:
// what was typed last may have mended them.
func (w *wizard) known() map[virt.Field]error {
	if w.found.asked == w.asked.Load() {
		return w.problems()
	}
	_, own := w.draft.spec()
	return w.byField(own)
}

func (w *wizard) byField(problems []virt.FieldProblem) map[virt.Field]error {
	all := map[virt.Field]error{}
	for _, p := range problems {
		p.Field = w.shownAs(p.Field)
		if _, known := all[p.Field]; !known {
			all[p.Field] = p.Err
		}
	}
	return all
}

// shownAs is the field of the pages that a field of the spec is.
func (w *wizard) shownAs(field virt.Field) virt.Field {
	if field == virt.FieldDisk && w.draft.source == sourceImage {
		return fieldImage
	}
	return field
}

func (w *wizard) wrongFields() []*field {
	var wrong []*field
	for name := range w.problems() {
		if f, shown := w.fields[name]; shown {
			wrong = append(wrong, f)
		}
	}
	return wrong
}

// showProblems puts the sentences to their fields and marks the steps.
func (w *wizard) showProblems() {
	problems := w.problems()
	for name, f := range w.fields {
		err := problems[name]
		sentence := ""
		if err != nil && f.touched && (f.kept || !w.explained(name)) {
			sentence = w.problemWords(name, err)
		}
		f.row.SetProblem(sentence)
		if f.entry != nil {
			f.entry.SetWrong(sentence != "")
		}
	}
	for step := range reviewStep {
		w.dialog.SetWrong(step, w.problemsOf(step))
	}
}

// explained says whether a panel on the page tells what is wrong with the field
// already: a sentence more, while a remedy is clicked on, would move it away.
func (w *wizard) explained(name virt.Field) bool { return len(w.locked([]virt.Field{name})) > 0 }

// problemWords say what is wrong with a field.
func (w *wizard) problemWords(name virt.Field, err error) string {
	if virt.KindOf(err) == virt.KindForbidden && w.explained(name) {
		return lang.L("The hypervisor may not read it. Choose what shall be done about that.")
	}
	return why(err)
}

// sentence gives a text a capital letter and a full stop.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(text[size:], ".") + "."
}

// why says the cause and what helps.
func why(err error) string {
	p := kit.Explain(err)
	if virt.KindOf(err) == virt.KindForbidden && p.Detail != "" {
		p.Why = sentence(p.Detail) // a file or pool, rather than the person's role
	}
	if p.Hint == "" {
		return p.Why
	}
	return p.Why + " " + p.Hint
}
