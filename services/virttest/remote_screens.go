package virttest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// RemoteHostWithScreens is RemoteHost whose machines show their screens by VNC
// over TLS only, with a certificate of r.Authority.
func RemoteHostWithScreens(t testing.TB, screens CertSpec) *Remote {
	t.Helper()
	return remoteHost(t, usualServer, screens)
}

// ChangeScreenCert gives the screens of machines that start from now on another
// certificate.
func (r *Remote) ChangeScreenCert(t testing.TB, screens CertSpec) {
	t.Helper()
	r.screens = screens
	if err := r.writeScreenCert(filepath.Join(r.Dir, "etc")); err != nil {
		t.Fatal(err)
	}
}

// configureScreens makes screens encrypted, in the directory of libvirtd's files.
func (r *Remote) configureScreens(etc string) error {
	conf, err := os.OpenFile(filepath.Join(etc, "qemu.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = conf.WriteString("vnc_tls = 1\nvnc_tls_x509_verify = 0\nvnc_tls_x509_cert_dir = \"/etc/libvirt/vnc\"\n")
	return errors.Join(err, conf.Close(), r.writeScreenCert(etc))
}

func (r *Remote) writeScreenCert(etc string) error {
	screens, err := r.Authority.issue(r.screens)
	if err != nil {
		return err
	}
	dir := filepath.Join(etc, "vnc")
	if err := os.MkdirAll(dir, 0o755); err != nil { // QEMU runs as another user
		return err
	}
	for name, from := range map[string]string{"ca-cert.pem": r.Authority.CA, "server-cert.pem": screens.Cert, "server-key.pem": screens.Key} {
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o644) // as above
		}
		if err != nil {
			return err
		}
	}
	return nil
}
