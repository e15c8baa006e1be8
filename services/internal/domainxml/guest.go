package domainxml

import (
	"slices"
	"strings"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// What follows chooses devices by the drivers that the OS has.

// buses returns the buses for a disk or a drive with removable media, the best
// first.
func (b *builder) buses(device string) []string {
	list := []string{"virtio", "sata", "scsi", "ide", "usb"}
	if !b.env.OS.Drives(virt.ChipsetQ35) {
		list = []string{"virtio", "ide", "sata", "scsi", "usb"} // older than AHCI
	}
	return slices.DeleteFunc(list, func(bus string) bool {
		switch bus {
		case "virtio":
			return device == "cdrom" || !b.env.OS.Drives(virt.VirtioDisk)
		case "scsi":
			return !b.env.OS.Drives(virt.VirtioSCSI)
		}
		return false
	})
}

// card is the model of the network card.
func (b *builder) card() string {
	for _, c := range []struct {
		device virt.OSDevice
		model  string
	}{{virt.VirtioNet, "virtio"}, {virt.NetE1000e, "e1000e"}, {virt.NetE1000, "e1000"}, {virt.NetRTL8139, "rtl8139"}} {
		if b.env.OS.Drives(c.device) {
			return c.model
		}
	}
	if b.env.OS.Drives(virt.ChipsetQ35) {
		return "e1000e"
	}
	return "rtl8139"
}

// videoModels are the models of a video card, the best first. virtio and bochs
// need a driver, each of the others shows a picture without.
func (b *builder) videoModels() []string {
	if b.env.OS.Drives(virt.VirtioGPU) {
		return []string{"virtio", "bochs", "vga", "qxl", "cirrus", "ramfb"}
	}
	return []string{"vga", "qxl", "cirrus", "virtio", "bochs", "ramfb"}
}

// sound gives the machine a sound card that is heard through its VNC screen, and
// nowhere else: the host stays silent. The tiny Linux has no driver for any.
func (b *builder) sound(d *libvirtxml.DomainDeviceList) {
	if !b.env.Sound || !b.x86() || b.spec.Try {
		return
	}
	const backend = 1
	d.Sounds = []libvirtxml.DomainSound{{Model: b.soundCard(), Audio: &libvirtxml.DomainSoundAudio{ID: backend}}}
	d.Audios = []libvirtxml.DomainAudio{{ID: backend, None: &libvirtxml.DomainAudioNone{}}}
	for i := range d.Graphics {
		d.Graphics[i].Audio = &libvirtxml.DomainGraphicAudio{ID: backend}
	}
}

// soundCard is the model of the sound card: Intel's HD audio of the chipset, or
// what was before it.
func (b *builder) soundCard() string {
	switch {
	case !b.env.OS.Drives(virt.ChipsetQ35):
		return "ac97"
	case strings.Contains(b.env.Machine, "q35"):
		return "ich9"
	default:
		return "ich6"
	}
}

// usb are the controllers of USB 3, which idles without interrupts, or of USB 2
// with its three companions for slower devices.
func (b *builder) usb() []libvirtxml.DomainController {
	if b.env.OS.Drives(virt.USB3) {
		return []libvirtxml.DomainController{{Type: "usb", Model: "qemu-xhci"}}
	}
	list := []libvirtxml.DomainController{{Type: "usb", Index: new(uint), Model: "ich9-ehci1"}}
	for i, model := range []string{"ich9-uhci1", "ich9-uhci2", "ich9-uhci3"} {
		master := &libvirtxml.DomainControllerUSBMaster{StartPort: uint(2 * i)} // three of them
		list = append(list, libvirtxml.DomainController{
			Type: "usb", Index: new(uint), Model: model, USB: &libvirtxml.DomainControllerUSB{Master: master},
		})
	}
	return list
}

// topology puts the processors of a Windows into one socket: its editions for
// desks use two sockets at most, and libvirt gives each processor its own.
func (b *builder) topology() *libvirtxml.DomainCPUTopology {
	if !b.env.OS.Windows() || b.spec.VCPUs < 2 {
		return nil
	}
	return &libvirtxml.DomainCPUTopology{Sockets: 1, Cores: int(b.spec.VCPUs), Threads: 1} // the host's most was checked
}

func (b *builder) balloon() *libvirtxml.DomainMemBalloon {
	if !b.env.OS.Drives(virt.VirtioBalloon) {
		return &libvirtxml.DomainMemBalloon{Model: "none"}
	}
	return &libvirtxml.DomainMemBalloon{Model: "virtio", Stats: &libvirtxml.DomainMemBalloonStats{Period: statsPeriod}}
}

// hypervFeatures are those that a host takes that does not list them.
var hypervFeatures = []string{"relaxed", "vapic", "spinlocks"}

// spinRetries is how often a guest tries for a lock before it tells the
// hypervisor that it waits: Microsoft's own advice (libvirt: formatdomain).
const spinRetries = 8191

// enlightenments tell Windows that it runs on a hypervisor, so that it spares
// it work. Only KVM has them.
func (b *builder) enlightenments() *libvirtxml.DomainFeatureHyperV {
	if !b.enlightened() {
		return nil
	}
	offered := hypervFeatures
	if caps := b.env.Caps.Features; caps != nil && caps.HyperV != nil && caps.HyperV.Supported == "yes" {
		offered = enum(caps.HyperV.Enums, "features")
	}
	on := func(name string) *libvirtxml.DomainFeatureState {
		if !slices.Contains(offered, name) {
			return nil
		}
		return &libvirtxml.DomainFeatureState{State: "on"}
	}
	f := &libvirtxml.DomainFeatureHyperV{
		Relaxed: on("relaxed"), VAPIC: on("vapic"), VPIndex: on("vpindex"), Runtime: on("runtime"), Frequencies: on("frequencies"),
	}
	if s := on("spinlocks"); s != nil {
		f.Spinlocks = &libvirtxml.DomainFeatureHyperVSpinlocks{DomainFeatureState: *s, Retries: spinRetries}
	}
	if f.VPIndex == nil {
		return f
	}
	// The rest builds on the index of processors.
	f.Synic, f.IPI = on("synic"), on("ipi")
	if s := on("tlbflush"); s != nil {
		f.TLBFlush = &libvirtxml.DomainFeatureHyperVTLBFlush{DomainFeatureState: *s}
	}
	if s := on("stimer"); s != nil && f.Synic != nil {
		f.STimer = &libvirtxml.DomainFeatureHyperVSTimer{DomainFeatureState: *s}
	}
	return f
}

func (b *builder) enlightened() bool {
	return b.env.OS.Windows() && b.env.VirtType == "kvm" && b.x86()
}

// bootOrder numbers what the machine boots from: disks before media and the
// network, so that an empty disk is passed over until something is installed on
// it. A disk that may hold something gives way to what it shall be installed
// from. A machine with a kernel has no order.
func (b *builder) bootOrder(d *libvirtxml.DomainDeviceList) {
	if b.env.Kernel != "" {
		return
	}
	var next uint
	take := func() *libvirtxml.DomainDeviceBoot {
		next++
		return &libvirtxml.DomainDeviceBoot{Order: next}
	}
	disks := func(fits func(Disk) bool) {
		for i := range d.Disks {
			if d.Disks[i].Boot == nil && fits(b.env.Disks[i]) {
				d.Disks[i].Boot = take()
			}
		}
	}
	card := func() {
		if len(d.Interfaces) > 0 && d.Interfaces[0].Boot == nil {
			d.Interfaces[0].Boot = take()
		}
	}
	installs := b.spec.ISO != "" || b.spec.PXE
	if installs && slices.ContainsFunc(b.env.Disks, func(d Disk) bool { return !d.removable() && !d.Blank }) {
		disks(Disk.removable)
		if b.spec.PXE {
			card()
		}
	}
	disks(func(Disk) bool { return true })
	card()
}

func (d Disk) removable() bool { return d.Device == "cdrom" || d.Device == "floppy" }
