package tunnel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// The places where libvirt's own client looks: the user's, then the system's.
var (
	usualCA   = []string{"~/.pki/libvirt/cacert.pem", "/etc/pki/CA/cacert.pem"}
	usualCert = []string{"~/.pki/libvirt/clientcert.pem", "/etc/pki/libvirt/clientcert.pem"}
	usualKey  = []string{"~/.pki/libvirt/clientkey.pem", "/etc/pki/libvirt/private/clientkey.pem"}
)

// overTLS opens one connection at once, so that what is wrong is known; it is
// the first one that libvirt gets.
func (w *Way) overTLS(ctx context.Context, h virt.SavedHost, o Options) error {
	t := &tlsDialer{host: h, options: o}
	if err := t.load(); err != nil {
		return err
	}
	first, err := t.dial(ctx)
	if err != nil {
		return err
	}
	ready := make(chan net.Conn, 1)
	ready <- first
	w.open = func(ctx context.Context) (io.ReadWriteCloser, error) {
		select {
		case conn := <-ready:
			return conn, nil
		default:
			return t.dial(ctx)
		}
	}
	w.end = func() error {
		select {
		case conn := <-ready:
			return conn.Close()
		default:
			return nil
		}
	}
	return nil
}

type tlsDialer struct {
	host    virt.SavedHost
	options Options
	roots   *x509.CertPool
	caFile  string
	own     *tls.Certificate // nil: none, which hosts mostly refuse
	ownCA   string           // who signed ours

	mu       sync.Mutex
	accepted string // the fingerprint that a person accepted for the life of this way
}

// load reads the certificates of this side and says what is wrong with them.
func (t *tlsDialer) load() error {
	t.caFile = t.pick(t.host.CA, usualCA)
	if t.caFile == "" {
		return virt.Errorf(virt.KindInvalid, "there is no certificate of the authority that signed the host's certificate").
			WithHint("Name its file (cacert.pem) in the host's settings, or put it at " + usualCA[0] + ".")
	}
	text, err := os.ReadFile(t.caFile)
	if err != nil {
		return virt.Errorf(virt.KindInvalid, "the authority's certificate: %w", err).WithHint("Check the path of the CA file.")
	}
	t.roots = x509.NewCertPool()
	if !t.roots.AppendCertsFromPEM(text) {
		return virt.Errorf(virt.KindInvalid, "%s holds no certificate in PEM", t.caFile).WithHint("Name the authority's cacert.pem.")
	}
	return t.loadOwn()
}

func (t *tlsDialer) loadOwn() error {
	cert, key := t.pick(t.host.Cert, usualCert), t.pick(t.host.CertKey, usualKey)
	if cert == "" || key == "" {
		return nil
	}
	own, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return virt.Errorf(virt.KindInvalid, "the client certificate %s: %w", cert, err).
			WithHint("Check that both files are in PEM, belong together and may be read.")
	}
	t.ownCA = own.Leaf.Issuer.CommonName
	switch now := time.Now(); {
	case now.After(own.Leaf.NotAfter):
		return virt.Errorf(virt.KindInvalid, "the client certificate %s expired on %s", cert, own.Leaf.NotAfter.Format(time.DateOnly)).
			WithHint("Have a new one made by the host's authority.")
	case now.Before(own.Leaf.NotBefore):
		return virt.Errorf(virt.KindInvalid, "the client certificate %s is valid from %s on", cert, own.Leaf.NotBefore.Format(time.DateOnly)).
			WithHint("Check this computer's clock.")
	}
	t.own = &own
	return nil
}

