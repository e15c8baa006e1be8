package create

import (
	"path"
	"strconv"
	"strings"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// What a machine starts from.
const (
	sourceISO     = "iso"
	sourceImage   = "image"
	sourceKernel  = "kernel"
	sourceNetwork = "network"
	sourceEmpty   = "empty"
	sourceTry     = "try"
)

// What disk a machine gets.
const (
	newDisk = iota
	existingDisk
	noDisk
)

// noNetwork is libvirt's and our word for a machine without a network card.
const noNetwork = "none"

// A draft is what the person has filled in so far. Empty texts mean that the
// host, the operating system or the program decides.
type draft struct {
	host   virt.HostID
	source string
	name   string

	iso, image              string
	copyImage               bool
	unreadable              string // what is done about files that the hypervisor may not read
	kernel, initrd, cmdline string
	os                      string

	memory, vcpus            string
	disk                     int
	size, format, pool, file string

	firmware, tpm, machine, accel string
	network, mac                  string
	noScreen, bootMenu            bool
	autostart, start              bool
	xml                           string // the whole document, where the person changed it
}

// newDraft is what the wizard begins with.
func newDraft(host virt.HostID) draft {
	return draft{host: host, source: sourceISO, copyImage: true, start: true}
}

// choose changes the source, and the disk to what is usual with it.
func (d *draft) choose(source string) {
	d.source, d.disk = source, newDisk
	if source == sourceTry || source == sourceKernel {
		d.disk = noDisk
	}
}

// spec is what the draft says, with what cannot be read of it.
func (d draft) spec() (virt.VMSpec, []virt.FieldProblem) {
	r := &reading{spec: virt.VMSpec{
		Name: d.name, Firmware: d.firmware, TPM: d.tpm, Machine: d.machine, Accel: d.accel, Network: d.network, MAC: d.mac,
		NoScreen: d.noScreen, BootMenu: d.bootMenu, Autostart: d.autostart, Start: d.start,
		Unreadable: d.unreadable, Edited: d.xml,
	}}
	r.source(d)
	r.sizes(d)
	r.disks(d)
	return r.spec, r.problems
}

// A reading turns a draft into a spec.
type reading struct {
	spec     virt.VMSpec
	problems []virt.FieldProblem
}

func (r *reading) wrong(field virt.Field, err error) {
	r.problems = append(r.problems, virt.FieldProblem{Field: field, Err: err})
}

// need says that a file is missing.
func (r *reading) need(field virt.Field, text, sentence string) string {
	if text == "" {
		r.wrong(field, virt.Errorf(virt.KindInvalid, "%s", sentence))
	}
	return text
}

func (r *reading) source(d draft) {
	if err := virt.CheckName(d.name); err != nil {
		r.wrong(virt.FieldName, err)
	}
	if d.source != sourceTry {
		r.spec.OS = d.os
	}
	switch d.source {
	case sourceTry:
		r.spec.Try = true
	case sourceISO:
		r.spec.ISO = r.need(virt.FieldISO, d.iso, lang.L("choose the image to install from"))
	case sourceKernel:
		r.spec.Kernel = r.need(virt.FieldKernel, d.kernel, lang.L("choose the kernel"))
		r.spec.Initrd, r.spec.Cmdline = d.initrd, d.cmdline
	case sourceNetwork:
		r.spec.PXE = true
	}
}

func (r *reading) sizes(d draft) {
	r.spec.Memory = r.size(virt.FieldMemory, d.memory)
	if d.vcpus == "" {
		return
	}
	n, err := strconv.ParseUint(d.vcpus, 10, 31)
	if err != nil || n == 0 {
		r.wrong(virt.FieldVCPUs, virt.Errorf(virt.KindInvalid, "%s", lang.L("write a number of processors, such as 2")))
		return
	}
	r.spec.VCPUs = uint(n)
}

// size reads a size; empty is none.
func (r *reading) size(field virt.Field, text string) uint64 {
	if text == "" {
		return 0
	}
	bytes, err := virt.ParseSize(text)
	if err == nil && bytes == 0 {
		err = virt.Errorf(virt.KindInvalid, "%s", lang.L("nothing is too little"))
	}
	if err != nil {
		r.wrong(field, err)
	}
	return bytes
}

func (r *reading) disks(d draft) {
	if d.source == sourceImage {
		r.image(d)
		return
	}
	switch d.disk {
	case noDisk:
		r.spec.NoDisk = d.source != sourceTry // which has none anyway
	case existingDisk:
		if file := r.need(virt.FieldDisk, d.file, lang.L("choose the disk")); file != "" {
			r.spec.Disks = []virt.DiskSpec{existing(file, d.format)}
		}
	default:
		disk := virt.DiskSpec{Size: r.size(virt.FieldSize, d.size), Format: d.format, Pool: d.pool}
		if disk != (virt.DiskSpec{}) {
			r.spec.Disks = []virt.DiskSpec{disk}
		}
	}
}

// image is a disk that holds a system already.
func (r *reading) image(d draft) {
	image := r.need(virt.FieldDisk, d.image, lang.L("choose the disk image"))
	switch {
	case image == "":
	case d.copyImage:
		r.spec.Disks = []virt.DiskSpec{{Import: image, Format: d.format, Pool: d.pool}}
	default:
		r.spec.Disks = []virt.DiskSpec{existing(image, d.format)}
	}
}

// existing is a disk that lies on the host: a path, or POOL/NAME. The format of
// a file follows from its name unless it was chosen: what is in it could be
// written by a guest.
func existing(word, format string) virt.DiskSpec {
	if isVolume(word) {
		return virt.DiskSpec{Volume: word, Format: format}
	}
	if format == "" {
		format = formatOf(word)
	}
	return virt.DiskSpec{Path: word, Format: format}
}

// isVolume says whether the word reads as POOL/NAME.
func isVolume(word string) bool { return !strings.HasPrefix(word, "/") && strings.Contains(word, "/") }

// formatOf is the format that a file's name promises; empty for none.
func formatOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".qcow2":
		return "qcow2"
	case ".img", ".raw":
		return "raw"
	}
	return ""
}

// sizeText writes bytes so that virt.ParseSize reads the same number back.
func sizeText(bytes uint64) string {
	for _, u := range []struct {
		name  string
		shift uint
	}{{" TiB", 40}, {" GiB", 30}, {" MiB", 20}, {" KiB", 10}} {
		if bytes>>u.shift > 0 && bytes&(1<<u.shift-1) == 0 {
			return strconv.FormatUint(bytes>>u.shift, 10) + u.name
		}
	}
	return strconv.FormatUint(bytes, 10) + " B"
}
