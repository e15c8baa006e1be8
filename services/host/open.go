package host

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// openThisComputer opens the best driver that answers here: the system daemon,
// the user's daemon, or QEMU driven by this process alone.
func openThisComputer(data string, o hypervisor.Options) (*hypervisor.Conn, error) {
	var failures []error
	for _, uri := range []string{"qemu:///system", "qemu:///session", "qemu:///embed?root=" + url.QueryEscape(filepath.Join(data, "embed"))} {
		if uri == "qemu:///session" && os.Getuid() == 0 {
			continue // for root this is the system daemon again
		}
		conn, err := openURI(uri, o)
		if err == nil {
			return conn, nil
		}
		failures = append(failures, err)
	}
	first := failures[0]
	return nil, &virt.Error{
		Kind: virt.KindOf(first), Err: errors.Join(failures...),
		Hint: virt.HintOf(first),
	}
}

// openURI opens a URI; the embedded driver's root is prepared first.
func openURI(uri string, o hypervisor.Options) (*hypervisor.Conn, error) {
	if u, err := url.Parse(uri); err == nil && u.Path == "/embed" {
		if err := prepareEmbedded(u.Query().Get("root")); err != nil {
			return nil, err
		}
	}
	return hypervisor.Open(uri, o)
}

// embeddedConf lets QEMU run as the user who opened the embedded driver; the
// driver of a root process would otherwise look for a user and a security
// driver that need a daemon's set-up.
const embeddedConf = "user = \"root\"\ngroup = \"root\"\nsecurity_driver = \"none\"\nnamespaces = []\nremember_owner = 0\nstdio_handler = \"file\"\n"

// prepareEmbedded makes the directory that qemu:///embed?root= needs; a
// configuration that is already there is left alone.
func prepareEmbedded(root string) error {
	if root == "" || !filepath.IsAbs(root) {
		return virt.Errorf(virt.KindInvalid, "the embedded driver needs an absolute root directory").
			WithHint("Write qemu:///embed?root=/a/directory.")
	}
	if os.Getuid() != 0 {
		return os.MkdirAll(root, 0o700)
	}
	etc := filepath.Join(root, "etc")
	if err := os.MkdirAll(etc, 0o755); err != nil { // QEMU's own files need no secrecy
		return virt.Errorf(virt.KindForbidden, "prepare the embedded driver: %w", err)
	}
	conf := filepath.Join(etc, "qemu.conf")
	if _, err := os.Stat(conf); err == nil {
		return nil
	}
	if err := os.WriteFile(conf, []byte(embeddedConf), 0o644); err != nil { // as above
		return virt.Errorf(virt.KindForbidden, "prepare the embedded driver: %w", err)
	}
	return nil
}
