package machines

import (
	"cmp"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// ConsoleTab is the ID of the tab that shows a machine's screen. A window that
// has no such tab offers no consoles.
const ConsoleTab = "console"

// NewKeys is the key combination that makes a new machine.
const NewKeys = "Ctrl+N"

// Options say how the machines fit into their window.
type Options struct {
	Kit      *kit.Kit
	Services *services.Services
	// Tabs are the tabs of a machine's page behind Overview.
	Tabs []kit.Tab[virt.Ref]
	// Open shows a host or machine, or with a zero Ref all machines, at the tab
	// of that ID; empty means the one shown last. another wants a work tab of
	// its own.
	Open func(ref virt.Ref, tab string, another bool)
	// OpenWindow shows a machine in a window of its own; nil where that is not offered.
	OpenWindow func(ref virt.Ref)
	// Hosts changes the list of hosts; nil where that is not offered.
	Hosts HostActions
	// Leave ends the pages of a machine that this window has deleted.
	Leave func(ref virt.Ref)
	// Create asks for a machine on one of the hosts; host is the one to begin with.
	Create func(hosts []virt.Host, host virt.HostID)
}

// Machines are the pages about machines and hosts of one window.
type Machines struct {
	kit       *kit.Kit
	svc       *services.Services
	tabs      []kit.Tab[virt.Ref]
	open      func(ref virt.Ref, tab string, another bool)
	leave     func(ref virt.Ref)
	create    func(hosts []virt.Host, host virt.HostID)
	inventory *Inventory
	actions   *parts.Actions
	hosts     HostActions
	first     *firstChecks        // nil in further windows
	named     map[virt.Ref]string // what labels called machines last, by their keys
}

// New makes the pages' common part, which follows the machines of all hosts.
func New(o Options) *Machines {
	m := over(NewInventory(o.Kit, o.Services), o)
	m.first = newFirstChecks(m)
	return m
}

// In returns the pages for a further window. They share what is known of the
// machines with those of m, whose window MUST outlast the further one.
func (m *Machines) In(o Options) *Machines { return over(m.inventory, o) }

func over(inventory *Inventory, o Options) *Machines {
	m := &Machines{kit: o.Kit, svc: o.Services, tabs: o.Tabs, open: o.Open, leave: o.Leave, create: o.Create, inventory: inventory, hosts: o.Hosts, named: map[virt.Ref]string{}}
	m.actions = parts.NewActions(o.Kit, o.Services)
	m.actions.Delete, m.actions.Window = m.askDelete, o.OpenWindow
	for _, tab := range o.Tabs {
		if tab.ID == ConsoleTab {
			m.actions.Console = func(ref virt.Ref) { m.open(ref, ConsoleTab, false) }
		}
	}
	return m
}

// Inventory returns the hosts and machines that the pages show.
func (m *Machines) Inventory() *Inventory { return m.inventory }

// Page makes the page of a host or machine, or with a zero Ref the one of all
// machines. tab is the ID of the page tab to begin with; empty is the first.
func (m *Machines) Page(ref virt.Ref, tab string) kit.Page {
	switch ref.Kind {
	case virt.KindVM:
		return newMachinePage(m, ref, tab)
	case virt.KindHost:
		return newHostPage(m, ref.Host)
	default:
		return newTablePage(m)
	}
}

// Label returns what a work tab of the thing is called, and its icon. A machine
// that is gone keeps its last name.
func (m *Machines) Label(ref virt.Ref) kit.WorkTab {
	switch ref.Kind {
	case virt.KindVM:
		t := kit.WorkTab{Icon: "monitor", Name: cmp.Or(m.named[ref.Key()], ref.Name)}
		if row, found := m.inventory.Find(ref); found {
			t.Name = row.Name
			m.named[ref.Key()] = row.Name
			if row.State != virt.StateRunning {
				look := parts.LookOf(row.State)
				t.Icon, t.Token = look.Icon, look.Token
			}
		}
		return t
	case virt.KindHost:
		return kit.WorkTab{Icon: "server", Name: string(ref.Host)}
	default:
		return kit.WorkTab{Icon: "monitor", Name: lang.L("All machines")}
	}
}

// Targets are the machines that keys act on: the selected ones of the table, or
// the one whose page it is.
type Targets interface{ Targets() []parts.Machine }

// Do does the action to the machines that page is about.
func (m *Machines) Do(action virt.Action, page kit.Page) {
	t, ok := page.(Targets)
	if !ok {
		return
	}
	machines := t.Targets()
	if action == virt.PauseVM {
		action, _, _ = parts.PauseOrResume(machines)
	}
	if action == virt.OpenConsole && m.actions.Console == nil {
		return
	}
	m.actions.Do(action, machines, nil)
}

// NewMachine asks for what is needed and makes a machine.
func (m *Machines) NewMachine() { m.onFirst(m.newOn) }
