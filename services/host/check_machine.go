package host

import (
	"encoding/json"
	"slices"
	"strings"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// values returns what an enumeration of the domain capabilities lists.
func values(enums []libvirtxml.DomainCapsEnum, name string) []string {
	for _, enum := range enums {
		if enum.Name == name {
			return enum.Values
		}
	}
	return nil
}

// firmware tells whether machines may have UEFI.
func (e *examination) firmware() virt.Check {
	const without = "No UEFI firmware is installed: machines start with BIOS only, and newer Windows not at all."
	switch {
	case e.machine != nil && e.machine.OS != nil:
		if !slices.Contains(values(e.machine.OS.Enums, "firmware"), "efi") {
			return e.missing(virt.CheckWarn, partFirmware, without)
		}
		if l := e.machine.OS.Loader; l != nil && slices.Contains(values(l.Enums, "secure"), "yes") {
			return ok("With Secure Boot")
		}
		return ok("Without Secure Boot")
	case e.here == nil:
		return skipped("libvirt does not tell.")
	case len(e.here.glob("/usr/share/qemu/firmware/*.json")) > 0:
		return ok("/usr/share/qemu/firmware describes it")
	default:
		return e.missing(virt.CheckWarn, partFirmware, without)
	}
}

// tpm tells whether machines may have an emulated TPM, which Windows 11 wants.
func (e *examination) tpm() virt.Check {
	const without = "swtpm is not installed: machines have no TPM, which Windows 11 wants."
	if e.here != nil {
		path, setup := e.here.program("swtpm"), e.here.program("swtpm_setup")
		switch {
		case path == "":
			return e.missing(virt.CheckWarn, partTPM, without)
		case setup == "":
			return e.missing(virt.CheckWarn, partTPM, "swtpm is installed, but not swtpm_setup, which prepares a TPM for each machine.")
		}
		return ok(path)
	}
	switch {
	case e.machine == nil || e.machine.Devices == nil || e.machine.Devices.TPM == nil:
		return skipped("libvirt does not tell.")
	case slices.Contains(values(e.machine.Devices.TPM.Enums, "backendModel"), "emulator"):
		return ok("libvirt offers it.")
	default:
		return e.missing(virt.CheckWarn, partTPM, without)
	}
}

// virtiofsd tells whether machines may share folders of the host. libvirt finds
// the program by descriptions in these directories (vhost-user.json of QEMU).
func (e *examination) virtiofsd() virt.Check {
	described := ""
	for _, dir := range []string{"/etc/qemu/vhost-user", "/usr/share/qemu/vhost-user", "/usr/local/share/qemu/vhost-user"} {
		for _, file := range e.here.glob(dir + "/*.json") {
			var backend struct{ Type, Binary string }
			if json.Unmarshal([]byte(e.here.text(file)), &backend) != nil || backend.Type != "fs" {
				continue
			}
			if e.here.has(backend.Binary) {
				return ok(backend.Binary)
			}
			described = backend.Binary
		}
	}
	cause := "virtiofsd is not installed: machines cannot share folders of the host."
	if described != "" {
		cause = strings.Replace(cause, "is not installed", "is described as "+described+", which is not there", 1)
	}
	return e.missing(virt.CheckWarn, partVirtiofsd, cause)
}
