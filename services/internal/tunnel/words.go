package tunnel

import (
	"context"
	"errors"
	"net"
	"strconv"
	"syscall"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func joinPort(address string, port int) string { return net.JoinHostPort(address, strconv.Itoa(port)) }

// reachError says why a computer was not reached.
func reachError(address string, port int, err error) error {
	var lookup *net.DNSError
	var network net.Error
	where := joinPort(address, port)
	switch {
	case errors.Is(err, context.Canceled):
		return virt.Errorf(virt.KindCancelled, "the connection to %s was given up", where)
	case errors.As(err, &lookup):
		return virt.Errorf(virt.KindUnavailable, "no computer is called %s: %w", address, err).
			WithHint("Check the host's name, or write its IP address.")
	case errors.Is(err, syscall.ECONNREFUSED):
		return virt.Errorf(virt.KindUnavailable, "nothing listens at %s: %w", where, err).
			WithHint("Check the port, and that the service runs there: sshd for SSH, libvirtd with a TLS or TCP socket otherwise.")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return virt.Errorf(virt.KindUnavailable, "there is no way to %s: %w", where, err).
			WithHint("Check that the host is on and that this computer is in a network that leads there.")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return virt.Errorf(virt.KindTimeout, "%s does not answer", where).
			WithHint("Check that the host is on and that no firewall is in between.")
	default:
		return virt.Errorf(virt.KindUnavailable, "connect to %s: %w", where, err).
			WithHint("Check the host's name, that it is on, and that no firewall is in between.")
	}
}
