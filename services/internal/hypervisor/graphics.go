package hypervisor

import (
	"net"
	"os"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// OpenGraphics returns a fresh connection to one of the VM's screen servers,
// past its password (virDomainOpenGraphicsFD). Only drivers in this process and
// daemons on this computer can pass one; others are virt.ErrUnsupported.
func (c *Conn) OpenGraphics(id string, index uint) (net.Conn, error) {
	if c.options.Via != "" { // libvirt takes the socket for a local one and would wait for the file
		return nil, virt.Errorf(virt.KindUnsupported, "no screen comes through the way to %s", c.uri)
	}
	var file *os.File
	err := c.power(virt.OpenConsole, "virDomainOpenGraphicsFD", id, func(d *libvirt.Domain) (err error) {
		file, err = d.OpenGraphicsFD(index, libvirt.DOMAIN_OPEN_GRAPHICS_SKIPAUTH)
		return err
	})
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // FileConn has its own copy
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, as(virt.KindInternal, err)
	}
	return conn, nil
}
