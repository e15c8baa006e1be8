package host_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/storage"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

const lockedScreen = `<domain type='qemu'><name>seen</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os>
<devices><graphics type='vnc' passwd='sesame'><listen type='socket'/></graphics></devices></domain>`

// look opens the screen as a console does, and returns how that ended.
func (d *desk) look(vm virt.Ref) error {
	d.t.Helper()
	login := d.svc.Hosts.ScreenLogin(vm, nil)
	for {
		conn, err := d.svc.VMs.Screen(d.ctx, vm)
		if err != nil {
			d.t.Fatal(err, virt.HintOf(err))
		}
		var opts rfb.Options
		if err := login.Prepare(d.ctx, &opts); err != nil {
			_ = conn.Close()
			return err
		}
		client, err := rfb.Connect(d.ctx, conn, opts)
		if err == nil {
			login.Entered()
			client.Close()
			return nil
		}
		if !login.Again(d.ctx, err) {
			return err
		}
	}
}

// asks returns the kinds of question that were asked since the last call.
func (d *desk) asks() []virt.QuestionKind {
	kinds := d.kinds()
	d.mu.Lock()
	d.asked = nil
	d.mu.Unlock()
	return kinds
}

func (d *desk) wantAsked(what string, want ...virt.QuestionKind) {
	d.t.Helper()
	if got := d.asks(); !slices.Equal(got, want) {
		d.t.Errorf("%s: asked %v, want %v", what, got, want)
	}
}

func TestAnEncryptedScreenOfAnotherComputerIsBelievedOnceAndNoticedWhenItChanges(t *testing.T) {
	r := virttest.RemoteHostWithScreens(t, virttest.CertSpec{Name: "screens", Names: []string{"remote.test"}})
	answers := map[virt.QuestionKind]virt.Answer{
		virt.AskUnknownKey: yes, virt.AskUnknownCert: yes, virt.AskScreenPassword: {Text: "sesame"},
	}
	d := newDesk(t, answers)
	if err := d.connect(overSSH(r, lineTo(t, r.SSH))); err != nil {
		t.Fatal(err)
	}
	vm, err := d.svc.VMs.Create(d.ctx, "lab", virt.VMSpec{Name: "seen", XML: lockedScreen, Start: true})
	if err != nil {
		t.Fatal(err)
	}
	d.asks()

	if err := d.look(vm); err != nil {
		t.Fatal(err)
	}
	q := d.questions()[0]
	if q.Kind != virt.AskUnknownCert || q.Fingerprint == "" || q.Reason == "" {
		t.Errorf("asked %+v", q)
	}
	d.wantAsked("the first time", virt.AskUnknownCert, virt.AskScreenPassword)
	if err := d.look(vm); err != nil {
		t.Fatal(err)
	}
	d.wantAsked("the second time")

	d.open() // the certificate is remembered, the password is not
	if err := errors.Join(d.svc.Hosts.Connect(d.ctx, "lab"), d.svc.Hosts.Wait(d.ctx, "lab"), d.look(vm)); err != nil {
		t.Fatal(err)
	}
	d.wantAsked("in another run of the program", virt.AskScreenPassword)

	r.ChangeScreenCert(t, virttest.CertSpec{Name: "others", Names: []string{"remote.test"}})
	if err := errors.Join(d.svc.VMs.Off(d.ctx, vm), d.svc.VMs.Start(d.ctx, vm)); err != nil {
		t.Fatal(err)
	}
	known := q.Fingerprint
	err = d.look(vm)
	var doubt *rfb.CertificateError
	if !errors.As(err, &doubt) || !errors.Is(host.Unbelieved(err), virt.ErrForbidden) {
		t.Errorf("a certificate that nobody accepted: %v", err)
	}
	if q := d.questions()[0]; q.Kind != virt.AskChangedCert || q.Known != known || q.Fingerprint == known {
		t.Errorf("asked %+v", q)
	}
	d.wantAsked("after the change", virt.AskChangedCert)

	r.ChangeScreenCert(t, virttest.CertSpec{Name: "right", Names: []string{"127.0.0.1"}})
	if err := errors.Join(d.svc.VMs.Off(d.ctx, vm), d.svc.VMs.Start(d.ctx, vm)); err != nil {
		t.Fatal(err)
	}
	trustAuthority(t, r.Authority.CA)
	if err := d.look(vm); err != nil {
		t.Errorf("with a certificate that the authority vouches for: %v", err)
	}
	d.wantAsked("with the authority's certificate in place")
}

