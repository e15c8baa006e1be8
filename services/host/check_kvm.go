package host

import (
	"fmt"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/internal/fileaccess"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// kvm tells whether the kernel, or else libvirt, offers KVM. Whether guests run
// under it is only known by running one, which the first machine does.
func (e *examination) kvm() virt.Check {
	switch {
	case e.here != nil:
		return e.here.kvm()
	case e.failure != nil:
		return skipped("libvirt has to answer first.")
	case e.offersKVM():
		return ok("libvirt offers KVM.")
	default:
		return warn("libvirt offers no KVM: machines run by emulation, many times slower.", "On the host, kvm-cli host check tells why.", "")
	}
}

// offersKVM reports whether an emulator of the host takes machines of type kvm.
func (e *examination) offersKVM() bool {
	for _, guest := range e.caps.Guests {
		for _, domain := range guest.Arch.Domains {
			if domain.Type == "kvm" {
				return true
			}
		}
	}
	return false
}

const emulated = ": machines run by emulation, many times slower."

func (c *computer) kvm() virt.Check {
	if c.has("/dev/kvm") {
		var modules []string
		for _, dir := range c.glob("/sys/module/kvm_*") {
			modules = append(modules, filepath.Base(dir))
		}
		if len(modules) == 0 {
			return ok("/dev/kvm is there")
		}
		return ok(fmt.Sprintf("/dev/kvm is there (%s)", strings.Join(modules, ", ")))
	}
	const load = "Load the kernel’s module:"
	switch flags := c.cpuFlags(); {
	case slices.Contains(flags, "vmx"):
		return warn("The module kvm_intel is not loaded"+emulated, load+" If it refuses, turn on VT-x in the computer’s firmware.", "sudo modprobe kvm_intel")
	case slices.Contains(flags, "svm"):
		return warn("The module kvm_amd is not loaded"+emulated, load+" If it refuses, turn on SVM in the computer’s firmware.", "sudo modprobe kvm_amd")
	case slices.Contains(flags, "hypervisor"):
		return warn("This computer is a virtual machine, and its host does not pass virtualisation on"+emulated, "Turn on nested virtualisation for it on its host.", "")
	case len(flags) > 0:
		return warn("The processor offers no virtualisation: usually it is off in the computer’s firmware"+emulated, "Turn on VT-x or SVM (AMD-V) in the firmware’s settings and start again.", "")
	default:
		return warn("There is no /dev/kvm"+emulated, load, "sudo modprobe kvm")
	}
}

// cpuFlags returns what the first processor can do, as an x86 kernel tells.
func (c *computer) cpuFlags() []string {
	for line := range strings.SplitSeq(c.text("/proc/cpuinfo"), "\n") {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "flags" {
			return strings.Fields(value)
		}
	}
	return nil
}

// emulatorUsers are the users that QEMU runs as under the system's daemon, in
// the order of Debian and Arch, Fedora and openSUSE.
var emulatorUsers = []string{"libvirt-qemu", "qemu"}

// kvmAccess tells whether whoever runs QEMU may open /dev/kvm: this user for his
// own machines, a user of QEMU's own for the system's.
func (e *examination) kvmAccess() virt.Check {
	if !e.here.has("/dev/kvm") {
		return skipped("There is no /dev/kvm.")
	}
	if e.path() != "/system" {
		if e.here.may("/dev/kvm", unix.R_OK|unix.W_OK) {
			return ok("You may open /dev/kvm.")
		}
		return warn("You may not open /dev/kvm"+emulated, "Join the group “kvm”, then log out and in again:", "sudo usermod -aG kvm $USER")
	}
	for _, name := range emulatorUsers {
		who, err := user.Lookup(name)
		if err != nil {
			continue
		}
		u, err := numbersOf(who)
		if err != nil {
			continue
		}
		if e.here.openTo("/dev/kvm", u.UID, u.Groups) {
			return ok("QEMU’s user " + name + " may open /dev/kvm.")
		}
		return warn("QEMU’s user "+name+" may not open /dev/kvm by its mode"+emulated, "Give the device to the group “kvm” and the user to the group:",
			"sudo chgrp kvm /dev/kvm && sudo chmod 0660 /dev/kvm && sudo usermod -aG kvm "+name)
	}
	return skipped("It is not known as whom QEMU runs.")
}

func numbersOf(who *user.User) (fileaccess.User, error) {
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return fileaccess.User{}, err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		return fileaccess.User{}, err
	}
	return fileaccess.Lookup(uint32(uid), uint32(gid)), nil
}

// emulator tells whether QEMU is installed: as libvirt sees it, else by its files.
func (e *examination) emulator() virt.Check {
	switch {
	case e.failure == nil && len(e.caps.Guests) > 0:
		return ok(fmt.Sprintf("QEMU %s, %d kinds of guests", e.host.HVVersion, len(e.caps.Guests)))
	case e.failure == nil:
		return e.missing(virt.CheckFail, partQEMU, "libvirt finds no QEMU.")
	case e.here == nil:
		return skipped("libvirt has to answer first.")
	}
	if path := e.here.program("qemu-system-x86_64", "qemu-kvm", "qemu-system-aarch64", "qemu-system-riscv64"); path != "" {
		return ok(path)
	}
	return e.missing(virt.CheckFail, partQEMU, "QEMU is not installed.")
}
