package activity

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// The drawer shows so many results, and looks for them among so many
// operations: those that others called for are left out.
const (
	resultsShown = 20
	resultsAsked = 100
)

// resultText is how wide the words of a failure are wrapped.
const resultText = 640

// A Drawer shows over the bottom of any page what runs and what came of the
// latest operations.
type Drawer struct {
	activity *Activity
	view     *kit.View[[]virt.Operation]
	lines    map[string]*runningLine
	results  []virt.Operation
	open     map[string]bool // failures whose details are shown

	facts  *kit.Text
	list   *fyne.Container
	scroll *container.Scroll
	drawer *kit.Drawer
}

// NewDrawer makes a closed drawer. page shows the page of all operations,
// closed hears that the person has closed the drawer.
func (a *Activity) NewDrawer(page, closed func()) *Drawer {
	d := &Drawer{activity: a, lines: map[string]*runningLine{}, open: map[string]bool{}, facts: kit.NewText(kit.SmallText, "").Shorten(), list: kit.Col(0)}
	d.scroll = container.NewVScroll(kit.Pad(4, 12, 8, 12, d.list))
	all := kit.Link("", lang.L("Show all"), page)
	d.drawer = kit.NewDrawer(lang.L("Activity"), d.facts, d.scroll, closed, all)
	d.view = kit.NewView(a.kit, func(ctx context.Context) ([]virt.Operation, error) {
		return a.svc.Operations.List(ctx, virt.OperationFilter{Limit: resultsAsked})
	}, d.take)
	d.view.SetVisible(false)
	a.kit.Follow(d.view, kit.OfKind(virt.OperationChanged))
	a.listeners[d] = d.show
	return d
}

// Content returns what to stack on the pages.
func (d *Drawer) Content() fyne.CanvasObject { return d.drawer.Content() }

// IsOpen says whether the drawer can be seen.
func (d *Drawer) IsOpen() bool { return d.drawer.IsOpen() }

// SetOpen shows or hides the drawer.
func (d *Drawer) SetOpen(open bool) {
	d.view.SetVisible(open)
	d.show()
	d.drawer.SetOpen(open)
}

// take keeps the newest results of what people asked for.
func (d *Drawer) take(all []virt.Operation, err error) {
	if err != nil {
		d.activity.kit.Show(err)
		return
	}
	d.results = nil
	for _, op := range all {
		if op.State != virt.OperationRunning && op.Parent == "" && len(d.results) < resultsShown {
			d.results = append(d.results, op)
		}
	}
	d.show()
}

func (d *Drawer) show() {
	d.list.Objects = nil
	still := map[string]*runningLine{}
	for _, op := range d.activity.running {
		line := d.lines[op.ID]
		if line == nil {
			line = newRunningLine(d.activity, op)
		}
		line.show(op)
		still[op.ID] = line
		d.list.Add(kit.Pad(8, 12, 8, 12, line.content))
		d.list.Add(kit.Pad(0, 12, 0, 12, kit.HLine()))
	}
	d.lines = still
	for _, op := range d.results {
		d.list.Add(d.result(op))
	}
	if len(d.list.Objects) == 0 {
		d.list.Add(kit.Pad(12, 0, 0, 12, kit.NewText(kit.BodyText, lang.L("Nothing has been done yet")).In(theme.Muted)))
	}
	now := lang.L("Nothing runs")
	if n := len(still); n > 0 {
		now = lang.N("{{.Count}} running", n, map[string]any{"Count": n})
	}
	d.facts.SetText(now)
	d.list.Refresh()
	d.scroll.Refresh()
}

// result is the line of an operation that has ended; one that failed opens to
// what is known of the failure.
func (d *Drawer) result(op virt.Operation) fyne.CanvasObject {
	r := ofOperation(op)
	look := parts.OperationLook(op.State)
	what := kit.NewText(kit.MediumText, r.title())
	of := kit.NewText(kit.BodyText, r.thing()).Shorten()
	when := kit.NewText(kit.FactText, parts.When(op.Ended, time.Now())+"  ·  "+parts.Duration(r.duration))
	line := kit.Row(10, kit.NewIcon(look.Icon, 16, look.Token), what, kit.Grow(of), kit.NewText(kit.SmallText, look.Word).In(look.Token), when)
	if op.Message == "" {
		return kit.Height(resultHeight, kit.Pad(0, 12, 0, 36, line))
	}
	details := kit.Pad(2, 12, 10, 36, d.failure(op))
	name := r.title() + " " + r.thing() + ", " + look.Word
	fold := kit.NewFold(name, kit.Height(resultHeight, line), details, func() {
		d.list.Refresh()
		d.scroll.Refresh()
	})
	fold.SetOpen(d.open[op.ID])
	fold.OnFold(func(open bool) { d.open[op.ID] = open })
	return fold.Content()
}

// resultHeight is the height of the line of an operation that has ended.
const resultHeight = 30

// failure says why the operation failed and what can be done.
func (d *Drawer) failure(op virt.Operation) fyne.CanvasObject {
	token := parts.OperationLook(op.State).Token
	words := kit.Col(6)
	if op.Cause != "" {
		words.Add(kit.NewParagraph(kit.BodyText, lang.L(op.Cause), resultText))
	}
	words.Add(kit.NewParagraph(kit.BodyText, op.Message, resultText))
	if op.Hint != "" {
		words.Add(kit.NewParagraph(kit.SmallText, lang.L(op.Hint), resultText))
	}
	words.Add(kit.Row(0, kit.Link("copy", lang.L("Copy the message"), func() { d.activity.kit.App.Clipboard().SetContent(op.Message) })))
	return kit.Stack(kit.NewBox(theme.Tint(token), theme.TintEdge(token), 8), kit.PadAll(10, words))
}
