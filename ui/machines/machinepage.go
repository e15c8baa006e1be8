package machines

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// machinePage is everything about one machine: header, actions, and its tabs.
type machinePage struct {
	machines *Machines
	ref      virt.Ref
	machine  parts.Machine
	found    bool
	detail   *detailView

	header  *parts.Header
	chip    *kit.Chip
	buttons *machineButtons
	banners *hostBanners
	gone    *kit.Banner
	bar     *kit.TabBar
	tabs    []kit.Tab[virt.Ref]
	pages   []kit.Page // of the tabs that have been opened
	chosen  int
	body    *fyne.Container
	content fyne.CanvasObject
	visible bool
	stop    func()
}

// newMachinePage makes the page, at the tab of that ID or else the first.
func newMachinePage(m *Machines, ref virt.Ref, tab string) *machinePage {
	p := &machinePage{machines: m, ref: ref}
	p.detail = newDetailView(m, ref)
	p.chip = kit.NewChip("st-off", "", theme.Muted)
	p.header = parts.NewHeader(ref.Name, p.chip)
	p.buttons = newMachineButtons(p)
	p.banners, p.gone, p.body = newHostBanners(m, func() { p.content.Refresh() }), m.newGone(), kit.Stack()
	p.tabs = p.shownTabs()
	p.pages = make([]kit.Page, len(p.tabs))
	var titles []string
	for _, t := range p.tabs {
		titles = append(titles, t.Title)
	}
	p.bar = kit.NewTabBar(p.choose, titles...)
	frame := parts.Frame(p.header, p.bar, kit.Col(0, p.banners.content, p.gone, kit.Grow(p.body)))
	p.content = kit.Responsive(fyne.NewSize(200, 200), frame, func(size fyne.Size) { p.buttons.setNarrow(size.Width < narrow) })
	p.detail.listen(p.showHeader)
	p.stop = m.inventory.Listen(func(Change) { p.show() })
	p.show()
	p.ShowTab(tab)
	return p
}

// shownTabs are Overview and those of the window that the machine has.
func (p *machinePage) shownTabs() []kit.Tab[virt.Ref] {
	overview := kit.Tab[virt.Ref]{
		ID: "overview", Title: lang.L("Overview"), Icon: "gauge",
		New: func(ref virt.Ref) kit.Page { return newOverview(p.machines, ref, p.detail) },
	}
	tabs := []kit.Tab[virt.Ref]{overview}
	for _, t := range p.machines.tabs {
		if t.Shown == nil || t.Shown(p.ref) {
			tabs = append(tabs, t)
		}
	}
	return tabs
}

// ShowTab shows the tab of that ID; an unknown or empty one shows the first,
// or leaves the one that is shown already.
func (p *machinePage) ShowTab(id string) {
	at := slices.IndexFunc(p.tabs, func(t kit.Tab[virt.Ref]) bool { return t.ID == id })
	if at < 0 {
		at = p.chosen
	}
	p.bar.Choose(at)
	p.choose(at)
}

// Tab returns the ID of the tab that is shown.
func (p *machinePage) Tab() string { return p.tabs[p.chosen].ID }

// NextTab shows the tab that many places further.
func (p *machinePage) NextTab(by int) { p.bar.Next(by) }

func (p *machinePage) choose(at int) {
	if old := p.pages[p.chosen]; old != nil && at != p.chosen {
		old.SetVisible(false)
	}
	p.chosen = at
	if p.pages[at] == nil {
		p.pages[at] = p.tabs[at].New(p.ref)
	}
	p.pages[at].SetVisible(p.visible)
	p.body.Objects = []fyne.CanvasObject{p.pages[at].Content()}
	p.body.Refresh()
	p.buttons.follow()
}

// Content is part of kit.Page.
func (p *machinePage) Content() fyne.CanvasObject { return p.content }

// SetVisible is part of kit.Page.
func (p *machinePage) SetVisible(visible bool) {
	p.visible = visible
	p.banners.setVisible(visible)
	p.detail.setVisible(visible)
	if page := p.pages[p.chosen]; page != nil {
		page.SetVisible(visible)
	}
	if visible {
		p.show()
	}
}

// Close is part of kit.Page.
func (p *machinePage) Close() {
	p.stop()
	p.banners.setVisible(false)
	p.detail.close()
	for _, page := range p.pages {
		if page != nil {
			page.Close()
		}
	}
}

// Targets is the machine of the page.
func (p *machinePage) Targets() []parts.Machine {
	if !p.found {
		return nil
	}
	return []parts.Machine{p.machine}
}

// Focusable returns what takes the keys on the page.
func (p *machinePage) Focusable() fyne.Focusable {
	if page, ok := p.pages[p.chosen].(interface{ Focusable() fyne.Focusable }); ok {
		return page.Focusable()
	}
	return p.bar
}

// show takes what the inventory knows now.
func (p *machinePage) show() {
	machine, found := p.machines.inventory.Find(p.ref)
	if found {
		p.machine, p.found = machine, true
	} else if p.found && p.isGone() {
		p.found = false
	}
	p.showHeader()
	p.showBanner()
	p.buttons.follow()
}

func (p *machinePage) showHeader() {
	if p.machine.Name != "" {
		p.header.SetTitle(p.machine.Name)
	}
	look := parts.LookOf(p.machine.State)
	if p.machine.Stale() && p.found {
		look.Token = theme.Muted
	}
	p.chip.Set(look.Icon, look.Word, look.Token)
	p.chip.Hidden = !p.found
	system := ""
	if p.detail.known {
		system = parts.SystemName(p.detail.value.OS)
	}
	p.header.SetFacts(system, p.machines.inventory.Address(p.machine), string(p.ref.Host))
	p.header.Refit()
}

// isGone says that the machine is not there, and not only not listed yet.
func (p *machinePage) isGone() bool {
	inventory := p.machines.inventory
	return inventory.Away(p.ref.Host) || !inventory.Loading(p.ref.Host)
}

// goneWords say what became of the machine.
func (p *machinePage) goneWords() (title, text string) {
	if p.machines.inventory.Away(p.ref.Host) {
		return p.machines.awayWords(p.ref.Host)
	}
	return lang.L("This machine does not exist any more"), lang.L("It was deleted, here or by another program.")
}

// awayWords say what became of a host that is not in use.
func (m *Machines) awayWords(id virt.HostID) (title, text string) {
	words := map[string]any{"Host": id}
	if _, saved := m.inventory.Host(id); saved {
		return lang.L("{{.Host}} is not connected", words), lang.L("Connect to it to see its machines again.")
	}
	return lang.L("{{.Host}} is not in the list any more", words), lang.L("Nothing has changed on the host. Add it again to see its machines.")
}

// newGone says that something is gone; it is hidden as long as it is not.
func (m *Machines) newGone() *kit.Banner {
	gone := kit.NewBanner(kit.WarnBanner, "", "",
		kit.Secondary("", lang.L("All machines"), func() { m.open(virt.Ref{}, "", false) }).Small())
	gone.Hide()
	return gone
}

// showBanner says that the host does not answer or the machine is gone.
func (p *machinePage) showBanner() {
	p.banners.show(p.ref.Host)
	gone := !p.found && p.isGone()
	if gone {
		p.gone.SetWords(p.goneWords())
	}
	if gone == p.gone.Visible() {
		return
	}
	if gone {
		p.gone.Show()
		p.body.Hide() // what it offers is for a machine that exists
	} else {
		p.gone.Hide()
		p.body.Show()
	}
	p.content.Refresh()
}
