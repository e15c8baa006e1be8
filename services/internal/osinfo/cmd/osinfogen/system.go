package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/internal/osinfo"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// deviceIDs are the ids of osinfo-db that mean a device of ours: for virtio the
// transitional and the 1.0 form.
var deviceIDs = map[virt.OSDevice][]string{
	virt.VirtioNet:     {"http://pcisig.com/pci/1af4/1000", "http://pcisig.com/pci/1af4/1041"},
	virt.VirtioDisk:    {"http://pcisig.com/pci/1af4/1001", "http://pcisig.com/pci/1af4/1042"},
	virt.VirtioBalloon: {"http://pcisig.com/pci/1af4/1002", "http://pcisig.com/pci/1af4/1045"},
	virt.VirtioSerial:  {"http://pcisig.com/pci/1af4/1003", "http://pcisig.com/pci/1af4/1043"},
	virt.VirtioSCSI:    {"http://pcisig.com/pci/1af4/1004", "http://pcisig.com/pci/1af4/1048"},
	virt.VirtioRNG:     {"http://pcisig.com/pci/1af4/1005", "http://pcisig.com/pci/1af4/1044"},
	virt.VirtioGPU:     {"http://pcisig.com/pci/1af4/1050"},
	virt.VirtioInput:   {"http://pcisig.com/pci/1af4/1052"},
	virt.ChipsetQ35:    {"http://qemu.org/chipset/x86/q35"},
	virt.USB3:          {"http://pcisig.com/pci/1b36/0004"},
	virt.NetE1000e:     {"http://pcisig.com/pci/8086/10d3"},
	virt.NetE1000:      {"http://pcisig.com/pci/8086/100e"},
	virt.NetRTL8139:    {"http://pcisig.com/pci/10ec/8139"},
}

const (
	virtioNet1 = "http://pcisig.com/pci/1af4/1041"
	windows11  = "http://microsoft.com/win/11"
)

// systems turns the products into those of the file, by short id.
func (all products) systems() []osinfo.System {
	var list []osinfo.System
	for id := range all {
		list = append(list, all.system(id))
	}
	for i, s := range list {
		if s.Version == "unknown" && len(s.Devices) == 0 {
			list[i].Devices = newest(list, s.Distro).Devices
		}
	}
	slices.SortFunc(list, func(a, b osinfo.System) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.URI, b.URI)) })
	return list
}

// newest returns the release of the distribution that came last. Its drivers are
// what the release has at least that stands for all that are still to come.
func newest(list []osinfo.System, distro string) osinfo.System {
	var found osinfo.System
	for _, s := range list {
		if s.Distro == distro && cmp.Or(cmp.Compare(s.Released, found.Released), cmp.Compare(s.ID, found.ID)) > 0 {
			found = s
		}
	}
	return found
}

func (all products) system(id string) osinfo.System {
	p, line := all[id], all.line(id)
	s := osinfo.System{
		ID: p.ShortIDs[0], Aliases: p.ShortIDs[1:], URI: p.ID, Name: p.name(),
		Family: p.Family, Distro: p.Distro, Version: p.Version, Codename: p.Codename,
		Released: p.Released, EndOfLife: p.EOL, Rolling: p.Status == "rolling" || p.Status == "snapshot",
		Devices: devices(line), Firmware: firmwareOf(line),
	}
	s.Minimum, s.Recommended = needs(line)
	if slices.ContainsFunc(line, func(p product) bool { return p.ID == windows11 }) {
		// osinfo-db does not say so, Microsoft does:
		// https://learn.microsoft.com/windows/whats-new/windows-11-requirements
		s.Firmware, s.TPM = virt.FirmwareSecureBoot, true
	}
	s.Media = media(p.Media)
	return s
}

// devices returns what the nearest of the line that speaks of a device says.
func devices(line []product) []virt.OSDevice {
	has := map[string]bool{}
	for _, p := range slices.Backward(line) {
		for _, d := range p.Devices {
			has[d.ID] = d.Supported != "false"
		}
	}
	var list []virt.OSDevice
	for device, ids := range deviceIDs {
		if slices.ContainsFunc(ids, func(id string) bool { return has[id] }) {
			list = append(list, device)
		}
	}
	if slices.Contains(list, virt.VirtioNet) && !has[virtioNet1] {
		// q35 has PCI Express slots, where virtio devices are of the 1.0 form.
		list = slices.DeleteFunc(list, func(d virt.OSDevice) bool { return d == virt.ChipsetQ35 })
	}
	slices.Sort(list)
	return list
}

func firmwareOf(line []product) virt.OSFirmware {
	supported := map[string]bool{"bios": true}
	for _, p := range slices.Backward(line) {
		for _, f := range p.Firmware {
			if f.Arch == "x86_64" {
				supported[f.Type] = f.Supported != "false"
			}
		}
	}
	if supported["efi"] && !supported["bios"] {
		return virt.FirmwareUEFI
	}
	return virt.FirmwareAny
}

// needs returns the minimum and the recommended resources: the first that the
// line has, for all architectures or ours.
func needs(line []product) (minimum, recommended *virt.OSResources) {
	for _, p := range line {
		for _, arch := range []string{"x86_64", "all", "i686"} {
			for _, r := range p.Need {
				if r.Arch == arch && !r.Inherit {
					minimum, recommended = filled(minimum, r.Minimum), filled(recommended, r.Recommended)
				}
			}
		}
		if minimum != nil || recommended != nil {
			break
		}
	}
	return minimum, recommended
}

// filled adds to what is known only what is not.
func filled(known *virt.OSResources, a *amounts) *virt.OSResources {
	if a == nil {
		return known
	}
	r := virt.OSResources{}
	if known != nil {
		r = *known
	}
	return &virt.OSResources{VCPUs: cmp.Or(r.VCPUs, a.CPUs), Memory: cmp.Or(r.Memory, a.RAM), Disk: cmp.Or(r.Disk, a.Storage)}
}

// media returns how media are known, each way once. Patterns that Go's regular
// expressions lack a word for, such as looking ahead, are left out.
func media(list []medium) []osinfo.Media {
	var out []osinfo.Media
	for _, m := range list {
		found := osinfo.Media{
			Arch: m.Arch, Size: m.ISO.Size,
			Volume: strings.TrimSpace(m.ISO.Volume), System: strings.TrimSpace(m.ISO.System),
			Publisher: strings.TrimSpace(m.ISO.Publisher), Application: strings.TrimSpace(m.ISO.Application),
		}
		known := found.Volume+found.Publisher+found.Application != ""
		if known && found.Compiles() && !slices.Contains(out, found) {
			out = append(out, found)
		}
	}
	return out
}
