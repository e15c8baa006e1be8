package virt

import "time"

// An EventKind says what an Event is news about.
type EventKind string

// The kinds of news. Events are news, not state: who hears one loads again.
const (
	VMChanged        EventKind = "vm-changed"      // state, XML, metadata or devices of a VM
	VMDefined        EventKind = "vm-defined"      // a VM was added or redefined
	VMRemoved        EventKind = "vm-removed"      // a VM is gone
	PoolChanged      EventKind = "pool-changed"    // a pool or its volumes
	NetworkChanged   EventKind = "network-changed" // a network
	HostChanged      EventKind = "host-changed"    // connection state of a host
	Resync           EventKind = "resync"          // news may have been lost: load everything of the host again
	StatsTaken       EventKind = "stats"           // new figures of a host's running VMs
	HostMeasured     EventKind = "host-stats"      // new figures of a host itself
	OperationChanged EventKind = "operation"       // an operation began, moved or ended
	SettingChanged   EventKind = "setting-changed" // Ref.ID is the setting's name
)

// An Event says that something happened to Ref. State and Detail are set on VM
// lifecycle news ("started", "booted"...; libvirt's words) for watchers; views
// load again instead. Detail of HostChanged is the host's state, where it is that
// which changed.
type Event struct {
	Kind   EventKind `json:"kind"`
	Ref    Ref       `json:"ref"`
	State  VMState   `json:"state,omitempty"`
	Detail string    `json:"detail,omitempty"`
	Time   time.Time `json:"time"`
}
