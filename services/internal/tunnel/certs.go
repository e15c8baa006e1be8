package tunnel

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Served is what shows a certificate: libvirt at one port, or all screens of a
// host.
type Served struct {
	Address string `json:"address"`
	Port    int    `json:"port,omitempty"`
	Use     string `json:"use,omitempty"` // empty: libvirt
}

// UseScreens is the Use of a host's screens.
const UseScreens = "screens"

func served(h virt.SavedHost) Served { return Served{Address: h.Address, Port: h.PortOr()} }

// known is a certificate that a person accepted although it cannot be verified.
type known struct {
	Served
	Fingerprint string `json:"fingerprint"`
}

func knownCerts(dirs storage.Dirs) string { return filepath.Join(dirs.Config, "known_certs.json") }

// KnownCert returns the fingerprint of the certificate that a person accepted
// for good, or nothing. A file that cannot be read has none.
func KnownCert(dirs storage.Dirs, of Served) string {
	var list []known
	if err := storage.ReadJSON(knownCerts(dirs), &list); err != nil {
		return ""
	}
	for _, k := range list {
		if k.Served == of {
			return k.Fingerprint
		}
	}
	return ""
}

// KeepCert accepts a certificate for good, instead of the one before.
func KeepCert(ctx context.Context, dirs storage.Dirs, of Served, fingerprint string) error {
	unlock, err := storage.Lock(ctx, filepath.Join(dirs.Data, "known.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	var list []known
	_ = storage.ReadJSON(knownCerts(dirs), &list) //nolint:errcheck // a broken file is set aside
	list = slices.DeleteFunc(list, func(k known) bool { return k.Served == of })
	return storage.WriteJSON(knownCerts(dirs), append([]known{{of, fingerprint}}, list...))
}

// CertPrint is the fingerprint of a certificate: "SHA256:" and base64.
func CertPrint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return printHead + base64.RawStdEncoding.EncodeToString(sum[:])
}

const printHead = "SHA256:"

// CertSum is the SHA-256 of a certificate whose fingerprint CertPrint wrote.
func CertSum(fingerprint string) (sum [sha256.Size]byte, ok bool) {
	text, found := strings.CutPrefix(fingerprint, printHead)
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if !found || err != nil || len(raw) != len(sum) {
		return sum, false
	}
	return [sha256.Size]byte(raw), true
}

// SubjectOf tells for people whose certificate it is.
func SubjectOf(cert *x509.Certificate) string {
	return fmt.Sprintf("%s, signed by %s, valid until %s", cert.Subject, cert.Issuer, cert.NotAfter.Format(time.DateOnly))
}

// CertReason says in clear words why a certificate is not trusted. caFile is that
// of the authority; empty where there are several or none.
func CertReason(caFile string, cert *x509.Certificate, err error) *virt.Error {
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().After(cert.NotAfter):
		return virt.Errorf(virt.KindForbidden, "the host's certificate expired on %s", cert.NotAfter.Format(time.DateOnly)).
			WithHint("Have a new server certificate made on the host, or check this computer's clock.")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return virt.Errorf(virt.KindForbidden, "the host's certificate is valid from %s on", cert.NotBefore.Format(time.DateOnly)).
			WithHint("Check this computer's clock.")
	case errors.As(err, &authority) && caFile == "":
		return virt.Errorf(virt.KindForbidden, "the host's certificate is signed by %q, which no authority known to this computer vouches for", cert.Issuer.CommonName).
			WithHint("Compare its fingerprint with what the host's administrator tells you, or put the authority's certificate at ~/.pki/CA/cacert.pem.")
	case errors.As(err, &authority):
		return virt.Errorf(virt.KindForbidden, "the host's certificate is signed by %q, which is not the authority in %s", cert.Issuer.CommonName, caFile).
			WithHint("Name the CA file that belongs to the host. If it always was this one, somebody else may be answering.")
	case errors.As(err, &name):
		return virt.Errorf(virt.KindForbidden, "the host's certificate is for %s, not for %s", strings.Join(namesOf(cert), ", "), name.Host).
			WithHint("Connect by a name that the certificate bears, or have one made with this name.")
	default:
		return virt.Errorf(virt.KindForbidden, "the host's certificate: %w", err).
			WithHint("Have a server certificate made for the host.")
	}
}

func namesOf(cert *x509.Certificate) []string {
	names := append([]string{}, cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		names = append(names, "no name at all (subject "+cert.Subject.String()+")")
	}
	return names
}
