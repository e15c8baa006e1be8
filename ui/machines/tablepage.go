package machines

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// tableSetting is where the arrangement of the table is kept.
const tableSetting = "table.machines"

// tablePage is the table of all machines.
type tablePage struct {
	machines *Machines
	header   *parts.Header
	buttons  *tableButtons
	table    *kit.DataTable[parts.Machine]
	filter   *kit.Entry
	chips    *stateChips
	host     *hostFilter
	columns  *kit.Button
	tools    *tools
	banners  *hostBanners
	welcome  *welcome
	frame    fyne.CanvasObject
	body     *fyne.Container
	content  fyne.CanvasObject
	hosts    int // columns are shown for so many hosts
	rows     int // the card is as high as so many rows
	visible  bool
	stop     func()

	cards      []*machineCard // all that were made
	thumbnails *thumbnails
}

func newTablePage(m *Machines) *tablePage {
	p := &tablePage{machines: m, header: parts.NewHeader(lang.L("Machines"))}
	p.table = kit.NewTable(p.spec())
	p.thumbnails = m.newThumbnails(p.table.VisibleRows, p.pictureSize, p.showPictures)
	p.buttons = newTableButtons(m, p)
	p.filter = kit.NewSearch(lang.L("Filter"), func(string) { p.applyFilter() })
	p.chips = newStateChips(p.applyFilter)
	p.host = newHostFilter(m, p.showHost)
	p.banners = newHostBanners(m, func() { p.frame.Refresh() })
	p.welcome = newWelcome(m)
	p.frame = parts.Frame(p.header, nil, p.makeCard())
	p.body = kit.Stack(p.frame)
	p.content = kit.Responsive(fyne.NewSize(200, 200), p.body, p.fit)
	var layout kit.TableLayout
	if m.svc.Settings.UI(tableSetting, &layout) {
		p.table.SetLayout(layout)
	}
	p.stop = m.inventory.Listen(func(c Change) {
		if p.visible {
			p.show(c)
		}
	})
	p.applyFilter()
	p.show(RowsChanged)
	return p
}

func (p *tablePage) spec() kit.TableSpec[parts.Machine] {
	m := p.machines
	return kit.TableSpec[parts.Machine]{
		Name:    lang.L("Machines"),
		ID:      func(row parts.Machine) string { return itemID(row.Ref()) },
		Columns: m.columns(),
		Sort:    "name",
		Open:    func(row parts.Machine) { m.open(row.Ref(), "", false) },
		OpenNew: func(row parts.Machine) { m.open(row.Ref(), "", true) },
		Menu: func(rows []parts.Machine, at fyne.Position) {
			kit.ShowMenu(m.kit.Win.Canvas(), at, m.actions.Menu(rows))
		},
		HeadMenu: func(at fyne.Position) { kit.ShowMenu(m.kit.Win.Canvas(), at, p.columnMenu()) },
		Delete:   m.actions.Delete,
		Selected: func([]parts.Machine) { p.showHeader() },
		Arranged: p.saveLayout,
		Card:     func() kit.RowCard[parts.Machine] { return newMachineCard(p) },
		Filtered: kit.NewEmptyState("filter", lang.L("No machine matches the filter"), "",
			kit.Secondary("x", lang.L("Clear filter"), p.clearFilter)),
	}
}

// makeCard puts the table under its tools; the card ends with the last row.
func (p *tablePage) makeCard() fyne.CanvasObject {
	p.columns = kit.IconButton("columns-3", lang.L("Choose columns"), nil)
	p.columns.OnPress(func() { kit.ShowMenuUnder(p.columns, p.columnMenu()) })
	p.tools = newTools(kit.Row(toolsGap, kit.Width(190, p.filter), p.host.content), p.chips.content, kit.Row(8, p.newViewSwitch(), p.columns))
	card := kit.NewFlushCard(lang.L("Machines"), kit.Col(0, p.tools.content, kit.HLine(), kit.Grow(p.table)))
	snug := kit.Snug(card, func() float32 {
		rows := max(4, len(p.table.Rows()))
		return 2 + p.tools.content.MinSize().Height + kit.Hairline() + p.table.HeightOf(rows)
	})
	return kit.Col(0, p.banners.content, kit.Grow(snug))
}

