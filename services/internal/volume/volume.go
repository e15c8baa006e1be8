// Package volume makes volumes in storage pools, says why one could not be made,
// and which machines use one.
package volume

import (
	"errors"
	"fmt"
	"log/slog"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Make makes an empty volume of size bytes in the active pool
// (virStorageVolCreateXML). An empty format leaves it to the pool. It takes as little room as its format does; a pool
// that gives no room piece by piece takes all of it.
func Make(c *hypervisor.Conn, pool virt.Pool, name, format string, size uint64) (virt.Volume, error) {
	document := libvirtxml.StorageVolume{
		Name:       name,
		Capacity:   &libvirtxml.StorageVolumeSize{Unit: "bytes", Value: size},
		Allocation: &libvirtxml.StorageVolumeSize{Unit: "bytes", Value: 0},
	}
	if format != "" {
		document.Target = &libvirtxml.StorageVolumeTarget{Format: &libvirtxml.StorageVolumeTargetFormat{Type: format}}
	}
	if format == "qcow2" {
		document.Target.Compat = "1.1" // libvirt's own default is the format of 2009, without bitmaps
	}
	xml, err := document.Marshal()
	if err != nil {
		return virt.Volume{}, err
	}
	made, err := c.CreateVolume(pool.Name, xml)
	return made, explained(c, pool, err, name, format)
}

// explained gives the failure to make an image its kind. libvirt makes images
// by qemu-img, which says what is wrong in words only; but it makes raw volumes
// itself and passes the system's error on. So an empty one is tried, which
// fails for the same reason.
func explained(c *hypervisor.Conn, pool virt.Pool, err error, name, format string) error {
	if virt.KindOf(err) != virt.KindInternal {
		return err
	}
	if full(c, pool) {
		return virt.Errorf(virt.KindNoSpace, "make the volume %s: %w", name, err)
	}
	if format == "raw" || format == "" {
		return err
	}
	document := libvirtxml.StorageVolume{Name: name, Capacity: &libvirtxml.StorageVolumeSize{Unit: "bytes"}}
	xml, marshalErr := document.Marshal()
	if marshalErr != nil {
		return err
	}
	if _, why := c.CreateVolume(pool.Name, xml); why != nil {
		return virt.Errorf(virt.KindOf(why), "make the volume %s: %w", name, err)
	}
	return errors.Join(err, c.DeleteVolume(pool.Name, name))
}

// full reports whether the pool has less room than an empty image takes.
func full(c *hypervisor.Conn, pool virt.Pool) bool {
	const needed = 1 << 20
	if err := c.RefreshPool(pool.ID); err != nil {
		slog.Debug("refresh pool", "pool", pool.Name, "err", err)
	}
	now, err := c.PoolByName(pool.Name)
	return err == nil && now.Capacity > 0 && now.Available < needed
}

// Hinted says what helps when the pool takes no file.
func Hinted(pool virt.Pool, err error) error {
	kind, hint := virt.KindOf(err), ""
	switch kind {
	case virt.KindNoSpace:
		hint = fmt.Sprintf("Make room in the pool %s at %s, or choose another pool.", pool.Name, pool.Path)
	case virt.KindForbidden:
		hint = fmt.Sprintf("The pool %s at %s cannot be written to. Make it writable, or choose another pool.", pool.Name, pool.Path)
	default:
		return err
	}
	return &virt.Error{Kind: kind, Err: err, Hint: hint}
}
