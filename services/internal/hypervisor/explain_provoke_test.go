package hypervisor_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// A provoker makes libvirt and QEMU fail on a private daemon.
type provoker struct {
	*testing.T
	daemon *virttest.Daemon
	conn   *hypervisor.Conn
	dir    string // QEMU may enter it
}

func newProvoker(t *testing.T) *provoker {
	d := virttest.Libvirtd(t)
	conn, _ := open(t, d.URI)
	p := &provoker{T: t, daemon: d, conn: conn, dir: filepath.Join(d.Dir, "images")}
	must(t, os.Mkdir(p.dir, 0o755))
	return p
}

// start tries to start a guest that is made wrong by spoil.
func (p *provoker) start(spoil func(*libvirtxml.Domain)) error {
	p.Helper()
	doc := guest("QEMU", "wrong")
	spoil(doc)
	ref, err := p.conn.CreateTransient(text(p.T, doc))
	if err == nil {
		must(p.T, p.conn.DestroyDomain(ref.ID))
	}
	return err
}

// running starts a guest that ends with the subtest.
func (p *provoker) running(t *testing.T, spoil func(*libvirtxml.Domain)) virt.Ref {
	t.Helper()
	doc := guest("QEMU", "right")
	spoil(doc)
	ref, err := p.conn.CreateTransient(text(t, doc))
	must(t, err)
	t.Cleanup(func() { must(t, p.conn.DestroyDomain(ref.ID)) })
	return ref
}

// stored defines a guest that is removed with the subtest.
func (p *provoker) stored(t *testing.T, spoil func(*libvirtxml.Domain)) virt.Ref {
	t.Helper()
	doc := guest("QEMU", "stored")
	spoil(doc)
	ref, err := p.conn.DefineDomain(text(t, doc))
	must(t, err)
	t.Cleanup(func() {
		must(t, p.conn.Raw(func(c *libvirt.Connect) error {
			dom, err := c.LookupDomainByUUIDString(ref.ID)
			if err != nil {
				return err
			}
			defer func() { _ = dom.Free() }()
			_ = dom.Destroy()
			return dom.UndefineFlags(libvirt.DOMAIN_UNDEFINE_MANAGED_SAVE | libvirt.DOMAIN_UNDEFINE_SNAPSHOTS_METADATA | libvirt.DOMAIN_UNDEFINE_NVRAM)
		}))
	})
	return ref
}

// domain runs a function of the binding on a guest.
func (p *provoker) domain(ref virt.Ref, f func(*libvirt.Domain) error) error {
	return p.conn.Raw(func(c *libvirt.Connect) error {
		dom, err := c.LookupDomainByUUIDString(ref.ID)
		if err != nil {
			return err
		}
		defer func() { _ = dom.Free() }()
		return hypervisor.Here(f(dom))
	})
}

// image makes a disk image that QEMU may write, and returns its path.
func (p *provoker) image(name, format string, more ...string) string {
	p.Helper()
	path := filepath.Join(p.dir, name)
	args := append([]string{"create", "-q", "-f", format}, more...)
	if out, err := exec.Command("qemu-img", append(args, path, "1M")...).CombinedOutput(); err != nil {
		p.Fatalf("%v: %s", err, out)
	}
	must(p.T, os.Chmod(path, 0o666)) // QEMU runs as another user
	return path
}

func disk(path, format, target string) libvirtxml.DomainDisk {
	return libvirtxml.DomainDisk{
		Device: "disk", Driver: &libvirtxml.DomainDiskDriver{Name: "qemu", Type: format},
		Source: &libvirtxml.DomainDiskSource{File: &libvirtxml.DomainDiskSourceFile{File: path}},
		Target: &libvirtxml.DomainDiskTarget{Dev: target, Bus: "virtio"},
	}
}

func disks(all ...libvirtxml.DomainDisk) func(*libvirtxml.Domain) {
	return func(d *libvirtxml.Domain) { d.Devices.Disks = all }
}

func card(source libvirtxml.DomainInterfaceSource) func(*libvirtxml.Domain) {
	return func(d *libvirtxml.Domain) { d.Devices.Interfaces = []libvirtxml.DomainInterface{{Source: &source}} }
}

func onNetwork(name string) func(*libvirtxml.Domain) {
	return card(libvirtxml.DomainInterfaceSource{Network: &libvirtxml.DomainInterfaceSourceNetwork{Network: name}})
}

