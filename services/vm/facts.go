package vm

import (
	"sync"

	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// facts remembers what the XML of each VM says, so that it is read once per VM
// and again only on news of that VM.
type facts struct {
	mu   sync.Mutex
	of   map[vmKey]*domainxml.Facts
	turn map[vmKey]uint64 // counts the news of each VM
}

// A vmKey is what tells VMs apart. It is shorter than a Ref: lists of a thousand
// are looked up by it.
type vmKey struct {
	host virt.HostID
	id   string
}

func keyOf(vm virt.Ref) vmKey { return vmKey{vm.Host, vm.ID} }

func newFacts() *facts {
	return &facts{of: map[vmKey]*domainxml.Facts{}, turn: map[vmKey]uint64{}}
}

// hear forgets what the news makes old.
func (f *facts) hear(ev virt.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch ev.Kind {
	case virt.VMChanged, virt.VMDefined, virt.VMRemoved:
		f.forget(ev.Ref)
	case virt.Resync:
		for key := range f.of {
			if key.host == ev.Ref.Host {
				delete(f.of, key)
				f.turn[key]++
			}
		}
	}
}

// forget makes what is known of the VM, and what is being read of it, old. The
// caller holds f.mu.
func (f *facts) forget(vm virt.Ref) {
	key := keyOf(vm)
	delete(f.of, key)
	f.turn[key]++
}

// changed is for those who have just changed the VM: the news of it comes a
// little later than the answer.
func (f *facts) changed(vm virt.Ref) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget(vm)
}

func (f *facts) get(vm virt.Ref) (domainxml.Facts, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, ok := f.of[keyOf(vm)]
	if !ok {
		return domainxml.Facts{}, false
	}
	return *known, true
}

// fill adds to the rows of an inventory what is known; all says whether that is
// something of each.
func (f *facts) fill(vms []virt.VM) (all bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	all = true
	for i := range vms {
		known, ok := f.of[vmKey{vms[i].Host, vms[i].ID}]
		if ok {
			addFacts(&vms[i], known)
		}
		all = all && ok
	}
	return all
}

// begin notes which news have been heard before the XML is read.
func (f *facts) begin(vm virt.Ref) uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.turn[keyOf(vm)]
}

// put keeps what was read, unless news came in while it was read.
func (f *facts) put(vm virt.Ref, turn uint64, read domainxml.Facts) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.turn[keyOf(vm)] == turn {
		f.of[keyOf(vm)] = &read
	}
}
