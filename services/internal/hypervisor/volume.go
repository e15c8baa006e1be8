package hypervisor

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"

	"libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// withVolume looks a volume up by the names of its pool and itself.
func (c *Conn) withVolume(name, pool, volume string, f func(*libvirt.StorageVol) error) error {
	return c.withPoolNamed(name, pool, func(p *libvirt.StoragePool) error {
		v, err := p.LookupStorageVolByName(volume)
		if err != nil {
			return err
		}
		defer func() { _ = v.Free() }()
		return translate(f(v))
	})
}

// Volumes returns the volumes of the pool of that name
// (virStoragePoolListAllVolumes), one RPC a volume and two more.
func (c *Conn) Volumes(pool string) ([]virt.Volume, error) {
	volumes := []virt.Volume{}
	err := c.withPoolNamed("virStoragePoolListAllVolumes", pool, func(p *libvirt.StoragePool) error {
		list := func() ([]libvirt.StorageVol, error) { return p.ListAllStorageVolumes(0) }
		return each(list, libvirt.ERR_NO_STORAGE_VOL, func(handle *libvirt.StorageVol) error {
			v, err := readVolume(handle, pool)
			if err == nil {
				volumes = append(volumes, v)
			}
			return err
		})
	})
	return volumes, err
}

// Volume returns one volume by the names of its pool and itself.
func (c *Conn) Volume(pool, name string) (volume virt.Volume, err error) {
	err = c.withVolume("virStorageVolGetXMLDesc", pool, name, func(v *libvirt.StorageVol) error {
		volume, err = readVolume(v, pool)
		return err
	})
	return volume, err
}

// VolumeByPath returns the volume that lies at a path, whichever active pool it
// is in (virStorageVolLookupByPath).
func (c *Conn) VolumeByPath(path string) (virt.Volume, error) {
	return value(c, "virStorageVolLookupByPath", func() (virt.Volume, error) {
		v, err := c.conn.LookupStorageVolByPath(path)
		if err != nil {
			return virt.Volume{}, err
		}
		defer func() { _ = v.Free() }()
		p, err := v.LookupPoolByVolume()
		if err != nil {
			return virt.Volume{}, translate(err)
		}
		defer func() { _ = p.Free() }()
		pool, err := p.GetName()
		if err != nil {
			return virt.Volume{}, translate(err)
		}
		return readVolume(v, pool)
	})
}

// VolumeBase returns the path of the image that the volume at a path builds on, as
// its pool knew when it was refreshed last; empty when it builds on none.
func (c *Conn) VolumeBase(path string) (string, error) {
	return value(c, "virStorageVolLookupByPath", func() (string, error) {
		v, err := c.conn.LookupStorageVolByPath(path)
		if err != nil {
			return "", err
		}
		defer func() { _ = v.Free() }()
		doc, err := volumeDoc(v)
		if err != nil || doc.BackingStore == nil {
			return "", err
		}
		return doc.BackingStore.Path, nil
	})
}

// VolumeBorn returns when the volume's file came to be, as near as its host can
// tell: the earlier of its two times of change. Zero when it cannot tell.
func (c *Conn) VolumeBorn(pool, name string) (born time.Time, err error) {
	err = c.withVolume("virStorageVolGetXMLDesc", pool, name, func(v *libvirt.StorageVol) error {
		doc, err := volumeDoc(v)
		if err != nil || doc.Target == nil || doc.Target.Timestamps == nil {
			return err
		}
		changed, modified := timestamp(doc.Target.Timestamps.Ctime), timestamp(doc.Target.Timestamps.Mtime)
		if born = changed; modified.Before(changed) {
			born = modified
		}
		return nil
	})
	return born, err
}

// timestamp reads libvirt's SECONDS.NANOSECONDS.
func timestamp(s string) time.Time {
	whole, fraction, _ := strings.Cut(s, ".")
	secs, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}
	}
	nanos, _ := strconv.ParseInt(fraction, 10, 64)
	return time.Unix(secs, nanos)
}

func volumeDoc(v *libvirt.StorageVol) (*libvirtxml.StorageVolume, error) {
	text, err := v.GetXMLDesc(0)
	if err != nil {
		return nil, translate(err)
	}
	return read(&libvirtxml.StorageVolume{}, text)
}

func readVolume(v *libvirt.StorageVol, pool string) (virt.Volume, error) {
	doc, err := volumeDoc(v)
	if err != nil {
		return virt.Volume{}, err
	}
	volume := virt.Volume{Pool: pool, Name: doc.Name, Capacity: volumeSize(doc.Capacity), Allocation: volumeSize(doc.Allocation)}
	if doc.Target != nil {
		volume.Path = doc.Target.Path
		if doc.Target.Format != nil {
			volume.Format = doc.Target.Format.Type
		}
	}
	return volume, nil
}

// volumeSize is a size that libvirt wrote: always in bytes.
func volumeSize(s *libvirtxml.StorageVolumeSize) uint64 {
	if s == nil {
		return 0
	}
	return s.Value
}

// CreateVolume makes a volume in the pool of that name from its document
// (virStorageVolCreateXML). A name that is taken is virt.ErrExists, a pool
// without room virt.ErrNoSpace.
func (c *Conn) CreateVolume(pool, text string) (virt.Volume, error) {
	var made virt.Volume
	err := c.withPoolNamed("virStorageVolCreateXML", pool, func(p *libvirt.StoragePool) error {
		v, err := p.StorageVolCreateXML(text, 0)
		if err != nil {
			return err
		}
		defer func() { _ = v.Free() }()
		made, err = readVolume(v, pool)
		return err
	})
	if err == nil || !vague(err) {
		return made, err
	}
	var doc struct {
		Name       string `xml:"name"`
		Allocation struct {
			Value uint64 `xml:",chardata"`
			Unit  string `xml:"unit,attr"`
		} `xml:"allocation"`
	}
	if xml.Unmarshal([]byte(text), &doc) != nil {
		return made, err
	}
	if _, found := c.Volume(pool, strings.TrimSpace(doc.Name)); found == nil {
		return made, as(virt.KindExists, err)
	}
	needed := inBytes(doc.Allocation.Value, doc.Allocation.Unit)
	return made, explained(err, virt.KindNoSpace, func() bool { return c.lacks(pool, needed) })
}

// inBytes applies libvirt's units of sizes in a document that a caller wrote.
func inBytes(value uint64, unit string) uint64 {
	if unit == "" || unit == "bytes" {
		unit = "B"
	}
	bytes, err := virt.ParseSize(strconv.FormatUint(value, 10) + unit)
	if err != nil {
		return math.MaxUint64
	}
	return bytes
}

// lacks reports whether the pool has less room left than needed, or none.
func (c *Conn) lacks(pool string, needed uint64) (lacks bool) {
	_ = c.withPoolNamed("virStoragePoolGetInfo", pool, func(p *libvirt.StoragePool) error {
		if err := p.Refresh(0); err != nil {
			return err
		}
		info, err := p.GetInfo()
		lacks = err == nil && (info.Available < needed || info.Available == 0)
		return err
	})
	return lacks
}

// DeleteVolume deletes a volume and what is in it (virStorageVolDelete).
func (c *Conn) DeleteVolume(pool, name string) error {
	return c.withVolume("virStorageVolDelete", pool, name, func(v *libvirt.StorageVol) error {
		return v.Delete(libvirt.STORAGE_VOL_DELETE_NORMAL)
	})
}
