package vm

import (
	"context"
	"errors"
	"io"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// ErrPortInUse says that another program has a serial port or console open. The
// error that wraps it is virt.ErrState.
var ErrPortInUse = errors.New("another program has the port open")

// A Port is a serial port or console of a VM, to which a terminal is connected.
type Port struct {
	Device string // what OpenPort takes; it may change when the VM starts
	Serial bool   // a serial port; else a console, of virtio nearly always
	Number int    // among those of its kind, from 0
}

// Consoles are the ways to work with a VM: on its screen, or in a terminal.
type Consoles struct {
	Screen bool // there is a VNC screen
	Ports  []Port
}

// Consoles returns the ways to work with a VM, which may be off.
func (s *Service) Consoles(ctx context.Context, vm virt.Ref) (Consoles, error) {
	return host.Read(ctx, s.hosts, virt.OpenConsole, vm.Host, func(c *hypervisor.Conn) (Consoles, error) {
		known, err := s.facts(c, vm)
		if err != nil {
			return Consoles{}, err
		}
		found := Consoles{Ports: make([]Port, 0, len(known.Ports))}
		for _, g := range known.Graphics {
			found.Screen = found.Screen || g.Type == "vnc"
		}
		for _, p := range known.Ports {
			found.Ports = append(found.Ports, Port{Device: p.Device, Serial: p.Serial, Number: p.Number})
		}
		return found, nil
	})
}

// OpenPort opens a port of Consoles as a byte stream: Read and Write may be
// called at the same time, and Close ends both. Read ends with io.EOF when the
// VM goes off. A port that another program has open is ErrPortInUse, unless
// force takes it away; one whose other end is not libvirt's is virt.ErrUnsupported.
func (s *Service) OpenPort(ctx context.Context, vm virt.Ref, device string, force bool) (io.ReadWriteCloser, error) {
	return s.openPort(ctx, vm, force, func(p domainxml.Port) bool { return p.Device == device })
}

// Serial is OpenPort of the serial port of a number, which counts from 0.
func (s *Service) Serial(ctx context.Context, vm virt.Ref, number int, force bool) (io.ReadWriteCloser, error) {
	return s.openPort(ctx, vm, force, func(p domainxml.Port) bool { return p.Serial && p.Number == number })
}

func (s *Service) openPort(ctx context.Context, vm virt.Ref, force bool, is func(domainxml.Port) bool) (io.ReadWriteCloser, error) {
	return host.Stream(ctx, s.hosts, virt.OpenConsole, vm.Host, func(c *hypervisor.Conn) (io.ReadWriteCloser, error) {
		if err := s.refuse(c, virt.OpenConsole, vm); err != nil {
			return nil, err
		}
		known, err := s.facts(c, vm)
		if err != nil {
			return nil, err
		}
		for _, p := range known.Ports {
			if is(p) {
				return openPort(c, vm, p, force)
			}
		}
		return nil, &virt.Error{
			Kind: virt.KindNotFound, Action: virt.OpenConsole, Ref: vm,
			Err: virt.Errorf(virt.KindNotFound, "%s has no such port", vm), Hint: "Choose one of its serial ports, which count from 0, or add one.",
		}
	})
}

// openPort asks libvirt, which has but terminals and sockets of its own.
func openPort(c *hypervisor.Conn, vm virt.Ref, p domainxml.Port, force bool) (io.ReadWriteCloser, error) {
	if p.Type != "pty" && p.Type != "unix" {
		return nil, &virt.Error{
			Kind: virt.KindUnsupported, Action: virt.OpenConsole, Ref: vm,
			Err:  virt.Errorf(virt.KindUnsupported, "the port %s of %s is connected to %s %s", p.Device, vm, p.Type, p.Path),
			Hint: "Only ports of the type pty can be opened here. Change it in the machine's hardware.",
		}
	}
	stream, err := c.OpenConsole(vm.ID, p.Device, force)
	if errors.Is(err, hypervisor.ErrConsoleBusy) {
		return nil, &virt.Error{
			Kind: virt.KindState, Action: virt.OpenConsole, Ref: vm,
			Err: virt.Errorf(virt.KindState, "%w: %w", ErrPortInUse, err), Hint: "Close the other program, or take the port from it.",
		}
	}
	return stream, err
}

// facts returns what the VM's document says.
func (s *Service) facts(c *hypervisor.Conn, vm virt.Ref) (domainxml.Facts, error) {
	row, err := s.row(c, vm)
	if err != nil {
		return domainxml.Facts{}, err
	}
	return s.factsOf(c, row)
}
