package volume

import (
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/internal/diskimage"
	"github.com/kvmmanager/kvm-manager/services/internal/domainxml"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Users tell which VMs of a host use which files: as disks, as what their disks
// build on, or to boot from.
type Users struct {
	conn   *hypervisor.Conn
	names  map[string][]string // of VMs, by path
	bases  map[string]string   // what an image builds on, by path; as far as asked
	places map[string]string   // paths without symbolic links; as far as asked
}

// ReadUsers reads the documents of all VMs of the host but the one of the UUID
// except, running and stored ones, and the headers of their images. It reads them
// now: libvirt tells nobody that a definition was given a disk.
func ReadUsers(c *hypervisor.Conn, except string) (*Users, error) {
	u := &Users{conn: c, names: map[string][]string{}, bases: map[string]string{}, places: map[string]string{}}
	type document struct{ vm, text string }
	var all []document
	err := c.EachDefinition(func(vm virt.Ref, text string) {
		if vm.ID != except {
			all = append(all, document{vm.Name, text})
		}
	})
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		f, err := domainxml.Read(d.text)
		if err != nil {
			return nil, err
		}
		used, err := u.usedBy(f)
		if err != nil {
			return nil, err
		}
		for _, path := range used {
			if !slices.Contains(u.names[path], d.vm) {
				u.names[path] = append(u.names[path], d.vm)
			}
		}
	}
	return u, nil
}

// Of returns the names of the VMs that use the file, or whose disks build on it.
func (u *Users) Of(path string) []string { return slices.Sorted(slices.Values(u.names[u.place(path)])) }

func (u *Users) usedBy(f domainxml.Facts) ([]string, error) {
	used := []string{u.place(f.Kernel), u.place(f.Initrd)}
	for _, d := range f.Disks {
		if d.Path == "" && d.Pool != "" {
			v, err := u.conn.Volume(d.Pool, d.Volume)
			if err != nil && !errors.Is(err, virt.ErrNotFound) && !errors.Is(err, virt.ErrState) { // gone, or in a stopped pool
				return nil, err
			}
			d.Path = v.Path
		}
		used = append(used, u.place(d.Path))
		if d.Format != string(diskimage.Raw) {
			used = append(used, u.chain(d.Path)...)
		}
	}
	return slices.DeleteFunc(used, func(path string) bool { return path == "" }), nil
}

// longestChain is where libvirt stops following images, too.
const longestChain = 200

// chain returns the images that one builds on, nearest first.
func (u *Users) chain(path string) (bases []string) {
	for range longestChain {
		if !filepath.IsAbs(path) {
			break // none, or on the network
		}
		base, known := u.bases[path]
		if !known {
			base = u.base(path)
			u.bases[path] = base
		}
		place := u.place(base)
		if place == "" || slices.Contains(bases, place) {
			break
		}
		bases = append(bases, place)
		path = base // as it is written: what follows may be relative to it
	}
	return bases
}

// base returns the path of the image that another builds on, as its header says
// it, or, where that cannot be read, libvirt.
func (u *Users) base(path string) string {
	if u.conn.Local() {
		if base, err := baseOf(path); err == nil {
			return base
		}
	}
	base, err := u.conn.VolumeBase(path)
	if err != nil && !errors.Is(err, virt.ErrNotFound) && !errors.Is(err, virt.ErrUnsupported) {
		slog.Debug("read what an image builds on", "path", path, "err", err)
	}
	return base
}

var errNoPath = errors.New("not a file's path")

func baseOf(path string) (string, error) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return "", errors.Join(err, errNoPath) // a pipe would have us wait
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	name, err := diskimage.Backing(f)
	if err != nil || name == "" {
		return "", err
	}
	if text, ok := strings.CutPrefix(name, "json:"); ok {
		name = fileIn(text)
	}
	name = strings.TrimPrefix(name, "file:")
	first, _, _ := strings.Cut(name, "/")
	switch {
	case strings.HasPrefix(name, "/"):
		return name, nil
	case name == "" || strings.Contains(first, ":"):
		return "", errNoPath // on the network
	default:
		return filepath.Join(filepath.Dir(path), name), nil
	}
}

// fileIn returns the file that a block device as QEMU writes it in JSON is made of
// ("filename" of BlockdevOptionsFile, at any depth and also in dotted keys).
func fileIn(text string) string {
	var options any
	if json.Unmarshal([]byte(text), &options) != nil {
		return ""
	}
	return filenameOf(options)
}

func filenameOf(options any) string {
	object, ok := options.(map[string]any)
	if !ok {
		return ""
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if name, ok := object[key].(string); ok && (key == "filename" || strings.HasSuffix(key, ".filename")) {
			return name
		}
		if name := filenameOf(object[key]); name != "" {
			return name
		}
	}
	return ""
}

// place is a path of this computer without symbolic links, and any other as it is.
func (u *Users) place(path string) string {
	if !filepath.IsAbs(path) || !u.conn.Local() {
		return path
	}
	place, known := u.places[path]
	if !known {
		var err error
		if place, err = filepath.EvalSymlinks(path); err != nil {
			place = path
		}
		u.places[path] = place
	}
	return place
}
