package activity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

const (
	// tableSetting is where the arrangement of the table is kept.
	tableSetting = "table.activity"
	// mostOperations is how many the list goes back.
	mostOperations = 500
	// leastRows is how high the card is at least.
	leastRows = 5
	// gap lies between the table and its side panel.
	gap = 14
	// A page less wide has the panel over the table, or the tools on two lines.
	narrow   = 800
	twoLines = 1080
)

// page shows what runs, and below it one of the lists.
type page struct {
	activity *Activity
	asked    atomic.Pointer[asked] // read off the UI goroutine, too; never changed in place
	view     *kit.View[[]row]
	loaded   time.Time
	left     int     // operations that a program left half done
	width    float32 // of the page
	detail   *detail // of the selected row; nil without

	header  *parts.Header
	running *runningCard
	banner  *fyne.Container
	table   *kit.DataTable[row]
	filter  *kit.Entry
	filters *filters
	lists   *kit.Segmented
	tools   *fyne.Container
	none    *fyne.Container // what stands where there are no rows: one of the next two
	nothing fyne.CanvasObject
	leftOut fyne.CanvasObject
	side    *fyne.Container
	card    fyne.CanvasObject
	body    *fyne.Container
	content fyne.CanvasObject
}

func newPage(a *Activity) *page {
	p := &page{activity: a, header: parts.NewHeader(lang.L("Activity")), running: newRunningCard(a), banner: kit.Stack()}
	p.loaded = time.Now()
	p.asked.Store(&asked{since: 90 * day})
	p.filters = newFilters(p.ask)
	p.nothing = kit.NewEmptyState("activity", lang.L("Nothing has been done yet"),
		lang.L("What you and others ask of the machines is listed here, with its result."))
	p.leftOut = kit.NewEmptyState("filter", lang.L("Nothing matches the filter"), "",
		kit.Secondary("x", lang.L("Clear filter"), p.clearFilter))
	p.none = kit.Stack(p.nothing)
	p.table = kit.NewTable(p.spec())
	p.filter = kit.NewSearch(lang.L("Filter"), func(string) { p.applyFilter() })
	p.side = kit.Stack()
	p.side.Hide()
	p.card, p.body = kit.Snug(p.newCard(), p.height), kit.Stack()
	p.arrange(false)
	frame := parts.Frame(p.header, nil, kit.Col(0, p.banner, p.running.content, kit.Grow(p.body)))
	p.content = kit.Responsive(fyne.NewSize(200, 200), frame, p.fit)
	var layout kit.TableLayout
	if a.svc.Settings.UI(tableSetting, &layout) {
		p.table.SetLayout(layout)
	}
	p.table.SetLoading()
	p.view = kit.NewView(a.kit, p.load, p.show)
	p.view.SetVisible(false)
	a.kit.Follow(p.view, kit.OfKind(virt.OperationChanged))
	a.listeners[p] = p.showRunning
	p.showRunning()
	return p
}

// fit puts the filters under the lists where they have no room beside them.
func (p *page) fit(size fyne.Size) {
	p.width = size.Width
	p.arrange(size.Width < narrow)
	p.fitTools()
}

// fitTools gives the tools the lines that they need beside the panel.
func (p *page) fitTools() {
	room := p.width
	if p.side.Visible() && p.width >= narrow {
		room -= kit.SidePanelWidth + gap
	}
	p.arrangeTools(room < twoLines)
}

// arrange puts the panel beside the table, or over it where both have no room.
func (p *page) arrange(over bool) {
	p.body.Objects = []fyne.CanvasObject{kit.RowFill(gap, kit.Grow(p.card), p.side)}
	if over {
		p.body.Objects = []fyne.CanvasObject{p.card, kit.RowFill(0, kit.Spacer(), p.side)}
	}
}

func (p *page) spec() kit.TableSpec[row] {
	k := p.activity.kit
	return kit.TableSpec[row]{
		Name:     lang.L("Activity"),
		ID:       func(r row) string { return r.id },
		Columns:  columns(func() time.Time { return p.loaded }),
		Selected: p.selected,
		Arranged: func(l kit.TableLayout) {
			k.Run(func(ctx context.Context) error { return p.activity.svc.Settings.SetUI(ctx, tableSetting, l) })
		},
		Empty: p.none,
		Filtered: kit.NewEmptyState("filter", lang.L("Nothing matches the filter"), "",
			kit.Secondary("x", lang.L("Clear filter"), p.clearFilter)),
	}
}

// newCard puts the table under its tools.
func (p *page) newCard() fyne.CanvasObject {
	p.tools = kit.Stack()
	p.arrangeTools(false)
	return kit.NewFlushCard(lang.L("Activity"), kit.Col(0, kit.Pad(9, 12, 9, 14, p.tools), kit.HLine(), kit.Grow(p.table)))
}

func (p *page) arrangeTools(two bool) {
	if p.lists == nil {
		p.lists = kit.NewSegmented(lang.L("List"), p.choose, lang.L("Operations"), lang.L("Audit log"))
	}
	first := kit.Row(12, p.lists, kit.Width(200, p.filter), kit.Spacer())
	p.tools.Objects = []fyne.CanvasObject{kit.Col(8, first, kit.AtMost(twoLines/2, p.filters.row(true)))}
	if !two {
		first.Add(p.filters.row(false))
		p.tools.Objects = []fyne.CanvasObject{first}
	}
	p.tools.Refresh()
}

// height is that of the card when it ends with its last row; beside a panel it
// is as high as there is room.
func (p *page) height() float32 {
	if p.side.Visible() {
		return p.body.Size().Height
	}
	return 2 + 18 + p.tools.MinSize().Height + kit.Hairline() + p.table.HeightOf(max(leastRows, len(p.table.Rows())))
}

