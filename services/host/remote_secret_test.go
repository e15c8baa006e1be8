package host_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/storage"
)

// passwordAnswers are those of a person who wants the password kept.
var passwordAnswers = map[virt.QuestionKind]virt.Answer{
	virt.AskUnknownKey: yes,
	virt.AskPassword:   {Text: virttest.RemotePassword, Remember: true},
	virt.AskKeyring:    {Text: "open sesame"},
}

// byPassword is the host of SSH with a password.
func byPassword(r *virttest.Remote, line *virttest.Line) virt.SavedHost {
	h := overSSH(r, line)
	h.Key = ""
	return h
}

// again opens the program again and connects.
func (d *desk) again() {
	d.t.Helper()
	d.open()
	if err := d.svc.Hosts.Connect(d.ctx, "lab"); err != nil {
		d.t.Fatal(err)
	}
	if err := d.svc.Hosts.Wait(d.ctx, "lab"); err != nil {
		d.t.Fatal(err)
	}
}

// kept waits until the keyring has the password of the host.
func (d *desk) kept(h virt.SavedHost) {
	d.t.Helper()
	k := storage.NewKeyring(d.dirs)
	key := "password root@" + address(&virttest.Line{Address: h.Address, Port: h.Port})
	for {
		text, err := k.Get(d.ctx, key, passphraseOf("open sesame"))
		if err == nil && text == virttest.RemotePassword {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-d.ctx.Done():
			d.t.Fatalf("the password is not kept: %v", err)
		}
	}
}

func TestAKeptPasswordIsNeverAskedForAgain(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, passwordAnswers)
	virttest.NewSecretService(t)
	h := byPassword(r, line)
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	if q := d.questions()[1]; q.Kind != virt.AskPassword || q.KeepIn != string(storage.KeyringSystem) {
		t.Errorf("asked %+v", q)
	}
	d.kept(h)
	before := len(d.questions())
	d.again()
	if n := len(d.questions()); n != before {
		t.Errorf("asked again: %+v", d.questions()[before:])
	}
	if err := d.svc.Hosts.ForgetSecrets(d.ctx, "lab"); err != nil {
		t.Fatal(err)
	}
	d.again()
	if n := len(d.questions()); n != before+1 {
		t.Errorf("after forgetting: asked %+v", d.questions()[before:])
	}
}

func TestALockedKeyringLetsThePersonAnswerAndOthersGoOn(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, passwordAnswers)
	s := virttest.NewSecretService(t)
	h := byPassword(r, line)
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	d.kept(h)
	s.Lock(t)
	beside := virttest.SharedLibvirtd(t).URI
	d.open()
	id, err := d.svc.Hosts.Add(d.ctx, beside)
	if err != nil {
		t.Fatal(err)
	}
	before := len(d.questions())
	d.undisturbed(id, func() {
		begin := time.Now()
		if err := d.svc.Hosts.Connect(d.ctx, "lab"); err != nil {
			t.Error(err)
		}
		if err := d.svc.Hosts.Wait(d.ctx, "lab"); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took > 15*time.Second {
			t.Errorf("connected after %v", took)
		}
	})
	if asked := d.kinds()[before:]; !slices.Equal(asked, []virt.QuestionKind{virt.AskPassword}) {
		t.Errorf("asked %v", asked)
	}
}

func TestASealedFileIsOpenedByItsPassphrase(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, passwordAnswers)
	h := byPassword(r, line)
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	d.kept(h)
	if q := d.questions(); q[1].KeepIn != string(storage.KeyringFile) || !q[len(q)-1].New {
		t.Errorf("asked %+v", q)
	}
	before := len(d.questions())
	d.again()
	if asked := d.kinds()[before:]; !slices.Equal(asked, []virt.QuestionKind{virt.AskKeyring}) {
		t.Errorf("asked %v", asked)
	}
}

func TestNoPasswordIsInAFileOrTheLog(t *testing.T) {
	var log lockedLog
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(old)
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, passwordAnswers)
	h := byPassword(r, line)
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	d.kept(h)
	if err := d.svc.Hosts.KeepSecret(d.ctx, h, virt.SecretPassword, virttest.RemotePassword); err != nil {
		t.Fatal(err)
	}
	if _, err := d.svc.Hosts.Test(d.ctx, h, nil); err != nil {
		t.Fatal(err)
	}
	if err := d.svc.Close(); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{d.dirs.Config, d.dirs.Data, d.dirs.State, d.dirs.Runtime} {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return nil // what is not there has no password
			}
			text, err := os.ReadFile(path)
			if bytes.Contains(text, []byte(virttest.RemotePassword)) || bytes.Contains(text, []byte("sesame")) {
				t.Errorf("a password is in %s", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if text := log.bytes(); bytes.Contains(text, []byte(virttest.RemotePassword)) || bytes.Contains(text, []byte("sesame")) {
		t.Errorf("a password is in the log:\n%s", text)
	}
}

type lockedLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedLog) bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.text.Bytes())
}

func passphraseOf(text string) storage.Passphrase {
	return func(context.Context, bool, bool) (string, error) { return text, nil }
}
