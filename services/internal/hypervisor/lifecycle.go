package hypervisor

import (
	"context"
	"errors"
	"sync"
	"time"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// power runs a lifecycle verb. When the driver's refusal says too little, the
// VM's state tells whether the action made sense.
func (c *Conn) power(action virt.Action, name, id string, f func(*libvirt.Domain) error) error {
	err := c.withDomain(name, id, f)
	return explained(err, virt.KindState, func() bool {
		vm, err := c.VMState(id)
		if err != nil {
			return false
		}
		_, sensible := virt.Can(action, vm)
		return !sensible
	})
}

// StartDomain boots the VM, or restores it where a saved image exists
// (virDomainCreate). One that is on already is virt.ErrState.
func (c *Conn) StartDomain(id string) error {
	return c.start("virDomainCreate", id, (*libvirt.Domain).Create)
}

func (c *Conn) start(name, id string, f func(*libvirt.Domain) error) error {
	err := c.power(virt.StartVM, name, id, f)
	if errors.Is(err, virt.ErrState) {
		return err
	}
	return c.withoutKVM(err, func() (string, error) { return c.DomainXML(id, true, false) })
}

// StartPaused is StartDomain with the processors halted until ResumeDomain.
func (c *Conn) StartPaused(id string) error {
	return c.start("virDomainCreateWithFlags", id, func(d *libvirt.Domain) error {
		return d.CreateWithFlags(libvirt.DOMAIN_START_PAUSED)
	})
}

// ShutdownDomain asks the guest to shut down and returns when it was told
// (virDomainShutdown).
func (c *Conn) ShutdownDomain(id string) error {
	return c.power(virt.ShutdownVM, "virDomainShutdown", id, (*libvirt.Domain).Shutdown)
}

// RebootDomain asks the guest to reboot and returns when it was told
// (virDomainReboot). The event with detail "rebooted" follows when it did.
func (c *Conn) RebootDomain(id string) error {
	return c.power(virt.RebootVM, "virDomainReboot", id, func(d *libvirt.Domain) error {
		return d.Reboot(libvirt.DOMAIN_REBOOT_DEFAULT)
	})
}

// ResetDomain presses the reset button (virDomainReset).
func (c *Conn) ResetDomain(id string) error {
	return c.power(virt.ResetVM, "virDomainReset", id, func(d *libvirt.Domain) error { return d.Reset(0) })
}

// DestroyDomain pulls the plug (virDomainDestroy). A transient VM is gone then.
func (c *Conn) DestroyDomain(id string) error {
	return c.power(virt.OffVM, "virDomainDestroy", id, (*libvirt.Domain).Destroy)
}

// SuspendDomain halts the VM's processors (virDomainSuspend).
func (c *Conn) SuspendDomain(id string) error {
	return c.power(virt.PauseVM, "virDomainSuspend", id, (*libvirt.Domain).Suspend)
}

// ResumeDomain lets a paused VM go on (virDomainResume).
func (c *Conn) ResumeDomain(id string) error {
	return c.power(virt.ResumeVM, "virDomainResume", id, (*libvirt.Domain).Resume)
}

// WakeDomain wakes a VM whose guest put itself to sleep (virDomainPMWakeup).
func (c *Conn) WakeDomain(id string) error {
	return c.power(virt.ResumeVM, "virDomainPMWakeup", id, func(d *libvirt.Domain) error { return d.PMWakeup(0) })
}

// A job that shall end is told so again and again: the first time may come
// before it began, and then hang until it is over.
const (
	abortEvery    = 20 * time.Millisecond
	abortsAtATime = 3
)

// SaveDomain writes the VM's memory to disk and turns it off
// (virDomainManagedSave). When ctx ends first the job is aborted: the VM runs
// on and the error is virt.ErrCancelled.
func (c *Conn) SaveDomain(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return as(virt.KindOf(err), err)
	}
	saved, aborted := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(aborted)
		c.abortWhenDone(ctx, id, saved)
	}()
	err := c.power(virt.SaveVM, "virDomainManagedSave", id, func(d *libvirt.Domain) error { return d.ManagedSave(0) })
	close(saved)
	<-aborted
	if err != nil && ctx.Err() != nil {
		return as(virt.KindOf(ctx.Err()), err)
	}
	return err
}

// abortWhenDone aborts the VM's job from the end of ctx until finished closes.
func (c *Conn) abortWhenDone(ctx context.Context, id string, finished <-chan struct{}) {
	select {
	case <-finished:
		return
	case <-ctx.Done():
	}
	ticker := time.NewTicker(abortEvery)
	defer ticker.Stop()
	var aborts sync.WaitGroup
	defer aborts.Wait()
	turns := make(chan struct{}, abortsAtATime)
	for {
		select {
		case turns <- struct{}{}:
			aborts.Add(1)
			go func() {
				defer aborts.Done()
				_ = c.withDomain("virDomainAbortJob", id, (*libvirt.Domain).AbortJob) // no job yet, or no job any more
				<-turns
			}()
		default:
		}
		select {
		case <-finished:
			return
		case <-ticker.C:
		}
	}
}

// RemoveSaved throws the saved memory image away (virDomainManagedSaveRemove).
func (c *Conn) RemoveSaved(id string) error {
	return c.withDomain("virDomainManagedSaveRemove", id, func(d *libvirt.Domain) error { return d.ManagedSaveRemove(0) })
}

// SetAutostart says whether the VM starts with its host (virDomainSetAutostart).
// libvirt sends no event for it.
func (c *Conn) SetAutostart(id string, on bool) error {
	return c.power(virt.AutostartVM, "virDomainSetAutostart", id, func(d *libvirt.Domain) error { return d.SetAutostart(on) })
}
