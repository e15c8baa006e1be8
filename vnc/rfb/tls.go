package rfb

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// TLS says which servers are believed when a connection is encrypted (security
// type VeNCrypt with a certificate).
type TLS struct {
	Roots        *x509.CertPool    // authorities; nil: those of the computer
	Name         string            // the name or address that the certificate must bear; "": that of the connection, over a Unix socket any
	Trusted      []Fingerprint     // certificates that are believed whoever signed them
	Certificates []tls.Certificate // ours, for a server that asks for one
	Required     bool              // nothing but an encrypted connection will do
}

// A Fingerprint is the SHA-256 of a certificate.
type Fingerprint [sha256.Size]byte

// String writes the fingerprint as other programs do: hex digits, two and two.
func (f Fingerprint) String() string {
	return strings.ReplaceAll(fmt.Sprintf("% X", f[:]), " ", ":")
}

// A CertificateError says that a server's certificate is not believed. A person
// who knows better puts its Fingerprint into TLS.Trusted and connects again.
type CertificateError struct {
	Certificate *x509.Certificate
	Fingerprint Fingerprint
	Err         error // of x509: unknown authority, another name, out of date
}

func (e *CertificateError) Error() string {
	return "rfb: the server's certificate is not believed: " + e.Err.Error()
}

func (e *CertificateError) Unwrap() error { return e.Err }

// verify believes a certificate that is trusted itself, or signed by an
// authority for the server's name.
func (t *TLS) verify(name string, chain []*x509.Certificate) error {
	leaf := chain[0]
	fingerprint := Fingerprint(sha256.Sum256(leaf.Raw))
	if slices.Contains(t.Trusted, fingerprint) {
		return nil
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: t.Roots, Intermediates: between, DNSName: name})
	if err != nil {
		return &CertificateError{leaf, fingerprint, err}
	}
	return nil
}

// config of a connection to a server that bears a name or, with "", any.
func (t *TLS) config(name string) *tls.Config {
	return &tls.Config{
		ServerName:         name,
		Certificates:       t.Certificates,
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // VerifyConnection does it: it knows trusted certificates and servers without a name
		VerifyConnection: func(state tls.ConnectionState) error {
			return t.verify(name, state.PeerCertificates)
		},
	}
}

// serverName is what the certificate of the server at the other end must bear.
func (t *TLS) serverName(conn net.Conn) string {
	if t.Name != "" {
		return t.Name
	}
	if to, tcp := conn.RemoteAddr().(*net.TCPAddr); tcp {
		return to.IP.String()
	}
	return ""
}

// encrypt goes on over TLS.
func (h *handshake) encrypt(ctx context.Context) error {
	h.in.begin("TLS handshake")
	if h.in.buffered() > 0 {
		h.in.fail(malformed("the server began before the client"))
		return h.in.err
	}
	conn := tls.Client(h.conn, h.opts.TLS.config(h.opts.TLS.serverName(h.conn)))
	// A connection without deadlines is bounded by the caller's context alone.
	_ = h.conn.SetDeadline(time.Now().Add(h.opts.Patience))
	defer func() { _ = conn.SetDeadline(time.Time{}) }()
	err := conn.HandshakeContext(ctx)
	var unbelieved *CertificateError
	if errors.As(err, &unbelieved) {
		return unbelieved
	}
	if err != nil {
		h.in.fail(err)
		return h.in.err
	}
	h.conn, h.in.source.conn = conn, conn
	h.in.source.socket = nil
	return nil
}
