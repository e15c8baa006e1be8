package machines

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// hostSetting is where it is kept whose machines the table shows.
const hostSetting = "machines.host"

// hostFilterWidth is how wide the choice of a host is.
const hostFilterWidth = 138

// hostFilter lets through the machines of one host, or of all. It is shown
// while several hosts are in use.
type hostFilter struct {
	machines *Machines
	choice   *kit.Select
	content  *fyne.Container
	wanted   virt.HostID // empty for all; it may be out of use now
	options  []kit.Option
	changed  func()
}

// newHostFilter makes the choice as it was left; changed is called when the
// person chooses.
func newHostFilter(m *Machines, changed func()) *hostFilter {
	f := &hostFilter{machines: m, changed: changed}
	f.choice = kit.NewSelect(lang.L("Host"), nil, func(o kit.Option) { f.choose(virt.HostID(o.ID)) })
	f.content = kit.Width(hostFilterWidth, f.choice)
	f.content.Hide()
	m.svc.Settings.UI(hostSetting, &f.wanted)
	return f
}

// choose keeps the choice and tells of it.
func (f *hostFilter) choose(id virt.HostID) {
	f.keep(id)
	f.changed()
}

func (f *hostFilter) keep(id virt.HostID) {
	f.wanted = id
	f.machines.kit.Run(func(ctx context.Context) error { return f.machines.svc.Settings.SetUI(ctx, hostSetting, id) })
}

// follow offers the hosts that are in use now. A host that does not exist any
// more is forgotten; one that is only out of use may come back.
func (f *hostFilter) follow() {
	inv := f.machines.inventory
	if _, known := inv.Host(f.wanted); f.wanted != "" && inv.listed && !known {
		f.keep("")
	}
	options := []kit.Option{{Label: lang.L("All hosts")}}
	for _, h := range inv.Hosts() {
		options = append(options, kit.Option{ID: string(h.ID), Label: string(h.ID), Help: f.fact(h)})
	}
	if !slices.Equal(options, f.options) {
		f.options = options
		f.choice.SetOptions(options)
	}
	f.choice.Choose(string(f.only()))
	f.content.Hidden = len(inv.Hosts()) < 2
}

// fact is what is said of a host in the menu.
func (f *hostFilter) fact(h virt.Host) string {
	switch {
	case !reached(h):
		return lang.L("Offline")
	case f.machines.inventory.Loading(h.ID):
		return ""
	default:
		count := len(f.machines.inventory.On(h.ID))
		return lang.N("{{.Count}} machines", count, map[string]any{"Count": parts.Count(count)})
	}
}

// only is the host whose machines are let through; empty for all. One host
// alone needs no filter.
func (f *hostFilter) only() virt.HostID {
	hosts := f.machines.inventory.Hosts()
	if len(hosts) < 2 || !slices.ContainsFunc(hosts, func(h virt.Host) bool { return h.ID == f.wanted }) {
		return ""
	}
	return f.wanted
}

// lets says whether the machines of the host are let through.
func (f *hostFilter) lets(id virt.HostID) bool {
	only := f.only()
	return only == "" || only == id
}

// clear lets all through again, without telling.
func (f *hostFilter) clear() {
	if f.wanted != "" {
		f.keep("")
		f.choice.Choose("")
	}
}
