package hypervisor

// #cgo LDFLAGS: -ldl -lpthread
// #include <stdlib.h>
// #include "bulk.h"
import "C"

import (
	"cmp"
	"encoding/hex"
	"maps"
	"slices"
	"syscall"
	"time"
	"unsafe"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A record is what virConnectGetAllDomainStats says of one domain. Figures that
// it does not say are -1.
type record struct {
	identity
	uuid          uuid
	state, reason int
	cpu, vcpuTime time.Duration // of the whole process, or summed over the vCPUs
	vcpus         int64

	balloon, balloonMax         int64 // KiB
	available, unused, usable   int64 // KiB, in the guest's own words
	diskRead, diskWrite         int64 // bytes
	diskOps                     int64
	nicReceived, nicTransmitted int64 // bytes
}

// bulk calls virConnectGetAllDomainStats for the active domains, which is one RPC
// whatever their number, and hands over each record. The binding's own function
// must not be used: it sends one more RPC for each domain.
func (c *Conn) bulk(groups libvirt.DomainStatsTypes, flags libvirt.ConnectGetAllDomainStatsFlags, take func(record)) error {
	turn := c.turn()
	return c.raw("virConnectGetAllDomainStats", func(conn unsafe.Pointer, said *C.kvmError) C.int {
		var all C.kvmDomains
		if C.kvmAllDomains(conn, C.uint(groups), C.uint(flags), &all, said) < 0 {
			return -1
		}
		defer C.kvmFree(&all)
		c.each(turn, &all, c.knownOf(turn), take)
		return 0
	})
}

// states hands over a record of every domain with its state, once they are all
// in, and the UUIDs of those that pass the filters, in three RPCs.
func (c *Conn) states(turn uint64, autostart, saved libvirt.ConnectListAllDomainsFlags,
	take func(n int, r record, autostart, saved bool),
) error {
	return c.raw("virConnectGetAllDomainStats", func(conn unsafe.Pointer, said *C.kvmError) C.int {
		var all C.kvmDomains
		var filtered [2]C.kvmUUIDs
		filters := [2]C.uint{C.uint(autostart), C.uint(saved)}
		if C.kvmInventory(conn, C.uint(libvirt.DOMAIN_STATS_STATE), &filters[0], &all, &filtered[0], said) < 0 {
			return -1
		}
		defer C.kvmFree(&all)
		starting, kept := uuidSet(&filtered[0]), uuidSet(&filtered[1])
		known := c.knownOf(turn)
		if !exactly(known, &all) {
			known = c.identify(turn, &all)
		}
		c.each(turn, &all, known, func(r record) { take(int(all.n), r, starting[r.uuid], kept[r.uuid]) })
		return 0
	})
}

// raw calls C with the connection's pointer, as call does.
func (c *Conn) raw(name string, f func(conn unsafe.Pointer, said *C.kvmError) C.int) error {
	return c.call(name, func() error {
		raw, err := c.conn.RawPtr()
		if err != nil {
			return err
		}
		defer func() { _, _ = libvirt.CloseRawPtr(raw) }()
		var said C.kvmError
		if f(unsafe.Pointer(raw), &said) < 0 {
			return saidError(&said)
		}
		return nil
	})
}

// exactly reports whether the domains are those that are known: ranks of others
// would leave gaps in a list. The event of one that came or went may not have
// arrived yet, and as many may have come as went.
func exactly(known map[uuid]identity, all *C.kvmDomains) bool {
	if len(known) != int(all.n) {
		return false
	}
	domains := unsafe.Slice(all.domains, int(all.n))
	for i := range domains {
		if _, ok := known[uuidOf(&domains[i])]; !ok {
			return false
		}
	}
	return true
}

// each hands over the records with their identities.
func (c *Conn) each(turn uint64, all *C.kvmDomains, known map[uuid]identity, take func(record)) {
	domains := unsafe.Slice(all.domains, int(all.n))
	for i := range domains {
		r := readRecord(&domains[i])
		who, ok := known[r.uuid]
		if !ok {
			known = c.identify(turn, all)
			who = known[r.uuid]
		}
		r.identity = who
		take(r)
	}
}

func uuidSet(list *C.kvmUUIDs) map[uuid]bool {
	defer C.free(unsafe.Pointer(list.ids))
	set := make(map[uuid]bool, int(list.n))
	for _, id := range unsafe.Slice((*uuid)(unsafe.Pointer(list.ids)), int(list.n)) {
		set[id] = true
	}
	return set
}

type uuid [16]byte

// An identity is how people and the rest of the program call a domain.
type identity struct {
	id, name string
	rank     int // place in the order of names
}

func (c *Conn) knownOf(turn uint64) map[uuid]identity {
	known, _ := c.known.get(turn)
	return known
}

// identify asks libvirt for the domains' names and keeps them for the turn:
// nobody comes, goes or is renamed without an event.
func (c *Conn) identify(turn uint64, all *C.kvmDomains) map[uuid]identity {
	domains := unsafe.Slice(all.domains, int(all.n))
	identities := make(map[uuid]identity, len(domains))
	for i := range domains {
		id := uuidOf(&domains[i])
		identities[id] = identity{id: id.String(), name: C.GoString(C.kvmName(&domains[i]))}
	}
	rank(identities)
	c.known.set(turn, identities)
	return identities
}

func rank(all map[uuid]identity) {
	order := slices.SortedFunc(maps.Keys(all), func(a, b uuid) int { return cmp.Compare(all[a].name, all[b].name) })
	for i, id := range order {
		who := all[id]
		who.rank = i
		all[id] = who
	}
}

func uuidOf(d *C.kvmDomain) uuid { return *(*uuid)(unsafe.Pointer(&d.uuid)) }

func readRecord(d *C.kvmDomain) record {
	return record{
		uuid: uuidOf(d), state: int(d.state), reason: int(d.reason),
		cpu: time.Duration(d.cpuTime), vcpuTime: time.Duration(d.vcpuTime), vcpus: int64(d.vcpus),
		balloon: int64(d.balloonCurrent), balloonMax: int64(d.balloonMaximum),
		available: int64(d.available), unused: int64(d.unused), usable: int64(d.usable),
		diskRead: int64(d.diskRead), diskWrite: int64(d.diskWrite), diskOps: int64(d.diskOps),
		nicReceived: int64(d.nicRx), nicTransmitted: int64(d.nicTx),
	}
}

// String writes the UUID as libvirt does.
func (id uuid) String() string {
	var text [36]byte
	at := 0
	for _, group := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if at > 0 {
			text[at] = '-'
			at++
		}
		at += hex.Encode(text[at:], group)
	}
	return string(text[:])
}

func saidError(e *C.kvmError) error {
	f := &failure{
		code: libvirt.ErrorNumber(e.code), domain: libvirt.ErrorDomain(e.domain),
		message: C.GoString(&e.message[0]),
	}
	if f.code == libvirt.ERR_SYSTEM_ERROR {
		f.errno = syscall.Errno(e.errnum)
	}
	return &virt.Error{Kind: f.kind(), Err: f}
}

// lastErrno is the errno in the last libvirt error of this thread.
func lastErrno() syscall.Errno { return syscall.Errno(C.kvmLastErrno()) }
