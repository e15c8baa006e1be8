package host

import (
	"errors"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// defaultName is what libvirt calls the network and the pool it comes with.
const defaultName = "default"

const forwardFile = "/proc/sys/net/ipv4/ip_forward"

// network tells whether machines find the network that most of them are on.
func (e *examination) network() virt.Check {
	if errors.Is(e.networks.err, virt.ErrUnsupported) {
		return skipped("This driver has no networks; machines use a network of their own process.")
	}
	if e.networks.err != nil {
		return fail(e.networks.err.Error(), virt.HintOf(e.networks.err), "")
	}
	i := slices.IndexFunc(e.networks.all, func(n virt.Network) bool { return n.Name == defaultName })
	if i < 0 {
		return e.noNetwork()
	}
	fix := warn("", "Start it, and let it start with the host:", "virsh -c "+e.uri()+" net-start default; virsh -c "+e.uri()+" net-autostart default")
	fix.Fixable = true
	switch n := e.networks.all[i]; {
	case !n.Active:
		fix.Cause = "It is stopped: machines on it do not start."
	case !n.Autostart:
		fix.Cause = "It is started, but does not start with the host: after the next boot machines on it do not start."
		fix.Remedy, fix.Command = "Let it start with the host:", "virsh -c "+e.uri()+" net-autostart default"
	default:
		return ok("It is started.")
	}
	return fix
}

func (e *examination) noNetwork() virt.Check {
	c := warn("There is none. It is made with the first machine that wants one.", "Make it now:", "kvm-cli --host "+e.uri()+" host check --fix "+checkNetwork)
	c.Fixable = true
	return c
}

// uri is the URI for a shell.
func (e *examination) uri() string { return "'" + e.host.URI + "'" }

// dnsmasq tells whether libvirt can start networks with addresses.
func (e *examination) dnsmasq() virt.Check {
	if path := e.here.program("dnsmasq"); path != "" {
		return ok(path)
	}
	return e.missing(virt.CheckWarn, partDnsmasq, "dnsmasq is not installed: networks that give addresses to machines do not start.")
}

// forwarding tells whether the kernel passes packets of machines on. libvirt
// turns it on with the first network that needs it; other programs turn it off.
func (e *examination) forwarding() virt.Check {
	if e.here.text(forwardFile) == "1" {
		return ok("It is on.")
	}
	needed := slices.ContainsFunc(e.networks.all, func(n virt.Network) bool {
		return n.Active && (n.Forward == "nat" || n.Forward == "route" || n.Forward == "open")
	})
	if !needed {
		return ok("It is off; libvirt turns it on with the first network that needs it.")
	}
	c := warn("It is off: machines reach the host, but nothing beyond. Usually another program has turned it off.", "Turn it on again:", "sudo sysctl -w net.ipv4.ip_forward=1")
	c.Fixable = e.here.may(forwardFile, unix.W_OK)
	return c
}
