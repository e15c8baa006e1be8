package create

import (
	"context"
	"slices"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// The steps.
const (
	sourceStep = iota
	nameStep
	computeStep
	storageStep
	networkStep
	reviewStep
)

// A page is the content of a step. show makes it follow the draft, the host's
// facts and what the checks say.
type page interface {
	content() fyne.CanvasObject
	show()
}

// wizard is one new machine in the making.
type wizard struct {
	Options
	hosts   []virt.Host
	draft   draft
	begun   draft // how it was before the person did anything
	named   bool  // the name is the person's
	facts   facts
	found   findings
	fields  map[virt.Field]*field
	cards   []*kit.Choices // that have three columns where there is room
	checks  *kit.View[findings]
	asked   atomic.Pointer[question]
	dialog  *kit.Wizard
	pages   []page
	summary *summary
	review  *reviewPage
	panels  []*accessPanel
	reveal  fyne.CanvasObject // what has just come up on the page
}

func newWizard(o Options, hosts []virt.Host, host virt.HostID) *wizard {
	w := &wizard{Options: o, hosts: hosts, draft: newDraft(host), fields: map[virt.Field]*field{}}
	w.draft.start = o.Services.Settings.NewMachine().Start
	w.asked.Store(&question{})
	w.checks = kit.NewView(o.Kit, w.answer, w.show)
	w.summary, w.review = newSummary(w), newReviewPage(w)
	w.pages = []page{newSourcePage(w), newNamePage(w), newComputePage(w), newStoragePage(w), newNetworkPage(w), w.review}
	steps := []kit.WizardStep{
		{Name: lang.L("Source"), Title: lang.L("Where should the system come from?"), Text: lang.L("You can change everything later, apart from the source itself.")},
		{Name: lang.L("Name and system"), Title: lang.L("Name and system"), Text: lang.L("Sensible values are filled in.")},
		{Name: lang.L("CPU and memory"), Title: lang.L("CPU and memory"), Text: lang.L("What the machine takes of its host while it runs.")},
		{Name: lang.L("Storage"), Title: lang.L("Storage"), Text: lang.L("Where the machine keeps its files.")},
		{Name: lang.L("Network and devices"), Title: lang.L("Network and devices"), Text: lang.L("The defaults suit most systems.")},
		{Name: lang.L("Review"), Title: lang.L("Review"), Text: lang.L("Nothing has been made yet.")},
	}
	for i := range steps {
		steps[i].Body = w.pages[i].content()
	}
	w.dialog = kit.NewWizard(o.Kit, kit.WizardSpec{
		Icon: "monitor", Title: lang.L("New machine"), Steps: steps, Summary: w.summary.content(), Finish: lang.L("Create"),
		Fit: w.fit, Leave: w.leave, Entered: w.entered, OnFinish: w.create, OnCancel: w.cancel,
	})
	w.draft.choose(w.draft.source)
	w.begun = w.draft
	w.changed()
	return w
}

// ask asks the host what it has.
func (w *wizard) ask() {
	host := w.draft.host
	kit.Load(w.Kit, func(ctx context.Context) (facts, error) { return load(ctx, w.Services, host) }, func(f facts) {
		if host == w.draft.host {
			w.facts = f
			w.begun.host = host
			w.changed()
		}
	})
}

// changed follows a change of the draft: it names the machine, checks what can
// be checked at once, and asks the host to check the rest.
func (w *wizard) changed() {
	if !w.named {
		w.draft.name = w.facts.freeName(w.nameBase())
	}
	spec, problems := w.draft.spec()
	w.asked.Store(&question{host: w.draft.host, spec: spec, iso: spec.ISO, bad: len(problems) > 0, preview: w.dialog.Step() == reviewStep})
	w.checks.Changed()
	w.render()
}

// nameBase is what a machine is called whose name nobody has chosen.
func (w *wizard) nameBase() string {
	switch {
	case w.draft.source == sourceTry:
		return "tiny"
	case w.os().Known():
		return w.os().ID
	}
	return "machine"
}

// show takes what the host has answered.
func (w *wizard) show(f findings, err error) {
	if err != nil {
		f.broken = err
	}
	w.found = f
	if !w.named && w.draft.name != w.facts.freeName(w.nameBase()) { // the system is known now
		w.changed()
		return
	}
	w.render()
}

// render shows everything anew.
func (w *wizard) render() {
	w.showProblems()
	for _, p := range w.pages {
		p.show()
	}
	w.summary.show()
	w.dialog.SetSkip(len(w.problems()) == 0 && w.found.refused == nil)
	w.dialog.Refit()
	if w.reveal != nil {
		w.dialog.Reveal(w.reveal)
		w.reveal = nil
	}
}

// fit gives cards fewer columns in a narrow window.
func (w *wizard) fit(narrow bool) {
	columns := 3
	if narrow {
		columns = 2
	}
	for _, c := range w.cards {
		c.SetColumns(columns)
	}
}

// entered gives the page that came into view its newest content.
func (w *wizard) entered(step int) {
	if step == reviewStep {
		for _, f := range w.fields {
			f.touched = true
		}
	}
	w.changed()
}

// leave says whether the step may be left for a later one.
func (w *wizard) leave(step int) bool {
	wrong := false
	for field := range w.known() {
		f, shown := w.fields[field]
		if !shown || f.step != step {
			continue
		}
		f.touched, f.kept = true, true
		if !wrong && f.entry != nil {
			f.entry.Focus()
		}
		wrong = true
	}
	w.showProblems()
	w.dialog.Refit()
	for _, p := range w.panels {
		if wrong && p.step == step && p.all.Visible() && w.draft.unreadable == "" {
			w.dialog.Reveal(p.all)
		}
	}
	return !wrong
}

// cancel leaves the wizard; what was filled in is not lost without a question.
func (w *wizard) cancel() {
	now := w.draft
	if !w.named {
		now.name = w.begun.name
	}
	if now == w.begun {
		w.close()
		return
	}
	w.Kit.Confirm(kit.Question{
		Title:  lang.L("Leave without creating the machine?"),
		Text:   lang.L("What you have filled in is lost."),
		Action: lang.L("Leave"),
	}, w.close)
}

func (w *wizard) close() {
	w.checks.Stop()
	w.dialog.Close()
}

// create makes the machine in the background. When it fails the wizard comes
// back as it was and says why.
func (w *wizard) create() {
	spec, problems := w.draft.spec()
	if len(problems) > 0 {
		return
	}
	parts.Creation{
		Kit: w.Kit, Services: w.Services, Host: w.draft.host, Spec: spec, Dialog: w.dialog,
		Refused: func(err error) {
			w.review.failed(err)
			w.dialog.Go(reviewStep)
			w.render()
		},
		Begun: func() {
			w.review.failed(nil)
			w.dialog.Close()
		},
		Failed: w.failed,
		Made: func(made virt.Ref) {
			w.checks.Stop()
			w.Made(made, spec.Start)
		},
	}.Begin()
}

// failed opens the wizard again at its last step.
func (w *wizard) failed(err error) {
	if virt.KindOf(err) == virt.KindCancelled {
		w.checks.Stop()
		return
	}
	w.review.failed(err)
	w.dialog.Go(reviewStep)
	w.dialog.Open()
	w.ask()
}

// os is the operating system that is chosen, or that the image is recognised as.
func (w *wizard) os() virt.OS {
	switch {
	case w.draft.source == sourceTry, w.draft.os == virt.UnknownOS:
		return virt.OS{}
	case w.draft.os != "":
		return w.found.os
	}
	return w.found.medium.OS
}

// hostOptions are the hosts to choose from, with the memory that is free.
func (w *wizard) hostOptions() []kit.Option {
	var options []kit.Option
	for _, h := range w.hosts {
		label := string(h.ID)
		if h.MemoryFree > 0 {
			label += "  ·  " + lang.L("{{.Size}} free", map[string]any{"Size": parts.Size(h.MemoryFree)})
		}
		options = append(options, kit.Option{ID: string(h.ID), Label: label})
	}
	return options
}

// problemsOf are the fields of a step that are wrong.
func (w *wizard) problemsOf(step int) bool {
	return slices.ContainsFunc(w.wrongFields(), func(f *field) bool { return f.step == step && f.touched })
}