// Content is part of kit.Page.
func (p *tablePage) Content() fyne.CanvasObject { return p.content }

// SetVisible is part of kit.Page.
func (p *tablePage) SetVisible(visible bool) {
	p.visible = visible
	p.banners.setVisible(visible)
	p.followScreens()
	if !visible {
		p.welcome.setVisible(false)
	}
	if visible {
		p.show(RowsChanged)
	}
}

// Close is part of kit.Page.
func (p *tablePage) Close() {
	p.stop()
	p.thumbnails.run(false)
	p.banners.setVisible(false)
	p.welcome.close()
}

// Targets are the selected machines.
func (p *tablePage) Targets() []parts.Machine { return p.table.SelectedRows() }

// Focusable returns what takes the keys on the page.
func (p *tablePage) Focusable() fyne.Focusable { return p.table }

// Find puts the keyboard into the filter field.
func (p *tablePage) Find() { p.filter.Focus() }

func (p *tablePage) show(c Change) {
	inv := p.machines.inventory
	rows := inv.Machines()
	if len(rows) == 0 && inv.Settled() {
		p.welcome.setVisible(p.visible)
		p.welcome.show()
		p.setBody(p.welcome.content)
		return
	}
	p.welcome.setVisible(false)
	p.setBody(p.frame)
	if c == RowsChanged {
		p.showHosts()
		p.countRows(rows)
	}
	if len(rows) == 0 {
		p.table.SetLoading()
	} else {
		p.table.SetRows(rows)
	}
	p.follow(len(p.table.Rows()))
	if c == RowsChanged { // figures repaint what shows them, and nothing when they look the same
		p.showHeader()
	}
}

// countRows shows what is known of the machines by state and by host.
func (p *tablePage) countRows(rows []parts.Machine) {
	p.host.follow()
	p.showBanners()
	p.chips.count(slices.DeleteFunc(slices.Clone(rows), func(m parts.Machine) bool { return !p.host.lets(m.Host) }))
	if p.tools.refit() {
		p.frame.Refresh()
	}
}

// showHost follows the choice of another host.
func (p *tablePage) showHost() {
	p.applyFilter()
	p.show(RowsChanged)
}

// follow gives the card the height of so many rows.
func (p *tablePage) follow(rows int) {
	if rows != p.rows {
		p.rows = rows
		p.body.Refresh()
	}
}

// setBody shows the welcome or the table.
func (p *tablePage) setBody(body fyne.CanvasObject) {
	if p.body.Objects[0] == body {
		return
	}
	p.body.Objects = []fyne.CanvasObject{body}
	p.body.Refresh()
}

func (p *tablePage) showHeader() {
	all, running := p.machines.inventory.CountOn(p.host.only())
	selected := p.table.SelectedRows()
	p.header.SetTitle(lang.L("Machines"))
	if len(selected) > 1 {
		p.header.SetTitle(lang.N("{{.Count}} selected", len(selected), map[string]any{"Count": len(selected)}))
	}
	p.header.SetFacts(p.placeFact(all), lang.N("{{.Count}} running", running, map[string]any{"Count": running}))
	p.buttons.follow(selected)
}

// placeFact says how many machines there are, and on how many hosts.
func (p *tablePage) placeFact(all int) string {
	hosts := p.machines.inventory.Hosts()
	machines := lang.N("{{.Count}} machines", all, map[string]any{"Count": all})
	only := p.host.only()
	if len(hosts) == 1 {
		only = hosts[0].ID
	}
	if only != "" {
		return lang.L("{{.Machines}} on {{.Host}}", map[string]any{"Machines": machines, "Host": only})
	}
	connected := 0
	for _, h := range hosts {
		if h.State == virt.HostConnected {
			connected++
		}
	}
	switch { // the machines of all of them are counted
	case connected == 0 && len(hosts) > 0:
		return lang.L("{{.Machines}} on {{.Count}} hosts, none of them connected", map[string]any{"Machines": machines, "Count": len(hosts)})
	case connected < len(hosts):
		return lang.L("{{.Machines}} on {{.Count}} hosts, {{.Connected}} of them connected",
			map[string]any{"Machines": machines, "Count": len(hosts), "Connected": connected})
	}
	return lang.N("{{.Machines}} on {{.Count}} connected hosts", connected, map[string]any{"Machines": machines, "Count": connected})
}

