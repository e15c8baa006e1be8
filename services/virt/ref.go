// Package virt is the vocabulary that all rooms share: references, values,
// events, actions and errors. It is plain data without behaviour that could
// fail; nothing here talks to libvirt, a disk or a screen.
package virt

import (
	"cmp"
	"fmt"
)

// HostID names a libvirt connection within this program. It is what a person
// reads in the host column and writes after --host.
type HostID string

// Kind says what a Ref points to.
type Kind string

// The kinds of things a Ref can point to.
const (
	KindHost      Kind = "host"
	KindVM        Kind = "vm"
	KindPool      Kind = "pool"
	KindVolume    Kind = "volume"
	KindNetwork   Kind = "network"
	KindOperation Kind = "operation"
	KindSetting   Kind = "setting"
)

// A Ref points to one thing on one host. ID is the UUID of a VM, pool or
// network, POOL/NAME of a volume, the name of a setting. Name is for people and
// takes no part in comparisons; use Same.
type Ref struct {
	Host HostID `json:"host,omitempty"`
	Kind Kind   `json:"kind"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Key identifies what the Ref points to, without its name.
func (r Ref) Key() Ref { r.Name = ""; return r }

// Same reports whether both point to the same thing.
func (r Ref) Same(o Ref) bool { return r.Key() == o.Key() }

// String is the Ref for logs and error texts, in the words for people.
func (r Ref) String() string {
	label, kind := cmp.Or(r.Name, r.ID), string(r.Kind)
	if r.Kind == KindVM {
		kind = "machine"
	}
	switch {
	case label == "" && r.Host == "":
		return kind
	case label == "" || r.Kind == KindHost:
		return fmt.Sprintf("%s %s", kind, cmp.Or(string(r.Host), label))
	default:
		return fmt.Sprintf("%s %q", kind, label)
	}
}

// HostRef points to a host as a whole.
func HostRef(h HostID) Ref { return Ref{Host: h, Kind: KindHost, ID: string(h), Name: string(h)} }
