package vm

import (
	"context"
	"errors"
	"log/slog"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A ClipboardState says whether a VM has the channel by which its VNC screen
// shares text with the SPICE agent in the guest.
type ClipboardState string

// The states of the channel.
const (
	ClipboardThere   ClipboardState = "there"   // the VM has it; one that is off will have it
	ClipboardWaits   ClipboardState = "waits"   // it is in the definition: the VM has it when it is started the next time
	ClipboardMissing ClipboardState = "missing" // it can be added
	ClipboardCosts   ClipboardState = "costs"   // it can be added, but the host's QEMU cannot save or move a VM that has it
	ClipboardCannot  ClipboardState = "cannot"  // the host does not know it, or another program speaks with the agent
)

// Clipboard returns the state of the VM's clipboard channel.
func (s *Service) Clipboard(ctx context.Context, vm virt.Ref) (ClipboardState, error) {
	return host.Read(ctx, s.hosts, virt.ShowVM, vm.Host, func(c *hypervisor.Conn) (ClipboardState, error) { return s.clipboard(c, vm) })
}

func (s *Service) clipboard(c *hypervisor.Conn, vm virt.Ref) (ClipboardState, error) {
	now, err := readXML(c, vm.ID, false)
	if err != nil {
		return "", err
	}
	if now.Clipboard {
		return ClipboardThere, nil
	}
	stored, err := readXML(c, vm.ID, true)
	switch {
	case err != nil:
		return "", err
	case stored.Clipboard:
		return ClipboardWaits, nil
	case stored.Agent != "":
		return ClipboardCannot, nil
	}
	kind := stored.Accel
	if kind == "tcg" {
		kind = "qemu"
	}
	shares, saves, err := c.SharesText()
	if err != nil {
		return "", err
	}
	caps, err := c.DomainCapabilities("", stored.Arch, stored.Machine, kind)
	switch {
	case errors.Is(err, virt.ErrUnavailable):
		return "", err
	case err != nil || !domainxml.SharesClipboard(caps.Devices, shares):
		return ClipboardCannot, nil // a driver that does not say what it can do has no channel
	case !saves:
		return ClipboardCosts, nil
	}
	return ClipboardMissing, nil
}

func readXML(c *hypervisor.Conn, id string, stored bool) (domainxml.Facts, error) {
	text, err := c.DomainXML(id, stored, false)
	if err != nil {
		return domainxml.Facts{}, err
	}
	return domainxml.Read(text)
}

// AddClipboard gives the VM the clipboard channel: at once where that can be done
// to a VM that runs, else when it is started the next time. The state that it
// returns tells which. A VM that has it already is left as it is. Where the state
// was ClipboardCosts, the VM cannot be saved any more, nor moved while it runs,
// until RemoveClipboard.
func (s *Service) AddClipboard(ctx context.Context, vm virt.Ref) (state ClipboardState, err error) {
	err = s.hosts.Do(ctx, virt.ClipboardVM, vm, func(_ context.Context, c *hypervisor.Conn, p *operation.Progress) error {
		return s.checked(c, virt.ClipboardVM, vm, func() error {
			if err := s.addClipboard(c, vm, p); err != nil {
				return err
			}
			state, err = s.clipboard(c, vm)
			return err
		})
	})
	if err == nil {
		s.bus.Publish(virt.Event{Kind: virt.VMChanged, Ref: vm}) // libvirt sends none for a device in a definition
	}
	return state, err
}

func (s *Service) addClipboard(c *hypervisor.Conn, vm virt.Ref, p *operation.Progress) error {
	state, err := s.clipboard(c, vm)
	switch {
	case err != nil:
		return err
	case state == ClipboardCannot:
		return virt.Errorf(virt.KindUnsupported, "%s cannot share text through its VNC screen", vm).
			WithHint("The host needs QEMU 6.1 and libvirt 8.4, and the machine no other channel of SPICE's agent.")
	}
	channel, err := domainxml.ClipboardChannel()
	if err != nil {
		return err
	}
	if state == ClipboardMissing || state == ClipboardCosts {
		if err := editStored(c, vm, p, c.AddDevice); err != nil {
			return err
		}
	}
	row, err := s.row(c, vm)
	if err == nil && row.State.Active() && state != ClipboardThere {
		if err := c.AddDevice(vm.ID, channel, true); err != nil {
			slog.Debug("the channel waits for the next start", "vm", vm.Name, "err", err)
		}
	}
	return err
}

// RemoveClipboard takes the channel away again, from a VM that runs when it is
// started the next time. The state that it returns tells what the VM has now.
func (s *Service) RemoveClipboard(ctx context.Context, vm virt.Ref) (state ClipboardState, err error) {
	err = s.hosts.Do(ctx, virt.ClipboardVM, vm, func(_ context.Context, c *hypervisor.Conn, p *operation.Progress) error {
		return s.checked(c, virt.ClipboardVM, vm, func() error {
			stored, err := readXML(c, vm.ID, true)
			if err != nil {
				return err
			}
			if stored.Clipboard {
				if err := editStored(c, vm, p, c.RemoveDevice); err != nil {
					return err
				}
			}
			state, err = s.clipboard(c, vm)
			return err
		})
	})
	if err == nil {
		s.bus.Publish(virt.Event{Kind: virt.VMChanged, Ref: vm}) // as above
	}
	return state, err
}

// editStored adds the channel to the VM's definition, or takes it away, and writes
// down what changed.
func editStored(c *hypervisor.Conn, vm virt.Ref, p *operation.Progress, edit func(id, device string, live bool) error) error {
	channel, err := domainxml.ClipboardChannel()
	if err != nil {
		return err
	}
	before, err := c.DomainXML(vm.ID, true, false)
	if err != nil {
		return err
	}
	if err := edit(vm.ID, channel, false); err != nil {
		return err
	}
	after, err := c.DomainXML(vm.ID, true, false)
	if err == nil {
		p.Diff(before, after)
	}
	return err
}
