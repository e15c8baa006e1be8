package create

import (
	"context"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// mostSystems is how many systems a search shows: the best are first.
const mostSystems = 6

// systemPicker shows the operating system and lets the person search another.
type systemPicker struct {
	w      *wizard
	name   *kit.Text
	fact   *kit.Text
	change *kit.Button
	search *kit.Entry
	old    *kit.Checkbox
	found  *fyne.Container // the systems that the search found
	open   *fyne.Container
	list   *kit.View[[]virt.OS]
	asked  atomic.Pointer[search]
	all    *fyne.Container
}

// A search is what the person looks for.
type search struct {
	words string
	old   bool // also what gets no updates any more
}

func newSystemPicker(w *wizard) *systemPicker {
	p := &systemPicker{w: w, name: kit.NewText(kit.MediumText, "").Shorten(), fact: kit.NewText(kit.SmallText, "").Shorten()}
	p.change = kit.Secondary("", lang.L("Change"), p.toggle)
	row := kit.Row(12, kit.NewIconTile("disc-3", theme.Accent, 36), kit.Grow(kit.Col(3, p.name, p.fact)), p.change)
	p.search = kit.NewSearch(lang.L("Search systems, e.g. Ubuntu"), func(words string) {
		p.look(search{words, p.old.Checked()})
	})
	p.old = kit.NewCheckbox(lang.L("Show outdated"), func(on bool) {
		p.look(search{p.search.Text(), on})
	})
	p.asked.Store(&search{})
	p.found = kit.Col(0)
	p.open = kit.Col(10, kit.HLine(), kit.Row(12, kit.Grow(p.search), p.old), p.found)
	p.open.Hide()
	p.list = kit.NewView(w.Kit, func(ctx context.Context) ([]virt.OS, error) {
		asked := p.asked.Load()
		return w.Services.VMs.Systems(ctx, asked.words, asked.old)
	}, p.showFound)
	w.checks.OnStop(p.list.Stop)
	p.all = kit.Stack(kit.NewBox(theme.Inset, theme.Line, 10), kit.PadAll(11, kit.Col(10, row, p.open)))
	return p
}

// look searches.
func (p *systemPicker) look(s search) {
	p.asked.Store(&s)
	p.list.Changed()
}

// toggle opens or closes the search.
func (p *systemPicker) toggle() {
	if p.open.Visible() {
		p.shut()
		return
	}
	p.open.Show()
	p.change.SetLabel(lang.L("Done"))
	p.list.Changed()
	p.w.dialog.Refit()
	p.w.Kit.Win.Canvas().Focus(p.search.Focusable()) // its entry may not have been painted yet
}

func (p *systemPicker) shut() {
	p.open.Hide()
	p.change.SetLabel(lang.L("Change"))
	p.w.dialog.Refit()
}

// showFound lists what the search found.
func (p *systemPicker) showFound(systems []virt.OS, err error) {
	if err != nil {
		p.w.Kit.Show(err)
		return
	}
	choices := []kit.Choice{{ID: virt.UnknownOS, Icon: "circle-help", Title: lang.L("Another system"), Text: lang.L("With devices that any new system knows")}}
	for _, o := range systems[:min(mostSystems-1, len(systems))] {
		choices = append(choices, kit.Choice{ID: o.ID, Icon: "disc-3", Title: o.Name, Text: support(o)})
	}
	cards := kit.NewChoices(lang.L("Operating system"), 2, func(id string) {
		p.w.draft.os = id
		p.shut()
		p.w.changed()
		p.w.Kit.Win.Canvas().Focus(p.change)
	}, choices...)
	cards.Choose(p.w.draft.os)
	p.found.Objects = []fyne.CanvasObject{cards}
	if p.open.Visible() {
		p.w.dialog.Refit()
	}
}

// show follows the draft.
func (p *systemPicker) show() {
	o := p.w.os()
	switch {
	case p.w.draft.os == virt.UnknownOS || !o.Known():
		p.name.SetText(lang.L("Another system"))
		p.fact.SetText(lang.L("It gets devices that any new system knows"))
	case p.w.draft.os == "":
		p.name.SetText(o.Name)
		p.fact.SetText(lang.L("Recognised from {{.File}}", map[string]any{"File": p.w.draft.iso}))
	default:
		p.name.SetText(o.Name)
		p.fact.SetText(support(o))
	}
}

// support says until when the system gets updates.
func support(o virt.OS) string {
	end, err := time.Parse(time.DateOnly, o.EndOfLife)
	if err != nil {
		return o.ID
	}
	words := map[string]any{"Month": end.Format("Jan 2006"), "ID": o.ID}
	if end.Before(time.Now()) {
		return lang.L("{{.ID}} · no updates since {{.Month}}", words)
	}
	return lang.L("{{.ID}} · supported until {{.Month}}", words)
}
