package rfb_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// Subtypes of VeNCrypt.
const (
	plain     = 256
	tlsNone   = 257
	x509None  = 260
	x509VNC   = 261
	x509Plain = 262
)

// connectEncrypted runs Connect over a socket: TLS does not speak in turn, as the
// two ends of a pipe must.
func connectEncrypted(t *testing.T, opts rfb.Options, serve func(s *server)) (*rfb.Client, error) {
	t.Helper()
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	theirs, err := net.Dial("unix", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	ours, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ours.Close() })
	return connectTo(t, &server{t, ours}, theirs, opts, serve)
}

// offerEncryption plays VeNCrypt up to the subtype that the client chooses.
func (s *server) offerEncryption(chosen int32, subtypes ...int32) {
	s.say(version38)
	s.hear(version38)
	s.say(1, 19)
	s.hear(19)
	s.say(0, 2)
	s.hear(0, 2)
	s.say(0, len(subtypes))
	for _, subtype := range subtypes {
		s.say(be32(subtype))
	}
	if chosen != 0 {
		s.hear(be32(chosen))
		s.say(1)
	}
}

// encrypt goes on inside TLS, and says whether the client does.
func (s *server) encrypt(certificate tls.Certificate) bool {
	conn := tls.Server(s.conn, &tls.Config{Certificates: []tls.Certificate{certificate}}) // the version is the client's
	if conn.Handshake() != nil {
		return false
	}
	s.conn = conn
	return true
}

// comeIn ends a handshake inside TLS.
func (s *server) comeIn() {
	s.say(accepted)
	s.hear(1)
	s.say(screen4x2)
}

func TestNameAndPasswordAreSentInsideTLS(t *testing.T) {
	authority := rfbtest.NewAuthority(t)
	client, err := connectEncrypted(t, rfb.Options{
		TLS:   rfb.TLS{Roots: authority.Pool(), Name: "vm.example"},
		Login: func(context.Context) (string, string, error) { return "ada", "opensesame", nil },
	}, func(s *server) {
		s.offerEncryption(x509Plain, plain, tlsNone, x509VNC, x509Plain)
		if !s.encrypt(authority.Server(t, "vm.example", time.Hour)) {
			t.Error("no TLS")
			return
		}
		s.hear(be32(3), be32(10), "adaopensesame")
		s.comeIn()
	})
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
}

func TestALoginThatNobodyGivesEndsTheHandshake(t *testing.T) {
	authority := rfbtest.NewAuthority(t)
	serve := func(s *server) {
		s.offerEncryption(x509Plain, x509Plain)
		s.encrypt(authority.Server(t, "vm.example", time.Hour))
	}
	opts := rfb.Options{TLS: rfb.TLS{Roots: authority.Pool()}}
	if _, err := connectEncrypted(t, opts, serve); !errors.Is(err, rfb.ErrLoginNeeded) {
		t.Errorf("without a function: got %v, want %v", err, rfb.ErrLoginNeeded)
	}
	cancelled := errors.New("the person pressed Cancel")
	opts.Login = func(context.Context) (string, string, error) { return "", "", cancelled }
	if _, err := connectEncrypted(t, opts, serve); !errors.Is(err, cancelled) {
		t.Errorf("with a function that fails: got %v, want %v", err, cancelled)
	}
}

func TestAnUnknownCertificateIsShownAndCanBeTrusted(t *testing.T) {
	authority := rfbtest.NewAuthority(t)
	certificate := authority.Server(t, "vm.example", time.Hour)
	serve := func(s *server) {
		s.offerEncryption(x509None, x509None)
		if s.encrypt(certificate) {
			s.comeIn()
		}
	}
	stranger := rfb.TLS{Roots: rfbtest.NewAuthority(t).Pool(), Name: "vm.example"}
	_, err := connectEncrypted(t, rfb.Options{TLS: stranger}, serve)
	var unbelieved *rfb.CertificateError
	if !errors.As(err, &unbelieved) {
		t.Fatalf("got %v, want a CertificateError", err)
	}
	if want := rfb.Fingerprint(sha256.Sum256(certificate.Leaf.Raw)); unbelieved.Fingerprint != want {
		t.Errorf("fingerprint %v, want %v", unbelieved.Fingerprint, want)
	}
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) || !unbelieved.Certificate.Equal(certificate.Leaf) {
		t.Errorf("got %v of %v", err, unbelieved.Certificate.Subject)
	}

	stranger.Trusted = []rfb.Fingerprint{unbelieved.Fingerprint}
	client, err := connectEncrypted(t, rfb.Options{TLS: stranger}, serve)
	if err != nil {
		t.Fatalf("trusted: %v", err)
	}
	client.Close()
}

