package machines

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A Navigator is the tree of hosts and machines beside the page.
type Navigator struct {
	machines *Machines
	tree     *kit.TreeList
	filter   *kit.Entry
	add      *kit.Button
	none     *kit.Text
	content  *fyne.Container
}

// NewNavigator makes the tree. hide hides the pane that holds it.
func (m *Machines) NewNavigator(hide func()) *Navigator {
	n := &Navigator{machines: m}
	n.filter = kit.NewSearch(lang.L("Filter machines"), func(string) { n.show() })
	n.tree = kit.NewTreeList(kit.TreeSpec{
		Name:     lang.L("Hosts and machines"),
		Selected: func(item kit.TreeItem) { m.open(refOf(item.ID), "", false) },
		OpenNew:  func(item kit.TreeItem) { m.open(refOf(item.ID), "", true) },
		Menu:     n.menu,
		Delete:   func(item kit.TreeItem) { n.do(virt.DeleteVM, item) },
	})
	n.add = kit.IconButton("plus", lang.L("New machine"), m.NewMachine).WithKeys(NewKeys)
	n.none = kit.NewText(kit.SmallText, lang.L("No machines yet."))
	head := kit.Height(56, kit.Pad(0, 8, 0, 16, kit.Row(0,
		kit.NewText(kit.PanelText, lang.L("Machines")), kit.Spacer(),
		n.add,
		kit.IconButton("panel-left", lang.L("Hide the navigator"), hide).WithKeys("Ctrl+B"))))
	n.content = kit.Col(0, head, kit.Pad(0, 12, 8, 12, n.filter), kit.Grow(kit.Stack(n.tree, kit.At(0, 0, kit.Pad(40, 8, 0, 28, n.none)))))
	if m.hosts != nil {
		n.content.Add(kit.Pad(4, 12, 8, 12, kit.Row(0, kit.Quiet("plus", lang.L("Add host"), m.hosts.Add).Small(), kit.Spacer())))
	}
	m.inventory.Listen(func(Change) { n.show() })
	n.show()
	return n
}

// Content returns what to put into the pane.
func (n *Navigator) Content() fyne.CanvasObject { return n.content }

// Select marks what the page shows.
func (n *Navigator) Select(ref virt.Ref) {
	if id := itemID(ref); id != n.tree.SelectedID() {
		n.tree.Select(id)
	}
}

// Focusable returns what takes the keys in the pane.
func (n *Navigator) Focusable() fyne.Focusable { return n.tree }

func (n *Navigator) show() {
	words := strings.ToLower(strings.TrimSpace(n.filter.Text()))
	inv := n.machines.inventory
	var items []kit.TreeItem
	for _, h := range inv.Known() {
		items = append(items, n.hostItem(h, words))
	}
	n.tree.SetItems(items)
	n.machines.allowNew(n.add, inv.Hosts()...)
	all, _ := inv.CountOn("")
	hidden := all > 0 || !inv.Settled() || len(inv.Known()) != 1 || inv.Known()[0].State != virt.HostConnected
	if hidden != n.none.Hidden {
		n.none.Hidden = hidden
		n.none.Refresh()
	}
}

func (n *Navigator) hostItem(h virt.Host, words string) kit.TreeItem {
	inv := n.machines.inventory
	machines := inv.On(h.ID)
	item := kit.TreeItem{ID: itemID(virt.HostRef(h.ID)), Text: string(h.ID), Icon: "server", Token: theme.Muted, Folder: true}
	item.Fact, item.Loading = parts.Count(len(machines)), inv.Loading(h.ID)
	switch h.State {
	case virt.HostOffline:
		item.Fact, item.FactIcon, item.FactToken, item.Muted = lang.L("Offline"), "wifi-off", theme.Warn, true
		item.Loading = false
	case virt.HostSlow:
		item.Fact, item.FactIcon, item.FactToken, item.Muted = lang.L("No answer"), "hourglass", theme.Warn, true
	case virt.HostConnecting:
		item.Fact = lang.L("Connecting")
	case virt.HostSaved:
		item.Fact, item.Loading, item.Muted = lang.L("Not connected"), false, true
	}
	for _, m := range machines {
		if words == "" || strings.Contains(strings.ToLower(m.Name), words) {
			item.Children = append(item.Children, machineItem(m))
		}
	}
	return item
}

func machineItem(m parts.Machine) kit.TreeItem {
	look := parts.LookOf(m.State)
	item := kit.TreeItem{ID: itemID(m.Ref()), Text: m.Name, Icon: look.Icon, Token: look.Token, State: look.Word, Muted: m.Stale()}
	if m.HasRates && !m.Stale() {
		item.Fact = parts.Percent(m.Rates.CPUPercent)
	}
	return item
}

func (n *Navigator) menu(item kit.TreeItem, at fyne.Position) {
	ref := refOf(item.ID)
	on := n.machines.kit.Win.Canvas()
	if m, found := n.machines.inventory.Find(ref); found && ref.Kind == virt.KindVM {
		kit.ShowMenu(on, at, n.machines.actions.Menu([]parts.Machine{m}))
		return
	}
	if h, found := n.machines.inventory.Host(ref.Host); found {
		kit.ShowMenu(on, at, n.machines.hostMenu(h))
	}
}

func (n *Navigator) do(action virt.Action, item kit.TreeItem) {
	if m, found := n.machines.inventory.Find(refOf(item.ID)); found {
		n.machines.actions.Do(action, []parts.Machine{m}, nil)
	}
}

// itemID names a host or machine in the tree; refOf reads it back.
func itemID(ref virt.Ref) string {
	switch ref.Kind {
	case virt.KindHost:
		return string(ref.Host)
	case virt.KindVM:
		return string(ref.Host) + "/" + ref.ID
	default:
		return ""
	}
}

func refOf(id string) virt.Ref {
	host, vm, isVM := strings.Cut(id, "/")
	if !isVM {
		return virt.HostRef(virt.HostID(host))
	}
	return virt.Ref{Host: virt.HostID(host), Kind: virt.KindVM, ID: vm}
}
