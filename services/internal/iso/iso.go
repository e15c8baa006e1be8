// Package iso reads what an ISO 9660 image says of itself (ECMA-119), and
// whether computers boot from it (El Torito 1.0). It reads a few sectors only.
package iso

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"unicode"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// An Image is what the primary volume descriptor says, blanks at the end cut
// off, and whom it boots.
type Image struct {
	System      string
	Volume      string
	Publisher   string
	Application string
	Size        uint64 // of the volume, bytes

	BootsBIOS bool
	BootsUEFI bool
}

const (
	sector          = 2048
	first           = 16 // sector of the first volume descriptor
	mostDescriptors = 64
)

// Types of volume descriptors (ECMA-119 8.1.1).
const (
	bootRecord = 0
	primary    = 1
	terminator = 255
)

// Platforms of El Torito, and the one that the UEFI specification adds (13.3.2.1).
const (
	platformBIOS = 0
	platformUEFI = 0xef
)

// Read reads an image. What is no ISO 9660 image is virt.ErrInvalid.
func Read(r io.ReaderAt) (Image, error) {
	var image Image
	var catalog uint32
	found := false
	for n := range int64(mostDescriptors) {
		d, err := readSector(r, first+n)
		if err != nil {
			return Image{}, err
		}
		if d == nil || string(d[1:6]) != "CD001" {
			break
		}
		switch d[0] {
		case primary:
			if !found {
				image, found = describe(d), true
			}
			continue
		case bootRecord:
			if text(d[7:39]) == "EL TORITO SPECIFICATION" {
				catalog = binary.LittleEndian.Uint32(d[71:75])
			}
			continue
		case terminator:
		default:
			continue
		}
		break
	}
	if !found {
		return Image{}, virt.Errorf(virt.KindInvalid, "it is not an ISO 9660 image").
			WithHint("Choose the image of an installation disc; its name usually ends with .iso.")
	}
	if catalog != 0 {
		if err := image.readCatalog(r, catalog); err != nil {
			return Image{}, err
		}
	}
	return image, nil
}

// describe reads a primary volume descriptor (ECMA-119 8.4).
func describe(d []byte) Image {
	blocks, size := binary.LittleEndian.Uint32(d[80:84]), binary.LittleEndian.Uint16(d[128:130])
	return Image{
		System: text(d[8:40]), Volume: text(d[40:72]), Publisher: text(d[318:446]), Application: text(d[574:702]),
		Size: uint64(blocks) * uint64(size),
	}
}

// readCatalog reads the first sector of the boot catalog: an entry to check it
// by, the default entry, then sections, each of a header and its entries.
func (image *Image) readCatalog(r io.ReaderAt, lba uint32) error {
	c, err := readSector(r, int64(lba))
	if err != nil || c == nil || c[0] != 1 || c[30] != 0x55 || c[31] != 0xaa {
		return err
	}
	const entry = 32
	platform, left := c[1], 1
	for c = c[entry:]; len(c) >= entry; c = c[entry:] {
		if left > 0 {
			left--
			image.note(platform, c[0] == 0x88)
			continue
		}
		if c[0] != 0x90 && c[0] != 0x91 { // a header, or the last one
			break
		}
		platform, left = c[1], int(binary.LittleEndian.Uint16(c[2:4]))
	}
	return nil
}

func (image *Image) note(platform byte, bootable bool) {
	switch {
	case bootable && platform == platformBIOS:
		image.BootsBIOS = true
	case bootable && platform == platformUEFI:
		image.BootsUEFI = true
	}
}

// readSector returns a sector, or nil where the image has ended.
func readSector(r io.ReaderAt, n int64) ([]byte, error) {
	buf := make([]byte, sector)
	_, err := r.ReadAt(buf, n*sector)
	switch {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, virt.Errorf(virt.KindInternal, "read the image: %w", err)
	}
	return buf, nil
}

// text is a field without what fills it up and without what no label has.
func text(field []byte) string {
	s := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(field), ""))
	return strings.TrimRight(s, " ")
}