func TestACertificateOfAnotherNameOrTimeIsNotBelieved(t *testing.T) {
	authority := rfbtest.NewAuthority(t)
	for _, c := range []struct {
		certificate tls.Certificate
		cause       any
	}{
		{authority.Server(t, "other.example", time.Hour), new(x509.HostnameError)},
		{authority.Server(t, "vm.example", -time.Hour), new(x509.CertificateInvalidError)},
	} {
		_, err := connectEncrypted(t, rfb.Options{TLS: rfb.TLS{Roots: authority.Pool(), Name: "vm.example"}}, func(s *server) {
			s.offerEncryption(x509None, x509None)
			s.encrypt(c.certificate)
		})
		var unbelieved *rfb.CertificateError
		if !errors.As(err, &unbelieved) || !errors.As(err, c.cause) {
			t.Errorf("got %v, want a CertificateError of %T", err, c.cause)
		}
	}
}

func TestEncryptionWithoutACertificateIsRefused(t *testing.T) {
	_, err := connectEncrypted(t, rfb.Options{Password: password("x")}, func(s *server) { s.offerEncryption(0, plain, tlsNone) })
	var security *rfb.SecurityError
	if !errors.As(err, &security) || len(security.Subtypes) != 2 || security.Subtypes[0] != plain {
		t.Errorf("got %v", err)
	}
}

func TestRequiredEncryptionIsNotDoneWithout(t *testing.T) {
	_, err := connectEncrypted(t, rfb.Options{TLS: rfb.TLS{Required: true}}, func(s *server) {
		s.say(version38)
		s.hear(version38)
		s.say(2, 1, 2)
	})
	var security *rfb.SecurityError
	if !errors.As(err, &security) || string(security.Offered) != "\x01\x02" {
		t.Errorf("got %v", err)
	}
}

func TestALyingVeNCryptServerIsNamed(t *testing.T) {
	begin := func(s *server) {
		s.say(version38)
		s.hear(version38)
		s.say(1, 19)
		s.hear(19)
	}
	for message, serve := range map[string]func(s *server){
		"VeNCrypt version": func(s *server) {
			begin(s)
			s.say(0, 1)
		},
		"VeNCrypt subtypes": func(s *server) {
			begin(s)
			s.say(0, 2)
			s.hear(0, 2)
			s.say(0, 1, be32(x509None))
			s.hear(be32(x509None))
			s.say(0)
		},
		"TLS handshake": func(s *server) {
			begin(s)
			s.say(0, 2)
			s.hear(0, 2)
			s.say(0, 1, be32(x509None))
			s.hear(be32(x509None))
			s.say(1, "not TLS")
		},
	} {
		_, err := connectEncrypted(t, rfb.Options{}, serve)
		wantMessage(t, err, message, rfb.ErrMalformed)
	}
}

func TestQEMUsEncryptedScreenIsSeen(t *testing.T) {
	authority := rfbtest.NewAuthority(t)
	dir := t.TempDir()
	authority.Write(t, dir, authority.Server(t, "vm.example", time.Hour))
	object := "tls-creds-x509,id=tls,endpoint=server,verify-peer=off,dir=" + dir
	for name, c := range map[string]struct {
		vnc  string
		args []string
		opts rfb.Options
	}{
		"X509None": {vnc: ",tls-creds=tls"},
		"X509Vnc": {
			vnc:  ",tls-creds=tls,password-secret=pw",
			args: []string{"-object", "secret,id=pw,data=opensesame"},
			opts: rfb.Options{Password: password("opensesame")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			guest := rfbtest.Start(t, c.vnc, append(c.args, "-object", object)...)
			stranger := c.opts
			stranger.TLS = rfb.TLS{Roots: rfbtest.NewAuthority(t).Pool()}
			_, err := rfb.Connect(t.Context(), guest.Dial(t), stranger)
			var unbelieved *rfb.CertificateError
			if !errors.As(err, &unbelieved) {
				t.Fatalf("unknown authority: got %v, want a CertificateError", err)
			}
			known := c.opts
			known.TLS = rfb.TLS{Roots: authority.Pool(), Name: "vm.example", Required: true}
			client := watch(t, guest, known)
			wantScreen(t, guest, client)
		})
	}
}
