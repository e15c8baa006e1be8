package machines

import (
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// Menu returns all that can be done with the machines, as their context menu has it.
func (m *Machines) Menu(machines []parts.Machine) []kit.MenuItem { return m.actions.Menu(machines) }

// HostMenu returns all that can be done with the host.
func (m *Machines) HostMenu(h virt.Host) []kit.MenuItem { return m.hostMenu(h) }

// CanMake says whether there is a host to make a machine on.
func (m *Machines) CanMake() bool { return len(m.connected()) > 0 }
