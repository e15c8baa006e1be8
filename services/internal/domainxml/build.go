package domainxml

import (
	"cmp"
	"slices"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Sizes of a VM that nobody chose.
const (
	DefaultMemory = 1 << 30
	DefaultVCPUs  = 1
)

// An Environment is where a VM shall live: what the host can do and what was
// made for the VM there. Only Caps and VirtType are needed.
type Environment struct {
	// Caps are the host's capabilities for the emulator, architecture, machine
	// and type below, asked at that moment (virConnectGetDomainCapabilities).
	// Empty names are taken from it.
	Caps     *libvirtxml.DomainCaps
	Arch     string
	Emulator string
	Machine  string
	VirtType string // kvm or qemu

	UUID    string // empty: the spec's, else libvirt makes one
	MAC     string // empty: the spec's, else libvirt makes one
	Disks   []Disk // the spec's disks, made or found
	Kernel  string // the spec's, as paths on the host
	Initrd  string
	Network NetworkChoice
	Tags    []string
	OS      virt.OS // which devices the guest has drivers for; zero: a new one
	Sound   bool    // the host's libvirt connects VNC screens with the machine's sound
	Text    bool    // the host shares text by VNC, and can save machines that do

	SerialLog      string // file on the host that keeps all the serial port says; empty: none
	GraphicsSocket string // socket on the host for the screen; empty: a port on 127.0.0.1
}

// A Disk is a disk as a document names it: by its path on the host, or else by
// pool and volume.
type Disk struct {
	Path     string
	Block    bool // Path is a block device
	Pool     string
	Volume   string
	Format   string // raw, qcow2...; empty: raw
	Bus      string // empty: the best the host has
	Device   string // disk or cdrom; empty: disk
	ReadOnly bool
	Blank    bool // made for this VM: nothing is on it
}

// A NetworkChoice is what a VM's network card hangs on.
type NetworkChoice struct {
	Type string // network, user, or none (also empty)
	Name string // of the libvirt network
}

// Build writes the document of a new VM. All that the spec leaves open follows
// from what the host can do. It is virt.ErrUnsupported when the host cannot do
// what the spec asks for, virt.ErrInvalid when nobody can. Memory and processors
// default to DefaultMemory and DefaultVCPUs.
func Build(spec virt.VMSpec, env Environment) (string, error) {
	if env.Caps == nil {
		return "", virt.Errorf(virt.KindInternal, "build a machine without the host's capabilities")
	}
	b := builder{spec: spec, env: env}
	b.env.Arch = cmp.Or(env.Arch, env.Caps.Arch)
	b.env.Emulator = cmp.Or(env.Emulator, env.Caps.Path)
	b.env.Machine = cmp.Or(env.Machine, spec.Machine, env.Caps.Machine)
	b.env.VirtType = cmp.Or(env.VirtType, env.Caps.Domain)
	d, err := b.domain()
	if err != nil {
		return "", err
	}
	text, err := d.Marshal()
	if err != nil {
		return "", virt.Errorf(virt.KindInternal, "write the machine's XML: %w", err)
	}
	return text + "\n", nil
}

type builder struct {
	spec     virt.VMSpec
	env      Environment
	firmware string // bios, uefi or uefi-secure; empty: whatever the emulator has
}

func (b *builder) domain() (*libvirtxml.Domain, error) {
	vcpus := cmp.Or(b.spec.VCPUs, DefaultVCPUs)
	if c := b.env.Caps.VCPU; c != nil && c.Max > 0 && vcpus > c.Max {
		return nil, virt.Errorf(virt.KindInvalid, "%d processors are more than the %d that a machine of type %s may have", vcpus, c.Max, b.env.Machine)
	}
	if err := b.chooseFirmware(); err != nil {
		return nil, err
	}
	metadata, err := b.metadata()
	if err != nil {
		return nil, err
	}
	devices, err := b.devices()
	if err != nil {
		return nil, err
	}
	return &libvirtxml.Domain{
		Type:       b.env.VirtType,
		Name:       b.spec.Name,
		UUID:       cmp.Or(b.env.UUID, b.spec.UUID),
		Metadata:   metadata,
		Memory:     &libvirtxml.DomainMemory{Value: kib(cmp.Or(b.spec.Memory, DefaultMemory)), Unit: "KiB"},
		VCPU:       &libvirtxml.DomainVCPU{Value: vcpus},
		OS:         b.os(),
		Features:   b.features(),
		CPU:        b.cpu(),
		Clock:      b.clock(),
		OnPoweroff: "destroy",
		OnReboot:   "restart",
		OnCrash:    "destroy",
		PM:         b.pm(),
		Devices:    devices,
	}, nil
}

// kib rounds bytes up to KiB, the unit libvirt counts memory in.
func kib(bytes uint64) uint { return uint(bytes/1024 + min(1, bytes%1024)) }

func (b *builder) metadata() (*libvirtxml.DomainMetadata, error) {
	m := Metadata{Tags: b.env.Tags, Try: b.spec.Try, OS: b.spec.OS, OSURI: b.env.OS.URI}
	if m.Empty() {
		return nil, nil
	}
	text, err := m.XML()
	return &libvirtxml.DomainMetadata{XML: text}, err
}

func (b *builder) x86() bool { return b.env.Arch == "x86_64" || b.env.Arch == "i686" }

func (b *builder) os() *libvirtxml.DomainOS {
	os := &libvirtxml.DomainOS{
		Type:   &libvirtxml.DomainOSType{Arch: b.env.Arch, Machine: b.env.Machine, Type: "hvm"},
		Kernel: b.env.Kernel, Initrd: b.env.Initrd, Cmdline: b.spec.Cmdline,
	}
	if b.spec.BootMenu {
		os.BootMenu = &libvirtxml.DomainBootMenu{Enable: "yes", Timeout: "3000"}
	}
	if b.uefi() {
		os.Firmware, os.FirmwareInfo = "efi", b.firmwareInfo()
	}
	return os
}

func (b *builder) features() *libvirtxml.DomainFeatureList {
	f := &libvirtxml.DomainFeatureList{ACPI: &libvirtxml.DomainFeature{}, HyperV: b.enlightenments()}
	if b.secureBoot() {
		f.SMM = &libvirtxml.DomainFeatureSMM{State: "on"} // it keeps guests from the firmware's variables
	}
	if b.x86() {
		f.APIC = &libvirtxml.DomainFeatureAPIC{}
		f.VMPort = &libvirtxml.DomainFeatureState{State: "off"} // VMware's mouse would fight the tablet
	}
	return f
}

// cpu chooses the most a guest can have: the host's own processor under KVM,
// else all that the emulator can play, else what the emulator takes by itself.
func (b *builder) cpu() *libvirtxml.DomainCPU {
	for _, mode := range []string{"host-passthrough", "maximum", "host-model"} {
		if b.offersCPU(mode) {
			return &libvirtxml.DomainCPU{Mode: mode, Topology: b.topology()}
		}
	}
	return nil
}

func (b *builder) offersCPU(mode string) bool {
	if b.env.Caps.CPU == nil || mode == "host-passthrough" && b.env.VirtType != "kvm" {
		return false
	}
	for _, m := range b.env.Caps.CPU.Modes {
		if m.Name == mode {
			return m.Supported == "yes"
		}
	}
	return false
}

// clock has the time zone that the OS takes a computer's clock to be in, and the timers that all guests of today do best with: lost ticks are
// given back slowly, and nobody asks the costly HPET for the time.
func (b *builder) clock() *libvirtxml.DomainClock {
	c := &libvirtxml.DomainClock{Offset: "utc"}
	if b.x86() {
		c.Timer = []libvirtxml.DomainTimer{
			{Name: "rtc", TickPolicy: "catchup"},
			{Name: "pit", TickPolicy: "delay"},
			{Name: "hpet", Present: "no"},
		}
	}
	if b.env.OS.Windows() || b.env.OS.Family == "solaris" {
		c.Offset = "localtime"
	}
	if b.enlightened() {
		c.Timer = append(c.Timer, libvirtxml.DomainTimer{Name: "hypervclock", Present: "yes"})
	}
	return c
}

// pm keeps guests from putting themselves to sleep, for they would not be woken.
func (b *builder) pm() *libvirtxml.DomainPM {
	if !b.x86() {
		return nil
	}
	return &libvirtxml.DomainPM{
		SuspendToMem:  &libvirtxml.DomainPMPolicy{Enabled: "no"},
		SuspendToDisk: &libvirtxml.DomainPMPolicy{Enabled: "no"},
	}
}

// enum returns the values of an enumeration in capabilities.
func enum(enums []libvirtxml.DomainCapsEnum, name string) []string {
	for _, e := range enums {
		if e.Name == name {
			return e.Values
		}
	}
	return nil
}

// offers returns the values of an enumeration of a device; none when the host
// does not have the device.
func offers(device *libvirtxml.DomainCapsDevice, name string) []string {
	if device == nil || device.Supported != "yes" {
		return nil
	}
	return enum(device.Enums, name)
}

// best returns the first of the wishes that is offered, else nothing.
func best(offered []string, wishes ...string) string {
	for _, w := range wishes {
		if slices.Contains(offered, w) {
			return w
		}
	}
	return ""
}
