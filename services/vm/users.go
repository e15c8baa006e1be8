package vm

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

// diskUsers tell which VMs of a host use which files: as disks, as what their
// disks build on, or to boot from.
type diskUsers struct {
	conn   *hypervisor.Conn
	names  map[string][]string // of VMs, by path
	bases  map[string]string   // what an image builds on, by path; as far as asked
	places map[string]string   // paths without symbolic links; as far as asked
}

// diskUsers reads what is known of the XML of all VMs of the host but this one,
// and the headers of their images. vm may be the host itself.
func (s *Service) diskUsers(c *hypervisor.Conn, vm virt.Ref) (*diskUsers, error) {
	vms, err := c.Inventory()
	if err != nil {
		return nil, err
	}
	u := &diskUsers{conn: c, names: map[string][]string{}, bases: map[string]string{}, places: map[string]string{}}
	for _, other := range vms {
		if other.ID == vm.ID {
			continue
		}
		other.Host = vm.Host
		fact, err := s.factsOf(c, other)
		if errors.Is(err, virt.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, path := range u.usedBy(fact) {
			u.names[path] = append(u.names[path], other.Name)
		}
	}
	return u, nil
}

// DiskUsers returns the names of the VMs of the connection's host that use the
// file, or whose disks build on it.
func (s *Service) DiskUsers(c *hypervisor.Conn, id virt.HostID, path string) ([]string, error) {
	users, err := s.diskUsers(c, virt.HostRef(id))
	if err != nil {
		return nil, err
	}
	return users.of(path), nil
}

// NetworkUsers returns the names of the VMs of the connection's host with a card
// in the network of that name.
func (s *Service) NetworkUsers(c *hypervisor.Conn, id virt.HostID, network string) ([]string, error) {
	vms, err := c.Inventory()
	if err != nil {
		return nil, err
	}
	var users []string
	for _, vm := range vms {
		vm.Host = id
		fact, err := s.factsOf(c, vm)
		if errors.Is(err, virt.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(fact.NICs, func(n virt.NIC) bool { return n.Type == "network" && n.Source == network }) {
			users = append(users, vm.Name)
		}
	}
	return users, nil
}

// of returns the names of the VMs that use the file.
func (u *diskUsers) of(path string) []string { return u.names[u.place(path)] }

func (u *diskUsers) usedBy(f domainxml.Facts) []string {
	used := []string{u.place(f.Kernel), u.place(f.Initrd)}
	for _, d := range f.Disks {
		if d.Path == "" && d.Pool != "" {
			if v, err := u.conn.Volume(d.Pool, d.Volume); err == nil {
				d.Path = v.Path
			}
		}
		used = append(used, u.place(d.Path))
		if d.Format != string(diskimage.Raw) {
			used = append(used, u.chain(d.Path)...)
		}
	}
	slices.Sort(used)
	return slices.DeleteFunc(slices.Compact(used), func(path string) bool { return path == "" })
}

// longestChain is where libvirt stops following images, too.
const longestChain = 200

// chain returns the images that one builds on, nearest first.
func (u *diskUsers) chain(path string) (bases []string) {
	for range longestChain {
		if !filepath.IsAbs(path) {
			break // none, or on the network
		}
		base, known := u.bases[path]
		if !known {
			base = u.place(u.base(path))
			u.bases[path] = base
		}
		if base == "" || slices.Contains(bases, base) {
			break
		}
		bases = append(bases, base)
		path = base
	}
	return bases
}

// base returns the path of the image that another builds on, as its header says
// it, or, where that cannot be read, libvirt.
func (u *diskUsers) base(path string) string {
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
	switch {
	case strings.HasPrefix(name, "/"):
		return name, nil
	case name == "" || strings.Contains(name, ":"):
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
func (u *diskUsers) place(path string) string {
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
