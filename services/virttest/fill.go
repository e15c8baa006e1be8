package virttest

import (
	"fmt"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
)

// Fill defines shut-off VMs on the host, with a disk, a network card and a VNC
// screen each, named vm-0000 and so on from the number first up to before the
// number end. The disks' files do not exist: such VMs are for lists.
func Fill(uri string, first, end int) error {
	conn, err := hypervisor.Open(uri, hypervisor.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	for i := first; i < end; i++ {
		xml, err := listed(fmt.Sprintf("vm-%04d", i)).Marshal()
		if err != nil {
			return err
		}
		if _, err := conn.DefineDomain(xml); err != nil {
			return err
		}
	}
	return nil
}

func listed(name string) *libvirtxml.Domain {
	return &libvirtxml.Domain{
		Type: "qemu", Name: name, Title: "Listed " + name,
		Memory: &libvirtxml.DomainMemory{Value: 512, Unit: "MiB"},
		VCPU:   &libvirtxml.DomainVCPU{Value: 1},
		OS:     &libvirtxml.DomainOS{Type: &libvirtxml.DomainOSType{Arch: "x86_64", Machine: "pc", Type: "hvm"}},
		Devices: &libvirtxml.DomainDeviceList{
			Disks: []libvirtxml.DomainDisk{{
				Device: "disk",
				Driver: &libvirtxml.DomainDiskDriver{Name: "qemu", Type: "qcow2"},
				Source: &libvirtxml.DomainDiskSource{File: &libvirtxml.DomainDiskSourceFile{File: "/var/lib/libvirt/images/" + name + ".qcow2"}},
				Target: &libvirtxml.DomainDiskTarget{Dev: "vda", Bus: "virtio"},
			}},
			Interfaces: []libvirtxml.DomainInterface{{
				Source: &libvirtxml.DomainInterfaceSource{Network: &libvirtxml.DomainInterfaceSourceNetwork{Network: "default"}},
				Model:  &libvirtxml.DomainInterfaceModel{Type: "virtio"},
			}},
			Graphics: []libvirtxml.DomainGraphic{{VNC: &libvirtxml.DomainGraphicVNC{AutoPort: "yes"}}},
		},
	}
}
