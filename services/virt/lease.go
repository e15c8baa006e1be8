package virt

import "time"

// A Lease is an address that a network's DHCP server gave to a guest.
type Lease struct {
	IP       string    `json:"ip"`
	Prefix   uint      `json:"prefix"`
	MAC      string    `json:"mac"`
	Hostname string    `json:"hostname"`
	Expires  time.Time `json:"expires,omitzero"` // zero: never
}
