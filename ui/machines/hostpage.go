package machines

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// hostPage says what is known of a host.
type hostPage struct {
	machines *Machines
	id       virt.HostID
	host     virt.Host
	loaded   bool
	view     *kit.View[virt.Host]

	header                      *parts.Header
	create                      *kit.Button
	used, unused                []fyne.CanvasObject // the header's buttons of a host in use, and of a saved one
	chip                        *kit.Chip
	banners                     *hostBanners
	gone                        *kit.Banner
	body                        fyne.CanvasObject
	computer, software, machine *fyne.Container
	grid                        *fyne.Container
	load                        *hostLoad
	content                     fyne.CanvasObject
	stop                        func()
}

func newHostPage(m *Machines, id virt.HostID) *hostPage {
	p := &hostPage{machines: m, id: id, computer: kit.Col(5), software: kit.Col(5), machine: kit.Col(5)}
	p.chip = kit.NewChip("", "", theme.Muted)
	p.header = parts.NewHeader(string(id), p.chip)
	p.create = kit.Primary("plus", lang.L("New machine"), func() { m.newOn(id) }).WithKeys(NewKeys)
	check := kit.Secondary("stethoscope", lang.L("Check…"), func() { m.OpenCheck(id) })
	p.used = []fyne.CanvasObject{check, p.create}
	p.unused = []fyne.CanvasObject{kit.Primary("plug", lang.L("Connect"), func() { m.hosts.Connect(id) })}
	p.banners = newHostBanners(m, func() { p.content.Refresh() })
	p.load = newHostLoad(m, id)
	p.grid = kit.Grid(3, 14,
		kit.NewCard(lang.L("Computer"), nil, p.computer),
		kit.NewCard(lang.L("Software"), nil, p.software),
		kit.NewCard(lang.L("Machines"), nil, p.machine))
	p.gone, p.body = m.newGone(), kit.Grow(parts.Scrolled(kit.Col(14, p.load.grid, p.grid)))
	frame := parts.Frame(p.header, nil, kit.Col(0, p.banners.content, p.gone, p.body))
	p.content = kit.Responsive(fyne.NewSize(200, 200), frame, p.fit)
	p.view = kit.NewView(m.kit, func(ctx context.Context) (virt.Host, error) { return m.svc.Hosts.Show(ctx, id) }, p.take)
	p.view.SetVisible(false)
	m.kit.Follow(p.view, kit.AboutHost(id, virt.VMChanged, virt.VMRemoved)) // the inventory tells of the host's state
	p.stop = m.inventory.Listen(func(c Change) {
		if c == RowsChanged {
			p.show()
		}
	})
	p.show()
	return p
}

func (p *hostPage) fit(size fyne.Size) {
	columns := 3
	if size.Width < narrow {
		columns = 1
	}
	kit.SetColumns(p.grid, columns)
	kit.SetColumns(p.load.grid, min(columns, 2))
}

// Content is part of kit.Page.
func (p *hostPage) Content() fyne.CanvasObject { return p.content }

// SetVisible is part of kit.Page.
func (p *hostPage) SetVisible(visible bool) {
	p.banners.setVisible(visible)
	p.load.setVisible(visible)
	p.view.SetVisible(visible)
}

// Close is part of kit.Page.
func (p *hostPage) Close() {
	p.stop()
	p.banners.setVisible(false)
	p.load.close()
	p.view.Stop()
}

// take keeps the facts; those of a host that fails now stay as they were.
func (p *hostPage) take(h virt.Host, err error) {
	if err == nil {
		p.host, p.loaded = h, true
	}
	p.show()
}

func (p *hostPage) show() {
	state, found := p.machines.inventory.Host(p.id)
	p.showGone(!found && p.machines.inventory.listed)
	if !found {
		return
	}
	if !p.loaded {
		p.host = state
	}
	p.header.SetActions(p.used...)
	if state.State == virt.HostSaved {
		p.loaded, p.host = false, state
		p.header.SetActions(p.unused...)
	}
	look := hostLook(state.State)
	p.chip.Set(look.Icon, look.Word, look.Token)
	p.machines.allowNew(p.create, state)
	p.header.SetFacts(product(p.host.Hypervisor, p.host.HVVersion), product("libvirt", p.host.Libvirt), state.URI)
	p.header.Refit()
	p.banners.show(p.id)
	p.load.follow(state.State)
	fill(p.computer, p.computerFacts())
	fill(p.software, p.softwareFacts(state))
	fill(p.machine, p.machineFacts())
	p.grid.Refresh()
}

