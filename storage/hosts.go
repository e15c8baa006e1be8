package storage

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

const hostSuffix = ".json"

// HostsDir is where each saved host has its file NAME.json.
func (d Dirs) HostsDir() string { return filepath.Join(d.Config, "hosts") }

// ReadHosts returns the saved hosts in their order. The name of a file is the
// name of its host, whatever stands in it. Files that cannot be used are in the
// error, one virt.KindInvalid each with the file's name, and in no list; they
// are not touched.
func ReadHosts(dir string) ([]virt.SavedHost, error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fileError(dir, err)
	}
	var hosts []virt.SavedHost
	var problems []error
	for _, entry := range entries {
		name, isOurs := strings.CutSuffix(entry.Name(), hostSuffix)
		if !isOurs || strings.HasPrefix(name, ".") {
			continue
		}
		h, err := ReadHost(dir, virt.HostID(name))
		switch {
		case errors.Is(err, virt.ErrNotFound): // removed meanwhile
		case err != nil:
			problems = append(problems, err)
		default:
			hosts = append(hosts, h)
		}
	}
	slices.SortStableFunc(hosts, func(a, b virt.SavedHost) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Name, b.Name))
	})
	return hosts, errors.Join(problems...)
}

// ReadHost returns one saved host. None of the name is virt.KindNotFound, a
// broken file virt.KindInvalid.
func ReadHost(dir string, name virt.HostID) (virt.SavedHost, error) {
	if err := virt.CheckHostName(name); err != nil {
		return virt.SavedHost{}, err
	}
	path := hostFile(dir, name)
	var h virt.SavedHost
	if err := ReadJSON(path, &h); err != nil {
		return virt.SavedHost{}, err
	}
	h.Name = name
	if err := h.Check(); err != nil {
		return virt.SavedHost{}, virt.Errorf(virt.KindInvalid, "%s: %w", path, err).WithHint(virt.HintOf(err))
	}
	return h, nil
}

// WriteHost checks the host and replaces its file in one step. A file that is
// no host of ours is set aside first, see WriteJSON.
func WriteHost(dir string, h virt.SavedHost) error {
	if err := h.Check(); err != nil {
		return err
	}
	return WriteJSON(hostFile(dir, h.Name), h)
}

// RemoveHost removes the host's file; none is virt.KindNotFound.
func RemoveHost(dir string, name virt.HostID) error {
	if err := virt.CheckHostName(name); err != nil {
		return err
	}
	if err := os.Remove(hostFile(dir, name)); err != nil {
		return fileError(hostFile(dir, name), err)
	}
	return syncDir(dir)
}

func hostFile(dir string, name virt.HostID) string {
	return filepath.Join(dir, string(name)+hostSuffix)
}