func (t *tlsDialer) pick(named string, usual []string) string {
	if named != "" {
		return expand(named, t.options.Home)
	}
	for _, path := range usual {
		path = expand(path, t.options.Home)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

// dial opens one connection, after asking about a certificate that cannot be
// verified: the host is not kept waiting for the answer.
func (t *tlsDialer) dial(ctx context.Context) (net.Conn, error) {
	conn, err := t.once(ctx)
	var doubt *doubtful
	if !errors.As(err, &doubt) {
		return conn, err
	}
	answer, askErr := t.options.Ask(ctx, virt.Question{
		Host: t.host.Name, Kind: virt.AskUnknownCert, Subject: SubjectOf(doubt.cert), Fingerprint: CertPrint(doubt.cert), Reason: doubt.why.Error(),
	})
	if askErr != nil || !answer.Yes {
		return nil, doubt.why // says more than that nobody accepted it
	}
	if answer.Remember {
		if err := KeepCert(ctx, t.options.Dirs, served(t.host), CertPrint(doubt.cert)); err != nil {
			return nil, err
		}
	}
	t.mu.Lock()
	t.accepted = CertPrint(doubt.cert)
	t.mu.Unlock()
	return t.once(ctx)
}

// once opens one connection: network, certificates of both sides, and the byte
// with which libvirt says that it lets us in.
func (t *tlsDialer) once(ctx context.Context) (net.Conn, error) {
	t.options.Stage(Reach)
	raw, err := reach(ctx, t.host.Address, t.host.PortOr())
	if err != nil {
		return nil, err
	}
	t.options.Stage(Identify)
	conn, err := t.shake(ctx, raw)
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	t.options.Stage(LogIn)
	if err := t.admitted(ctx, conn); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

func (t *tlsDialer) shake(ctx context.Context, raw net.Conn) (*tls.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	shown := false
	conf := &tls.Config{
		MinVersion: tls.VersionTLS12, ServerName: t.host.Address,
		InsecureSkipVerify: true, // verified below, with words for each way to fail
		VerifyConnection: func(s tls.ConnectionState) error {
			shown = true
			return t.trust(s.PeerCertificates)
		},
	}
	if t.own != nil {
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return t.own, nil }
	}
	conn := tls.Client(raw, conf)
	err := conn.HandshakeContext(limited)
	var doubt *doubtful
	switch {
	case err == nil:
		return conn, nil
	case errors.As(err, &doubt):
		return nil, doubt
	case limited.Err() != nil:
		return nil, reachError(t.host.Address, t.host.PortOr(), limited.Err())
	case !shown:
		return nil, virt.Errorf(virt.KindUnavailable, "%s does not speak TLS: %w", joinPort(t.host.Address, t.host.PortOr()), err).
			WithHint("Check the port: libvirt's TLS socket is mostly 16514.")
	default:
		return nil, t.notAdmitted(err)
	}
}

// doubtful is a certificate that cannot be verified, and why.
type doubtful struct {
	cert *x509.Certificate
	why  *virt.Error
}

func (d *doubtful) Error() string { return d.why.Error() }
func (d *doubtful) Unwrap() error { return d.why }

// trust verifies the host's certificate, unless a person has accepted it.
func (t *tlsDialer) trust(shown []*x509.Certificate) error {
	if len(shown) == 0 {
		return virt.Errorf(virt.KindForbidden, "the host shows no certificate")
	}
	between := x509.NewCertPool()
	for _, c := range shown[1:] {
		between.AddCert(c)
	}
	_, err := shown[0].Verify(x509.VerifyOptions{Roots: t.roots, Intermediates: between, DNSName: t.host.Address})
	if err == nil {
		return nil
	}
	t.mu.Lock()
	accepted := t.accepted == CertPrint(shown[0])
	t.mu.Unlock()
	if accepted || KnownCert(t.options.Dirs, served(t.host)) == CertPrint(shown[0]) {
		return nil
	}
	return &doubtful{shown[0], CertReason(t.caFile, shown[0], err)}
}

// admitted reads libvirt's first byte, which is 1 when our certificate is
// accepted; a host that refuses closes instead (with TLS 1.3 after the handshake).
func (t *tlsDialer) admitted(ctx context.Context, conn *tls.Conn) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	_ = conn.SetReadDeadline(time.Now().Add(dialLimit))
	var word [1]byte
	_, err := io.ReadFull(conn, word[:])
	switch {
	case ctx.Err() != nil:
		return reachError(t.host.Address, t.host.PortOr(), ctx.Err())
	case errors.Is(err, os.ErrDeadlineExceeded):
		return reachError(t.host.Address, t.host.PortOr(), context.DeadlineExceeded)
	case err != nil:
		return t.notAdmitted(err)
	case word[0] != 1:
		return t.notAdmitted(fmt.Errorf("it answered %d", word[0]))
	}
	return conn.SetReadDeadline(time.Time{})
}

// notAdmitted says why the host does not take our certificate, as far as this
// side can know.
func (t *tlsDialer) notAdmitted(err error) error {
	if t.own == nil {
		return virt.Errorf(virt.KindUnauthenticated, "the host wants a client certificate, and there is none: %w", err).
			WithHint("Name the client certificate and its key in the host's settings, or put them at " + usualCert[0] + " and " + usualKey[0] + ".")
	}
	said := ""
	if !errors.Is(err, io.EOF) { // it just hung up
		said = ": " + err.Error()
	}
	return virt.Errorf(virt.KindUnauthenticated, "the host does not accept the client certificate, which %q signed%s", t.ownCA, said).
		WithHint("Use a client certificate of the host's own authority; the host may also list who is allowed (tls_allowed_dn_list in libvirtd.conf).")
}

// AtHome returns the path with ~/ replaced by the person's home.
func AtHome(path string) string { return expand(path, "") }

// expand returns the path with ~/ replaced.
func expand(path, home string) string {
	if rest, found := strings.CutPrefix(path, "~/"); found {
		if home == "" {
			home, _ = os.UserHomeDir() // empty: the path stays relative to nothing and is not found
		}
		return filepath.Join(home, rest)
	}
	return path
}
