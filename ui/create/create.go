// Package create is the wizard that makes a new machine: six questions, each
// with an answer already, and a summary of what will be made of them.
package create

import (
	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// Options say how the wizard fits into its window.
type Options struct {
	Kit      *kit.Kit
	Services *services.Services
	// Made shows a machine that was created; it runs if it was to be started.
	Made func(ref virt.Ref, started bool)
}

// Open opens the wizard for a machine on the host, which is one of hosts.
func Open(o Options, hosts []virt.Host, host virt.HostID) {
	w := newWizard(o, hosts, host)
	w.dialog.Open()
	w.ask()
}
