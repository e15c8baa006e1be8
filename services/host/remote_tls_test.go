package host_test

import (
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func overTLS(r *virttest.Remote, line *virttest.Line) virt.SavedHost {
	return virt.SavedHost{
		Name: "lab", Transport: virt.TransportTLS, Address: line.Address, Port: line.Port,
		CA: r.Authority.CA, Cert: r.Client.Cert, CertKey: r.Client.Key,
	}
}

func TestTLSWithTheRightCertificatesAsksNothing(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, nil)
	if err := d.connect(overTLS(r, r.TLS)); err != nil {
		t.Fatal(err, virt.HintOf(err))
	}
	if asked := d.questions(); len(asked) != 0 {
		t.Errorf("asked %+v", asked)
	}
	if h := d.until("lab", virt.HostConnected); !strings.HasPrefix(h.URI, "qemu+tls://127.0.0.1:") {
		t.Errorf("the host is %+v", h)
	}
	for range 3 {
		if _, err := d.svc.VMs.List(d.ctx, "lab"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEachWayInWhichTLSFailsHasItsOwnWords(t *testing.T) {
	r := virttest.SharedRemote(t)
	other := virttest.NewAuthority(t, "Stranger")
	stranger := other.Issue(t, virttest.CertSpec{Name: "stranger"})
	expired := r.Authority.Issue(t, virttest.CertSpec{Name: "old", Expired: true})
	plain := virttest.LineTo(t, address(r.SSH)) // a port that speaks no TLS
	for what, c := range map[string]struct {
		change func(*virt.SavedHost)
		kind   error
		says   string
		hint   string
	}{
		"a wrong CA":                      {func(h *virt.SavedHost) { h.CA = other.CA }, virt.ErrForbidden, `signed by "Lab"`, "CA file"},
		"a name not in the certificate":   {func(h *virt.SavedHost) { h.Address = "localhost" }, virt.ErrForbidden, "is for remote.test, 127.0.0.1, not for localhost", "name"},
		"no client certificate":           {func(h *virt.SavedHost) { h.Cert, h.CertKey = "", "" }, virt.ErrUnauthenticated, "wants a client certificate, and there is none", "client certificate"},
		"a client of another CA":          {func(h *virt.SavedHost) { h.Cert, h.CertKey = stranger.Cert, stranger.Key }, virt.ErrUnauthenticated, `does not accept the client certificate, which "Stranger" signed`, "tls_allowed_dn_list"},
		"an expired client certificate":   {func(h *virt.SavedHost) { h.Cert, h.CertKey = expired.Cert, expired.Key }, virt.ErrInvalid, "expired on", "new one"},
		"a key of another certificate":    {func(h *virt.SavedHost) { h.CertKey = stranger.Key }, virt.ErrInvalid, "private key does not match", "belong together"},
		"a CA file that is not there":     {func(h *virt.SavedHost) { h.CA = "/no/such/ca.pem" }, virt.ErrInvalid, "no such file", "path"},
		"a CA file without a certificate": {func(h *virt.SavedHost) { h.CA = r.Client.Key }, virt.ErrInvalid, "no certificate in PEM", "cacert.pem"},
		"a port that speaks no TLS":       {func(h *virt.SavedHost) { h.Port = plain.Port }, virt.ErrUnavailable, "does not speak TLS", "port"},
		"a port where nothing listens":    {func(h *virt.SavedHost) { h.Port = deadPort(t) }, virt.ErrUnavailable, "nothing listens", "port"},
		"a name that nobody has":          {func(h *virt.SavedHost) { h.Address = "no-such-host.invalid" }, virt.ErrUnavailable, "no computer is called", "IP address"},
	} {
		t.Run(what, func(t *testing.T) {
			d := newDesk(t, nil)
			h := overTLS(r, r.TLS)
			c.change(&h)
			err := d.connect(h)
			if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) || !strings.Contains(virt.HintOf(err), c.hint) {
				t.Errorf("got %v: %v\nhint %q\nwant %v, %q, hint %q", virt.KindOf(err), err, virt.HintOf(err), c.kind, c.says, c.hint)
			}
		})
	}
}

func TestAnExpiredCertificateOfTheHostIsNamedSo(t *testing.T) {
	r := virttest.RemoteHostWith(t, virttest.CertSpec{Name: "server", Names: []string{"127.0.0.1"}, Expired: true})
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownCert: {}})
	err := d.connect(overTLS(r, r.TLS))
	if !errors.Is(err, virt.ErrForbidden) || !strings.Contains(err.Error(), "the host's certificate expired on "+time.Now().Add(-24*time.Hour).Format(time.DateOnly)) {
		t.Errorf("got %v", err)
	}
	asked := d.questions()
	if len(asked) != 1 || asked[0].Kind != virt.AskUnknownCert || !strings.HasPrefix(asked[0].Fingerprint, "SHA256:") || asked[0].Reason == "" {
		t.Errorf("asked %+v", asked)
	}
}

