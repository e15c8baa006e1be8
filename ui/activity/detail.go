package activity

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/batch"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// detail is the side panel about one row.
type detail struct {
	activity *Activity
	row      row
	changes  *fyne.Container // the button that shows what changed in the XML
	each     *fyne.Container // what became of each machine of a batch
	panel    *kit.Card
}

// detailText is how wide text in the panel is.
const detailText = kit.SidePanelWidth - 2*16 - 8

func newDetail(a *Activity, r row, closed func()) *detail {
	d := &detail{activity: a, row: r, changes: kit.Stack(), each: kit.Col(8)}
	look := parts.OperationLook(r.state)
	body := kit.Col(14, kit.Row(8, kit.NewChip(look.Icon, look.Word, look.Token)))
	if r.message != "" {
		body.Add(d.told(r))
	}
	body.Add(d.each)
	body.Add(kit.Col(6, d.facts()...))
	body.Add(d.changes)
	if r.message != "" {
		body.Add(kit.Row(0, kit.Link("copy", lang.L("Copy the message"), func() { a.kit.App.Clipboard().SetContent(r.message) })))
	}
	d.panel = kit.NewSidePanel(r.title(), container.NewVScroll(kit.Pad(14, 16, 14, 16, body)), closed)
	d.loadChanges()
	d.loadEach()
	return d
}

// loadEach offers what became of each machine of a batch that has ended, and
// another attempt with those that failed.
func (d *detail) loadEach() {
	a := d.activity
	op := virt.Operation{Action: d.row.action, Target: d.row.target}
	if d.row.state == virt.OperationRunning || !op.IsBatch() {
		return
	}
	var report batch.Report
	a.kit.RunTo(func(ctx context.Context) (err error) {
		report, err = a.svc.Batch.Past(ctx, d.row.id)
		return err
	}, func(err error) {
		if err != nil || len(report.Outcomes) == 0 { // an old row of the audit log: its operations are not kept
			return
		}
		d.showEach(report)
	})
}

func (d *detail) showEach(report batch.Report) {
	actions := parts.NewActions(d.activity.kit, d.activity.svc)
	row := kit.Row(8)
	if left := len(report.Of(batch.Failed, batch.Cancelled)); left > 0 && d.activity.svc.Batch.Repeatable(report.Action) {
		again := kit.Secondary("rotate-cw", parts.AgainWord(left), nil).Small()
		again.OnPress(func() { actions.Again(report, again) })
		row.Add(again)
	}
	row.Add(kit.Quiet("list", lang.L("Each machine"), func() { actions.ShowPast(report) }).Small())
	d.each.Objects = []fyne.CanvasObject{row}
	d.each.Refresh()
	d.panel.Refresh()
}

// told is what went wrong and what can be done about it.
func (d *detail) told(r row) fyne.CanvasObject {
	words := kit.Col(8)
	if r.cause != "" {
		words.Add(kit.NewParagraph(kit.BodyText, lang.L(r.cause), detailText-24))
	}
	words.Add(kit.NewParagraph(kit.BodyText, r.message, detailText-24))
	if r.hint != "" {
		words.Add(kit.NewParagraph(kit.SmallText, lang.L(r.hint), detailText-24))
	}
	token := tokenOf(r)
	return kit.Stack(kit.NewBox(theme.Tint(token), theme.TintEdge(token), 10), kit.PadAll(12, words))
}

func (d *detail) facts() []fyne.CanvasObject {
	r := d.row
	took := parts.NoValue
	if r.state != virt.OperationRunning {
		took = parts.Duration(r.duration)
	}
	all := []struct{ name, value string }{
		{lang.L("Of what"), r.thing()},
		{lang.L("Host"), string(r.target.Host)},
		{lang.L("Who"), r.actor},
		{lang.L("Through"), viaWord(r.via)},
		{lang.L("Began"), parts.FullTime(r.started)},
		{lang.L("Took"), took},
		{lang.L("Number"), r.id},
	}
	var facts []fyne.CanvasObject
	for _, f := range all {
		if f.value != "" {
			facts = append(facts, kit.NewFact(f.name, kit.NewText(kit.SmallMediumText, f.value).Shorten().Trailing()))
		}
	}
	return facts
}

// loadChanges offers what the operation changed in the XML, which only the
// audit log knows.
func (d *detail) loadChanges() {
	a := d.activity
	kit.Load(a.kit, func(ctx context.Context) (string, error) {
		rows, err := a.svc.Operations.Audit(ctx, virt.AuditFilter{Operation: d.row.id})
		if len(rows) == 0 {
			return "", err
		}
		return rows[0].Diff, err
	}, func(diff string) {
		if strings.TrimSpace(diff) == "" {
			return
		}
		d.changes.Objects = []fyne.CanvasObject{kit.Row(0, kit.Secondary("file-code", lang.L("Show changes"), func() { d.showChanges(diff) }).Small())}
		d.changes.Refresh()
		d.panel.Refresh()
	})
}

// changesHeight is how much of the changes is shown without scrolling.
const changesHeight = 420

func (d *detail) showChanges(diff string) {
	well := kit.Stack(kit.NewBox(theme.Inset, theme.Line, 8), kit.PadAll(8, kit.NewDiff(diff)))
	copied := kit.Quiet("copy", lang.L("Copy"), func() { d.activity.kit.App.Clipboard().SetContent(diff) })
	kit.NewDialog(kit.DialogSpec{
		Width: kit.WizardDialog, Title: d.row.title() + " · " + d.row.thing(),
		Text: lang.L("What the operation changed"), Body: kit.Height(changesHeight, well),
		Left: copied, Cancel: lang.L("Close"),
	}).Open(d.activity.kit.Win.Canvas())
}
