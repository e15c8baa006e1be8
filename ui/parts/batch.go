package parts

import (
	"context"
	"encoding/json"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/batch"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// many does the action to several machines and tells what became of each. A
// machine whose state forbids it when its turn comes is skipped.
func (a *Actions) many(action virt.Action, machines []virt.Ref, args json.RawMessage, busy kit.Busy) {
	if busy != nil {
		busy.SetBusy(true)
	}
	var report batch.Report
	a.kit.RunTo(func(ctx context.Context) (err error) {
		report, err = a.svc.Batch.Do(ctx, batch.Request{Action: action, Machines: machines, Args: args})
		return err
	}, func(err error) {
		if busy != nil {
			busy.SetBusy(false)
		}
		if len(report.Outcomes) == 0 {
			a.kit.Show(err)
			return
		}
		r := &results{actions: a, report: report}
		r.again = func(machines []virt.Ref) { a.many(action, machines, args, nil) }
		r.tell()
	})
}

// ShowPast shows what became of the machines of a batch that ended some time
// ago, and offers to try again with those that failed.
func (a *Actions) ShowPast(report batch.Report) {
	r := &results{actions: a, report: report}
	if a.svc.Batch.Repeatable(report.Action) {
		r.again = func([]virt.Ref) { a.Again(report, nil) }
	}
	r.open()
}

// Again does the action of a past batch to the machines that failed or were not
// reached, after the question that the action needs. busy may be nil.
func (a *Actions) Again(report batch.Report, busy kit.Busy) {
	machines := report.Of(batch.Failed, batch.Cancelled)
	named := make([]Machine, len(machines))
	for i, ref := range machines {
		named[i] = Machine{VM: virt.VM{ID: ref.ID, Host: ref.Host, Name: ref.Name}}
	}
	a.afterQuestion(report.Action, named, func() { a.many(report.Action, machines, nil, busy) })
}

// results show what became of many machines.
type results struct {
	actions *Actions
	report  batch.Report
	again   func([]virt.Ref) // does it once more; nil where that cannot be
}

func (r *results) count(results ...batch.Result) int { return len(r.report.Of(results...)) }

// tell asks for attention when machines failed; else it only says what was done.
func (r *results) tell() {
	done, left := r.count(batch.Done), r.count(batch.Skipped, batch.Cancelled)
	toast := kit.Toast{Title: ManyDone(r.report.Action, done), Text: r.sum()}
	switch {
	case r.count(batch.Failed) > 0:
		r.open()
		return
	case r.count(batch.Cancelled) > 0:
		toast.Icon, toast.Token = "x", theme.Muted
	case done == 0:
		toast.Icon, toast.Token = "info", theme.Muted
	}
	if left == 0 {
		toast.Text = ""
	} else {
		toast.Action, toast.Do = lang.L("Show"), r.open
	}
	r.actions.kit.Toast(toast)
}

// sum counts the results: "2 failed, 1 skipped, 9 done".
func (r *results) sum() string {
	words := ""
	for _, result := range resultOrder {
		n := r.count(result)
		if n == 0 {
			continue
		}
		if words != "" {
			words += ", "
		}
		words += resultCount(result, n)
	}
	return words
}

// resultOrder puts first what wants to be read.
var resultOrder = []batch.Result{batch.Failed, batch.Cancelled, batch.Skipped, batch.Done}

func resultCount(result batch.Result, n int) string {
	count := map[string]any{"Count": n}
	switch result {
	case batch.Done:
		return lang.N("{{.Count}} done", n, count)
	case batch.Failed:
		return lang.N("{{.Count}} failed", n, count)
	case batch.Skipped:
		return lang.N("{{.Count}} skipped", n, count)
	default:
		return lang.N("{{.Count}} not begun", n, count)
	}
}

// open shows the machines one under the other, and tries again with those that
// are not done.
func (r *results) open() {
	left := r.report.Of(batch.Failed, batch.Cancelled)
	spec := kit.DialogSpec{
		Width: kit.WideDialog, Title: r.title(), Text: r.sum(), Tile: r.tile(), Body: r.body(), Cancel: lang.L("Close"), Alert: len(left) > 0,
	}
	var d *kit.Dialog
	if len(left) > 0 && r.again != nil {
		spec.Action = kit.Primary("rotate-cw", AgainWord(len(left)), func() {
			d.Close()
			r.again(left)
		})
	}
	d = kit.NewDialog(spec)
	d.Open(r.actions.kit.Win.Canvas())
}

// AgainWord offers another attempt for so many machines.
func AgainWord(n int) string {
	return lang.N("Try again for {{.Count}}", n, map[string]any{"Count": n})
}

func (r *results) title() string {
	words := map[string]any{"Action": ActionWord(r.report.Action), "Count": len(r.report.Outcomes)}
	return lang.N("{{.Action}} · {{.Count}} machines", len(r.report.Outcomes), words)
}

func (r *results) tile() fyne.CanvasObject {
	if r.count(batch.Failed) > 0 {
		return kit.NewIconTile("circle-alert", theme.Err, 40)
	}
	return kit.NewIconTile("info", theme.Accent, 40)
}

const (
	mostResults = 200 // rows that are shown; Activity has them all
	resultName  = 180 // width of a machine's name
	resultWords = kit.WideDialog - 2*24 - 2*16 - 16 - 12 - resultName - 16
)

// body has a row for each machine, those that are not done first.
func (r *results) body() fyne.CanvasObject {
	outcomes := slices.Clone(r.report.Outcomes)
	slices.SortStableFunc(outcomes, func(a, b batch.Outcome) int {
		return slices.Index(resultOrder, a.Result) - slices.Index(resultOrder, b.Result)
	})
	rows := kit.Col(0)
	hosts := r.hosts()
	for i, o := range outcomes[:min(mostResults, len(outcomes))] {
		if i > 0 {
			rows.Add(kit.HLine())
		}
		rows.Add(resultRow(o, hosts > 1))
	}
	if left := len(outcomes) - mostResults; left > 0 {
		rows.Add(kit.HLine())
		rows.Add(kit.PadAll(12, kit.NewText(kit.SmallText, lang.N("{{.Count}} more, which Activity lists", left, map[string]any{"Count": left}))))
	}
	return kit.Stack(kit.NewBox(theme.Inset, theme.Line, 10), kit.PadAll(1, rows))
}

func (r *results) hosts() int {
	hosts := map[virt.HostID]bool{}
	for _, o := range r.report.Outcomes {
		hosts[o.Host] = true
	}
	return len(hosts)
}

func resultRow(o batch.Outcome, withHost bool) fyne.CanvasObject {
	look := resultLook(o)
	name := kit.Col(1, kit.NewText(kit.MediumText, o.Name).Shorten())
	if withHost {
		name.Add(kit.NewText(kit.SmallText, string(o.Host)).Shorten())
	}
	words := kit.Col(3, kit.NewParagraph(kit.BodyText, look.Word, resultWords))
	if hint := resultHint(o); hint != "" {
		words.Add(kit.NewParagraph(kit.SmallText, hint, resultWords))
	}
	return kit.Pad(9, 16, 9, 16, kit.RowTop(12, kit.NewIcon(look.Icon, 16, look.Token), kit.Width(resultName, name), kit.Grow(words)))
}

// resultLook is the sign of an outcome and why it is no better.
func resultLook(o batch.Outcome) Look {
	switch o.Result {
	case batch.Done:
		return Look{lang.L("Done"), "circle-check", theme.OK}
	case batch.Skipped:
		return Look{lang.L("Skipped: {{.Reason}}", map[string]any{"Reason": lang.L(o.Message)}), "info", theme.Muted}
	case batch.Cancelled:
		return Look{lang.L("Stopped before its turn"), "x", theme.Muted}
	default:
		return Look{kit.Explain(o.Err).Why, "circle-alert", theme.Err}
	}
}

func resultHint(o batch.Outcome) string {
	if o.Result != batch.Failed || o.Hint == "" {
		return ""
	}
	return lang.L(o.Hint)
}

// ManyDone says what was done to so many machines.
func ManyDone(action virt.Action, n int) string {
	count := map[string]any{"Count": n}
	switch action {
	case virt.StartVM:
		return lang.N("{{.Count}} machines were started", n, count)
	case virt.ShutdownVM:
		return lang.N("{{.Count}} machines were asked to shut down", n, count)
	case virt.RebootVM:
		return lang.N("{{.Count}} machines were asked to restart", n, count)
	case virt.ResetVM:
		return lang.N("{{.Count}} machines were reset", n, count)
	case virt.OffVM:
		return lang.N("{{.Count}} machines were forced off", n, count)
	case virt.PauseVM:
		return lang.N("{{.Count}} machines were paused", n, count)
	case virt.ResumeVM:
		return lang.N("{{.Count}} machines go on", n, count)
	case virt.SaveVM:
		return lang.N("{{.Count}} machines were saved", n, count)
	case virt.DiscardVM:
		return lang.N("{{.Count}} saved states were discarded", n, count)
	default:
		return lang.N("{{.Count}} machines were changed", n, count)
	}
}
