// Package machines shows the machines of all hosts: the navigator, the table,
// the page of a machine and of a host, and how machines are made and deleted.
package machines

import (
	"context"
	"slices"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// An Inventory knows the hosts and machines of a window: one copy for the
// navigator, the table and the headers. It is read and told of changes on the
// UI goroutine.
type Inventory struct {
	kit       *kit.Kit
	svc       *services.Services
	hosts     []virt.Host // in use
	known     []virt.Host // those and the saved ones, in their order
	told      string      // what was said last of saved hosts that cannot be read
	listed    bool        // the hosts have been listed
	rows      map[virt.HostID]*hostRows
	addresses *addressBook
	listeners map[int]func(Change)
	next      int
	views     []kit.Follower
	pictures  map[virt.HostID]time.Time // when a picture of a screen was asked for last
}

// A Change says what is new in an Inventory.
type Change int

// The kinds of changes.
const (
	RowsChanged    Change = iota // hosts, machines or their states
	FiguresChanged               // load, memory in use, addresses
)

// NewInventory makes an Inventory that follows the news at once.
func NewInventory(k *kit.Kit, svc *services.Services) *Inventory {
	inv := &Inventory{kit: k, svc: svc, rows: map[virt.HostID]*hostRows{}, listeners: map[int]func(Change){}, pictures: map[virt.HostID]time.Time{}}
	inv.addresses = newAddressBook(k, svc, func() { inv.tell(FiguresChanged) })
	hosts := kit.NewView(k, inv.list, inv.showHosts)
	hosts.Now() // their machines load while the window is built
	inv.watch(hosts, kit.OfKind(virt.HostChanged))
	return inv
}

// watch loads a view now, on news, and when everything is loaded again.
func (inv *Inventory) watch(view kit.Follower, match func(virt.Event) bool) {
	inv.views = append(inv.views, view)
	inv.kit.Follow(view, match)
}

// Reload loads everything again.
func (inv *Inventory) Reload() {
	for _, view := range inv.views {
		view.Changed()
	}
}

// Listen calls changed after every change until the returned function is called.
func (inv *Inventory) Listen(changed func(Change)) (stop func()) {
	id := inv.next
	inv.next++
	inv.listeners[id] = changed
	return func() { delete(inv.listeners, id) }
}

func (inv *Inventory) tell(c Change) {
	for _, id := range sortedKeys(inv.listeners) {
		if changed, still := inv.listeners[id]; still {
			changed(c)
		}
	}
}

func sortedKeys(m map[int]func(Change)) []int {
	keys := make([]int, 0, len(m))
	for id := range m {
		keys = append(keys, id)
	}
	slices.Sort(keys)
	return keys
}

// Hosts returns the hosts in use, in their order.
func (inv *Inventory) Hosts() []virt.Host { return inv.hosts }

// Known returns the hosts in use and the saved ones, in their order.
func (inv *Inventory) Known() []virt.Host { return inv.known }

// Host returns what is known of a host.
func (inv *Inventory) Host(id virt.HostID) (virt.Host, bool) {
	for _, h := range inv.known {
		if h.ID == id {
			return h, true
		}
	}
	return virt.Host{}, false
}

// Loading says whether the host's machines have not been listed yet although
// nothing went wrong.
func (inv *Inventory) Loading(id virt.HostID) bool {
	r := inv.rows[id]
	return r == nil || !r.loaded && r.err == nil
}

// Away says that the host is not in use: somebody has disconnected or removed it.
func (inv *Inventory) Away(id virt.HostID) bool { return inv.listed && inv.rows[id] == nil }

// AsOf returns when the host's machines were last listed.
func (inv *Inventory) AsOf(id virt.HostID) time.Time {
	if r := inv.rows[id]; r != nil {
		return r.asOf
	}
	return time.Time{}
}

// Settled says whether every host has answered or failed.
func (inv *Inventory) Settled() bool {
	return inv.listed && !slices.ContainsFunc(inv.hosts, func(h virt.Host) bool { return inv.Loading(h.ID) })
}

// Machines returns the machines of all hosts, by name as people count.
func (inv *Inventory) Machines() []parts.Machine {
	var all []parts.Machine
	for _, h := range inv.hosts {
		all = append(all, inv.On(h.ID)...)
	}
	slices.SortStableFunc(all, func(a, b parts.Machine) int { return compareNames(a.Name, b.Name) })
	return all
}

// On returns the machines of a host, by name as people count.
func (inv *Inventory) On(id virt.HostID) []parts.Machine {
	r := inv.rows[id]
	if r == nil {
		return nil
	}
	h, _ := inv.Host(id)
	all := make([]parts.Machine, 0, len(r.vms))
	for _, vm := range r.vms {
		all = append(all, r.machine(vm, h))
	}
	return all
}

// Find returns the machine that ref points to.
func (inv *Inventory) Find(ref virt.Ref) (parts.Machine, bool) {
	r := inv.rows[ref.Host]
	if r == nil {
		return parts.Machine{}, false
	}
	for _, vm := range r.vms {
		if vm.ID == ref.ID {
			h, _ := inv.Host(ref.Host)
			return r.machine(vm, h), true
		}
	}
	return parts.Machine{}, false
}

// Named returns the first machine of that name.
func (inv *Inventory) Named(name string) (parts.Machine, bool) {
	for _, m := range inv.Machines() {
		if m.Name == name {
			return m, true
		}
	}
	return parts.Machine{}, false
}

// Address returns the machine's address as far as it is known, and has it
// looked up: machines that nobody looks at are not asked for theirs.
func (inv *Inventory) Address(m parts.Machine) string { return inv.addresses.of(m) }

// KnownAddress returns the machine's address if it is known, without looking.
func (inv *Inventory) KnownAddress(ref virt.Ref) string { return inv.addresses.known(ref) }

// CountOn returns how many machines the host has and how many of them run; an
// empty ID counts those of all hosts.
func (inv *Inventory) CountOn(id virt.HostID) (all, running int) {
	for _, r := range inv.rows {
		if id != "" && r.id != id {
			continue
		}
		all += len(r.vms)
		for _, vm := range r.vms {
			if vm.State == virt.StateRunning {
				running++
			}
		}
	}
	return all, running
}

func (inv *Inventory) list(ctx context.Context) ([]virt.Host, error) {
	hosts, err := inv.svc.Hosts.List(ctx)
	if err != nil {
		return nil, err
	}
	return inv.svc.Hosts.WithSaved(ctx, hosts)
}

// showHosts takes the list of hosts, begins to follow the new ones and forgets
// those that are gone. Saved hosts that cannot be read are told of once.
func (inv *Inventory) showHosts(known []virt.Host, err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text != inv.told {
		inv.told = text
		inv.kit.Show(err)
	}
	if err != nil && len(known) == 0 {
		return
	}
	inv.known, inv.hosts, inv.listed = known, nil, true
	for _, h := range known {
		if h.State == virt.HostSaved {
			continue
		}
		inv.hosts = append(inv.hosts, h)
		if inv.rows[h.ID] == nil {
			inv.rows[h.ID] = inv.follow(h.ID)
		}
	}
	for id, r := range inv.rows {
		if !slices.ContainsFunc(inv.hosts, func(h virt.Host) bool { return h.ID == id }) {
			r.leave()
			delete(inv.rows, id)
		}
	}
	inv.tell(RowsChanged)
}

// answered notes that a host is connected, whose machines may be listed before
// its own news has come: they would be shown as what nothing can be done with.
func (inv *Inventory) answered(id virt.HostID) {
	for _, hosts := range [][]virt.Host{inv.hosts, inv.known} {
		for i, h := range hosts {
			if h.ID == id && h.State == virt.HostConnecting {
				hosts[i].State = virt.HostConnected
			}
		}
	}
}

// follow loads the machines of a host now and on their news, and their figures
// whenever they were read.
func (inv *Inventory) follow(id virt.HostID) *hostRows {
	r := &hostRows{inv: inv, id: id}
	inv.rows[id] = r
	list := kit.NewView(inv.kit, r.load, r.show)
	figures := kit.NewView(inv.kit, func(ctx context.Context) (map[string]virt.Rates, error) {
		return inv.svc.Metrics.Latest(ctx, id)
	}, r.showFigures)
	r.stops = []func(){list.Stop, figures.Stop, inv.addresses.follow(id), func() {
		inv.views = slices.DeleteFunc(inv.views, func(f kit.Follower) bool { return f == kit.Follower(list) })
	}}
	inv.watch(list, kit.AboutHost(id, virt.VMChanged, virt.VMDefined, virt.VMRemoved))
	inv.kit.Follow(figures, func(e virt.Event) bool { return e.Kind == virt.StatsTaken && e.Ref.Host == id })
	r.measure()
	return r
}
