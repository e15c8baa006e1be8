package hypervisor

import "libvirt.org/go/libvirt"

// RemoveDevice takes a device away (virDomainDetachDeviceFlags): from the stored
// definition, or with live from the VM that runs, which is done when the guest
// has let go of it.
func (c *Conn) RemoveDevice(id, text string, live bool) error {
	flags := libvirt.DOMAIN_DEVICE_MODIFY_CONFIG
	if live {
		flags = libvirt.DOMAIN_DEVICE_MODIFY_LIVE
	}
	return c.withDomain("virDomainDetachDeviceFlags", id, func(d *libvirt.Domain) error { return d.DetachDeviceFlags(text, flags) })
}

// AddDevice gives the VM a device (virDomainAttachDeviceFlags): in its stored
// definition, or with live in the VM that runs. libvirt chooses the address.
func (c *Conn) AddDevice(id, text string, live bool) error {
	flags := libvirt.DOMAIN_DEVICE_MODIFY_CONFIG
	if live {
		flags = libvirt.DOMAIN_DEVICE_MODIFY_LIVE
	}
	return c.withDomain("virDomainAttachDeviceFlags", id, func(d *libvirt.Domain) error { return d.AttachDeviceFlags(text, flags) })
}
