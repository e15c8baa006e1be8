package machines

import (
	"context"
	"net/netip"
	"slices"
	"sync"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// addressTicks are the readings of a host's figures, counted since a machine
// was first asked in vain, at which it is asked again. A guest gets its address
// seconds after it starts and nothing tells of it; after the last one only news
// of the machine makes it be asked, so that a quiet host stays quiet.
var addressTicks = []int{1, 2, 4, 7, 11}

// addressBook looks up the addresses of the machines that are looked at.
type addressBook struct {
	kit     *kit.Kit
	svc     *services.Services
	changed func()
	entries map[virt.Ref]*addressEntry
	asking  bool
}

type addressEntry struct {
	ref   virt.Ref
	text  string
	due   bool // to be asked now
	ticks int
}

func newAddressBook(k *kit.Kit, svc *services.Services, changed func()) *addressBook {
	return &addressBook{kit: k, svc: svc, changed: changed, entries: map[virt.Ref]*addressEntry{}}
}

// of returns the machine's address, empty as long as none is known.
func (b *addressBook) of(m parts.Machine) string {
	if m.State != virt.StateRunning {
		return ""
	}
	key := m.Ref().Key()
	e := b.entries[key]
	if e == nil {
		e = &addressEntry{ref: m.Ref(), due: true}
		b.entries[key] = e
		b.ask()
	}
	return e.text
}

// known returns the address without having it looked up.
func (b *addressBook) known(ref virt.Ref) string {
	if e := b.entries[ref.Key()]; e != nil {
		return e.text
	}
	return ""
}

// forgetBut forgets the addresses of machines that do not run any more.
func (b *addressBook) forgetBut(host virt.HostID, vms []virt.VM) {
	running := map[string]bool{}
	for _, vm := range vms {
		running[vm.ID] = vm.State == virt.StateRunning
	}
	for key := range b.entries {
		if key.Host == host && !running[key.ID] {
			delete(b.entries, key)
		}
	}
}

// follow asks again on news of a machine and, for a while, on figures.
func (b *addressBook) follow(host virt.HostID) (unfollow func()) {
	news := &heard{kit: b.kit, tell: b.hear}
	return b.kit.Follow(news, func(e virt.Event) bool {
		wanted := e.Ref.Host == host && (e.Kind == virt.StatsTaken || e.Kind == virt.VMChanged && e.Ref.Kind == virt.KindVM)
		if wanted {
			news.add(e)
		}
		return wanted
	})
}

func (b *addressBook) hear(events []virt.Event) {
	for _, event := range events {
		if event.Kind == virt.StatsTaken {
			b.tick(event.Ref.Host)
		} else if e := b.entries[event.Ref.Key()]; e != nil {
			e.due, e.ticks = true, 0
		}
	}
	b.ask()
}

// tick counts a reading of the host's figures for machines without an address.
func (b *addressBook) tick(host virt.HostID) {
	for key, e := range b.entries {
		if key.Host == host && e.text == "" && e.ticks <= addressTicks[len(addressTicks)-1] {
			e.ticks++
			e.due = e.due || slices.Contains(addressTicks, e.ticks)
		}
	}
}

// ask looks up what is due, one machine after the other.
func (b *addressBook) ask() {
	if b.asking {
		return
	}
	var due []virt.Ref
	for _, e := range b.entries {
		if e.due {
			due = append(due, e.ref)
			e.due = false
		}
	}
	if len(due) == 0 {
		return
	}
	b.asking = true
	found := map[virt.Ref]string{}
	b.kit.RunTo(func(ctx context.Context) error {
		for _, ref := range due {
			addresses, err := b.svc.VMs.Addresses(ctx, ref)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err == nil { // a machine that went off meanwhile has none
				found[ref.Key()] = bestAddress(addresses)
			}
		}
		return nil
	}, func(error) { b.take(found) })
}

func (b *addressBook) take(found map[virt.Ref]string) {
	b.asking = false
	news := false
	for key, text := range found {
		if e := b.entries[key]; e != nil && e.text != text {
			e.text, news = text, true
		}
	}
	if news {
		b.changed()
	}
	b.ask()
}

// bestAddress is the one that people use: the first of IPv4, else the first.
func bestAddress(all []virt.Address) string {
	best := ""
	for _, a := range all {
		ip, err := netip.ParseAddr(a.IP)
		if err == nil && ip.Is4() {
			return a.IP
		}
		if best == "" {
			best = a.IP
		}
	}
	return best
}

// heard collects events on the goroutine of the news and hands them over on
// the UI goroutine.
type heard struct {
	kit  *kit.Kit
	tell func([]virt.Event)

	mu     sync.Mutex
	events []virt.Event
}

func (h *heard) add(e virt.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

// Changed is part of kit.Follower.
func (h *heard) Changed() {
	h.kit.Do(func() {
		h.mu.Lock()
		events := h.events
		h.events = nil
		h.mu.Unlock()
		h.tell(events)
	})
}
