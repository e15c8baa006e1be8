package virt

import "slices"

// An OS is an operating system that machines run. The zero value is one that
// nobody knows anything of.
type OS struct {
	ID          string      `json:"id"`  // libosinfo's short id
	URI         string      `json:"uri"` // libosinfo's long id
	Name        string      `json:"name"`
	Family      string      `json:"family"` // linux, winnt, freebsd...
	Distro      string      `json:"distro"`
	Version     string      `json:"version"`
	Released    string      `json:"released"`    // YYYY-MM-DD; empty when not known
	EndOfLife   string      `json:"end_of_life"` // YYYY-MM-DD; empty when not known
	Minimum     OSResources `json:"minimum"`
	Recommended OSResources `json:"recommended"`
	Firmware    OSFirmware  `json:"firmware"`
	TPM         bool        `json:"tpm"` // it does not install without
	Devices     []OSDevice  `json:"devices"`
}

// OSResources are what an OS wants of a machine; zero when not known.
type OSResources struct {
	VCPUs  uint   `json:"vcpus"`
	Memory uint64 `json:"memory_bytes"`
	Disk   uint64 `json:"disk_bytes"`
}

// OSFirmware is what an OS of x86 boots from.
type OSFirmware string

// The needs of firmware.
const (
	FirmwareAny        OSFirmware = ""            // BIOS, and perhaps UEFI
	FirmwareUEFI       OSFirmware = "uefi"        // UEFI only
	FirmwareSecureBoot OSFirmware = "uefi-secure" // UEFI with Secure Boot only
)

// An OSDevice is a kind of device that an OS has a driver for as it comes.
type OSDevice string

// The kinds of devices that a machine's document chooses between.
const (
	VirtioDisk    OSDevice = "virtio-disk"
	VirtioNet     OSDevice = "virtio-net"
	VirtioSCSI    OSDevice = "virtio-scsi"
	VirtioGPU     OSDevice = "virtio-gpu"
	VirtioRNG     OSDevice = "virtio-rng"
	VirtioBalloon OSDevice = "virtio-balloon"
	VirtioSerial  OSDevice = "virtio-serial"
	VirtioInput   OSDevice = "virtio-input"
	ChipsetQ35    OSDevice = "q35"
	USB3          OSDevice = "usb3"
	NetE1000e     OSDevice = "e1000e"
	NetE1000      OSDevice = "e1000"
	NetRTL8139    OSDevice = "rtl8139"
)

// Known reports whether anything is known of the OS.
func (o OS) Known() bool { return o.ID != "" }

// Windows reports whether the OS is a Windows of any age.
func (o OS) Windows() bool {
	return o.Family == "winnt" || o.Family == "win9x" || o.Family == "win16"
}

// Drives reports whether the OS has a driver for the device. An OS that nobody
// knows is taken for a new one.
func (o OS) Drives(d OSDevice) bool { return !o.Known() || slices.Contains(o.Devices, d) }

// A Medium is what an installation medium says of itself.
type Medium struct {
	Path      string `json:"path"`
	Volume    string `json:"volume"` // its label
	OS        OS     `json:"os"`     // zero when it is not recognised
	Exact     bool   `json:"exact"`  // false: a newer release than the OS
	Arch      string `json:"arch"`   // empty when it does not say
	BootsBIOS bool   `json:"boots_bios"`
	BootsUEFI bool   `json:"boots_uefi"`
}
