package hypervisor

import (
	"encoding/xml"
	"fmt"
	"strings"

	"libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// withPool looks a pool up by UUID, hands its handle to f and frees it.
func (c *Conn) withPool(name, id string, f func(*libvirt.StoragePool) error) error {
	return c.lookedUpPool(name, func() (*libvirt.StoragePool, error) { return c.conn.LookupStoragePoolByUUIDString(id) }, f)
}

// withPoolNamed is withPool by name.
func (c *Conn) withPoolNamed(name, pool string, f func(*libvirt.StoragePool) error) error {
	return c.lookedUpPool(name, func() (*libvirt.StoragePool, error) { return c.conn.LookupStoragePoolByName(pool) }, f)
}

func (c *Conn) lookedUpPool(name string, look func() (*libvirt.StoragePool, error), f func(*libvirt.StoragePool) error) error {
	return c.call(name, func() error {
		p, err := look()
		if err != nil {
			return err
		}
		defer func() { _ = p.Free() }()
		return translate(f(p)) // here, for Free forgets the error's details
	})
}

// Pools returns the host's storage pools (virConnectListAllStoragePools), three
// RPCs a pool and one more.
func (c *Conn) Pools() ([]virt.Pool, error) {
	pools := []virt.Pool{}
	err := c.call("virConnectListAllStoragePools", func() error {
		list := func() ([]libvirt.StoragePool, error) { return c.conn.ListAllStoragePools(0) }
		return each(list, libvirt.ERR_NO_STORAGE_POOL, func(p *libvirt.StoragePool) error {
			pool, err := c.readPool(p)
			if err == nil {
				pools = append(pools, pool)
			}
			return err
		})
	})
	return pools, err
}

// PoolByName returns the pool of that name.
func (c *Conn) PoolByName(name string) (pool virt.Pool, err error) {
	err = c.withPoolNamed("virStoragePoolLookupByName", name, func(p *libvirt.StoragePool) error {
		pool, err = c.readPool(p)
		return err
	})
	return pool, err
}

func (c *Conn) readPool(p *libvirt.StoragePool) (virt.Pool, error) {
	text, err := p.GetXMLDesc(0)
	if err != nil {
		return virt.Pool{}, translate(err)
	}
	doc, err := read(&libvirtxml.StoragePool{}, text)
	if err != nil {
		return virt.Pool{}, err
	}
	pool := virt.Pool{
		ID: doc.UUID, Name: doc.Name, Host: c.host, Type: doc.Type,
		Capacity: poolSize(doc.Capacity), Allocation: poolSize(doc.Allocation), Available: poolSize(doc.Available),
	}
	if doc.Target != nil {
		pool.Path = doc.Target.Path
	}
	if pool.Active, err = p.IsActive(); err != nil {
		return pool, translate(err)
	}
	pool.Autostart, err = p.GetAutostart()
	return pool, translate(err)
}

// poolSize is a size that libvirt wrote: always in bytes.
func poolSize(s *libvirtxml.StoragePoolSize) uint64 {
	if s == nil {
		return 0
	}
	return s.Value
}

// DefinePool stores a pool's definition (virStoragePoolDefineXML). A name or
// UUID that is another pool's is virt.ErrExists.
func (c *Conn) DefinePool(text string) (virt.Pool, error) {
	pool, err := value(c, "virStoragePoolDefineXML", func() (virt.Pool, error) {
		p, err := c.conn.StoragePoolDefineXML(text, 0)
		if err != nil {
			return virt.Pool{}, err
		}
		defer func() { _ = p.Free() }()
		return c.readPool(p)
	})
	return pool, explained(err, virt.KindExists, func() bool { return c.poolTaken(text) })
}

// poolTaken reports whether a pool has the name or UUID of a document.
func (c *Conn) poolTaken(text string) bool {
	var doc struct {
		Name string `xml:"name"`
		UUID string `xml:"uuid"`
	}
	if xml.Unmarshal([]byte(text), &doc) != nil {
		return false
	}
	nothing := func(*libvirt.StoragePool) error { return nil }
	if c.withPoolNamed("virStoragePoolLookupByName", doc.Name, nothing) == nil {
		return true
	}
	return doc.UUID != "" && c.withPool("virStoragePoolLookupByUUIDString", strings.TrimSpace(doc.UUID), nothing) == nil
}

// UndefinePool removes a stopped pool's definition; its volumes stay where they
// are (virStoragePoolUndefine).
func (c *Conn) UndefinePool(id string) error {
	return c.withPool("virStoragePoolUndefine", id, (*libvirt.StoragePool).Undefine)
}

// BuildPool makes what the pool lies in, such as its directory (virStoragePoolBuild).
func (c *Conn) BuildPool(id string) error {
	return c.withPool("virStoragePoolBuild", id, func(p *libvirt.StoragePool) error { return p.Build(libvirt.STORAGE_POOL_BUILD_NEW) })
}

// StartPool makes the pool's volumes available (virStoragePoolCreate). One that
// is active already is virt.ErrState.
func (c *Conn) StartPool(id string) error {
	err := c.withPool("virStoragePoolCreate", id, func(p *libvirt.StoragePool) error { return p.Create(0) })
	return explained(err, virt.KindState, func() bool { return c.poolIs(id, true) })
}

// StopPool stops the pool; its volumes stay (virStoragePoolDestroy).
func (c *Conn) StopPool(id string) error {
	err := c.withPool("virStoragePoolDestroy", id, (*libvirt.StoragePool).Destroy)
	return explained(err, virt.KindState, func() bool { return c.poolIs(id, false) })
}

func (c *Conn) poolIs(id string, active bool) (is bool) {
	_ = c.withPool("virStoragePoolIsActive", id, func(p *libvirt.StoragePool) error {
		now, err := p.IsActive()
		is = err == nil && now == active
		return err
	})
	return is
}

// SetPoolAutostart says whether the pool starts with its host (virStoragePoolSetAutostart).
func (c *Conn) SetPoolAutostart(id string, on bool) error {
	return c.withPool("virStoragePoolSetAutostart", id, func(p *libvirt.StoragePool) error { return p.SetAutostart(on) })
}

// RefreshPool looks for volumes that came or went by other hands (virStoragePoolRefresh).
func (c *Conn) RefreshPool(id string) error {
	return c.withPool("virStoragePoolRefresh", id, func(p *libvirt.StoragePool) error { return p.Refresh(0) })
}

// A VolumeKind says which formats the volumes of a kind of pool may have. A kind
// without formats keeps plain data.
type VolumeKind struct {
	Default string
	Formats []string
}

// VolumeKind asks the driver for the formats of volumes in pools of that type
// (virConnectGetStoragePoolCapabilities, libvirt 5.2).
func (c *Conn) VolumeKind(poolType string) (VolumeKind, error) {
	text, err := value(c, "virConnectGetStoragePoolCapabilities", func() (string, error) { return c.conn.GetStoragePoolCapabilities(0) })
	if err != nil {
		return VolumeKind{}, err
	}
	var doc struct {
		Pools []struct {
			Type    string `xml:"type,attr"`
			Default struct {
				Type string `xml:"type,attr"`
			} `xml:"volOptions>defaultFormat"`
			Enums []struct {
				Name   string   `xml:"name,attr"`
				Values []string `xml:"value"`
			} `xml:"volOptions>enum"`
		} `xml:"pool"`
	}
	if err := xml.Unmarshal([]byte(text), &doc); err != nil {
		return VolumeKind{}, fmt.Errorf("read the capabilities of pools: %w", err)
	}
	for _, p := range doc.Pools {
		if p.Type != poolType {
			continue
		}
		kind := VolumeKind{Default: p.Default.Type}
		for _, e := range p.Enums {
			if e.Name == "targetFormatType" {
				kind.Formats = e.Values
			}
		}
		return kind, nil
	}
	return VolumeKind{}, nil
}