func TestACertificateThatAPersonAcceptedIsRemembered(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownCert: yes})
	h := overTLS(r, r.TLS)
	h.CA = virttest.NewAuthority(t, "Stranger").CA
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	d.open()
	if err := d.svc.Hosts.Connect(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	if err := d.svc.Hosts.Wait(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	if n := len(d.questions()); n != 1 {
		t.Errorf("asked %+v", d.questions())
	}
}

func overTCP(line *virttest.Line) virt.SavedHost {
	return virt.SavedHost{Name: "lab", Transport: virt.TransportTCP, Address: line.Address, Port: line.Port, User: virttest.SASLUser}
}

func TestSASLAsksForThePasswordOnce(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, nil)
	d.answer = func(q virt.Question) (virt.Answer, error) {
		if q.Refused {
			return virt.Answer{Text: virttest.SASLPassword}, nil
		}
		return virt.Answer{Text: "wrong"}, nil
	}
	if err := d.connect(overTCP(r.TCP)); err != nil {
		t.Fatal(err)
	}
	want := []virt.QuestionKind{virt.AskPassword, virt.AskPassword}
	if !slices.Equal(d.kinds(), want) {
		t.Errorf("asked %+v", d.questions())
	}
	for range 3 {
		if _, err := d.svc.VMs.List(d.ctx, "lab"); err != nil {
			t.Fatal(err)
		}
	}
	r.TCP.Cut()
	d.until("lab", virt.HostOffline)
	r.TCP.Mend()
	d.until("lab", virt.HostConnected)
	if !slices.Equal(d.kinds(), want) {
		t.Errorf("asked again: %+v", d.questions())
	}
}

func TestASASLPasswordThatIsWrongIsUnauthenticated(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskPassword: {Text: "wrong"}})
	err := d.connect(overTCP(r.TCP))
	if !errors.Is(err, virt.ErrUnauthenticated) || virt.HintOf(err) == "" {
		t.Errorf("got %v (%s)", err, virt.HintOf(err))
	}
	if n := len(d.questions()); n != 3 {
		t.Errorf("asked %d times: %+v", n, d.questions())
	}
}

func deadPort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	tcp, ok := listener.Addr().(*net.TCPAddr)
	if err := listener.Close(); err != nil || !ok {
		t.Fatal(err)
	}
	return tcp.Port
}

func TestASASLPasswordThatNobodyCanBeAskedForIsSaidToBeMissing(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, nil)
	d.svc.Hosts.AskThrough(nil)
	err := d.connect(overTCP(r.TCP))
	if !errors.Is(err, virt.ErrUnauthenticated) || !strings.Contains(err.Error(), "nobody can be asked") || virt.HintOf(err) == "" {
		t.Errorf("got %v (%s)", err, virt.HintOf(err))
	}
	checks, err := d.svc.Hosts.Test(d.ctx, overTCP(r.TCP), nil)
	if err == nil || len(checks) != 3 || checks[0].Status != virt.CheckOK || checks[1].Status != virt.CheckFail {
		t.Errorf("the test says %+v, %v", checks, err)
	}
}

func TestAPersonWhoDoesNotTellTheSASLPasswordHasCancelled(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, nil) // refuses every answer
	if err := d.connect(overTCP(r.TCP)); !errors.Is(err, virt.ErrCancelled) {
		t.Errorf("got %v", err)
	}
	if len(d.questions()) != 1 {
		t.Errorf("asked %+v", d.questions())
	}
}
