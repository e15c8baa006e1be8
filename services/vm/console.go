package vm

import (
	"context"
	"log/slog"
	"net"
	"strconv"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Screen opens the VM's VNC screen: through libvirt where that hands out a
// socket (virDomainOpenGraphicsFD, no password needed then), else by the
// socket or port that the VM's definition names, on its host.
func (s *Service) Screen(ctx context.Context, vm virt.Ref) (net.Conn, error) {
	return host.Read(ctx, s.hosts, virt.OpenConsole, vm.Host, func(c *hypervisor.Conn) (net.Conn, error) {
		if err := s.refuse(c, virt.OpenConsole, vm); err != nil {
			return nil, err
		}
		index, screen, err := s.vnc(c, vm)
		if err != nil {
			return nil, err
		}
		conn, err := c.OpenGraphics(vm.ID, index)
		if virt.KindOf(err) == virt.KindUnsupported || virt.KindOf(err) == virt.KindInternal {
			return s.dialScreen(ctx, c, vm, screen)
		}
		return conn, err
	})
}

// Address returns where the VM's screen is served, for people and other viewers.
func (s *Service) Address(ctx context.Context, vm virt.Ref) (virt.Graphics, error) {
	return host.Read(ctx, s.hosts, virt.OpenConsole, vm.Host, func(c *hypervisor.Conn) (virt.Graphics, error) {
		if err := s.refuse(c, virt.OpenConsole, vm); err != nil {
			return virt.Graphics{}, err
		}
		index, screen, err := s.vnc(c, vm)
		if err == nil {
			screen.Password = passwords(c, vm)[int(index)] // an index fits
		}
		return screen, err
	})
}

// Unheard says what the VM lacks to be heard through its VNC screen, and what to
// do, as an English sentence; nothing where it can be heard. New VMs lack nothing
// where their host's libvirt can connect the two.
func (s *Service) Unheard(ctx context.Context, vm virt.Ref) (reason string, err error) {
	return host.Read(ctx, s.hosts, virt.OpenConsole, vm.Host, func(c *hypervisor.Conn) (string, error) {
		_, screen, err := s.vnc(c, vm)
		if err != nil {
			return "", err
		}
		row, err := s.row(c, vm)
		if err != nil {
			return "", err
		}
		known, err := s.factsOf(c, row)
		switch {
		case err != nil:
			return "", err
		case known.Sound == "":
			return "The machine has no sound card. It needs <sound> in its XML, and <audio> there and in its VNC screen.", nil
		case !screen.Sound:
			return "The machine’s sound is not connected with its screen. It needs <audio> in its XML and in its VNC screen.", nil
		}
		return "", nil
	})
}

// vnc returns the VM's first VNC screen and its place among the graphics.
func (s *Service) vnc(c *hypervisor.Conn, vm virt.Ref) (uint, virt.Graphics, error) {
	row, err := s.row(c, vm)
	if err != nil {
		return 0, virt.Graphics{}, err
	}
	known, err := s.factsOf(c, row)
	if err != nil {
		return 0, virt.Graphics{}, err
	}
	for i, g := range known.Graphics {
		if g.Type == "vnc" {
			return uint(i), g, nil // an index is not negative
		}
	}
	return 0, virt.Graphics{}, &virt.Error{
		Kind: virt.KindUnsupported, Action: virt.OpenConsole, Ref: vm,
		Err: virt.Errorf(virt.KindUnsupported, "%s has no VNC screen", vm), Hint: "Add a VNC screen to the machine, or use its serial console.",
	}
}

// passwords tells which of the VM's screens have a password: only a document
// with its secrets says so. What may not be read is told as none.
func passwords(c *hypervisor.Conn, vm virt.Ref) map[int]bool {
	set := map[int]bool{}
	xml, err := c.DomainXML(vm.ID, false, true)
	if err != nil {
		slog.Debug("read passwords", "vm", vm.Name, "err", err)
		return set
	}
	if f, err := domainxml.Read(xml); err == nil {
		for i, g := range f.Graphics {
			set[i] = g.Password
		}
	}
	return set
}

func dial(ctx context.Context, g virt.Graphics) (net.Conn, error) {
	network, address := "unix", g.Socket
	if address == "" {
		network, address = "tcp", net.JoinHostPort(g.Listen, strconv.Itoa(g.Port))
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, virt.Errorf(virt.KindUnavailable, "open the screen at %s: %w", address, err)
	}
	return conn, nil
}
