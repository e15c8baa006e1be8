// Package domainxml speaks libvirt's language for virtual machines: it builds
// new domain documents and reads any, ours or another program's. It is pure:
// what a host can do comes in as a value.
//
// The format is described at https://libvirt.org/formatdomain.html.
package domainxml

import (
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Facts are what a domain document says of a VM, in the words of package virt.
// Sizes are bytes. Capacities and allocations of disks, addresses and states
// are not in a document and stay zero.
type Facts struct {
	Name  string
	UUID  string
	Title string
	Tags  []string // never nil, sorted
	Try   bool     // made as the tiny Linux machine
	OS    string   // libosinfo short id, empty when unknown

	Arch     string
	Machine  string
	Accel    string // kvm or tcg; for other hypervisors libvirt's name of the type
	Firmware string // bios, uefi or uefi-secure
	CPUModel string // a model's name, else the mode (host-passthrough...)
	Kernel   string
	Initrd   string
	Cmdline  string

	VCPUs         uint // now
	VCPUsMax      uint
	Memory        uint64 // most
	MemoryCurrent uint64 // now, by the balloon

	Disks    []virt.Disk     // never nil
	NICs     []virt.NIC      // never nil
	Graphics []virt.Graphics // never nil; Password only if the document holds secrets
	Serials  []virt.Serial   // never nil
	Ports    []Port          // that terminals may be connected to; never nil
	Video    string          // model of the first video card
	Sound    string          // model of the first sound card
	TPM      bool

	Agent     string // libvirt's type of what speaks with the guest's SPICE agent; empty: nothing
	Clipboard bool   // that shares text with a VNC screen
}

// Fill copies the facts into the parts of d that a document tells.
func (f Facts) Fill(d *virt.VMDetail) {
	f.FillVM(&d.VM)
	d.UUID = f.UUID
	d.Arch, d.Machine, d.Accel, d.Firmware, d.CPUModel = f.Arch, f.Machine, f.Accel, f.Firmware, f.CPUModel
	d.Disks, d.NICs, d.Graphics, d.Serials = f.Disks, f.NICs, f.Graphics, f.Serials
	d.Video, d.Sound, d.TPM = f.Video, f.Sound, f.TPM
}

// FillVM copies what a row of the inventory shows of a document: title, tags and system.
func (f *Facts) FillVM(vm *virt.VM) {
	vm.Title, vm.Tags, vm.OS = f.Title, f.Tags, f.OS
}
