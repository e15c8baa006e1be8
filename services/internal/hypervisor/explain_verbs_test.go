package hypervisor_test

import (
	"os"
	"path/filepath"
	"testing"

	"libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
)

func asItIs(*libvirtxml.Domain) {}

func (p *provoker) names(t *testing.T) {
	ref := p.stored(t, asItIs)
	_, err := p.conn.DefineDomain(text(t, guest("QEMU", "stored")))
	explains(t, err, "name-taken")
	again := guest("QEMU", "other")
	again.UUID = ref.ID
	_, err = p.conn.DefineDomain(text(t, again))
	explains(t, err, "uuid-taken")
	explains(t, p.conn.DestroyDomain(ref.ID), "not-on")
	must(t, p.conn.StartDomain(ref.ID))
	explains(t, p.conn.StartDomain(ref.ID), "already-on")
	fleeting := p.running(t, asItIs)
	explains(t, p.conn.SetAutostart(fleeting.ID, true), "transient")
	_, err = p.conn.DomainXML("00000000-0000-0000-0000-00000000dead", false, false)
	explains(t, err, "machine-missing")
}

func (p *provoker) live(t *testing.T) {
	ref := p.running(t, disks(disk(p.image("live.img", "raw"), "raw", "vda")))
	for name, provoke := range map[string]func(*libvirt.Domain) error{
		"agent-none":  func(d *libvirt.Domain) error { return d.ShutdownFlags(libvirt.DOMAIN_SHUTDOWN_GUEST_AGENT) },
		"memory-over": func(d *libvirt.Domain) error { return d.SetMemory(1 << 40) },
		"cpus-over":   func(d *libvirt.Domain) error { return d.SetVcpus(9) },
		"not-asleep":  func(d *libvirt.Domain) error { return d.PMWakeup(0) },
		"migrate-same": func(d *libvirt.Domain) error {
			return d.MigrateToURI3("qemu:///system", &libvirt.DomainMigrateParameters{}, libvirt.MIGRATE_LIVE|libvirt.MIGRATE_PEER2PEER)
		},
		"snapshot-format": func(d *libvirt.Domain) error {
			_, err := d.CreateSnapshotXML("<domainsnapshot/>", 0)
			return err
		},
		"device-missing": func(d *libvirt.Domain) error {
			absent := disk("/b", "raw", "vdx")
			return d.DetachDevice(text(t, &absent))
		},
		"disk-not-there": func(d *libvirt.Domain) error { return d.BlockResize("vdz", 1<<20, 0) },
		"hotplug": func(d *libvirt.Domain) error {
			ide := disk(p.image("ide.img", "raw"), "raw", "hdb")
			ide.Target.Bus = "ide"
			return d.AttachDevice(text(t, &ide))
		},
		usbFailure(): func(d *libvirt.Domain) error {
			var usb libvirtxml.DomainHostdev
			bus := uint(99)
			usb.SubsysUSB = &libvirtxml.DomainHostdevSubsysUSB{Source: &libvirtxml.DomainHostdevSubsysUSBSource{
				Address: &libvirtxml.DomainAddressUSB{Bus: &bus, Device: &bus},
			}}
			return d.AttachDevice(text(t, &usb))
		},
	} {
		t.Run(name, func(t *testing.T) { explains(t, p.domain(ref, provoke), name) })
	}
	deaf := p.stored(t, func(d *libvirtxml.Domain) {
		d.Devices.Channels = []libvirtxml.DomainChannel{{
			Source: &libvirtxml.DomainChardevSource{UNIX: &libvirtxml.DomainChardevSourceUNIX{}},
			Target: &libvirtxml.DomainChannelTarget{VirtIO: &libvirtxml.DomainChannelTargetVirtIO{Name: "org.qemu.guest_agent.0"}},
		}}
	})
	must(t, p.conn.StartDomain(deaf.ID))
	explains(t, p.domain(deaf, func(d *libvirt.Domain) error { return d.SetTime(1, 0, 0) }), "agent-silent")
}

// usbFailure is what a computer says of a USB device that it does not have.
func usbFailure() string {
	if _, err := os.Stat("/sys/bus/usb/devices"); err != nil {
		return "usb-none"
	}
	return "usb-gone"
}

func (p *provoker) moments(t *testing.T) {
	ref := p.stored(t, disks(disk(p.image("moments.qcow2", "qcow2"), "qcow2", "vda")))
	take := func(d *libvirt.Domain) error {
		_, err := d.CreateSnapshotXML("<domainsnapshot><name>one</name></domainsnapshot>", 0)
		return err
	}
	must(t, p.domain(ref, take))
	explains(t, p.domain(ref, take), "snapshot-taken")
	explains(t, p.domain(ref, (*libvirt.Domain).Undefine), "snapshots-left")
	explains(t, p.domain(ref, func(d *libvirt.Domain) error {
		_, err := d.SnapshotLookupByName("two", 0)
		return err
	}), "snapshot-missing")

	saved := p.stored(t, func(d *libvirtxml.Domain) { d.Name = "saved" })
	must(t, p.conn.StartDomain(saved.ID))
	must(t, p.domain(saved, func(d *libvirt.Domain) error { return d.ManagedSave(0) }))
	explains(t, p.domain(saved, (*libvirt.Domain).Undefine), "saved-left")
	file, err := os.OpenFile(filepath.Join(p.daemon.Dir, "lib/qemu/save/saved.save"), os.O_WRONLY, 0)
	must(t, err)
	_, err = file.WriteString("something else")
	must(t, err)
	must(t, file.Close())
	explains(t, p.conn.StartDomain(saved.ID), "saved-broken")

	firmware := p.stored(t, func(d *libvirtxml.Domain) {
		d.Name, d.OS.BIOS, d.OS.Type.Machine = "firmware", nil, "q35"
		d.OS.Loader = &libvirtxml.DomainLoader{Path: p.image("code.fd", "raw"), Readonly: "yes", Type: "pflash"}
		d.OS.NVRam = &libvirtxml.DomainNVRam{NVRam: p.image("vars.fd", "raw")}
	})
	explains(t, p.domain(firmware, (*libvirt.Domain).Undefine), "firmware-left")
}

