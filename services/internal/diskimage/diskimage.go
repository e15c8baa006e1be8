// Package diskimage reads the headers of disk images: which format an image has,
// how large a disk it is, and whether it is whole. It reads a few kilobytes and
// runs no program.
//
// An image may name other files. What a header from elsewhere names must not be
// copied into a machine: it could be any file of the person who imports it. So
// an image that names anything but parts of its own beside it is refused.
package diskimage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A Format is a kind of image, by QEMU's name.
type Format string

// The formats that are read.
const (
	Raw   Format = "raw"
	QCOW2 Format = "qcow2"
	VMDK  Format = "vmdk"
	VDI   Format = "vdi"
	VHDX  Format = "vhdx"
)

// Parse returns the format of that name; others are virt.ErrInvalid.
func Parse(name string) (Format, error) {
	switch f := Format(name); f {
	case Raw, QCOW2, VMDK, VDI, VHDX:
		return f, nil
	}
	return "", virt.Errorf(virt.KindInvalid, "images of the format %q cannot be imported", name).
		WithHint("Importable are qcow2, raw, vmdk, vdi and vhdx; qemu-img convert makes one of another.")
}

// Native reports whether libvirt's pools and QEMU's disks take the format as it
// is; the others are converted.
func (f Format) Native() bool { return f == Raw || f == QCOW2 }

// Info is what an image says of itself.
type Info struct {
	Format Format
	Size   uint64   // of the disk, bytes; 0 when the header does not say (VHDX)
	Parts  []string // names of the files beside it that hold its data; nil: itself
}

// headerSize is how much of an image is looked at first.
const headerSize = 4096

// Inspect tells the format of an image of so many bytes by its content. What
// looks like nothing known is raw. An image that is not whole, or that this
// package knows to be of a format that cannot be imported, is
// virt.ErrUnsupported; a broken one is virt.ErrInvalid.
func Inspect(r io.ReaderAt, size int64) (Info, error) {
	header := make([]byte, headerSize) // what is past the end reads as zero
	if _, err := r.ReadAt(header, 0); err != nil && !errors.Is(err, io.EOF) {
		return Info{}, virt.Errorf(virt.KindInternal, "read the image: %w", err)
	}
	switch {
	case bytes.HasPrefix(header, []byte("QFI\xfb")):
		return qcow2(header)
	case bytes.HasPrefix(header, []byte("KDMV")):
		return sparseVMDK(r, header)
	case bytes.HasPrefix(header, []byte(vmdkDescriptor)):
		return textVMDK(r, size)
	case bytes.HasPrefix(header, []byte("vhdxfile")):
		return Info{Format: VHDX}, nil
	case binary.LittleEndian.Uint32(header[0x40:]) == vdiSignature:
		return vdi(header)
	case bytes.HasPrefix(header, []byte("conectix")):
		return Info{}, unsupported("the old VHD format of Virtual PC", "vpc")
	case bytes.HasPrefix(header, []byte("COWD")):
		return Info{}, unsupported("the old sparse format of VMware ESX", "vmdk")
	default:
		return Info{Format: Raw, Size: uint64(max(0, size))}, nil
	}
}

func unsupported(what, name string) error {
	return virt.Errorf(virt.KindUnsupported, "the image is of %s", what).
		WithHint("Convert it first: qemu-img convert -f " + name + " -O qcow2 IMAGE NEW.qcow2")
}

func partial(what, format string) error {
	return virt.Errorf(virt.KindUnsupported, "the image is not whole: %s", what).
		WithHint("Join it with the image it builds on first: qemu-img convert -f " + format + " -O qcow2 IMAGE NEW.qcow2")
}

func broken(format Format) error {
	return virt.Errorf(virt.KindInvalid, "the %s header of the image is broken", format)
}

// qcow2 reads the header that QEMU's docs/interop/qcow2.txt describes.
func qcow2(h []byte) (Info, error) {
	const (
		version3     = 3
		externalData = 1 << 2 // incompatible feature
	)
	version := binary.BigEndian.Uint32(h[4:])
	switch {
	case version == 1:
		return Info{}, unsupported("the first QCOW format", "qcow")
	case version != 2 && version != version3:
		return Info{}, broken(QCOW2)
	case binary.BigEndian.Uint64(h[8:]) != 0:
		return Info{}, partial("it is an overlay over another image", "qcow2")
	case version == version3 && binary.BigEndian.Uint64(h[72:])&externalData != 0:
		return Info{}, partial("its data is in another file", "qcow2")
	}
	return Info{Format: QCOW2, Size: binary.BigEndian.Uint64(h[24:])}, nil
}

// Backing returns the name of the image that a QCOW2 image builds on, as its
// header writes it: a path, relative to the image's directory or not, or
// something with a protocol. Empty for images that build on none.
func Backing(r io.ReaderAt) (string, error) {
	const longest = 1023 // by the specification
	h := make([]byte, 20)
	if _, err := r.ReadAt(h, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", virt.Errorf(virt.KindInternal, "read the image: %w", err)
	}
	offset, length := binary.BigEndian.Uint64(h[8:]), binary.BigEndian.Uint32(h[16:])
	switch {
	case !bytes.HasPrefix(h, []byte("QFI\xfb")) || offset == 0 || length == 0:
		return "", nil
	case length > longest || offset > math.MaxInt64:
		return "", broken(QCOW2)
	}
	name := make([]byte, length)
	if _, err := r.ReadAt(name, int64(offset)); err != nil { // bounded above
		return "", broken(QCOW2)
	}
	return string(name), nil
}

const vdiSignature = 0xbeda107f

// vdi reads VirtualBox's header (VDICore.h).
func vdi(h []byte) (Info, error) {
	const dynamic, static = 1, 2
	switch binary.LittleEndian.Uint32(h[0x4c:]) {
	case dynamic, static:
		return Info{Format: VDI, Size: binary.LittleEndian.Uint64(h[0x170:])}, nil
	case 3, 4:
		return Info{}, partial("it holds only the difference to another image", "vdi")
	}
	return Info{}, broken(VDI)
}