// trustAuthority puts the authority where libvirt's programs look for one.
func trustAuthority(t *testing.T, ca string) {
	t.Helper()
	dir := filepath.Join(os.Getenv("HOME"), ".pki", "CA")
	text, err := os.ReadFile(ca)
	if err == nil {
		err = errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, "cacert.pem"), text, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// atScreen is a desk with the one machine whose screen is served at the socket.
func atScreen(t *testing.T, socket string, answers map[virt.QuestionKind]virt.Answer) (*desk, virt.Ref) {
	t.Helper()
	d := newDesk(t, answers)
	id, err := d.svc.Hosts.Add(d.ctx, virttest.ScreenHost(t, socket))
	if err == nil {
		err = d.svc.Hosts.Wait(d.ctx, id)
	}
	if err != nil {
		t.Fatal(err)
	}
	vm, err := d.svc.VMs.Find(d.ctx, id, "web")
	if err != nil {
		t.Fatal(err)
	}
	return d, vm
}

func TestAWrongPasswordOfAScreenIsAskedForAgainAndTheRightOneKept(t *testing.T) {
	guest := rfbtest.Start(t, ",password-secret=pw", "-object", "secret,id=pw,data=opensesame")
	d, vm := atScreen(t, guest.Socket, nil)
	virttest.NewSecretService(t)
	d.answer = func(q virt.Question) (virt.Answer, error) {
		if !q.Refused {
			return virt.Answer{Text: "wrong", Remember: true}, nil
		}
		return virt.Answer{Text: "opensesame", Remember: true}, nil
	}
	if err := d.look(vm); err != nil {
		t.Fatal(err)
	}
	d.wantAsked("the first time", virt.AskScreenPassword, virt.AskScreenPassword)
	d.secretIs("screen-password "+vm.ID, "opensesame")
	if err := d.look(vm); err != nil {
		t.Fatal(err)
	}
	d.wantAsked("the second time")
}

// secretIs fails the test unless the system's keyring has the secret, once what
// is to be kept is.
func (d *desk) secretIs(key, want string) {
	d.t.Helper()
	if err := d.svc.Hosts.Settle(d.ctx); err != nil {
		d.t.Fatal(err)
	}
	if text, err := storage.NewKeyring(d.dirs).Get(d.ctx, key, nil); err != nil || text != want {
		d.t.Fatalf("the secret is %q, %v; want %q", text, err, want)
	}
}

func TestAKeyringThatWaitsForItsDialogDoesNotKeepTheScreenWaiting(t *testing.T) {
	guest := rfbtest.Start(t, ",password-secret=pw", "-object", "secret,id=pw,data=opensesame")
	d, vm := atScreen(t, guest.Socket, map[virt.QuestionKind]virt.Answer{virt.AskScreenPassword: {Text: "opensesame"}})
	virttest.NewSecretService(t).Lock(t)
	ctx, cancel := context.WithTimeout(d.ctx, 30*time.Second)
	defer cancel()
	d.ctx = ctx
	if err := d.look(vm); err != nil {
		t.Fatal(err)
	}
	d.wantAsked("beside the keyring's dialog", virt.AskScreenPassword)
}

func TestAScreenMayAskForANameAsWell(t *testing.T) {
	authority := rfbtest.NewAuthority(t)
	server := rfbtest.StartLogin(t, authority.Server(t, "vm.example", time.Hour), "ada", "opensesame")
	d, vm := atScreen(t, server.Socket, nil)
	virttest.NewSecretService(t)
	d.answer = func(q virt.Question) (virt.Answer, error) {
		switch {
		case q.YesNo():
			return virt.Answer{Yes: true}, nil
		case q.Refused:
			return virt.Answer{User: "ada", Text: "opensesame", Remember: true}, nil
		default:
			return virt.Answer{User: "ada", Text: "wrong"}, nil
		}
	}
	if err := d.look(vm); err != nil {
		t.Fatal(err)
	}
	d.wantAsked("the first time", virt.AskUnknownCert, virt.AskScreenLogin, virt.AskScreenLogin)
	d.secretIs("screen-login "+vm.ID, "ada\nopensesame")
	if err := d.look(vm); err != nil {
		t.Fatal(err)
	}
	d.wantAsked("the second time")
	if got, want := server.Logins(), []string{"adawrong", "adaopensesame", "adaopensesame"}; !slices.Equal(got, want) {
		t.Errorf("the server was told %q, want %q", got, want)
	}
}

func TestNobodyIsLetPastAScreensPasswordWithoutPermission(t *testing.T) {
	d, vm := atScreen(t, "/nowhere", nil)
	err := d.svc.Hosts.ScreenLogin(vm, nil).Prepare(context.Background(), &rfb.Options{})
	if !errors.Is(err, virt.ErrForbidden) {
		t.Errorf("got %v", err)
	}
}
