package machines

import (
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// HostActions is what can be done with the list of hosts. A window that has
// none offers none of it.
type HostActions interface {
	// Add asks for a new host.
	Add()
	// Connect begins to connect to a saved host.
	Connect(virt.HostID)
	// Menu is what can be done with a host's place in the list.
	Menu(virt.Host) []kit.MenuItem
}

// hostMenu is what can be done with a host.
func (m *Machines) hostMenu(h virt.Host) []kit.MenuItem {
	items := []kit.MenuItem{{Icon: "server", Label: lang.L("Open"), Do: func() { m.open(virt.HostRef(h.ID), "", false) }}}
	if h.State != virt.HostSaved {
		items = append(items, m.usedHostMenu(h)...)
	}
	if m.hosts == nil {
		return items
	}
	items = append(append(items, kit.MenuLine()), m.hosts.Menu(h)...)
	return append(items, kit.MenuLine(), kit.MenuItem{Icon: "plus", Label: lang.L("Add host…"), Do: m.hosts.Add})
}
