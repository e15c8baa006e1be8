package host

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/url"
	"os"

	"github.com/kvmmanager/kvm-manager/services/internal/tunnel"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// The places of certificates for screens, those of the person first: authorities,
// and what we show to a server that asks who we are.
var (
	screenCAs   = []string{"~/.pki/CA/cacert.pem", "~/.pki/libvirt/cacert.pem", "/etc/pki/CA/cacert.pem"}
	screenCerts = []struct{ cert, key string }{
		{"~/.pki/libvirt-vnc/clientcert.pem", "~/.pki/libvirt-vnc/private/clientkey.pem"},
		{"/etc/pki/libvirt-vnc/clientcert.pem", "/etc/pki/libvirt-vnc/private/clientkey.pem"},
	}
)

// A ScreenLogin answers what the server of one machine's screen asks: whether
// its certificate is believed, and for the password. It knows what a person has
// answered before, looks into the keyring, and asks. Its methods are called one
// at a time; together they are a guard of vnc.Screen.
type ScreenLogin struct {
	service *Service
	vm      virt.Ref
	asker   Asker

	talk    *interview // of the attempt that runs
	refused bool       // the last password was not right
}

// ScreenLogin returns what answers the server of the VM's screen. asker puts the
// questions to the person; nil: who answers those of hosts.
func (s *Service) ScreenLogin(vm virt.Ref, asker Asker) *ScreenLogin {
	return &ScreenLogin{service: s, vm: vm, asker: asker}
}

// Prepare lets the options of the next attempt ask l.
func (l *ScreenLogin) Prepare(ctx context.Context, opts *rfb.Options) error {
	if err := l.service.door.May(ctx, virt.OpenConsole, l.vm); err != nil {
		return err
	}
	saved, err := l.host()
	if err != nil {
		return err
	}
	l.talk = l.service.interview(l.vm.Host)
	l.talk.asker = l.asker
	opts.TLS = l.encryption(saved)
	opts.Password = func(ctx context.Context) (string, error) {
		answer, err := l.ask(ctx, virt.AskScreenPassword)
		return answer.Text, err
	}
	opts.Login = func(ctx context.Context) (string, string, error) {
		answer, err := l.ask(ctx, virt.AskScreenLogin)
		return answer.User, answer.Text, err
	}
	return nil
}

// Again says whether another attempt may succeed after one that failed with err:
// when the person believes the certificate, or can be asked for another password.
func (l *ScreenLogin) Again(ctx context.Context, err error) bool {
	var wrong *rfb.AuthError
	var doubt *rfb.CertificateError
	switch {
	case l.talk == nil:
		return false
	case errors.As(err, &wrong):
		l.refused = true
		return l.talk.whom() != nil
	case errors.As(err, &doubt):
		return l.believe(ctx, doubt)
	default:
		return false
	}
}

// Entered keeps what let us in.
func (l *ScreenLogin) Entered() {
	l.refused = false
	l.talk.succeeded()
}

func (l *ScreenLogin) ask(ctx context.Context, kind virt.QuestionKind) (virt.Answer, error) {
	q := virt.Question{Kind: kind, Subject: l.vm.Name, Hidden: true, Refused: l.refused}
	return l.talk.keepable(ctx, q, secretKey(kind, l.vm.ID))
}

// host returns how the VM's host is reached.
func (l *ScreenLogin) host() (virt.SavedHost, error) {
	c, err := l.service.find(l.vm.Host)
	if err != nil {
		return virt.SavedHost{}, err
	}
	return c.saved, nil
}

// encryption is whom we believe. The certificate must bear the address by which
// the host is reached; that of this computer may bear any.
func (l *ScreenLogin) encryption(h virt.SavedHost) rfb.TLS {
	conf := rfb.TLS{Roots: authorities(h), Name: addressOf(h), Certificates: ownCertificates(h)}
	accepted, _ := l.service.secrets.get(acceptedOf(h))
	for _, fingerprint := range []string{accepted, tunnel.KnownCert(l.service.dirs, screensOf(h))} {
		if sum, ok := tunnel.CertSum(fingerprint); ok {
			conf.Trusted = append(conf.Trusted, sum)
		}
	}
	return conf
}

// believe asks the person about a certificate.
func (l *ScreenLogin) believe(ctx context.Context, doubt *rfb.CertificateError) bool {
	h, err := l.host()
	if err != nil {
		return false
	}
	reason := tunnel.CertReason("", doubt.Certificate, doubt.Err)
	q := virt.Question{
		Host: l.vm.Host, Kind: virt.AskUnknownCert, Subject: tunnel.SubjectOf(doubt.Certificate),
		Fingerprint: tunnel.CertPrint(doubt.Certificate), Reason: reason.Error(), Known: tunnel.KnownCert(l.service.dirs, screensOf(h)),
	}
	if q.Known != "" {
		q.Kind = virt.AskChangedCert
	}
	answer, err := l.talk.person(ctx, q)
	if err != nil || !answer.Yes {
		return false
	}
	l.service.secrets.set(acceptedOf(h), q.Fingerprint)
	if answer.Remember {
		if err := tunnel.KeepCert(ctx, l.service.dirs, screensOf(h), q.Fingerprint); err != nil {
			slog.Warn("a certificate was not kept", "host", l.vm.Host, "err", err)
		}
	}
	return true
}

// Unbelieved explains the failure of an attempt whose certificate nobody
// accepted; others stay as they are.
func Unbelieved(err error) error {
	var doubt *rfb.CertificateError
	if errors.As(err, &doubt) {
		return tunnel.CertReason("", doubt.Certificate, doubt.Err)
	}
	return err
}

// acceptedOf is how the fingerprint is called that a person accepted for this run
// of the program.
func acceptedOf(h virt.SavedHost) string { return secretKey(virt.AskUnknownCert, screensOf(h).Address) }

// screensOf is how the file of known certificates calls the screens of a host.
func screensOf(h virt.SavedHost) tunnel.Served {
	address := addressOf(h)
	if address == "" {
		address = "localhost"
	}
	return tunnel.Served{Address: address, Use: tunnel.UseScreens}
}

// addressOf is the name or address of another computer, empty for this one.
func addressOf(h virt.SavedHost) string {
	u, err := url.Parse(h.URI())
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// authorities are those of the computer, and those of libvirt's files.
func authorities(h virt.SavedHost) *x509.CertPool {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	for _, path := range append([]string{h.CA}, screenCAs...) {
		if text, err := os.ReadFile(tunnel.AtHome(path)); err == nil {
			roots.AppendCertsFromPEM(text)
		}
	}
	return roots
}

// ownCertificates are what we show: the first pair that there is.
func ownCertificates(h virt.SavedHost) []tls.Certificate {
	pairs := screenCerts
	if h.Cert != "" {
		pairs = append([]struct{ cert, key string }{{h.Cert, h.CertKey}}, pairs...)
	}
	for _, pair := range pairs {
		if own, err := tls.LoadX509KeyPair(tunnel.AtHome(pair.cert), tunnel.AtHome(pair.key)); err == nil {
			return []tls.Certificate{own}
		}
	}
	return nil
}
