package vm

import (
	"context"
	"errors"
	"net"
	"strconv"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// dialScreen opens a VM's screen where it is served: on this computer, by the
// SSH connection to its host, or at the host's own address.
func (s *Service) dialScreen(ctx context.Context, c *hypervisor.Conn, vm virt.Ref, g virt.Graphics) (net.Conn, error) {
	if c.Local() {
		return dial(ctx, g)
	}
	network, address := "unix", g.Socket
	if address == "" {
		network, address = "tcp", net.JoinHostPort(seenFromHost(g.Listen), strconv.Itoa(g.Port))
	}
	conn, err := host.Dial(ctx, s.hosts, virt.OpenConsole, vm.Host, network, address)
	if !errors.Is(err, virt.ErrUnsupported) {
		return conn, err
	}
	server, err := serverOf(c)
	if err != nil {
		return nil, err
	}
	if g.Socket != "" || isLoopback(g.Listen) {
		return nil, virt.Errorf(virt.KindUnsupported, "the screen of %s is served on its host only", vm).
			WithHint("Connect to the host by SSH, which screens come along with, or let the machine's screen listen on the host's address.")
	}
	if isAny(g.Listen) {
		g.Listen = server
	}
	return dial(ctx, g)
}

// seenFromHost is the address of a screen for a program on the host itself.
func seenFromHost(listen string) string {
	if isAny(listen) {
		return "127.0.0.1"
	}
	return listen
}

func isAny(address string) bool {
	ip := net.ParseIP(address)
	return address == "" || ip != nil && ip.IsUnspecified()
}

func isLoopback(address string) bool {
	ip := net.ParseIP(address)
	return address == "localhost" || ip != nil && ip.IsLoopback()
}