// showGone says that the host was removed, or nothing of the kind.
func (p *hostPage) showGone(gone bool) {
	if gone == p.gone.Visible() {
		return
	}
	p.chip.Hidden = gone
	if gone {
		p.gone.SetWords(p.machines.awayWords(p.id))
		p.gone.Show()
		p.body.Hide()
		p.loaded = false
		p.header.SetActions()
		p.header.SetFacts()
		p.header.Refit()
	} else {
		p.gone.Hide()
		p.body.Show()
	}
	p.content.Refresh()
}

// hostLook is how the state of a connection is shown.
func hostLook(s virt.HostState) parts.Look {
	switch s {
	case virt.HostConnected:
		return parts.Look{Word: lang.L("Connected"), Icon: "st-run", Token: theme.OK}
	case virt.HostSlow:
		return parts.Look{Word: lang.L("No answer"), Icon: "hourglass", Token: theme.Warn}
	case virt.HostSaved:
		return parts.Look{Word: lang.L("Not connected"), Icon: "unlink", Token: theme.Muted}
	case virt.HostOffline:
		return parts.Look{Word: lang.L("Offline"), Icon: "wifi-off", Token: theme.Warn}
	default:
		return parts.Look{Word: lang.L("Connecting"), Icon: "loader-circle", Token: theme.Accent}
	}
}

func product(name, version string) string {
	if name == "" || version == "" {
		return ""
	}
	return name + " " + version
}

func (p *hostPage) computerFacts() []fyne.CanvasObject {
	h := p.host
	memory := parts.NoValue
	if h.Memory > 0 {
		memory = lang.L("{{.Free}} free of {{.All}}", map[string]any{"Free": parts.Size(h.MemoryFree), "All": parts.Size(h.Memory)})
	}
	return []fyne.CanvasObject{
		fact(lang.L("Name"), orNone(h.Hostname)),
		fact(lang.L("Processor"), orNone(h.CPUModel)),
		fact(lang.L("Processors"), known(h.CPUs)),
		fact(lang.L("Topology"), topology(h)),
		fact(lang.L("Architecture"), orNone(h.Arch)),
		fact(lang.L("Memory"), memory),
	}
}

// known writes a number of processors; zero is of a host that has not told any.
func known(n uint) string {
	if n == 0 {
		return parts.NoValue
	}
	return parts.Count(int(n)) // a few thousand at most
}

// topology says how the processors of a host are arranged.
func topology(h virt.Host) string {
	if h.Sockets == 0 {
		return parts.NoValue
	}
	sockets, cores, threads := int(h.Sockets), int(h.Cores), int(h.Threads) // a few thousand at most
	return strings.Join([]string{
		lang.N("{{.Count}} sockets", sockets, map[string]any{"Count": sockets}),
		lang.N("{{.Count}} cores", cores, map[string]any{"Count": cores}),
		lang.N("{{.Count}} threads a core", threads, map[string]any{"Count": threads}),
	}, ", ")
}

func (p *hostPage) softwareFacts(state virt.Host) []fyne.CanvasObject {
	h := p.host
	has := func(it bool) string {
		switch {
		case !p.loaded:
			return parts.NoValue
		case it:
			return lang.L("Yes")
		}
		return lang.L("Not with the embedded driver")
	}
	return []fyne.CanvasObject{
		fact(lang.L("Hypervisor"), orNone(product(h.Hypervisor, h.HVVersion))),
		fact(lang.L("libvirt"), orNone(h.Libvirt)),
		fact(lang.L("Networks"), has(h.HasNetworks)),
		fact(lang.L("Storage pools"), has(h.HasPools)),
		fact(lang.L("Connection"), state.URI),
	}
}

func (p *hostPage) machineFacts() []fyne.CanvasObject {
	var running, vcpus int
	var memory uint64
	all := p.machines.inventory.On(p.id)
	for _, m := range all {
		if m.State.Active() {
			running++
			vcpus += int(m.VCPUs) // a few hundred at most
			memory += m.MemoryCurrent
		}
	}
	return []fyne.CanvasObject{
		fact(lang.L("Machines"), parts.Count(len(all))),
		fact(lang.L("On"), parts.Count(running)),
		fact(lang.L("vCPU in use"), parts.Count(vcpus)),
		fact(lang.L("Memory in use"), parts.Size(memory)),
	}
}

func orNone(words string) string {
	if words == "" {
		return parts.NoValue
	}
	return words
}
