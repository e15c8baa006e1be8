package hypervisor

import (
	"errors"
	"time"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// followClose tells OnClose when the connection breaks
// (virConnectRegisterCloseCallback). Drivers inside this process cannot break.
func (c *Conn) followClose() error {
	if c.options.OnClose == nil {
		return nil
	}
	err := c.call("virConnectRegisterCloseCallback", func() error {
		return c.conn.RegisterCloseCallback(func(_ *libvirt.Connect, reason libvirt.ConnectCloseReason) {
			c.options.OnClose(closeReason(reason))
		})
	})
	if errors.Is(err, virt.ErrUnsupported) {
		return nil
	}
	if err == nil {
		c.undo = append(c.undo, c.conn.UnregisterCloseCallback)
	}
	return err
}

func closeReason(reason libvirt.ConnectCloseReason) string {
	switch reason {
	case libvirt.CONNECT_CLOSE_REASON_EOF:
		return "end of file"
	case libvirt.CONNECT_CLOSE_REASON_KEEPALIVE:
		return "keepalive"
	case libvirt.CONNECT_CLOSE_REASON_CLIENT:
		return "client"
	default:
		return "error"
	}
}

// followEvents registers for all that changes what we show. What a driver does
// not know it cannot tell: those are left out.
func (c *Conn) followEvents() error {
	if c.options.OnEvent == nil {
		return nil
	}
	for _, follow := range []func() (int, error){
		c.followLifecycle, c.followReboot, c.followMetadata, c.followDeviceAdded, c.followDeviceRemoved,
		c.followBalloon, c.followTunable, c.followBlockJob, c.followDiskChange, c.followTray, c.followAgent,
	} {
		if err := c.follow(follow, c.conn.DomainEventDeregister); err != nil {
			return err
		}
	}
	if err := c.follow(c.followNetworks, c.conn.NetworkEventDeregister); err != nil {
		return err
	}
	for _, follow := range []func() (int, error){c.followPools, c.followPoolRefresh} {
		if err := c.follow(follow, c.conn.StoragePoolEventDeregister); err != nil {
			return err
		}
	}
	return nil
}

func (c *Conn) follow(register func() (int, error), deregister func(int) error) error {
	id, err := value(c, "virConnectDomainEventRegisterAny", register)
	if errors.Is(err, virt.ErrUnsupported) || errors.Is(err, virt.ErrInvalid) {
		return nil
	}
	if err == nil {
		c.undo = append(c.undo, func() error { return deregister(id) })
	}
	return err
}

func (c *Conn) followLifecycle() (int, error) {
	id, err := c.conn.DomainEventLifecycleRegister(nil, func(_ *libvirt.Connect, d *libvirt.Domain, ev *libvirt.DomainEventLifecycle) {
		c.turns.Add(1)
		news := lifecycle(ev)
		c.tell(news.kind, vmRef(d), news.state, news.detail)
	})
	if err == nil {
		c.turns.Add(1)
	}
	return id, err
}

func (c *Conn) followReboot() (int, error) {
	return c.conn.DomainEventRebootRegister(nil, func(_ *libvirt.Connect, d *libvirt.Domain) { c.changed(d, "rebooted") })
}

func (c *Conn) followMetadata() (int, error) {
	return c.conn.DomainEventMetadataChangeRegister(nil, func(_ *libvirt.Connect, d *libvirt.Domain, _ *libvirt.DomainEventMetadataChange) {
		c.changed(d, "metadata")
	})
}

func (c *Conn) followDeviceAdded() (int, error) {
	return c.conn.DomainEventDeviceAddedRegister(nil, func(_ *libvirt.Connect, d *libvirt.Domain, _ *libvirt.DomainEventDeviceAdded) {
		c.changed(d, "device-added")
	})
}

func (c *Conn) followDeviceRemoved() (int, error) {
	return c.conn.DomainEventDeviceRemovedRegister(nil, func(_ *libvirt.Connect, d *libvirt.Domain, _ *libvirt.DomainEventDeviceRemoved) {
		c.changed(d, "device-removed")
	})
}

func (c *Conn) followBalloon() (int, error) {
	return c.conn.DomainEventBalloonChangeRegister(nil, func(_ *libvirt.Connect, d *libvirt.Domain, _ *libvirt.DomainEventBalloonChange) {
		c.changed(d, "memory")
	})
}

func (c *Conn) followTunable() (int, error) {
	return c.conn.DomainEventTunableRegister(nil, func(_ *libvirt.Connect, d *libvirt.Domain, _ *libvirt.DomainEventTunable) {
		c.changed(d, "tunable")
	})
}

func (c *Conn) followBlockJob() (int, error) {
	return c.conn.DomainEventBlockJob2Register(nil, func(_ *libvirt.Connect, d *libvirt.Domain, _ *libvirt.DomainEventBlockJob) {
		c.changed(d, "block-job")
	})
}

func (c *Conn) followDiskChange() (int, error) {
	return c.conn.DomainEventDiskChangeRegister(nil, func(_ *libvirt.Connect, d *libvirt.Domain, _ *libvirt.DomainEventDiskChange) {
		c.changed(d, "disk")
	})
}

func (c *Conn) followTray() (int, error) {
	return c.conn.DomainEventTrayChangeRegister(nil, func(_ *libvirt.Connect, d *libvirt.Domain, _ *libvirt.DomainEventTrayChange) {
		c.changed(d, "tray")
	})
}

func (c *Conn) followAgent() (int, error) {
	return c.conn.DomainEventAgentLifecycleRegister(nil, func(_ *libvirt.Connect, d *libvirt.Domain, _ *libvirt.DomainEventAgentLifecycle) {
		c.changed(d, "agent")
	})
}

func (c *Conn) followNetworks() (int, error) {
	return c.conn.NetworkEventLifecycleRegister(nil, func(_ *libvirt.Connect, n *libvirt.Network, _ *libvirt.NetworkEventLifecycle) {
		c.tell(virt.NetworkChanged, reference(virt.KindNetwork, n), "", "")
	})
}

func (c *Conn) followPools() (int, error) {
	return c.conn.StoragePoolEventLifecycleRegister(nil, func(_ *libvirt.Connect, p *libvirt.StoragePool, _ *libvirt.StoragePoolEventLifecycle) {
		c.tell(virt.PoolChanged, reference(virt.KindPool, p), "", "")
	})
}

func (c *Conn) followPoolRefresh() (int, error) {
	return c.conn.StoragePoolEventRefreshRegister(nil, func(_ *libvirt.Connect, p *libvirt.StoragePool) {
		c.tell(virt.PoolChanged, reference(virt.KindPool, p), "", "")
	})
}

func (c *Conn) changed(d *libvirt.Domain, detail string) {
	c.tell(virt.VMChanged, vmRef(d), "", detail)
}

func (c *Conn) tell(kind virt.EventKind, ref virt.Ref, state virt.VMState, detail string) {
	ref.Host = c.host
	c.options.OnEvent(virt.Event{Kind: kind, Ref: ref, State: state, Detail: detail, Time: time.Now()})
}

// named is what handles of VMs, networks and pools have in common. Both are
// fields of the handle: asking for them sends nothing.
type named interface {
	GetName() (string, error)
	GetUUIDString() (string, error)
}

func reference(kind virt.Kind, handle named) virt.Ref {
	id, _ := handle.GetUUIDString()
	name, _ := handle.GetName()
	return virt.Ref{Kind: kind, ID: id, Name: name}
}

func vmRef(d *libvirt.Domain) virt.Ref { return reference(virt.KindVM, d) }
