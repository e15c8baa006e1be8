package virttest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// An Authority signs certificates for tests.
type Authority struct {
	CA string // its own certificate's PEM file

	cert *x509.Certificate
	key  crypto.Signer
	dir  string
}

// A Certificate is a PEM file and that of its key.
type Certificate struct{ Cert, Key string }

// A CertSpec says what to sign. Zero means a certificate without names that is
// valid from yesterday until tomorrow.
type CertSpec struct {
	Name    string
	Names   []string // host names and IP addresses
	Expired bool
}

// NewAuthority returns an authority whose files end with the test.
func NewAuthority(t testing.TB, name string) *Authority {
	t.Helper()
	a, err := newAuthority(t.TempDir(), name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newAuthority(dir, name string) (*Authority, error) {
	a := &Authority{CA: filepath.Join(dir, name+"-ca.pem"), dir: dir}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	var err error
	a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err == nil {
		a.cert, err = a.sign(template, template, a.key, a.CA)
	}
	return a, err
}

// Issue signs a certificate for servers and clients.
func (a *Authority) Issue(t testing.TB, s CertSpec) Certificate {
	t.Helper()
	c, err := a.issue(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (a *Authority) issue(s CertSpec) (Certificate, error) {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: s.Name}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment, // libvirt wants both
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, name := range s.Names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	if s.Expired {
		template.NotBefore, template.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Certificate{}, err
	}
	c := Certificate{Cert: filepath.Join(a.dir, s.Name+"-cert.pem"), Key: filepath.Join(a.dir, s.Name+"-key.pem")}
	if _, err := a.sign(template, a.cert, key, c.Cert); err != nil {
		return c, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return c, err
	}
	return c, writePEM(c.Key, "PRIVATE KEY", der)
}

// sign fills in what all certificates have, signs, and writes the file.
func (a *Authority) sign(template, parent *x509.Certificate, key crypto.Signer, path string) (*x509.Certificate, error) {
	var err error
	if template.SerialNumber, err = rand.Int(rand.Reader, big.NewInt(1<<62)); err != nil {
		return nil, err
	}
	if template.NotAfter.IsZero() {
		template.NotBefore, template.NotAfter = time.Now().Add(-24*time.Hour), time.Now().Add(24*time.Hour)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	if err := writePEM(path, "CERTIFICATE", der); err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
