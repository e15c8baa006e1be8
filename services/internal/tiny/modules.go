package tiny

import (
	"bytes"
	"compress/gzip"
	"debug/elf"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// drivers are what the machine needs to have a bus, disks, network, both
// consoles, keyboard, pointer and power button; of the screens at least one;
// and what it takes along where the kernel has it, for other emulated devices.
var drivers = struct{ needed, screens, useful []string }{
	needed: []string{
		"virtio_pci", "virtio_blk", "virtio_net", "virtio_console", "af_packet",
		"button", "evdev", "i8042", "atkbd", "psmouse", "xhci_pci", "usbhid", "hid_generic",
	},
	screens: []string{"virtio_gpu", "bochs"},
	useful:  []string{"virtio_rng", "virtio_balloon", "virtio_input", "ehci_pci", "uhci_hcd", "e1000e", "e1000", "8139cp"},
}

// A module is a kernel module ready to load.
type module struct {
	name string
	data []byte // the ELF file, not compressed
}

// loadOrder reads the machine's drivers and all they depend on, each after what
// it depends on. Drivers that the kernel image contains are left out.
func loadOrder(k *kernel) ([]module, error) {
	s := sorter{kernel: k, seen: map[string]bool{}}
	for _, name := range slices.Concat(drivers.needed, drivers.screens, drivers.useful) {
		if !k.has(name) {
			continue // check has seen to the needed ones
		}
		if err := s.add(name); err != nil {
			return nil, err
		}
	}
	return s.order, nil
}

type sorter struct {
	kernel *kernel
	seen   map[string]bool
	order  []module
}

func (s *sorter) add(name string) error {
	if s.seen[name] || s.kernel.builtin[name] {
		return nil
	}
	s.seen[name] = true
	file, ok := s.kernel.modules[name]
	if !ok {
		return virt.Errorf(virt.KindUnsupported, "the kernel %s has no module %s, which another needs", s.kernel.version, name)
	}
	data, err := readModule(s.kernel, file)
	if err != nil {
		return virt.Errorf(virt.KindInvalid, "read the kernel module %s: %w", name, err)
	}
	info, err := parseModinfo(data)
	if err != nil {
		return virt.Errorf(virt.KindInvalid, "read the kernel module %s: %w", name, err)
	}
	for _, d := range info.depends {
		if err := s.add(d); err != nil {
			return err
		}
	}
	for _, d := range info.before {
		if !s.kernel.has(d) {
			continue // a wish, not a need
		}
		if err := s.add(d); err != nil {
			return err
		}
	}
	s.order = append(s.order, module{name: name, data: data})
	return nil
}

func readModule(k *kernel, file string) ([]byte, error) {
	data, err := k.read(file)
	if err != nil {
		return nil, err
	}
	r, err := decompress(path.Ext(file), bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // only read
	return readAll(r, maxModuleBytes)
}

// decompress reads a file by its name's suffix (.gz, .xz, .zst; anything else
// as it is).
func decompress(suffix string, r io.Reader) (io.ReadCloser, error) {
	switch suffix {
	case ".gz":
		return gzip.NewReader(r)
	case ".xz":
		x, err := xz.NewReader(r)
		return io.NopCloser(x), err
	case ".zst":
		z, err := zstd.NewReader(r, zstd.WithDecoderMaxMemory(maxKernelBytes))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	default:
		return io.NopCloser(r), nil
	}
}

// A modinfo is what a module says of itself (modinfo(8)).
type modinfo struct {
	depends []string // modules that must be there
	before  []string // modules that had better be there ("softdep=pre:")
}

// parseModinfo reads the section .modinfo of a module: strings "key=value", each
// ended by a zero byte.
func parseModinfo(data []byte) (modinfo, error) {
	var info modinfo
	file, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return info, err
	}
	section := file.Section(".modinfo")
	if section == nil {
		return info, virt.Errorf(virt.KindInvalid, "no section .modinfo")
	}
	text, err := section.Data()
	if err != nil {
		return info, err
	}
	for entry := range strings.SplitSeq(string(text), "\x00") {
		key, value, _ := strings.Cut(entry, "=")
		switch key {
		case "depends":
			info.depends = append(info.depends, moduleNames(strings.FieldsFunc(value, func(r rune) bool { return r == ',' }))...)
		case "softdep":
			info.before = append(info.before, softBefore(value)...)
		}
	}
	return info, nil
}

// softBefore returns the modules after "pre:" and before "post:".
func softBefore(value string) []string {
	var before []string
	pre := false
	for _, word := range strings.Fields(value) {
		switch word {
		case "pre:":
			pre = true
		case "post:":
			pre = false
		default:
			if pre {
				before = append(before, word)
			}
		}
	}
	return moduleNames(before)
}

func moduleNames(list []string) []string {
	for i, name := range list {
		list[i] = strings.ReplaceAll(name, "-", "_")
	}
	return list
}
