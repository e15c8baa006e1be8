package parts

import (
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A Machine is a VM as pages show it: with its newest figures and the state of
// the connection it was read over.
type Machine struct {
	virt.VM
	Rates     virt.Rates
	HasRates  bool
	HostState virt.HostState
}

// Stale says whether the machine is shown as it was when its host last answered.
func (m Machine) Stale() bool { return m.HostState != virt.HostConnected }

// Can says whether the action makes sense for the machine now, and if not why
// in a sentence for people.
func Can(a virt.Action, m Machine) (reason string, ok bool) {
	if m.Stale() {
		return lang.L("{{.Host}} does not answer.", map[string]any{"Host": m.Host}), false
	}
	reason, ok = virt.Can(a, m.VM)
	if !ok {
		reason = lang.L(reason)
	}
	return reason, ok
}

// CanAny is Can for several machines: ok when the action makes sense for one of
// them. Without machines the reason says to choose some.
func CanAny(a virt.Action, machines []Machine) (reason string, ok bool) {
	reason = lang.L("Select a machine first.")
	for i, m := range machines {
		why, can := Can(a, m)
		if can {
			return "", true
		}
		if i == 0 {
			reason = why
		}
	}
	return reason, false
}

// able returns the machines for which the action makes sense.
func able(a virt.Action, machines []Machine) []Machine {
	var all []Machine
	for _, m := range machines {
		if _, ok := Can(a, m); ok {
			all = append(all, m)
		}
	}
	return all
}
