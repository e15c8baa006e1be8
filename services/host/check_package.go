package host

import (
	"slices"
	"strings"
)

// A part is something that packages of a distribution bring.
type part string

// The parts that machines need.
const (
	partDaemon    part = "libvirt’s daemon"
	partQEMU      part = "QEMU"
	partFirmware  part = "UEFI firmware (OVMF)"
	partTPM       part = "swtpm"
	partVirtiofsd part = "virtiofsd"
	partDnsmasq   part = "dnsmasq"
	partClock     part = "chrony"
)

// A family is the distributions that share names of packages and the tool that
// installs them.
type family struct {
	ids      []string // of os-release(5), ID and ID_LIKE
	install  string   // the command in front of the names
	packages map[part]string
}

// families are the distributions whose packages we know. The names are those of
// packages.debian.org (bookworm, trixie) and packages.ubuntu.com (noble),
// packages.fedoraproject.org (41), build.opensuse.org (openSUSE:Factory) and
// archlinux.org/packages.
var families = []family{
	{
		ids: []string{"debian", "ubuntu"}, install: "sudo apt install ",
		packages: map[part]string{
			partDaemon: "libvirt-daemon-system", partQEMU: "qemu-system-x86", partFirmware: "ovmf", partTPM: "swtpm swtpm-tools",
			partVirtiofsd: "virtiofsd", partDnsmasq: "dnsmasq-base", partClock: "chrony",
		},
	},
	{
		ids: []string{"fedora", "rhel", "centos"}, install: "sudo dnf install ",
		packages: map[part]string{
			partDaemon: "libvirt-daemon-kvm", partQEMU: "qemu-kvm", partFirmware: "edk2-ovmf", partTPM: "swtpm swtpm-tools",
			partVirtiofsd: "virtiofsd", partDnsmasq: "dnsmasq", partClock: "chrony",
		},
	},
	{
		ids: []string{"opensuse", "suse", "sles"}, install: "sudo zypper install ",
		packages: map[part]string{
			partDaemon: "libvirt-daemon-qemu", partQEMU: "qemu-x86", partFirmware: "qemu-ovmf-x86_64", partTPM: "swtpm",
			partVirtiofsd: "virtiofsd", partDnsmasq: "dnsmasq", partClock: "chrony",
		},
	},
	{
		ids: []string{"arch"}, install: "sudo pacman -S ",
		packages: map[part]string{
			partDaemon: "libvirt", partQEMU: "qemu-desktop", partFirmware: "edk2-ovmf", partTPM: "swtpm",
			partVirtiofsd: "virtiofsd", partDnsmasq: "dnsmasq", partClock: "chrony",
		},
	},
}

// A release is what os-release(5) says of a distribution.
type release struct {
	id, version string
	like        []string
}

// release reads /etc/os-release, else the file that it usually links to.
func (c *computer) release() release {
	text := c.text("/etc/os-release")
	if text == "" {
		text = c.text("/usr/lib/os-release")
	}
	var r release
	for line := range strings.SplitSeq(text, "\n") {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		value = strings.Trim(value, `"'`)
		switch name {
		case "ID":
			r.id = value
		case "ID_LIKE":
			r.like = strings.Fields(value)
		case "VERSION_ID":
			r.version = value
		}
	}
	return r
}

// family returns the family of the computer's distribution.
func (c *computer) family() (family, bool) {
	r := c.release()
	for _, id := range append([]string{r.id}, r.like...) {
		for _, f := range families {
			if slices.Contains(f.ids, id) || slices.Contains(f.ids, strings.SplitN(id, "-", 2)[0]) {
				return f, true
			}
		}
	}
	return family{}, false
}

// install returns the command that installs a part; empty where we do not know
// the distribution's packages.
func (c *computer) install(p part) string {
	f, known := c.family()
	if !known {
		return ""
	}
	name := f.packages[p]
	if r := c.release(); p == partVirtiofsd && r.id == "debian" && r.version == "12" {
		name = "qemu-system-common" // QEMU brought its own until 8.0
	}
	return f.install + name
}

// installRemedy says what to do about a missing part.
func (c *computer) installRemedy(p part) string {
	if _, known := c.family(); !known {
		return "Install " + string(p) + " with your distribution's tools."
	}
	return "Install " + string(p) + ":"
}