// showHosts shows the column of hosts when there are several, as long as the
// person has not chosen otherwise; cards name their host then.
func (p *tablePage) showHosts() {
	hosts := len(p.machines.inventory.Hosts())
	if hosts == p.hosts {
		return
	}
	p.hosts = hosts
	for _, c := range p.cards {
		if c.machine.ID != "" {
			c.Show(c.machine)
		}
	}
	var saved kit.TableLayout
	if !p.machines.svc.Settings.UI(tableSetting, &saved) {
		layout := p.table.Layout()
		for i := range layout.Columns {
			if layout.Columns[i].ID == hostColumn {
				layout.Columns[i].Hidden = hosts < 2
			}
		}
		p.table.SetLayout(layout)
	}
}

func (p *tablePage) showBanners() {
	var ids []virt.HostID
	for _, h := range p.machines.inventory.Hosts() {
		if p.host.lets(h.ID) {
			ids = append(ids, h.ID)
		}
	}
	p.banners.show(ids...)
}

func (p *tablePage) applyFilter() {
	words := strings.ToLower(strings.TrimSpace(p.filter.Text()))
	p.table.SetFilter(func(m parts.Machine) bool {
		return p.host.lets(m.Host) && p.chips.lets(m) && (words == "" || strings.Contains(p.searchText(m), words))
	})
	p.body.Refresh()
}

// searchText is what the filter looks in: everything that is said of a machine.
func (p *tablePage) searchText(m parts.Machine) string {
	words := []string{
		m.Name, m.Title, string(m.Host), parts.LookOf(m.State).Word, m.OS, systemName(m), p.machines.inventory.KnownAddress(m.Ref()),
	}
	return strings.ToLower(strings.Join(append(words, m.Tags...), "\n"))
}

func (p *tablePage) clearFilter() {
	p.filter.SetText("")
	p.chips.clear()
	p.host.clear()
	p.showHost()
}

// columnMenu chooses columns and the height of rows.
func (p *tablePage) columnMenu() []kit.MenuItem {
	var items []kit.MenuItem
	for _, c := range p.table.Choices() {
		items = append(items, kit.MenuItem{
			Label: c.Title, Checked: c.Shown, Off: c.Fixed,
			Do: func() { p.table.ShowColumn(c.ID, !c.Shown) },
		})
	}
	return append(items, kit.MenuLine(), kit.MenuItem{
		Label: lang.L("Compact rows"), Checked: kit.Dense(), Do: p.changeDensity,
	})
}

// changeDensity makes the rows of all tables high or low.
func (p *tablePage) changeDensity() {
	density := setting.Compact
	if kit.Dense() {
		density = setting.Comfortable
	}
	p.machines.kit.Run(func(ctx context.Context) error {
		return p.machines.svc.Settings.Set(ctx, setting.NameDensity, density)
	})
}

func (p *tablePage) saveLayout(l kit.TableLayout) {
	text, err := json.Marshal(l)
	if err != nil {
		p.machines.kit.Show(err)
		return
	}
	p.machines.kit.Run(func(ctx context.Context) error {
		return p.machines.svc.Settings.Set(ctx, "ui."+tableSetting, string(text))
	})
}

// narrow is the width of a page below which headers keep only the most
// important button.
const narrow = 720

func (p *tablePage) fit(size fyne.Size) {
	p.buttons.setNarrow(size.Width < narrow)
	p.tools.fit(size.Width)
}
