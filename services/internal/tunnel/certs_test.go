package tunnel_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/tunnel"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// certificate is one for the names, signed by an authority, and the authority.
func certificate(t *testing.T, from, until time.Time, names ...string) (*x509.Certificate, *x509.CertPool) {
	t.Helper()
	sign := func(template, parent *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if by == nil {
			by = key
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
		if err != nil {
			t.Fatal(err)
		}
		made, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return made, key
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Lab"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(9, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	ca, key := sign(ca, ca, nil)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "web"}, NotBefore: from, NotAfter: until}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, name)
		}
	}
	leaf, _ = sign(leaf, ca, key)
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	return leaf, roots
}

func TestWhyACertificateIsNotTrustedIsSaidInClearWords(t *testing.T) {
	now, day := time.Now(), 24*time.Hour
	for what, c := range map[string]struct {
		from, until time.Time
		names       []string
		known       bool   // the authority
		file        string // of the authority
		says        string
	}{
		"expired":             {now.Add(-2 * day), now.Add(-day), nil, true, "", "expired on " + now.Add(-day).UTC().Format(time.DateOnly)},
		"of the future":       {now.Add(day), now.Add(2 * day), nil, true, "", "is valid from " + now.Add(day).UTC().Format(time.DateOnly) + " on"},
		"by nobody we know":   {now.Add(-day), now.Add(day), []string{"host.example"}, false, "", `signed by "Lab", which no authority known to this computer`},
		"by another":          {now.Add(-day), now.Add(day), []string{"host.example"}, false, "/ca.pem", `signed by "Lab", which is not the authority in /ca.pem`},
		"for others":          {now.Add(-day), now.Add(day), []string{"a.example", "10.0.0.1"}, true, "", "is for a.example, 10.0.0.1, not for host.example"},
		"without any name":    {now.Add(-day), now.Add(day), nil, true, "", "is for no name at all (subject CN=web), not for host.example"},
		"with the right name": {now.Add(-day), now.Add(day), []string{"host.example"}, true, "", ""},
	} {
		cert, roots := certificate(t, c.from, c.until, c.names...)
		opts := x509.VerifyOptions{DNSName: "host.example", Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
		if !c.known {
			opts.Roots = x509.NewCertPool()
		}
		_, err := cert.Verify(opts)
		if (err == nil) != (c.says == "") {
			t.Errorf("%s: verified with %v", what, err)
		}
		if err == nil {
			continue
		}
		if why := tunnel.CertReason(c.file, cert, err); !strings.Contains(why.Error(), c.says) || why.Kind != virt.KindForbidden || why.Hint == "" {
			t.Errorf("%s: %v (hint %q), want %q", what, why, why.Hint, c.says)
		}
	}
}

func TestAnAcceptedCertificateIsKnownForWhatItWasAcceptedFor(t *testing.T) {
	dir := t.TempDir()
	dirs := storage.Dirs{Config: dir + "/config", Data: dir + "/data"}
	libvirt := tunnel.Served{Address: "host.example", Port: 16514}
	screens := tunnel.Served{Address: "host.example", Use: tunnel.UseScreens}
	keep := func(of tunnel.Served, fingerprint string) {
		t.Helper()
		if err := tunnel.KeepCert(context.Background(), dirs, of, fingerprint); err != nil {
			t.Fatal(err)
		}
	}
	want := func(of tunnel.Served, fingerprint string) {
		t.Helper()
		if got := tunnel.KnownCert(dirs, of); got != fingerprint {
			t.Errorf("of %+v %q is known, want %q", of, got, fingerprint)
		}
	}
	want(libvirt, "")
	keep(libvirt, "SHA256:one")
	want(screens, "")
	keep(screens, "SHA256:two")
	keep(libvirt, "SHA256:three") // instead of the first
	want(libvirt, "SHA256:three")
	want(screens, "SHA256:two")
	want(tunnel.Served{Address: "host.example", Port: 16515}, "")

	file := filepath.Join(dirs.Config, "known_certs.json")
	if err := os.WriteFile(file, []byte("["), 0o600); err != nil {
		t.Fatal(err)
	}
	want(libvirt, "")
	keep(libvirt, "SHA256:four")
	want(libvirt, "SHA256:four")
	if aside, err := filepath.Glob(file + ".broken-*"); err != nil || len(aside) != 1 {
		t.Errorf("the broken file is kept as %v, %v", aside, err)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	unlock, err := storage.Lock(context.Background(), filepath.Join(dirs.Data, "known.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	cancel()
	if err := tunnel.KeepCert(cancelled, dirs, libvirt, "SHA256:five"); !errors.Is(err, context.Canceled) && !errors.Is(err, virt.ErrCancelled) {
		t.Errorf("while another program writes: %v", err)
	}
}

func TestAFingerprintIsReadAsItIsWritten(t *testing.T) {
	cert, _ := certificate(t, time.Now(), time.Now().Add(time.Hour))
	sum, ok := tunnel.CertSum(tunnel.CertPrint(cert))
	if !ok || sum == [32]byte{} {
		t.Errorf("%s is read as %x", tunnel.CertPrint(cert), sum)
	}
	for _, text := range []string{"", "SHA256:", "SHA256:abc", "SHA256:%%%", strings.TrimPrefix(tunnel.CertPrint(cert), "SHA256:"), tunnel.CertPrint(cert) + "AAAA"} {
		if sum, ok := tunnel.CertSum(text); ok {
			t.Errorf("%q is read as %x", text, sum)
		}
	}
}
