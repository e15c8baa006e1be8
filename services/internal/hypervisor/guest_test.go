package hypervisor_test

import (
	"testing"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
)

// A guest is what a test needs of a VM: no disk, no system. Its firmware says
// so on the screen and on the serial port, and waits.
func guest(driver, name string) *libvirtxml.Domain {
	d := &libvirtxml.Domain{
		Type: "test", Name: name, UUID: newUUID(),
		Memory: &libvirtxml.DomainMemory{Value: 32, Unit: "MiB"},
		VCPU:   &libvirtxml.DomainVCPU{Value: 2, Current: 1},
		OS:     &libvirtxml.DomainOS{Type: &libvirtxml.DomainOSType{Arch: "x86_64", Type: "hvm"}},
	}
	if driver != "QEMU" {
		return d
	}
	port := uint(0)
	d.Type = "qemu"
	d.OS.Type.Machine = "pc"
	d.OS.BIOS = &libvirtxml.DomainBIOS{UseSerial: "yes"}
	d.Features = &libvirtxml.DomainFeatureList{ACPI: &libvirtxml.DomainFeature{}}
	d.Devices = &libvirtxml.DomainDeviceList{
		Emulator: "/usr/bin/qemu-system-x86_64",
		Graphics: []libvirtxml.DomainGraphic{{VNC: &libvirtxml.DomainGraphicVNC{
			Listeners: []libvirtxml.DomainGraphicListener{{Socket: &libvirtxml.DomainGraphicListenerSocket{}}},
		}}},
		Videos: []libvirtxml.DomainVideo{{Model: libvirtxml.DomainVideoModel{Type: "vga"}}},
		Serials: []libvirtxml.DomainSerial{{
			Source: &libvirtxml.DomainChardevSource{Pty: &libvirtxml.DomainChardevSourcePty{}},
			Target: &libvirtxml.DomainSerialTarget{Port: &port},
		}},
	}
	return d
}

func text(t *testing.T, doc interface{ Marshal() (string, error) }) string {
	t.Helper()
	s, err := doc.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newUUID() string { return hypervisor.NewUUID() }
