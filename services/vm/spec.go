package vm

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/beevik/etree"

	"github.com/kvmmanager/kvm-manager/services/internal/tiny"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

const (
	leastMemory = 1 << 20
	mostVCPUs   = 4096
	mostDisk    = 1 << 60
)

// usual are the sizes of machines about which nobody has an opinion.
func usual() virt.VMSpec {
	return virt.VMSpec{Memory: 1 << 30, VCPUs: 1, Disks: []virt.DiskSpec{{Size: 20 << 30}}}
}

var (
	macForm  = regexp.MustCompile(`^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$`)
	uuidForm = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
)

// withDefaults checks what can be checked without a host and fills in defaults,
// the sizes from usual.
func withDefaults(spec, usual virt.VMSpec) (virt.VMSpec, error) {
	if err := virt.CheckName(spec.Name); err != nil {
		return spec, err
	}
	if err := checkValues(spec); err != nil {
		return spec, err
	}
	if spec.XML != "" {
		return spec, nil
	}
	if err := checkSource(spec); err != nil {
		return spec, err
	}
	spec, err := sized(withImport(spec), usual)
	if spec.Accel == "" {
		spec.Accel = "auto"
	}
	return spec, err
}

// sized fills in memory, processors and the disk: what the OS wants, else what is
// usual.
func sized(spec, usual virt.VMSpec) (virt.VMSpec, error) {
	spec, err := withOS(spec)
	if err != nil {
		return spec, err
	}
	if spec.Memory == 0 {
		spec.Memory = usual.Memory
		if spec.Try {
			spec.Memory = tiny.Memory
		}
	}
	if spec.VCPUs == 0 {
		spec.VCPUs = usual.VCPUs
	}
	if len(spec.Disks) == 0 && !spec.NoDisk && !spec.Try {
		spec.Disks = []virt.DiskSpec{{Size: usual.Disks[0].Size}}
	}
	return spec, nil
}

func checkValues(spec virt.VMSpec) error {
	invalid := func(hint, format string, args ...any) error {
		return virt.Errorf(virt.KindInvalid, format, args...).WithHint(hint)
	}
	switch {
	case spec.Memory != 0 && spec.Memory < leastMemory:
		return invalid("Give the machine at least 1MiB.", "%d bytes of memory are too few", spec.Memory)
	case spec.VCPUs > mostVCPUs:
		return invalid("Give the machine fewer processors.", "%d processors are too many", spec.VCPUs)
	case spec.MAC != "" && !macForm.MatchString(spec.MAC):
		return invalid("Write it as 52:54:00:12:34:56.", "%q is not a MAC address", spec.MAC)
	case spec.MAC != "" && multicast(spec.MAC):
		return invalid("Begin it with 52:54:00.", "%q is a multicast address", spec.MAC)
	case spec.UUID != "" && !uuidForm.MatchString(spec.UUID):
		return invalid("Write it as 00000000-0000-4000-8000-000000000000, or leave it out.", "%q is not a UUID", spec.UUID)
	case spec.Accel != "" && spec.Accel != "auto" && spec.Accel != "kvm" && spec.Accel != "tcg":
		return invalid("Choose auto, kvm or tcg.", "there is no accelerator %q", spec.Accel)
	case spec.NoDisk && len(spec.Disks) > 0:
		return invalid("Leave out either.", "a machine cannot have disks and no disk")
	}
	return checkTexts(spec)
}

// checkTexts refuses what a document cannot carry: XML has no way to write most
// control characters.
func checkTexts(spec virt.VMSpec) error {
	texts := []string{spec.ISO, spec.Import, spec.Kernel, spec.Initrd, spec.Cmdline, spec.Network, spec.Machine}
	for _, d := range spec.Disks {
		texts = append(texts, d.Volume, d.Path, d.Import, d.Format, d.Bus, d.Pool)
	}
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return virt.Errorf(virt.KindInvalid, "%q contains control characters", text).WithHint("Write it without them.")
		}
	}
	return nil
}

func checkSource(spec virt.VMSpec) error {
	invalid := func(hint, format string, args ...any) error {
		return virt.Errorf(virt.KindInvalid, format, args...).WithHint(hint)
	}
	switch {
	case spec.Try && (spec.Kernel != "" || spec.Initrd != ""):
		return invalid("Leave out either.", "the tiny machine brings its own kernel")
	case spec.Initrd != "" && spec.Kernel == "":
		return invalid("Name the kernel, too.", "an initial RAM disk needs a kernel")
	case spec.Cmdline != "" && spec.Kernel == "" && !spec.Try:
		return invalid("Name the kernel, too.", "a kernel command line needs a kernel")
	}
	if err := checkInstallation(spec); err != nil {
		return err
	}
	for _, d := range spec.Disks {
		if d.Size > mostDisk {
			return tooLarge(d.Size)
		}
		given := 0
		for _, is := range []bool{d.Size > 0, d.Volume != "", d.Path != "", d.Import != ""} {
			if is {
				given++
			}
		}
		if given != 1 {
			return invalid("Write size=20GiB, volume=POOL/NAME, path=FILE or import=FILE.", "a disk needs exactly one of size, volume, path and import")
		}
	}
	return nil
}

func tooLarge(size uint64) error {
	return virt.Errorf(virt.KindInvalid, "a disk of %d bytes is too large", size).WithHint("Make it smaller; it can grow later.")
}

// multicast reports whether the MAC address names a group (IEEE 802, bit 0 of
// the first byte), which no card may have.
func multicast(mac string) bool {
	switch mac[1] {
	case '1', '3', '5', '7', '9', 'b', 'B', 'd', 'D', 'f', 'F':
		return true
	}
	return false
}

// adopted puts the spec's name and UUID into its whole document, and takes the
// document's UUID where the spec has none.
func adopted(spec virt.VMSpec) (virt.VMSpec, error) {
	root, err := readDomain(spec.XML)
	if err != nil {
		return spec, err
	}
	doc := etree.NewDocument()
	doc.SetRoot(root)
	if spec.UUID == "" {
		if e := root.SelectElement("uuid"); e != nil {
			spec.UUID = e.Text()
		}
		if spec.UUID != "" && !uuidForm.MatchString(spec.UUID) {
			return spec, virt.Errorf(virt.KindInvalid, "%q is not a UUID", spec.UUID)
		}
	}
	if spec.UUID == "" {
		spec.UUID = newUUID()
	}
	setChild(root, "uuid", spec.UUID)
	setChild(root, "name", spec.Name)
	spec.XML, err = doc.WriteToString()
	return spec, err
}

func setChild(root *etree.Element, tag, text string) {
	child := root.SelectElement(tag)
	if child == nil {
		child = etree.NewElement(tag)
		root.InsertChildAt(0, child)
	}
	child.SetText(text)
}
