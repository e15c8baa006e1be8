package host_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func overSSH(r *virttest.Remote, line *virttest.Line) virt.SavedHost {
	return virt.SavedHost{Name: "lab", Transport: virt.TransportSSH, Address: line.Address, Port: line.Port, User: virttest.RemoteUser, Key: r.Key}
}

func lineTo(t *testing.T, line *virttest.Line) *virttest.Line {
	t.Helper()
	return virttest.LineTo(t, address(line))
}

func TestAHostIsReachedBySSHWithAKeyAndItsOwnKeyIsAskedAboutOnce(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	if err := d.connect(overSSH(r, line)); err != nil {
		t.Fatal(err, virt.HintOf(err))
	}
	asked := d.questions()
	if len(asked) != 1 || asked[0].Kind != virt.AskUnknownKey || asked[0].Fingerprint != r.HostKey() || asked[0].KeyType != "ED25519" || asked[0].Host != "lab" {
		t.Errorf("asked %+v, want the key %s", asked, r.HostKey())
	}
	if _, err := d.svc.VMs.List(d.ctx, "lab"); err != nil {
		t.Error(err)
	}
	h := d.until("lab", virt.HostConnected)
	if h.Libvirt == "" || !strings.HasPrefix(h.URI, "qemu+ssh://root@127.0.0.1:") {
		t.Errorf("the host is %+v", h)
	}
	d.open() // the program is started again
	if err := d.svc.Hosts.Connect(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	if err := d.svc.Hosts.Wait(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	if n := len(d.questions()); n != 1 {
		t.Errorf("%d questions, want no second one: %+v", n, d.questions())
	}
}

func TestManyCallsShareOneSSHConnection(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: {Yes: true}})
	if err := d.connect(overSSH(r, line)); err != nil {
		t.Fatal(err)
	}
	before := line.Opened()
	var calls sync.WaitGroup
	for range 8 {
		calls.Add(1)
		go func() {
			defer calls.Done()
			if _, err := d.svc.VMs.List(d.ctx, "lab"); err != nil {
				t.Error(err)
			}
		}()
	}
	calls.Wait()
	if after := line.Opened(); after != before || line.Open() != 1 {
		t.Errorf("%d connections of the network were made, then %d; %d are open", before, after, line.Open())
	}
}

func TestAHostKeyThatIsNotAcceptedIsNotAskedAboutAgainByItself(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: {}})
	err := d.connect(overSSH(r, line))
	if !errors.Is(err, virt.ErrForbidden) || !strings.Contains(err.Error(), r.HostKey()) || virt.HintOf(err) == "" {
		t.Errorf("got %v (%s)", err, virt.HintOf(err))
	}
	if h := d.until("lab", virt.HostOffline); !h.Retry.IsZero() {
		t.Errorf("it is tried again at %v", h.Retry)
	}
	if err := d.svc.Hosts.Retry(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	for len(d.questions()) < 2 {
		select {
		case <-d.news:
		case <-d.ctx.Done():
			t.Fatal("a try on demand does not ask")
		}
	}
}