// Every explanation below is met for real: libvirt 9 or later and QEMU say what
// they say, and the table must know it.
func TestFailuresAreExplained(t *testing.T) {
	p := newProvoker(t)
	for name, provoke := range map[string]func(*testing.T) error{
		"disk-missing":      func(*testing.T) error { return p.start(disks(disk("/no/such.img", "raw", "vda"))) },
		"file-forbidden":    p.forbiddenDisk,
		"image-in-use":      p.sharedDisk,
		"backing-missing":   p.lostBackingFile,
		"image-format":      func(*testing.T) error { return p.start(disks(disk(p.image("plain", "raw"), "qcow2", "vda"))) },
		"target-twice":      func(*testing.T) error { return p.start(disks(disk("/a", "raw", "vda"), disk("/b", "raw", "vda"))) },
		"boot-twice":        p.bootOrder,
		"pool-missing":      p.poolDisk,
		"remote-refused":    p.refusedSerial,
		"directory-missing": p.socketNowhere,
		"port-taken":        p.takenPort,
		"emulator-missing":  func(*testing.T) error { return p.start(func(d *libvirtxml.Domain) { d.Devices.Emulator = "/no/qemu" }) },
		"architecture": func(*testing.T) error {
			return p.start(func(d *libvirtxml.Domain) { d.OS.Type.Arch, d.OS.Type.Machine, d.Devices.Emulator = "ppc64", "", "" })
		},
		"machine-type": func(*testing.T) error {
			return p.start(func(d *libvirtxml.Domain) { d.OS.Type.Machine = "pc-i440fx-99.1" })
		},
		"firmware-missing":  p.secureBootOnPC,
		"firmware-template": p.foreignFirmware,
		"firmware-acpi": func(*testing.T) error {
			return p.start(func(d *libvirtxml.Domain) { d.OS.Firmware, d.OS.BIOS, d.Features = "efi", nil, nil })
		},
		"file-missing": func(*testing.T) error { return p.start(func(d *libvirtxml.Domain) { d.OS.Kernel = "/no/vmlinuz" }) },
		"cpu-model":    func(*testing.T) error { return p.start(cpu("Nonsense", "", "")) },
		"cpu-feature":  func(*testing.T) error { return p.start(cpu("qemu64", "", "nonsense")) },
		"cpu-lacking":  func(*testing.T) error { return p.start(cpu("Skylake-Server", "full", "")) },
		"cpu-mode": func(*testing.T) error {
			return p.start(func(d *libvirtxml.Domain) { d.CPU = &libvirtxml.DomainCPU{Mode: "host-passthrough"} })
		},
		"cpus-most": func(*testing.T) error { return p.start(func(d *libvirtxml.Domain) { d.VCPU.Value = 5000 }) },
		"cpu-topology": func(*testing.T) error {
			return p.start(func(d *libvirtxml.Domain) {
				d.CPU = &libvirtxml.DomainCPU{Topology: &libvirtxml.DomainCPUTopology{Sockets: 1, Cores: 3, Threads: 1}}
			})
		},
		"no-memory": func(*testing.T) error {
			return p.start(func(d *libvirtxml.Domain) { d.Memory = &libvirtxml.DomainMemory{Value: 1 << 20, Unit: "TiB"} })
		},
		"hugepages-off": func(*testing.T) error {
			return p.start(func(d *libvirtxml.Domain) {
				d.MemoryBacking = &libvirtxml.DomainMemoryBacking{MemoryHugePages: &libvirtxml.DomainMemoryHugepages{
					Hugepages: []libvirtxml.DomainMemoryHugepage{{Size: 3, Unit: "GiB"}},
				}}
			})
		},
		"numa-node": func(*testing.T) error {
			return p.start(func(d *libvirtxml.Domain) {
				d.NUMATune = &libvirtxml.DomainNUMATune{Memory: &libvirtxml.DomainNUMATuneMemory{Mode: "strict", Nodeset: "63"}}
			})
		},
		"device-model": func(*testing.T) error {
			return p.start(func(d *libvirtxml.Domain) {
				d.Devices.Interfaces = []libvirtxml.DomainInterface{{
					Source: &libvirtxml.DomainInterfaceSource{User: &libvirtxml.DomainInterfaceSourceUser{}},
					Model:  &libvirtxml.DomainInterfaceModel{Type: "nonsense"},
				}}
			})
		},
		"iommu-q35": func(*testing.T) error {
			return p.start(func(d *libvirtxml.Domain) { d.Devices.IOMMU = &libvirtxml.DomainIOMMU{Model: "intel"} })
		},
		"virtiofs-memory":  p.sharedFolder,
		"network-inactive": func(*testing.T) error { return p.start(onNetwork("default")) },
		"network-missing":  func(*testing.T) error { return p.start(onNetwork("nowhere")) },
		"interface-missing": func(*testing.T) error {
			return p.start(card(libvirtxml.DomainInterfaceSource{Bridge: &libvirtxml.DomainInterfaceSourceBridge{Bridge: "nobridge"}}))
		},
		"document-broken": func(*testing.T) error { _, err := p.conn.DefineDomain("<domain"); return err },
		"document-root":   func(*testing.T) error { _, err := p.conn.DefineDomain("<network/>"); return err },
		"value-unknown":   func(*testing.T) error { return p.start(func(d *libvirtxml.Domain) { d.OnCrash = "explode" }) },
	} {
		t.Run(name, func(t *testing.T) { explains(t, provoke(t), name) })
	}
	for name, run := range map[string]func(*testing.T){
		"names and states": p.names, "snapshots and saved states": p.moments, "running machines": p.live,
		"pools and volumes": p.storage, "networks": p.networks,
	} {
		t.Run(name, run)
	}
}

