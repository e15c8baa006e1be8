package host

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// IsURI reports whether text is a libvirt URI rather than a host's name.
func IsURI(text string) bool { return strings.Contains(text, ":/") }

// freeID names a host after its URI: the computer's name, or localhost with the
// driver's mode where it is not the system daemon. The names of saved hosts are
// theirs, connected or not. The caller holds s.mu.
func (s *Service) freeID(uri string, saved []virt.SavedHost) (virt.HostID, error) {
	base, err := nameOf(uri)
	if err != nil {
		return "", err
	}
	id := virt.HostID(base)
	for n := 2; ; n++ {
		_, taken := s.hosts[id]
		if !taken && !slices.ContainsFunc(saved, func(h virt.SavedHost) bool { return h.Name == id }) {
			return id, nil
		}
		id = virt.HostID(fmt.Sprintf("%s-%d", base, n))
	}
}

func nameOf(uri string) (string, error) {
	if uri == "" {
		return "localhost", nil
	}
	if !IsURI(uri) {
		return "", &virt.Error{
			Kind: virt.KindNotFound, Ref: virt.HostRef(virt.HostID(uri)), Err: virt.Errorf(virt.KindNotFound, "no host is called %q", uri),
			Hint: "Write a libvirt URI such as qemu:///system or qemu+ssh://root@server/system.",
		}
	}
	u, err := url.Parse(uri)
	if err != nil || u.Scheme == "" {
		return "", virt.Errorf(virt.KindInvalid, "%q is not a libvirt URI", uri).
			WithHint("Write a URI such as qemu:///system or qemu+ssh://root@server/system.")
	}
	driver, _, _ := strings.Cut(u.Scheme, "+")
	switch {
	case u.Hostname() != "":
		return u.Hostname(), nil
	case driver == "test":
		return "test", nil
	case u.Path == "/session":
		return "localhost-session", nil
	case u.Path == "/embed":
		return "localhost-embedded", nil
	case u.Query().Get("socket") != "":
		return "localhost-" + socketName(u.Query().Get("socket")), nil
	default:
		return "localhost", nil
	}
}

// socketName makes a short name of a socket's path: the last directory that
// says something, as libvirt's own directory and socket names do not.
func socketName(path string) string {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		switch base := filepath.Base(dir); base {
		case "libvirt", "run", "var":
		case ".", "/":
			return "socket"
		default:
			return base
		}
	}
}

// IsLocal reports whether a host's URI means this computer; an empty one does.
func IsLocal(uri string) bool { return local(uri) }

// local reports whether the URI means this computer.
func local(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && u.Hostname() == ""
}