func (p *provoker) storage(t *testing.T) {
	define := func(name, dir string) error {
		pool := libvirtxml.StoragePool{Type: "dir", Name: name, Target: &libvirtxml.StoragePoolTarget{Path: dir}}
		_, err := p.conn.DefinePool(text(t, &pool))
		return err
	}
	volume := func(name string, size uint64) string {
		doc := libvirtxml.StorageVolume{
			Name:       name,
			Capacity:   &libvirtxml.StorageVolumeSize{Value: size, Unit: "bytes"},
			Allocation: &libvirtxml.StorageVolumeSize{Value: size, Unit: "bytes"},
		}
		return text(t, &doc)
	}
	dir := filepath.Join(p.dir, "pool")
	must(t, define("one", dir))
	pool, err := p.conn.PoolByName("one")
	must(t, err)
	_, err = p.conn.CreateVolume("one", volume("v", 1<<20))
	explains(t, err, "pool-inactive")
	explains(t, p.conn.StartPool(pool.ID), "pool-directory-missing")
	must(t, p.conn.BuildPool(pool.ID))
	must(t, p.conn.StartPool(pool.ID))
	explains(t, p.conn.StartPool(pool.ID), "pool-active")
	explains(t, p.conn.UndefinePool(pool.ID), "pool-active")
	explains(t, define("two", dir), "pool-twice")
	explains(t, define("one", dir+"2"), "pool-taken")
	_, err = p.conn.PoolByName("three")
	explains(t, err, "pool-missing")
	_, err = p.conn.CreateVolume("one", volume("v", 1<<20))
	must(t, err)
	_, err = p.conn.CreateVolume("one", volume("v", 1<<20))
	explains(t, err, "volume-taken")
	_, err = p.conn.Volume("one", "w")
	explains(t, err, "volume-missing")
	explains(t, p.conn.Raw(func(c *libvirt.Connect) error {
		v, err := c.LookupStorageVolByPath(filepath.Join(dir, "v"))
		if err != nil {
			return err
		}
		defer func() { _ = v.Free() }()
		return hypervisor.Here(v.Resize(1<<10, 0))
	}), "volume-shrink")
	must(t, define("small", p.daemon.Small))
	small, err := p.conn.PoolByName("small")
	must(t, err)
	must(t, p.conn.StartPool(small.ID))
	_, err = p.conn.CreateVolume("small", volume("big", 64<<20))
	explains(t, err, "no-space")
}

func (p *provoker) networks(t *testing.T) {
	network := func(name, bridge, address, first string) *libvirtxml.Network {
		return &libvirtxml.Network{
			Name: name, Bridge: &libvirtxml.NetworkBridge{Name: bridge},
			IPs: []libvirtxml.NetworkIP{{
				Address: address, Netmask: "255.255.255.0",
				DHCP: &libvirtxml.NetworkDHCP{Ranges: []libvirtxml.NetworkDHCPRange{{Start: first, End: first}}},
			}},
		}
	}
	create := func(doc *libvirtxml.Network) error {
		return p.conn.Raw(func(c *libvirt.Connect) error {
			n, err := c.NetworkCreateXML(text(t, doc))
			if err == nil {
				err = n.Free()
			}
			return err
		})
	}
	must(t, create(network("one", "br-one", "10.99.1.1", "10.99.1.2")))
	explains(t, create(network("two", "br-two", "10.99.1.1", "10.99.1.2")), "network-overlap")
	explains(t, create(network("two", "br-one", "10.99.2.1", "10.99.2.2")), "bridge-taken")
	explains(t, create(network("one", "br-two", "10.99.2.1", "10.99.2.2")), "network-taken")
	explains(t, create(network("two", "br-two", "10.99.2.1", "10.98.2.2")), "network-range")
	networks, err := p.conn.Networks()
	must(t, err)
	for _, n := range networks {
		if n.Name == "one" {
			explains(t, p.conn.StartNetwork(n.ID), "network-active")
		}
	}
	filtered := onNetwork("one")
	explains(t, p.start(func(d *libvirtxml.Domain) {
		filtered(d)
		d.Devices.Interfaces[0].FilterRef = &libvirtxml.DomainInterfaceFilterRef{Filter: "none"}
	}), "filter-missing")
}
