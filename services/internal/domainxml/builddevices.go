package domainxml

import (
	"cmp"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// statsPeriod is how often, in seconds, a guest's balloon driver tells how much
// memory it uses.
const statsPeriod = 5

func (b *builder) devices() (*libvirtxml.DomainDeviceList, error) {
	caps := cmp.Or(b.env.Caps.Devices, &libvirtxml.DomainCapsDevices{})
	disks, err := b.disks(caps)
	if err != nil {
		return nil, err
	}
	tpms, err := b.tpms(caps)
	if err != nil {
		return nil, err
	}
	if b.spec.PXE && (b.env.Network.Type == "" || b.env.Network.Type == "none") {
		return nil, virt.Errorf(virt.KindInvalid, "a machine without a network card cannot boot from the network").WithHint("Choose a network.")
	}
	d := &libvirtxml.DomainDeviceList{
		Emulator:    b.env.Emulator,
		Disks:       disks,
		Controllers: b.controllers(disks),
		Interfaces:  b.interfaces(),
		Serials:     b.serials(),
		Consoles:    consoles(),
		Channels:    b.channels(caps),
		Inputs:      inputs(),
		RNGs:        b.rngs(caps),
		TPMs:        tpms,
		MemBalloon:  b.balloon(),
	}
	b.bootOrder(d)
	if b.spec.NoScreen {
		return d, nil
	}
	if best(offers(caps.Graphics, "type"), "vnc") == "" {
		return nil, virt.Errorf(virt.KindUnsupported, "this host's emulator has no VNC server for the screen").
			WithHint("Make the machine without a screen and use its serial port.")
	}
	d.Graphics = b.graphics()
	d.Videos = b.videos(caps)
	b.sound(d)
	return d, nil
}

func (b *builder) disks(caps *libvirtxml.DomainCapsDevices) ([]libvirtxml.DomainDisk, error) {
	names := diskNames{}
	var disks []libvirtxml.DomainDisk
	for _, want := range b.env.Disks {
		device := cmp.Or(want.Device, "disk")
		bus, err := b.diskBus(caps, want.Bus, device)
		if err != nil {
			return nil, err
		}
		target, err := names.next(bus)
		if err != nil {
			return nil, err
		}
		disk := libvirtxml.DomainDisk{
			Device: device,
			Driver: &libvirtxml.DomainDiskDriver{Name: "qemu", Type: cmp.Or(want.Format, "raw")},
			Source: diskSource(want),
			Target: &libvirtxml.DomainDiskTarget{Dev: target, Bus: bus},
		}
		if device == "disk" {
			disk.Driver.Discard = "unmap"
		}
		if want.ReadOnly || device == "cdrom" {
			disk.ReadOnly = &libvirtxml.DomainDiskReadOnly{}
		}
		disks = append(disks, disk)
	}
	return disks, nil
}

func diskSource(d Disk) *libvirtxml.DomainDiskSource {
	switch {
	case d.Path != "" && d.Block:
		return &libvirtxml.DomainDiskSource{Block: &libvirtxml.DomainDiskSourceBlock{Dev: d.Path}}
	case d.Path != "":
		return &libvirtxml.DomainDiskSource{File: &libvirtxml.DomainDiskSourceFile{File: d.Path}}
	default:
		return &libvirtxml.DomainDiskSource{Volume: &libvirtxml.DomainDiskSourceVolume{Pool: d.Pool, Volume: d.Volume}}
	}
}

// diskBus returns the bus asked for, or the fastest that the host has and the
// OS has a driver for; drives with removable media cannot be virtio.
func (b *builder) diskBus(caps *libvirtxml.DomainCapsDevices, want, device string) (string, error) {
	offered := offers(caps.Disk, "bus")
	wishes := b.buses(device)
	if want != "" {
		wishes = []string{want}
	}
	bus := best(offered, wishes...)
	if bus == "" {
		return "", virt.Errorf(virt.KindUnsupported, "this machine type has no bus %q for a %s", want, device).
			WithHint("Choose another bus or another machine type.")
	}
	return bus, nil
}

// diskNames gives disks the names that guests use: vda, vdb, sda...
type diskNames map[string]int // by prefix: how many there are

func (n diskNames) next(bus string) (string, error) {
	prefix := map[string]string{"virtio": "vd", "ide": "hd", "fdc": "fd", "xen": "xvd"}[bus]
	prefix = cmp.Or(prefix, "sd")
	const letters = 26
	if n[prefix] == letters {
		return "", virt.Errorf(virt.KindUnsupported, "a machine cannot have more than %d disks on %s", letters, bus)
	}
	name := prefix + string(rune('a'+n[prefix]))
	n[prefix]++
	return name, nil
}

// controllers are those that libvirt would choose worse or not at all: of USB,
// and the paravirtual SCSI.
func (b *builder) controllers(disks []libvirtxml.DomainDisk) []libvirtxml.DomainController {
	list := b.usb()
	for _, d := range disks {
		if d.Target.Bus == "scsi" {
			return append(list, libvirtxml.DomainController{Type: "scsi", Model: "virtio-scsi"})
		}
	}
	return list
}

func (b *builder) interfaces() []libvirtxml.DomainInterface {
	source := &libvirtxml.DomainInterfaceSource{}
	switch b.env.Network.Type {
	case "network":
		source.Network = &libvirtxml.DomainInterfaceSourceNetwork{Network: b.env.Network.Name}
	case "user":
		source.User = &libvirtxml.DomainInterfaceSourceUser{}
	default:
		return nil
	}
	card := libvirtxml.DomainInterface{Source: source, Model: &libvirtxml.DomainInterfaceModel{Type: b.card()}}
	if mac := cmp.Or(b.env.MAC, b.spec.MAC); mac != "" {
		card.MAC = &libvirtxml.DomainInterfaceMAC{Address: mac}
	}
	return []libvirtxml.DomainInterface{card}
}

func (b *builder) serials() []libvirtxml.DomainSerial {
	s := libvirtxml.DomainSerial{
		Source: &libvirtxml.DomainChardevSource{Pty: &libvirtxml.DomainChardevSourcePty{}},
		Target: &libvirtxml.DomainSerialTarget{Port: new(uint)},
	}
	if b.env.SerialLog != "" {
		s.Log = &libvirtxml.DomainChardevLog{File: b.env.SerialLog, Append: "on"}
	}
	return []libvirtxml.DomainSerial{s}
}

func consoles() []libvirtxml.DomainConsole {
	return []libvirtxml.DomainConsole{{
		Source: &libvirtxml.DomainChardevSource{Pty: &libvirtxml.DomainChardevSourcePty{}},
		Target: &libvirtxml.DomainConsoleTarget{Type: "serial", Port: new(uint)},
	}}
}

// channels are the guest agent's and, where the host can save machines that have
// it, the one by which VNC shares the clipboard.
func (b *builder) channels(caps *libvirtxml.DomainCapsDevices) []libvirtxml.DomainChannel {
	if !b.env.OS.Drives(virt.VirtioSerial) {
		return nil
	}
	list := []libvirtxml.DomainChannel{{
		Source: &libvirtxml.DomainChardevSource{UNIX: &libvirtxml.DomainChardevSourceUNIX{}},
		Target: &libvirtxml.DomainChannelTarget{VirtIO: &libvirtxml.DomainChannelTargetVirtIO{Name: "org.qemu.guest_agent.0"}},
	}}
	if b.spec.NoScreen || !b.env.Text || !SharesClipboard(caps, true) {
		return list
	}
	return append(list, clipboardChannel())
}

// inputs point absolutely, so that the pointer of the window and that of the
// guest are at the same place.
func inputs() []libvirtxml.DomainInput {
	return []libvirtxml.DomainInput{{Type: "tablet", Bus: "usb"}, {Type: "keyboard", Bus: "usb"}}
}

func (b *builder) rngs(caps *libvirtxml.DomainCapsDevices) []libvirtxml.DomainRNG {
	if !b.env.OS.Drives(virt.VirtioRNG) || best(offers(caps.RNG, "model"), "virtio") == "" {
		return nil
	}
	random := &libvirtxml.DomainRNGBackendRandom{Device: "/dev/urandom"}
	return []libvirtxml.DomainRNG{{Model: "virtio", Backend: &libvirtxml.DomainRNGBackend{Random: random}}}
}

func (b *builder) graphics() []libvirtxml.DomainGraphic {
	vnc := &libvirtxml.DomainGraphicVNC{Port: -1, AutoPort: "yes"}
	listener := libvirtxml.DomainGraphicListener{Address: &libvirtxml.DomainGraphicListenerAddress{Address: "127.0.0.1"}}
	if b.env.GraphicsSocket != "" {
		vnc = &libvirtxml.DomainGraphicVNC{}
		listener = libvirtxml.DomainGraphicListener{Socket: &libvirtxml.DomainGraphicListenerSocket{Socket: b.env.GraphicsSocket}}
	}
	vnc.Listeners = []libvirtxml.DomainGraphicListener{listener}
	return []libvirtxml.DomainGraphic{{VNC: vnc}}
}

func (b *builder) videos(caps *libvirtxml.DomainCapsDevices) []libvirtxml.DomainVideo {
	model := best(offers(caps.Video, "modelType"), b.videoModels()...)
	if model == "" {
		return nil // libvirt chooses what the emulator has
	}
	return []libvirtxml.DomainVideo{{Model: libvirtxml.DomainVideoModel{Type: model}}}
}
