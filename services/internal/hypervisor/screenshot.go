package hypervisor

import (
	"cmp"
	"context"
	"io"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Screenshot writes a picture of one of the VM's screens to w and returns its
// media type, for example image/x-portable-pixmap (virDomainScreenshot). A VM
// that is off is virt.ErrState: libvirt's test driver has pictures of those, too.
func (c *Conn) Screenshot(id string, screen uint, w io.Writer) (mime string, err error) {
	err = c.power(virt.ScreenshotVM, "virDomainScreenshot", id, func(d *libvirt.Domain) error {
		if active, err := d.IsActive(); err != nil || !active {
			return cmp.Or(err, error(virt.Errorf(virt.KindState, "the machine is off")))
		}
		return c.transfer(
			func(st *libvirt.Stream) error {
				mime, err = d.Screenshot(st, uint32(screen), 0)
				return err
			},
			func(st *libvirt.Stream) error { return receive(context.Background(), st, w, nil) })
	})
	return mime, err
}
