package virt

// A Pool is a libvirt storage pool. Sizes are bytes.
type Pool struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Host       HostID `json:"host"`
	Type       string `json:"type"`
	Path       string `json:"path"`
	Active     bool   `json:"active"`
	Autostart  bool   `json:"autostart"`
	Capacity   uint64 `json:"capacity_bytes"`
	Allocation uint64 `json:"allocation_bytes"`
	Available  uint64 `json:"available_bytes"`
}

// Ref points to the pool.
func (p Pool) Ref() Ref { return Ref{Host: p.Host, Kind: KindPool, ID: p.ID, Name: p.Name} }

// A Volume is a disk image or file in a pool. Sizes are bytes.
type Volume struct {
	Pool       string `json:"pool"`
	Name       string `json:"name"`
	Path       string `json:"path"`
	Format     string `json:"format"`
	Capacity   uint64 `json:"capacity_bytes"`
	Allocation uint64 `json:"allocation_bytes"`
}

// A VolumeSpec says what volume to make. Size is bytes; an empty Format is what
// fits the pool.
type VolumeSpec struct {
	Pool   string
	Name   string
	Format string
	Size   uint64
}

// VolumeRef points to a volume of a pool.
func VolumeRef(h HostID, pool, name string) Ref {
	return Ref{Host: h, Kind: KindVolume, ID: pool + "/" + name, Name: pool + "/" + name}
}

// A Network is a libvirt virtual network.
type Network struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Host      HostID `json:"host"`
	Active    bool   `json:"active"`
	Autostart bool   `json:"autostart"`
	Bridge    string `json:"bridge"`
	Forward   string `json:"forward"`   // nat, route, open, bridge...; empty is isolated
	DHCP      bool   `json:"dhcp"`      // libvirt hands out addresses in it
	BootFile  string `json:"boot_file"` // what it tells machines that boot from it to load
}

// Ref points to the network.
func (n Network) Ref() Ref { return Ref{Host: n.Host, Kind: KindNetwork, ID: n.ID, Name: n.Name} }
