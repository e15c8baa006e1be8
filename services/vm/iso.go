package vm

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/iso"
	"github.com/kvmmanager/kvm-manager/services/internal/osinfo"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Medium reads what an ISO image says of itself: a path on the host or POOL/NAME.
// It reads images of this computer only, others are virt.ErrUnsupported.
func (s *Service) Medium(ctx context.Context, id virt.HostID, path string) (virt.Medium, error) {
	return host.Read(ctx, s.hosts, virt.ReadMedium, id, func(c *hypervisor.Conn) (virt.Medium, error) {
		if !c.Local() {
			return virt.Medium{}, virt.Errorf(virt.KindUnsupported, "%s lies on another computer", path).WithHint("Choose the operating system by hand.")
		}
		path, err := onHost(c, path)
		if err != nil {
			return virt.Medium{}, err
		}
		return readMedium(path)
	})
}

func readMedium(path string) (virt.Medium, error) {
	f, err := os.Open(path) // what the person chose
	if err != nil {
		return virt.Medium{}, openError(err)
	}
	defer f.Close()
	image, err := iso.Read(f)
	if err != nil {
		return virt.Medium{}, err
	}
	m := virt.Medium{Path: path, Volume: image.Volume, BootsBIOS: image.BootsBIOS, BootsUEFI: image.BootsUEFI}
	match, known := osinfo.Detect(osinfo.Labels{
		Volume: image.Volume, System: image.System, Publisher: image.Publisher, Application: image.Application, Size: image.Size,
	})
	if known {
		m.OS, m.Arch, m.Exact = match.OS, match.Arch, match.Exact
	}
	return m, nil
}

func openError(err error) error {
	kind := virt.KindInternal
	switch {
	case errors.Is(err, fs.ErrNotExist):
		kind = virt.KindNotFound
	case errors.Is(err, fs.ErrPermission):
		kind = virt.KindForbidden
	}
	return virt.Errorf(kind, "open the image: %w", err)
}

// onHost returns the path of what is named by its path or as POOL/NAME.
func onHost(c *hypervisor.Conn, word string) (string, error) {
	if filepath.IsAbs(word) {
		return word, thereIsAFile(c, word)
	}
	pool, name, err := volumeName(word)
	if err != nil {
		return "", err
	}
	v, err := c.Volume(pool, name)
	return v.Path, err
}

// thereIsAFile looks for a file or device of this computer; of other computers
// nothing is known.
func thereIsAFile(c *hypervisor.Conn, path string) error {
	if !c.Local() {
		return nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return virt.Errorf(virt.KindNotFound, "there is no file %s", path)
	case err == nil && info.IsDir():
		return virt.Errorf(virt.KindInvalid, "%s is a directory", path).WithHint("Choose a file in it.")
	}
	return nil // what we may not see, the hypervisor may
}

// onHost is the function of that name, and knows files that are only planned.
func (b *builder) onHost(word string) (string, error) {
	if b.said[word] {
		return word, nil
	}
	return onHost(b.conn, word)
}

// recognised fills in what the ISO tells where the spec says nothing: the OS,
// and UEFI where it boots by nothing else. An ISO that cannot be read here
// tells nothing; whether the hypervisor can read it is another question.
func recognised(c *hypervisor.Conn, spec virt.VMSpec) virt.VMSpec {
	if spec.ISO == "" || spec.XML != "" || !c.Local() {
		return spec
	}
	path, err := onHost(c, spec.ISO)
	if err != nil {
		return spec // said when the drive is made
	}
	m, err := readMedium(path)
	if err != nil {
		slog.Info("the ISO is not recognised", "path", path, "err", err)
		return spec
	}
	spec.OS = cmp.Or(spec.OS, m.OS.ID)
	if spec.Firmware == "" && m.BootsUEFI && !m.BootsBIOS {
		if o, err := osOf(spec); err == nil {
			spec.Firmware = cmp.Or(string(o.Firmware), string(virt.FirmwareUEFI))
		}
	}
	return spec
}

// disc puts the ISO into a drive, behind the disks.
func (b *builder) disc(env *domainxml.Environment) error {
	if b.spec.ISO == "" {
		return nil
	}
	path, err := b.onHost(b.spec.ISO)
	if err != nil {
		return err
	}
	env.Disks = append(env.Disks, domainxml.Disk{Path: path, Block: b.isDevice(path), Format: "raw", Device: "cdrom", ReadOnly: true})
	return nil
}

// isDevice reports whether the path is that of a block device, such as a drive
// of this computer.
func (b *builder) isDevice(path string) bool {
	if !b.conn.Local() {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().Type() == fs.ModeDevice
}

// checkInstallation checks what a machine is installed from.
func checkInstallation(spec virt.VMSpec) error {
	invalid := func(hint, format string, args ...any) error {
		return virt.Errorf(virt.KindInvalid, format, args...).WithHint(hint)
	}
	if spec.ISO != "" && !filepath.IsAbs(spec.ISO) {
		if _, _, err := volumeName(spec.ISO); err != nil {
			return err
		}
	}
	sources := 0
	for _, is := range []bool{spec.Try, spec.Kernel != "", spec.ISO != "", spec.Import != "", spec.PXE} {
		if is {
			sources++
		}
	}
	switch {
	case sources > 1:
		return invalid("Choose one of them.", "a machine starts from one of ISO, disk image, kernel, network and the tiny Linux")
	case spec.PXE && spec.Network == "none":
		return invalid("Choose a network.", "a machine without a network card cannot boot from the network")
	case spec.Import != "" && spec.NoDisk:
		return invalid("Leave out either.", "a machine cannot have a disk image and no disk")
	case spec.Firmware != "" && spec.Firmware != "bios" && spec.Firmware != "uefi" && spec.Firmware != "uefi-secure":
		return invalid("Choose bios, uefi or uefi-secure.", "there is no firmware %q", spec.Firmware)
	case !slices.Contains([]string{"", virt.UnreadableRefuse, virt.UnreadableCopy, virt.UnreadableGrant, virt.UnreadableIgnore}, spec.Unreadable):
		return invalid("Choose refuse, copy, grant or ignore.", "there is no choice %q for files that the hypervisor may not read", spec.Unreadable)
	case spec.TPM != "" && spec.TPM != "yes" && spec.TPM != "no":
		return invalid("Write yes or no, or leave it out.", "there is no choice %q for a TPM", spec.TPM)
	}
	return nil
}
