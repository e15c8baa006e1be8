package vm

import (
	"context"
	"errors"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Start boots the VM, from its saved memory when it has one. A VM that is on is
// refused with virt.ErrState.
func (s *Service) Start(ctx context.Context, vm virt.Ref) error {
	return s.act(ctx, virt.StartVM, vm, (*hypervisor.Conn).StartDomain)
}

// Shutdown asks the guest to shut down and returns when the request was
// delivered; WaitFor tells when it was obeyed.
func (s *Service) Shutdown(ctx context.Context, vm virt.Ref) error {
	return s.act(ctx, virt.ShutdownVM, vm, (*hypervisor.Conn).ShutdownDomain)
}

// Reboot asks the guest to reboot and returns when the request was delivered.
func (s *Service) Reboot(ctx context.Context, vm virt.Ref) error {
	return s.act(ctx, virt.RebootVM, vm, (*hypervisor.Conn).RebootDomain)
}

// Reset restarts the VM at once, as a reset button does.
func (s *Service) Reset(ctx context.Context, vm virt.Ref) error {
	return s.act(ctx, virt.ResetVM, vm, (*hypervisor.Conn).ResetDomain)
}

// Off ends the VM at once, as pulling the plug does.
func (s *Service) Off(ctx context.Context, vm virt.Ref) error {
	return s.act(ctx, virt.OffVM, vm, (*hypervisor.Conn).DestroyDomain)
}

// Pause stops the VM's processors; its memory stays.
func (s *Service) Pause(ctx context.Context, vm virt.Ref) error {
	return s.act(ctx, virt.PauseVM, vm, (*hypervisor.Conn).SuspendDomain)
}

// Resume lets a paused VM go on, and wakes one that its guest suspended.
func (s *Service) Resume(ctx context.Context, vm virt.Ref) error {
	return s.act(ctx, virt.ResumeVM, vm, func(c *hypervisor.Conn, id string) error {
		if row, err := c.VMState(id); err == nil && row.State == virt.StateSuspended {
			return c.WakeDomain(id)
		}
		return c.ResumeDomain(id)
	})
}

// Save writes the VM's memory to disk and ends it; Start goes on from there.
// When ctx ends meanwhile the VM keeps running and nothing stays on disk.
func (s *Service) Save(ctx context.Context, vm virt.Ref) error {
	return s.hosts.Do(ctx, virt.SaveVM, vm, func(ctx context.Context, c *hypervisor.Conn, p *operation.Progress) error {
		p.Stage("save memory")
		return s.checked(c, virt.SaveVM, vm, func() error { return c.SaveDomain(ctx, vm.ID) })
	})
}

// Discard throws the VM's saved memory away (virDomainManagedSaveRemove): it is
// off then, as after a power cut, and Start boots it. A VM without saved memory
// is refused with virt.ErrState.
func (s *Service) Discard(ctx context.Context, vm virt.Ref) error {
	err := s.act(ctx, virt.DiscardVM, vm, (*hypervisor.Conn).RemoveSaved)
	if err == nil {
		s.bus.Publish(virt.Event{Kind: virt.VMChanged, Ref: vm}) // libvirt sends no event for this
	}
	return err
}

// SetAutostart says whether the VM starts with its host.
func (s *Service) SetAutostart(ctx context.Context, vm virt.Ref, on bool) error {
	err := s.act(ctx, virt.AutostartVM, vm, func(c *hypervisor.Conn, id string) error { return c.SetAutostart(id, on) })
	if err == nil {
		s.bus.Publish(virt.Event{Kind: virt.VMChanged, Ref: vm}) // libvirt sends no event for this
	}
	return err
}

func (s *Service) act(ctx context.Context, action virt.Action, vm virt.Ref, call func(*hypervisor.Conn, string) error) error {
	return s.hosts.Do(ctx, action, vm, func(_ context.Context, c *hypervisor.Conn, _ *operation.Progress) error {
		return s.checked(c, action, vm, func() error { return call(c, vm.ID) })
	})
}

// checked refuses the action when the VM's state forbids it. Drivers disagree
// on how they refuse, so a failure is explained by the state, too, which may
// have changed between the look and the call.
func (s *Service) checked(c *hypervisor.Conn, action virt.Action, vm virt.Ref, call func() error) error {
	if err := s.refuse(c, action, vm); err != nil {
		return err
	}
	err := call()
	s.known.changed(vm)
	if err == nil || errors.Is(err, virt.ErrState) || errors.Is(err, virt.ErrCancelled) {
		return err
	}
	if explained := s.refuse(c, action, vm); explained != nil {
		return explained
	}
	return err
}

func (s *Service) refuse(c *hypervisor.Conn, action virt.Action, vm virt.Ref) error {
	row, err := s.row(c, vm)
	if err != nil {
		return err
	}
	if reason, ok := virt.Can(action, row); !ok {
		return &virt.Error{
			Kind: virt.KindState, Action: action, Ref: vm,
			Err: virt.Errorf(virt.KindState, "%s is %s", vm, row.State), Hint: reason,
		}
	}
	return nil
}

// RebootAndWait is Reboot that returns when the guest was reset
// (VIR_DOMAIN_EVENT_ID_REBOOT).
func (s *Service) RebootAndWait(ctx context.Context, vm virt.Ref) error {
	news, stop := s.bus.SubscribeAll()
	defer stop()
	if err := s.Reboot(ctx, vm); err != nil {
		return err
	}
	for {
		select {
		case ev, open := <-news:
			switch {
			case !open:
				return virt.Errorf(virt.KindUnavailable, "the program is closing")
			case ev.Ref.Same(vm) && ev.Detail == "rebooted":
				return nil
			case ev.Ref.Same(vm) && ev.Kind == virt.VMRemoved:
				return notFound(virt.ErrNotFound, vm.Name)
			}
		case <-ctx.Done():
			return &virt.Error{Kind: virt.KindOf(ctx.Err()), Action: virt.RebootVM, Ref: vm, Err: ctx.Err()}
		}
	}
}