// Content is part of kit.Page.
func (p *page) Content() fyne.CanvasObject { return p.content }

// SetVisible is part of kit.Page.
func (p *page) SetVisible(visible bool) { p.view.SetVisible(visible) }

// Close is part of kit.Page.
func (p *page) Close() {
	delete(p.activity.listeners, p)
	p.view.Stop()
}

// Focusable returns what takes the keys on the page.
func (p *page) Focusable() fyne.Focusable { return p.table }

// Find puts the keyboard into the filter field.
func (p *page) Find() { p.filter.Focus() }

// Reload loads the list again: nothing tells of what other programs do.
func (p *page) Reload() { p.view.Changed() }

// choose shows the other list.
func (p *page) choose(list int) {
	p.closePanel()
	p.table.SetLoading()
	p.ask(func(a *asked) { a.audit = list == 1 })
}

// ask changes what the list shall have, and loads it.
func (p *page) ask(change func(*asked)) {
	now := *p.asked.Load()
	change(&now)
	p.asked.Store(&now)
	p.view.Changed()
}

// load gets the rows of the list, the newest first.
func (p *page) load(ctx context.Context) ([]row, error) {
	var rows []row
	now := *p.asked.Load()
	if now.audit {
		all, err := p.activity.svc.Operations.Audit(ctx, now.rows())
		for _, r := range slices.Backward(all) {
			rows = append(rows, ofAudit(r))
		}
		return rows, err
	}
	all, err := p.activity.svc.Operations.List(ctx, now.operations())
	for _, op := range all {
		rows = append(rows, ofOperation(op))
	}
	return rows, err
}

func (p *page) show(rows []row, err error) {
	p.loaded = time.Now()
	p.left = 0
	for _, r := range rows {
		if r.state == virt.OperationAbandoned {
			p.left++
		}
	}
	p.showBanner(err)
	p.showFacts(len(rows))
	if err == nil {
		p.filters.see(rows)
		p.none.Objects = []fyne.CanvasObject{p.nothing}
		if p.asked.Load().some() {
			p.none.Objects = []fyne.CanvasObject{p.leftOut}
		}
		p.table.SetRows(rows)
	}
	p.refreshPanel(rows)
	p.content.Refresh()
}

func (p *page) showFacts(rows int) {
	shown := lang.N("{{.Count}} operations", rows, map[string]any{"Count": rows})
	if p.asked.Load().audit {
		shown = lang.N("{{.Count}} rows", rows, map[string]any{"Count": rows})
	}
	now := ""
	if running := len(p.activity.running); running > 0 {
		now = lang.N("{{.Count}} running", running, map[string]any{"Count": running})
	}
	p.header.SetFacts(shown, now)
}

// showBanner says that the list cannot be read, or that something was left half
// done by a program that died.
func (p *page) showBanner(err error) {
	p.banner.Objects = nil
	switch {
	case err != nil && !errors.Is(err, virt.ErrNotFound):
		problem := kit.Explain(err)
		p.setBanner(kit.NewBanner(kit.ErrBanner, lang.L("The list cannot be read"), problem.Why))
	case p.left > 0:
		recover := kit.Secondary("undo-2", lang.L("Take it back"), nil).Small()
		recover.OnPress(func() {
			p.activity.kit.RunOn(recover, func(ctx context.Context) error {
				_, err := p.activity.svc.Operations.Recover(ctx)
				return err
			})
		})
		p.setBanner(kit.NewBanner(kit.WarnBanner,
			lang.N("{{.Count}} operations were left half done", p.left, map[string]any{"Count": p.left}),
			lang.L("The program that ran them ended before they did."), recover))
	}
	p.banner.Refresh()
}

func (p *page) setBanner(b *kit.Banner) {
	p.banner.Objects = []fyne.CanvasObject{kit.Pad(0, 0, 14, 0, b)}
}

func (p *page) showRunning() {
	p.running.show()
	p.showFacts(len(p.table.Rows()))
	p.content.Refresh()
}

func (p *page) applyFilter() {
	words := strings.ToLower(strings.TrimSpace(p.filter.Text()))
	if words == "" {
		p.table.SetFilter(nil)
	} else {
		p.table.SetFilter(func(r row) bool { return r.matches(words) })
	}
	p.content.Refresh()
}

func (p *page) clearFilter() {
	p.filter.SetText("")
	p.applyFilter()
	p.filters.clear()
}

// selected shows the panel of the row when it is the only one selected.
func (p *page) selected(rows []row) {
	switch {
	case len(rows) == 0:
		p.hidePanel()
	case len(rows) == 1 && (p.detail == nil || p.detail.row.id != rows[0].id):
		p.showPanel(rows[0])
	}
}

func (p *page) showPanel(r row) {
	p.detail = newDetail(p.activity, r, p.closePanel)
	p.side.Objects = []fyne.CanvasObject{kit.Width(kit.SidePanelWidth, p.detail.panel)}
	p.side.Show()
	p.fitTools()
	p.content.Refresh()
}

// refreshPanel shows the row of the panel as it is now.
func (p *page) refreshPanel(rows []row) {
	if p.detail == nil {
		return
	}
	at := slices.IndexFunc(rows, func(r row) bool { return r.id == p.detail.row.id })
	if at >= 0 && rows[at] != p.detail.row {
		p.showPanel(rows[at])
	}
}

func (p *page) hidePanel() {
	p.detail = nil
	p.side.Objects = nil
	p.side.Hide()
	p.fitTools()
	p.content.Refresh()
}

func (p *page) closePanel() {
	p.table.Select()
	p.hidePanel()
}
