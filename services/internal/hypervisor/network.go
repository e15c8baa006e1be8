package hypervisor

import (
	"cmp"
	"time"

	"libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// withNetwork looks a network up by UUID, hands its handle to f and frees it.
func (c *Conn) withNetwork(name, id string, f func(*libvirt.Network) error) error {
	return c.call(name, func() error {
		n, err := c.conn.LookupNetworkByUUIDString(id)
		if err != nil {
			return err
		}
		defer func() { _ = n.Free() }()
		return translate(f(n)) // here, for Free forgets the error's details
	})
}

// Networks returns the host's virtual networks (virConnectListAllNetworks),
// three RPCs a network and one more.
func (c *Conn) Networks() ([]virt.Network, error) {
	networks := []virt.Network{}
	err := c.eachNetwork(func(n *libvirt.Network) error {
		network, err := c.readNetwork(n)
		if err == nil {
			networks = append(networks, network)
		}
		return err
	})
	return networks, err
}

// EachNetworkXML calls f with the document of every virtual network, an active
// one's as it is and another's as it will be, in one RPC a network and one more.
// A network that goes away meanwhile is left out.
func (c *Conn) EachNetworkXML(f func(text string)) error {
	return c.eachNetwork(func(n *libvirt.Network) error {
		text, err := n.GetXMLDesc(0)
		if err == nil {
			f(text)
		}
		return err
	})
}

func (c *Conn) eachNetwork(f func(*libvirt.Network) error) error {
	return c.call("virConnectListAllNetworks", func() error {
		return each(func() ([]libvirt.Network, error) { return c.conn.ListAllNetworks(0) }, libvirt.ERR_NO_NETWORK, f)
	})
}

func (c *Conn) readNetwork(n *libvirt.Network) (virt.Network, error) {
	text, err := n.GetXMLDesc(0)
	if err != nil {
		return virt.Network{}, translate(err)
	}
	doc, err := read(&libvirtxml.Network{}, text)
	if err != nil {
		return virt.Network{}, err
	}
	network := virt.Network{ID: doc.UUID, Name: doc.Name, Host: c.host, Forward: forwardMode(doc.Forward)}
	if doc.Bridge != nil {
		network.Bridge = doc.Bridge.Name
	}
	for _, ip := range doc.IPs {
		if ip.DHCP == nil {
			continue
		}
		network.DHCP = true
		for _, boot := range ip.DHCP.Bootp {
			network.BootFile = cmp.Or(network.BootFile, boot.File)
		}
	}
	if network.Active, err = n.IsActive(); err != nil {
		return network, translate(err)
	}
	network.Autostart, err = n.GetAutostart()
	return network, translate(err)
}

func forwardMode(f *libvirtxml.NetworkForward) string {
	switch {
	case f == nil:
		return ""
	case f.Mode == "":
		return "nat" // libvirt's default
	default:
		return f.Mode
	}
}

// StartNetwork starts a network (virNetworkCreate). One that is active already
// is virt.ErrState.
func (c *Conn) StartNetwork(id string) error {
	err := c.withNetwork("virNetworkCreate", id, (*libvirt.Network).Create)
	return explained(err, virt.KindState, func() bool { return c.networkIs(id, true) })
}

// NetworkByName returns the network of that name.
func (c *Conn) NetworkByName(name string) (network virt.Network, err error) {
	err = c.call("virNetworkLookupByName", func() error {
		n, err := c.conn.LookupNetworkByName(name)
		if err != nil {
			return err
		}
		defer func() { _ = n.Free() }()
		network, err = c.readNetwork(n)
		return err
	})
	return network, err
}

// DefineNetwork stores a network's definition (virNetworkDefineXML). A name that
// is another network's is virt.ErrExists.
func (c *Conn) DefineNetwork(text string) (network virt.Network, err error) {
	err = c.call("virNetworkDefineXML", func() error {
		n, err := c.conn.NetworkDefineXML(text)
		if err != nil {
			return err
		}
		defer func() { _ = n.Free() }()
		network, err = c.readNetwork(n)
		return err
	})
	return network, err
}

// UndefineNetwork removes a stopped network's definition (virNetworkUndefine).
func (c *Conn) UndefineNetwork(id string) error {
	return c.withNetwork("virNetworkUndefine", id, (*libvirt.Network).Undefine)
}

// SetNetworkAutostart says whether the network starts with its host
// (virNetworkSetAutostart).
func (c *Conn) SetNetworkAutostart(id string, on bool) error {
	return c.withNetwork("virNetworkSetAutostart", id, func(n *libvirt.Network) error { return n.SetAutostart(on) })
}

// StopNetwork stops a network; guests on it are cut off (virNetworkDestroy).
func (c *Conn) StopNetwork(id string) error {
	err := c.withNetwork("virNetworkDestroy", id, (*libvirt.Network).Destroy)
	return explained(err, virt.KindState, func() bool { return c.networkIs(id, false) })
}

func (c *Conn) networkIs(id string, active bool) (is bool) {
	_ = c.withNetwork("virNetworkIsActive", id, func(n *libvirt.Network) error {
		now, err := n.IsActive()
		is = err == nil && now == active
		return err
	})
	return is
}

// Leases returns the addresses that the network's DHCP server has given away
// (virNetworkGetDHCPLeases).
func (c *Conn) Leases(id string) ([]virt.Lease, error) {
	out := []virt.Lease{}
	err := c.withNetwork("virNetworkGetDHCPLeases", id, func(n *libvirt.Network) error {
		leases, err := n.GetDHCPLeases()
		for _, l := range leases {
			out = append(out, virt.Lease{IP: l.IPaddr, Prefix: l.Prefix, MAC: l.Mac, Hostname: l.Hostname, Expires: expiry(l.ExpiryTime)})
		}
		return err
	})
	return out, err
}

// expiry is zero for a lease that never ends, which libvirt writes as 1970.
func expiry(t time.Time) time.Time {
	if t.Unix() == 0 {
		return time.Time{}
	}
	return t
}
