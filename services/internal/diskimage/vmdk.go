package diskimage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// vmdkDescriptor is the first line of a descriptor, which is a file of its own
// or lies within a sparse image (VMware: Virtual Disk Format 5.0).
const vmdkDescriptor = "# Disk DescriptorFile"

const (
	vmdkSector     = 512
	mostDescriptor = 1 << 20
)

// sparseVMDK reads a sparse extent. Its descriptor, if it has one, may not name
// other files.
func sparseVMDK(r io.ReaderAt, h []byte) (Info, error) {
	info := Info{Format: VMDK, Size: binary.LittleEndian.Uint64(h[12:]) * vmdkSector}
	offset, length := binary.LittleEndian.Uint64(h[28:]), binary.LittleEndian.Uint64(h[36:])
	if offset > 1<<31 || length > mostDescriptor/vmdkSector {
		return Info{}, broken(VMDK)
	}
	text, err := readText(r, int64(offset)*vmdkSector, int64(length)*vmdkSector)
	if err != nil {
		return Info{}, err
	}
	if !strings.HasPrefix(text, vmdkDescriptor) {
		return Info{}, virt.Errorf(virt.KindUnsupported, "the image is one part of several").
			WithHint("Choose the small .vmdk file beside it that names the parts.")
	}
	d, err := readDescriptor(text)
	switch {
	case err != nil:
		return Info{}, err
	case len(d.Parts) > 1:
		return Info{}, broken(VMDK)
	}
	return info, nil
}

// textVMDK reads a descriptor that is a file of its own.
func textVMDK(r io.ReaderAt, size int64) (Info, error) {
	if size > mostDescriptor {
		return Info{}, broken(VMDK)
	}
	text, err := readText(r, 0, size)
	if err != nil {
		return Info{}, err
	}
	d, err := readDescriptor(text)
	if err == nil && len(d.Parts) == 0 {
		return Info{}, broken(VMDK)
	}
	return d, err
}

func readText(r io.ReaderAt, offset, length int64) (string, error) {
	buf := make([]byte, length)
	n, err := r.ReadAt(buf, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", virt.Errorf(virt.KindInternal, "read the image: %w", err)
	}
	text, _, _ := bytes.Cut(buf[:n], []byte{0})
	return string(text), nil
}

// readDescriptor reads the lines KEY=VALUE and those of extents:
// ACCESS SECTORS TYPE "FILE" [OFFSET].
func readDescriptor(text string) (Info, error) {
	info := Info{Format: VMDK}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		access, _, _ := strings.Cut(line, " ")
		switch access {
		case "RW", "RDONLY", "NOACCESS":
			if err := info.addExtent(line); err != nil {
				return Info{}, err
			}
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch key = strings.TrimSpace(key); {
		case strings.EqualFold(key, "parentCID") && !strings.EqualFold(value, "ffffffff"), strings.EqualFold(key, "parentFileNameHint"):
			return Info{}, partial("it holds only the difference to another image", "vmdk")
		}
	}
	return info, nil
}

func (info *Info) addExtent(line string) error {
	fields := strings.Fields(line)
	if len(fields) < 3 {
		return broken(VMDK)
	}
	sectors, err := strconv.ParseUint(fields[1], 10, 55) // in bytes it fits 64 bits
	if err != nil {
		return broken(VMDK)
	}
	info.Size += sectors * vmdkSector
	if fields[2] == "ZERO" {
		return nil
	}
	_, rest, opened := strings.Cut(line, `"`)
	end := strings.LastIndexByte(rest, '"')
	if !opened || end < 0 {
		return broken(VMDK)
	}
	name := rest[:end]
	if !plain(name) {
		return virt.Errorf(virt.KindForbidden, "the image names the file %q, which does not lie beside it", name).
			WithHint("Trust only images whose parts are all in one folder.")
	}
	info.Parts = append(info.Parts, name)
	return nil
}

// plain reports whether the name is that of a file in the same folder, and to
// QEMU, which takes what is before a colon for a protocol, too.
func plain(name string) bool {
	return name != "" && name != "." && name != ".." && filepath.Base(name) == name && !strings.ContainsAny(name, ":\\")
}
