// Package vm works on virtual machines: it lists and shows them, makes and
// deletes them, drives their lifecycle and opens their consoles.
package vm

import (
	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/event"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Service works on the VMs of all hosts.
type Service struct {
	// Usual returns the sizes of machines about which neither the person nor the
	// operating system has an opinion: Memory, VCPUs and the size of one disk.
	Usual func() virt.VMSpec

	hosts *host.Service
	door  *operation.Door
	bus   *event.Bus
	dirs  Dirs
	known *facts
}

// Dirs are the directories the Service may write to.
type Dirs struct {
	Cache   string // the tiny guest and the accelerator's probe
	Data    string // machines of the embedded driver, which has no pools
	Runtime string // files for another viewer
}

// New returns a Service over the hosts and teaches the door how to take back
// the steps of creating and deleting.
func New(hosts *host.Service, door *operation.Door, bus *event.Bus, dirs Dirs) *Service {
	s := &Service{Usual: usual, hosts: hosts, door: door, bus: bus, dirs: dirs, known: newFacts()}
	hosts.BeforeNews(s.known.hear)
	s.registerInverses(door)
	return s
}