func TestAKnownHostsFileIsBelieved(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, nil)
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(home, ".ssh", "known_hosts"), r.KnownHosts())
	if err := d.connect(overSSH(r, r.SSH)); err != nil {
		t.Fatal(err)
	}
	if asked := d.questions(); len(asked) != 0 {
		t.Errorf("asked %+v", asked)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAChangedHostKeyIsShownWithBothFingerprints(t *testing.T) {
	r := virttest.RemoteHost(t)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	if err := d.connect(overSSH(r, r.SSH)); err != nil {
		t.Fatal(err)
	}
	was := r.HostKey()
	r.ChangeHostKey(t)
	down := d.until("lab", virt.HostOffline)
	for down.Problem == "" || !strings.Contains(down.Problem, "changed") {
		select {
		case <-d.news:
		case <-d.ctx.Done():
			t.Fatalf("it says %q", down.Problem)
		}
		down = d.until("lab", virt.HostOffline)
	}
	asked := d.questions()
	last := asked[len(asked)-1]
	if last.Kind != virt.AskChangedKey || last.Known != was || last.Fingerprint != r.HostKey() || !strings.Contains(last.File, "known_hosts:") {
		t.Errorf("asked %+v", last)
	}
	d.mu.Lock()
	d.answer = says(map[virt.QuestionKind]virt.Answer{virt.AskChangedKey: yes})
	d.mu.Unlock()
	if err := d.svc.Hosts.Retry(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	d.until("lab", virt.HostConnected)
	before := len(d.questions())
	d.open()
	if err := d.svc.Hosts.Connect(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	if err := d.svc.Hosts.Wait(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	if n := len(d.questions()); n != before {
		t.Errorf("asked again: %+v", d.questions()[before:])
	}
}

func TestAPasswordIsAskedOnceAndAgainOnlyWhenItWasWrong(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, nil)
	d.answer = func(q virt.Question) (virt.Answer, error) {
		switch {
		case q.Kind == virt.AskUnknownKey:
			return yes, nil
		case q.Kind == virt.AskPassword && !q.Refused:
			return virt.Answer{Text: "wrong"}, nil
		case q.Kind == virt.AskPassword:
			return virt.Answer{Text: virttest.RemotePassword}, nil
		default:
			return virt.Answer{}, virt.ErrCancelled
		}
	}
	h := overSSH(r, line)
	h.Key = ""
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	want := []virt.QuestionKind{virt.AskUnknownKey, virt.AskPassword, virt.AskPassword}
	if !slices.Equal(d.kinds(), want) {
		t.Errorf("asked %v, want %v", d.kinds(), want)
	}
	line.Cut()
	d.until("lab", virt.HostOffline)
	line.Mend()
	d.until("lab", virt.HostConnected)
	if !slices.Equal(d.kinds(), want) {
		t.Errorf("asked %v after the line came back", d.kinds())
	}
}

func TestAnAnswerCountsAlsoWhenTheHostDidNotWaitForIt(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, nil)
	d.answer = func(q virt.Question) (virt.Answer, error) {
		if q.Kind == virt.AskPassword { // the person takes longer than the host's LoginGraceTime
			line.Cut()
			line.Mend()
			if q.Refused {
				return virt.Answer{Text: virttest.RemotePassword}, nil
			}
			return virt.Answer{Text: "wrong"}, nil
		}
		return yes, nil
	}
	h := overSSH(r, line)
	h.Key = ""
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	want := []virt.QuestionKind{virt.AskUnknownKey, virt.AskPassword, virt.AskPassword}
	if !slices.Equal(d.kinds(), want) {
		t.Errorf("asked %v, want %v", d.kinds(), want)
	}
}

func TestALoginThatIsRefusedSaysSoAndIsNotTriedByItself(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes, virt.AskPassword: {Text: "wrong"}})
	h := overSSH(r, line)
	h.Key = ""
	err := d.connect(h)
	if !errors.Is(err, virt.ErrUnauthenticated) || virt.HintOf(err) == "" {
		t.Errorf("got %v (%s)", err, virt.HintOf(err))
	}
	if n := len(d.questions()); n != 4 {
		t.Errorf("asked %v, want one key and three passwords", d.kinds())
	}
	if strings.Contains(err.Error(), "wrong") {
		t.Errorf("the password is in the error: %v", err)
	}
}

func TestASealedKeyAsksForItsPassphrase(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, nil)
	d.answer = func(q virt.Question) (virt.Answer, error) {
		switch {
		case q.Kind == virt.AskUnknownKey:
			return yes, nil
		case q.Kind == virt.AskPassphrase && !q.Refused:
			return virt.Answer{Text: "no"}, nil
		case q.Kind == virt.AskPassphrase:
			return virt.Answer{Text: "open sesame"}, nil
		default:
			return virt.Answer{}, virt.ErrCancelled
		}
	}
	h := overSSH(r, line)
	h.Key = r.NewSSHKey(t, "open sesame")
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	want := []virt.QuestionKind{virt.AskUnknownKey, virt.AskPassphrase, virt.AskPassphrase}
	if !slices.Equal(d.kinds(), want) {
		t.Errorf("asked %v, want %v", d.kinds(), want)
	}
	if q := d.questions()[1]; q.Subject != h.Key || q.Refused || !d.questions()[2].Refused {
		t.Errorf("asked %+v", d.questions())
	}
}

func TestAQuestionWithoutAnAnswerKeepsNoOtherHost(t *testing.T) {
	r := virttest.SharedRemote(t)
	beside := virttest.SharedLibvirtd(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, nil)
	d.answer = nil // never
	if err := d.svc.Hosts.Save(d.ctx, "", overSSH(r, line)); err != nil {
		t.Fatal(err)
	}
	if err := d.svc.Hosts.Connect(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	other, err := d.svc.Hosts.Add(d.ctx, beside.URI)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.svc.VMs.List(d.ctx, other); err != nil {
		t.Fatal(err)
	}
	for len(d.questions()) == 0 {
		<-time.After(10 * time.Millisecond)
	}
	begin := time.Now()
	if err := d.svc.Hosts.Disconnect(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	for line.Open() > 0 {
		if time.Since(begin) > 10*time.Second {
			t.Fatal("the connection stays open")
		}
		<-time.After(10 * time.Millisecond)
	}
}

func address(line *virttest.Line) string {
	return net.JoinHostPort(line.Address, strconv.Itoa(line.Port))
}
