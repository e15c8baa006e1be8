// Package networkxml reads and writes libvirt's documents of networks.
package networkxml

import (
	"fmt"
	"net"
	"net/netip"

	"libvirt.org/go/libvirtxml"
)

// DefaultName is what libvirt calls the network it comes with.
const DefaultName = "default"

// Subnets returns the IPv4 subnets that the network of the document serves. Where
// an address comes without the size of its subnet, libvirt takes that of the
// address's class.
func Subnets(text string) ([]netip.Prefix, error) {
	var doc libvirtxml.Network
	if err := doc.Unmarshal(text); err != nil {
		return nil, fmt.Errorf("read a network's document: %w", err)
	}
	var all []netip.Prefix
	for _, ip := range doc.IPs {
		address, err := netip.ParseAddr(ip.Address)
		if err != nil || !address.Is4() {
			continue
		}
		bits := int(ip.Prefix) // at most 32, else Prefix refuses it
		mask := net.IPMask(net.ParseIP(ip.Netmask).To4())
		if mask == nil && bits == 0 {
			mask = net.IP(address.AsSlice()).DefaultMask()
		}
		if mask != nil {
			bits, _ = mask.Size()
		}
		if subnet, err := address.Prefix(bits); err == nil {
			all = append(all, subnet)
		}
	}
	return all, nil
}

// The default network's third byte, from libvirt's own on.
const (
	firstSubnet = 122
	lastSubnet  = 254
)

// FreeSubnet returns the first subnet from 192.168.122.0/24 to 192.168.254.0/24
// that overlaps none of those that are taken; ok is false when all do.
func FreeSubnet(taken []netip.Prefix) (subnet netip.Prefix, ok bool) {
	for n := byte(firstSubnet); n <= lastSubnet; n++ {
		subnet := netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 168, n, 0}), 24)
		if !overlaps(subnet, taken) {
			return subnet, true
		}
	}
	return netip.Prefix{}, false
}

func overlaps(subnet netip.Prefix, taken []netip.Prefix) bool {
	for _, other := range taken {
		if subnet.Overlaps(other) {
			return true
		}
	}
	return false
}

// Default is the document of the network that libvirt comes with, on a /24 of
// IPv4: NAT, the first address for the host, all others given away by DHCP. An
// empty UUID and the name of the bridge are left to libvirt.
func Default(uuid string, subnet netip.Prefix) (string, error) {
	at := func(last byte) string {
		b := subnet.Addr().As4()
		b[3] = last
		return netip.AddrFrom4(b).String()
	}
	doc := libvirtxml.Network{
		Name: DefaultName, UUID: uuid,
		Forward: &libvirtxml.NetworkForward{Mode: "nat"},
		IPs: []libvirtxml.NetworkIP{{
			Address: at(1), Netmask: "255.255.255.0",
			DHCP: &libvirtxml.NetworkDHCP{Ranges: []libvirtxml.NetworkDHCPRange{{Start: at(2), End: at(254)}}},
		}},
	}
	return doc.Marshal()
}
