package hypervisor

import (
	"errors"
	"fmt"

	"libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// HostInfo returns what the host is and has. ID, State and times are the
// caller's to fill. It waits while the daemon probes its emulators, which takes
// seconds on a fresh daemon, and on some hosts each time: HostBasics does not.
func (c *Conn) HostInfo() (virt.Host, error) {
	h, err := c.HostBasics()
	for _, add := range []func(*virt.Host) error{c.addEmulator, c.addCapabilities} {
		if err == nil {
			err = add(&h)
		}
	}
	return h, err
}

// HostBasics is HostInfo without the emulator's version and the processor's
// model.
func (c *Conn) HostBasics() (virt.Host, error) {
	h := virt.Host{ID: c.host, URI: c.uri, Hypervisor: c.driver}
	if err := c.addNode(&h); err != nil {
		return h, err
	}
	version, err := value(c, "virConnectGetLibVersion", c.conn.GetLibVersion)
	if err != nil {
		return h, err
	}
	h.Libvirt = versionText(version)
	if h.HasNetworks, err = c.has("virConnectNumOfNetworks", c.conn.NumOfNetworks); err != nil {
		return h, err
	}
	h.HasPools, err = c.has("virConnectNumOfStoragePools", c.conn.NumOfStoragePools)
	return h, err
}

func (c *Conn) addNode(h *virt.Host) error {
	node, err := value(c, "virNodeGetInfo", c.conn.GetNodeInfo)
	if err != nil {
		return err
	}
	h.Arch, h.CPUs, h.Memory = node.Model, node.Cpus, node.Memory<<10
	h.Sockets, h.Cores, h.Threads = uint(node.Sockets)*uint(max(1, node.Nodes)), uint(node.Cores), uint(node.Threads)
	if h.Hostname, err = value(c, "virConnectGetHostname", c.conn.GetHostname); err != nil {
		return err
	}
	free, err := c.FreeMemory()
	if errors.Is(err, virt.ErrUnavailable) {
		return err
	}
	h.MemoryFree = free // stays zero where a driver cannot tell; libvirt says so by failing
	return nil
}

func (c *Conn) addEmulator(h *virt.Host) error {
	version, err := value(c, "virConnectGetVersion", c.conn.GetVersion)
	if errors.Is(err, virt.ErrUnavailable) {
		return err
	}
	if err == nil { // a host without any emulator has no version
		h.HVVersion = versionText(version)
	}
	return nil
}

func (c *Conn) addCapabilities(h *virt.Host) error {
	caps, err := c.Capabilities()
	if err != nil {
		return err
	}
	if cpu := caps.Host.CPU; cpu != nil {
		h.CPUModel = cpu.Model
		if cpu.Arch != "" {
			h.Arch = cpu.Arch
		}
	}
	return nil
}

// has reports whether the driver knows a kind of thing at all.
func (c *Conn) has(name string, count func() (int, error)) (bool, error) {
	_, err := value(c, name, count)
	if errors.Is(err, virt.ErrUnsupported) {
		return false, nil
	}
	return err == nil, err
}

// soundByVNC is the release of libvirt that learnt to connect a VNC screen with the
// backend of a machine's sound.
const soundByVNC = 7_002_000

// SendsSound says whether the host's libvirt can connect a VNC screen with a
// machine's sound; nothing in its capabilities does. Only QEMU has that.
func (c *Conn) SendsSound() (bool, error) {
	if c.driver != "QEMU" {
		return false, nil
	}
	version, err := value(c, "virConnectGetLibVersion", c.conn.GetLibVersion)
	return version >= soundByVNC, err
}

// Releases of libvirt and QEMU that learnt to share text between a VNC screen and
// the guest's SPICE agent, and of QEMU to save a machine that does ("The vdagent
// chardev doesn't yet support migration").
const (
	textByVNC      = 8_004_000
	textByVNCQEMU  = 6_001_000
	savesVNCsAgent = 10_001_000
)

// SharesText says whether the host's libvirt and QEMU are new enough to share text
// by VNC, and whether a machine that does can be saved, and moved while it runs.
// Whether QEMU was built with it, they do not say; see domainxml.SharesClipboard.
func (c *Conn) SharesText() (shares, saves bool, err error) {
	if c.driver != "QEMU" {
		return false, false, nil
	}
	version, err := value(c, "virConnectGetLibVersion", c.conn.GetLibVersion)
	if err != nil || version < textByVNC {
		return false, false, err
	}
	version, err = value(c, "virConnectGetVersion", c.conn.GetVersion)
	return version >= textByVNCQEMU, version >= savesVNCsAgent, err
}

// versionText writes libvirt's version number: major*1,000,000 + minor*1,000 + release.
func versionText(v uint32) string {
	return fmt.Sprintf("%d.%d.%d", v/1_000_000, v/1_000%1_000, v%1_000)
}

// FreeMemory returns the host's free memory in bytes (virNodeGetFreeMemory).
func (c *Conn) FreeMemory() (uint64, error) {
	return value(c, "virNodeGetFreeMemory", c.conn.GetFreeMemory)
}

// Capabilities returns what the host and its emulators can do
// (virConnectGetCapabilities).
func (c *Conn) Capabilities() (*libvirtxml.Caps, error) {
	text, err := value(c, "virConnectGetCapabilities", c.conn.GetCapabilities)
	if err != nil {
		return nil, err
	}
	return read(&libvirtxml.Caps{}, text)
}

// DomainCapabilities returns what a VM of that kind may have
// (virConnectGetDomainCapabilities); an empty word means the driver's default.
func (c *Conn) DomainCapabilities(emulator, arch, machine, virttype string) (*libvirtxml.DomainCaps, error) {
	text, err := value(c, "virConnectGetDomainCapabilities", func() (string, error) {
		return c.conn.GetDomainCapabilities(emulator, arch, machine, virttype, libvirt.ConnectGetDomainCapabilitiesFlags(0))
	})
	if err != nil {
		return nil, err
	}
	return read(&libvirtxml.DomainCaps{}, text)
}

// read fills one of libvirtxml's documents from libvirt's text.
func read[T interface{ Unmarshal(string) error }](doc T, text string) (T, error) {
	if err := doc.Unmarshal(text); err != nil {
		return doc, virt.Errorf(virt.KindInternal, "read libvirt's XML: %w", err)
	}
	return doc, nil
}
