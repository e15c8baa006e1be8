// Package hosts is the window of the connection manager: hosts are added,
// edited, tested, ordered and removed, and the questions on the way to them are
// asked.
package hosts

import (
	"context"
	"slices"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// Hosts are the dialogs and menus about the hosts of one window.
type Hosts struct {
	kit   *kit.Kit
	svc   *services.Services
	saved []virt.SavedHost
}

// New makes them and follows the hosts that are saved.
func New(k *kit.Kit, svc *services.Services) *Hosts {
	h := &Hosts{kit: k, svc: svc}
	k.Follow(kit.NewView(k, svc.Hosts.Saved, h.take), kit.OfKind(virt.HostChanged))
	return h
}

// take keeps what could be read. Files that are broken are told of by the list
// of hosts.
func (h *Hosts) take(saved []virt.SavedHost, _ error) { h.saved = saved }

// find returns the saved host of that name.
func (h *Hosts) find(name virt.HostID) (virt.SavedHost, bool) {
	i := slices.IndexFunc(h.saved, func(s virt.SavedHost) bool { return s.Name == name })
	if i < 0 {
		return virt.SavedHost{}, false
	}
	return h.saved[i], true
}

// Connect begins to connect to a saved host.
func (h *Hosts) Connect(name virt.HostID) {
	h.kit.Run(func(ctx context.Context) error { return h.svc.Hosts.Connect(ctx, name) })
}

func (h *Hosts) disconnect(name virt.HostID) {
	h.kit.Run(func(ctx context.Context) error { return h.svc.Hosts.Disconnect(ctx, name) })
}

// Menu is what can be done with a host's place in the list.
func (h *Hosts) Menu(host virt.Host) []kit.MenuItem {
	saved, isSaved := h.find(host.ID)
	var items []kit.MenuItem
	if host.State == virt.HostSaved {
		items = append(items, kit.MenuItem{Icon: "plug", Label: lang.L("Connect"), Do: func() { h.Connect(host.ID) }})
	} else {
		items = append(items, kit.MenuItem{Icon: "unlink", Label: lang.L("Disconnect"), Do: func() { h.disconnect(host.ID) }})
	}
	if !isSaved {
		return append(items, kit.MenuLine(), kit.MenuItem{Icon: "save", Label: lang.L("Save this host…"), Do: func() { h.keep(host) }})
	}
	place := slices.IndexFunc(h.saved, func(s virt.SavedHost) bool { return s.Name == host.ID })
	return append(items,
		kit.MenuItem{Icon: "clock", Label: lang.L("Connect at the start"), Checked: saved.AtStart, Do: func() { h.setAtStart(saved) }},
		kit.MenuItem{Icon: "arrow-up", Label: lang.L("Move up"), Disabled: edge(place == 0), Do: func() { h.move(place, -1) }},
		kit.MenuItem{Icon: "arrow-down", Label: lang.L("Move down"), Disabled: edge(place == len(h.saved)-1), Do: func() { h.move(place, 1) }},
		kit.MenuLine(),
		kit.MenuItem{Icon: "pencil", Label: lang.L("Edit…"), Do: func() { h.Edit(saved) }},
		kit.MenuItem{Icon: "trash-2", Label: lang.L("Remove…"), Danger: true, Do: func() { h.askRemove(saved) }},
	)
}

func edge(there bool) string {
	if there {
		return lang.L("It is there already.")
	}
	return ""
}

// keep offers to save a host that was named at the start.
func (h *Hosts) keep(host virt.Host) {
	known, err := virt.HostFromURI(host.URI)
	if err != nil {
		h.kit.Show(err)
		return
	}
	known.Name, known.AtStart = host.ID, true
	openForm(h, known, "")
}

func (h *Hosts) setAtStart(saved virt.SavedHost) {
	saved.AtStart = !saved.AtStart
	h.kit.Run(func(ctx context.Context) error { return h.svc.Hosts.Save(ctx, saved.Name, saved) })
}

func (h *Hosts) move(place, by int) {
	var names []virt.HostID
	for _, s := range h.saved {
		names = append(names, s.Name)
	}
	names[place], names[place+by] = names[place+by], names[place]
	h.kit.Run(func(ctx context.Context) error { return h.svc.Hosts.Order(ctx, names) })
}

// Add asks for a new host.
func (h *Hosts) Add() { openForm(h, virt.SavedHost{Transport: virt.TransportSSH, AtStart: true}, "") }

// Edit asks for other values of a saved host.
func (h *Hosts) Edit(saved virt.SavedHost) { openForm(h, saved, saved.Name) }

func (h *Hosts) askRemove(saved virt.SavedHost) {
	words := map[string]any{"Host": saved.Name}
	h.kit.Confirm(kit.Question{
		Icon:   "server",
		Title:  lang.L("Remove the host “{{.Host}}”?", words),
		Text:   lang.L("It leaves the list, and its passwords are forgotten. Nothing changes on the host: its machines go on."),
		Action: lang.L("Remove host"),
	}, func() {
		h.kit.Run(func(ctx context.Context) error { return h.svc.Hosts.Remove(ctx, saved.Name) })
	})
}
