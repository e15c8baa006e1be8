package tiny

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Bounds on what is read: far above what distributions ship, far below what
// would hurt.
const (
	maxKernelBytes = 128 << 20
	maxModuleBytes = 64 << 20
)

// A kernel is a boot image and the modules that belong to it.
type kernel struct {
	version string
	image   []byte
	builtin map[string]bool                   // modules that the image contains
	modules map[string]string                 // name -> path, as read takes it
	read    func(path string) ([]byte, error) // a module file, perhaps compressed
	close   func()                            // gives back what read needs
}

// has reports whether the kernel has the driver, in the image or as a module.
func (k *kernel) has(name string) bool {
	_, module := k.modules[name]
	return module || k.builtin[name]
}

// check refuses a kernel that lacks a driver of the machine. Kernels made for
// clouds lack those of screens and keyboards.
func (k *kernel) check() error {
	for _, name := range drivers.needed {
		if !k.has(name) {
			return virt.Errorf(virt.KindUnsupported, "the kernel %s has no driver %s", k.version, name)
		}
	}
	if !slices.ContainsFunc(drivers.screens, k.has) {
		return virt.Errorf(virt.KindUnsupported, "the kernel %s has no driver for a screen", k.version)
	}
	return nil
}

// addBuiltin reads a file modules.builtin: one path a line.
func (k *kernel) addBuiltin(text []byte) {
	for line := range strings.Lines(string(text)) {
		k.builtin[moduleName(strings.TrimSpace(line))] = true
	}
}

func newKernel(version string) *kernel {
	return &kernel{
		version: version, builtin: map[string]bool{}, modules: map[string]string{},
		close: func() {},
	}
}

// moduleName is the name a module has in dependency lists, from its path:
// without directory and suffixes, hyphens as underscores. Empty for other files.
func moduleName(file string) string {
	base := path.Base(file)
	for _, suffix := range []string{".gz", ".xz", ".zst"} {
		base = strings.TrimSuffix(base, suffix)
	}
	name, isModule := strings.CutSuffix(base, ".ko")
	if !isModule {
		return ""
	}
	return strings.ReplaceAll(name, "-", "_")
}

// An installedKernel is a kernel that this computer has as files.
type installedKernel struct {
	version string
	image   string // path
	modules string // directory
}

// installedKernels finds the kernels below root, newest first: those of /boot
// (Debian, Ubuntu) and those that lie beside their modules (Fedora), which are
// readable for everybody.
func installedKernels(root string) []installedKernel {
	var found []installedKernel
	beside, _ := filepath.Glob(filepath.Join(root, "lib/modules/*/vmlinuz")) // the pattern is valid
	inBoot, _ := filepath.Glob(filepath.Join(root, "boot/vmlinuz-*"))
	for _, image := range beside {
		dir := filepath.Dir(image)
		found = append(found, installedKernel{filepath.Base(dir), image, dir})
	}
	for _, image := range inBoot {
		version := strings.TrimPrefix(filepath.Base(image), "vmlinuz-")
		found = append(found, installedKernel{version, image, filepath.Join(root, "lib/modules", version)})
	}
	slices.SortStableFunc(found, func(a, b installedKernel) int { return compareVersions(b.version, a.version) })
	return found
}

// origin identifies the installed files: a rebuilt kernel of the same version is
// another one.
func (k installedKernel) origin() string {
	info, err := os.Stat(k.image)
	if err != nil {
		return "installed " + k.version
	}
	return fmt.Sprintf("installed %s %d %d", k.version, info.Size(), info.ModTime().UnixNano())
}

// open reads the kernel and the list of its modules. It fails when the image is
// not readable for this user or the machine's drivers are not all there.
func (k installedKernel) open() (*kernel, error) {
	found := newKernel(k.version)
	found.read = func(path string) ([]byte, error) { return readFile(path, maxModuleBytes) }
	builtin, err := readFile(filepath.Join(k.modules, "modules.builtin"), maxModuleBytes)
	if err != nil {
		return nil, err
	}
	found.addBuiltin(builtin)
	err = filepath.WalkDir(filepath.Join(k.modules, "kernel"), func(path string, _ fs.DirEntry, err error) error {
		if name := moduleName(path); name != "" {
			found.modules[name] = path
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := found.check(); err != nil {
		return nil, err
	}
	found.image, err = readFile(k.image, maxKernelBytes)
	return found, err
}

func readFile(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	return readAll(f, most)
}

// readAll reads r to its end and refuses more than most bytes.
func readAll(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		return nil, virt.Errorf(virt.KindInvalid, "more than %d bytes", most)
	}
	return data, err
}

// compareVersions orders kernel versions as people do: runs of digits by value,
// anything else by its letters.
func compareVersions(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a = versionPart(a)
		y, b = versionPart(b)
		m, errX := strconv.ParseUint(x, 10, 64)
		n, errY := strconv.ParseUint(y, 10, 64)
		order := cmp.Compare(x, y)
		if errX == nil && errY == nil {
			order = cmp.Compare(m, n)
		}
		if order != 0 {
			return order
		}
	}
	return cmp.Compare(len(a), len(b))
}

func versionPart(s string) (part, rest string) {
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	n := 1
	for n < len(s) && digit(s[n]) == digit(s[0]) {
		n++
	}
	return s[:n], s[n:]
}