func (p *provoker) forbiddenDisk(*testing.T) error {
	path := p.image("closed.img", "raw")
	closed := filepath.Join(p.dir, "closed")
	must(p.T, os.Mkdir(closed, 0o700))
	inside := filepath.Join(closed, "closed.img")
	must(p.T, os.Rename(path, inside))
	return p.start(disks(disk(inside, "raw", "vda")))
}

func (p *provoker) sharedDisk(t *testing.T) error {
	one := disks(disk(p.image("shared.img", "raw"), "raw", "vda"))
	p.running(t, one)
	return p.start(one)
}

func (p *provoker) lostBackingFile(*testing.T) error {
	base := p.image("base.qcow2", "qcow2")
	over := p.image("over.qcow2", "qcow2", "-b", base, "-F", "qcow2")
	must(p.T, os.Remove(base))
	return p.start(disks(disk(over, "qcow2", "vda")))
}

func (p *provoker) bootOrder(*testing.T) error {
	one, two := disk("/a", "raw", "vda"), disk("/b", "raw", "vdb")
	one.Boot, two.Boot = &libvirtxml.DomainDeviceBoot{Order: 1}, &libvirtxml.DomainDeviceBoot{Order: 1}
	return p.start(disks(one, two))
}

func (p *provoker) poolDisk(*testing.T) error {
	d := disk("", "raw", "vda")
	d.Source = &libvirtxml.DomainDiskSource{Volume: &libvirtxml.DomainDiskSourceVolume{Pool: "nowhere", Volume: "none"}}
	return p.start(disks(d))
}

func (p *provoker) refusedSerial(*testing.T) error {
	return p.start(func(d *libvirtxml.Domain) {
		d.Devices.Serials[0].Source = &libvirtxml.DomainChardevSource{TCP: &libvirtxml.DomainChardevSourceTCP{Mode: "connect", Host: "127.0.0.1", Service: "1"}}
	})
}

func (p *provoker) socketNowhere(*testing.T) error {
	return p.start(func(d *libvirtxml.Domain) {
		d.Devices.Serials[0].Source = &libvirtxml.DomainChardevSource{UNIX: &libvirtxml.DomainChardevSourceUNIX{Mode: "bind", Path: "/no/such/socket"}}
	})
}

func (p *provoker) takenPort(t *testing.T) error {
	screen := func(d *libvirtxml.Domain) {
		d.Devices.Graphics = []libvirtxml.DomainGraphic{{VNC: &libvirtxml.DomainGraphicVNC{Port: 5999, AutoPort: "no", Listen: "127.0.0.1"}}}
	}
	p.running(t, screen)
	return p.start(screen)
}

// secureBootOnPC asks for what no firmware of any distribution does.
func (p *provoker) secureBootOnPC(*testing.T) error {
	return p.start(func(d *libvirtxml.Domain) {
		d.OS.BIOS, d.OS.Firmware = nil, "efi"
		d.OS.FirmwareInfo = &libvirtxml.DomainOSFirmwareInfo{Features: []libvirtxml.DomainOSFirmwareFeature{{Enabled: "yes", Name: "secure-boot"}}}
	})
}

func (p *provoker) foreignFirmware(*testing.T) error {
	return p.start(func(d *libvirtxml.Domain) {
		d.OS.BIOS, d.OS.Type.Machine = nil, "q35"
		d.OS.Loader = &libvirtxml.DomainLoader{Path: p.image("firmware.fd", "raw"), Readonly: "yes", Type: "pflash"}
	})
}

func (p *provoker) sharedFolder(*testing.T) error {
	return p.start(func(d *libvirtxml.Domain) { d.Devices.Filesystems = sharedFolders(p.dir) })
}

func sharedFolders(dir string) []libvirtxml.DomainFilesystem {
	return []libvirtxml.DomainFilesystem{{
		Driver: &libvirtxml.DomainFilesystemDriver{Type: "virtiofs"},
		Source: &libvirtxml.DomainFilesystemSource{Mount: &libvirtxml.DomainFilesystemSourceMount{Dir: dir}},
		Target: &libvirtxml.DomainFilesystemTarget{Dir: "share"},
	}}
}

func cpu(model, check, feature string) func(*libvirtxml.Domain) {
	return func(d *libvirtxml.Domain) {
		d.CPU = &libvirtxml.DomainCPU{Mode: "custom", Match: "exact", Check: check, Model: &libvirtxml.DomainCPUModel{Fallback: "forbid", Value: model}}
		if feature != "" {
			d.CPU.Features = []libvirtxml.DomainCPUFeature{{Policy: "require", Name: feature}}
		}
	}
}

func TestASocketWithoutAListenerIsExplained(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	must(t, err)
	l.SetUnlinkOnClose(false)
	must(t, l.Close())
	_, err = hypervisor.Open("qemu+unix:///system?socket="+path, hypervisor.Options{})
	explains(t, err, "socket-refused")
}
