package host

import (
	"errors"
	"net"
	"net/netip"
	"net/url"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/networkxml"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// HasNetworks reports whether the connection's machines use networks of their
// host. Machines of a user's session do without, for none starts there.
func HasNetworks(c *hypervisor.Conn) bool {
	u, err := url.Parse(c.URI())
	return err == nil && u.Path != "/session" && u.Path != "/embed"
}

// DefaultSubnet returns the subnet that MakeDefaultNetwork takes: the first that
// no network of the host serves and, where the host is this computer, no
// interface is in. Without a free one it is virt.ErrState.
func DefaultSubnet(c *hypervisor.Conn) (netip.Prefix, error) {
	var taken []netip.Prefix
	var broken error
	err := c.EachNetworkXML(func(text string) {
		subnets, err := networkxml.Subnets(text)
		taken, broken = append(taken, subnets...), errors.Join(broken, err)
	})
	if err := errors.Join(err, broken); err != nil {
		return netip.Prefix{}, err
	}
	if c.Local() {
		taken = append(taken, ownSubnets()...)
	}
	subnet, ok := networkxml.FreeSubnet(taken)
	if !ok {
		return netip.Prefix{}, virt.Errorf(virt.KindState, "every subnet that the network %q may have is in use", defaultName).
			WithHint("Define a network of that name by hand, with addresses that are free.")
	}
	return subnet, nil
}

// ownSubnets are those of this computer's interfaces.
func ownSubnets() []netip.Prefix {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil // libvirt notices when the network starts
	}
	var all []netip.Prefix
	for _, address := range addresses {
		if p, err := netip.ParsePrefix(address.String()); err == nil && p.Addr().Is4() {
			all = append(all, p.Masked())
		}
	}
	return all
}

// MakeDefaultNetwork makes the network that libvirt comes with, on a subnet of
// its own, starts it and lets it start with its host. An empty UUID is left to
// libvirt. A network of that name is virt.ErrExists; one that does not start is
// not left behind.
func MakeDefaultNetwork(c *hypervisor.Conn, uuid string) (virt.Network, error) {
	subnet, err := DefaultSubnet(c)
	if err != nil {
		return virt.Network{}, err
	}
	text, err := networkxml.Default(uuid, subnet)
	if err != nil {
		return virt.Network{}, err
	}
	n, err := c.DefineNetwork(text)
	if err != nil {
		return virt.Network{}, err
	}
	err = c.StartNetwork(n.ID)
	if errors.Is(err, virt.ErrState) {
		err = nil // somebody else was faster
	}
	if err == nil {
		err = c.SetNetworkAutostart(n.ID, true)
	}
	if err != nil {
		return virt.Network{}, errors.Join(err, RemoveNetwork(c, n.ID))
	}
	n.Active, n.Autostart = true, true
	return n, nil
}

// RemoveNetwork stops and undefines a network that may be stopped or gone.
func RemoveNetwork(c *hypervisor.Conn, id string) error {
	for _, step := range []func(string) error{c.StopNetwork, c.UndefineNetwork} {
		if err := step(id); err != nil && !errors.Is(err, virt.ErrState) && !errors.Is(err, virt.ErrNotFound) {
			return err
		}
	}
	return nil
}
