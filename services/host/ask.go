package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/internal/tunnel"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// An Asker puts questions to the person at this computer: the window or the
// terminal.
type Asker interface {
	// Ask returns the answer, or an error when there will be none, which ends the
	// attempt to connect; virt.KindCancelled when the person will not answer. It
	// MUST return when ctx ends: the host is then no longer wanted, or the keyring
	// has answered. Questions of several hosts come at the same time, each from a
	// goroutine of its own; no other host waits for the answer.
	Ask(ctx context.Context, q virt.Question) (virt.Answer, error)
}

// How long the keyring may take before a person is asked as well, and how long
// it may take where nobody can be asked.
const (
	keyringPatience = 2 * time.Second
	keyringLimit    = 10 * time.Second
)

// AskThrough makes asker answer the questions of all hosts from now on. Without
// one, what is not in the keyring refuses the connection.
func (s *Service) AskThrough(asker Asker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asker = asker
}

func (s *Service) currentAsker() Asker {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asker
}

// secrets are the passwords of this run of the program: they are asked for once.
type secrets struct {
	mu sync.Mutex
	of map[string]string
}

func (s *secrets) get(key string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, found := s.of[key]
	return text, found
}

func (s *secrets) set(key, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of[key] = text
}

func (s *secrets) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, key)
}

// An interview is the questions of one attempt to connect. What was answered is
// kept when the attempt succeeds.
type interview struct {
	service *Service
	host    virt.HostID
	asker   Asker // nil: whoever answers for hosts at the moment

	mu    sync.Mutex
	given map[string]string
	keep  map[string]bool
	left  error // why the last question was left without an answer
}

// leftOpen returns why the last question was left without an answer, or nil.
func (i *interview) leftOpen() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.left
}

func (s *Service) interview(host virt.HostID) *interview {
	return &interview{service: s, host: host, given: map[string]string{}, keep: map[string]bool{}}
}

// secretKey names a secret in the keyring: by what it opens, not by the host's
// name, so that renaming loses nothing and a jump host's is known once.
func secretKey(kind virt.QuestionKind, subject string) string { return string(kind) + " " + subject }

// ask answers from memory or the keyring, else by asking the person.
func (i *interview) ask(ctx context.Context, q virt.Question) (virt.Answer, error) {
	q.Host = i.host
	if q.Kind != virt.AskPassword && q.Kind != virt.AskPassphrase {
		return i.person(ctx, q)
	}
	return i.keepable(ctx, q, secretKey(q.Kind, q.Subject))
}

// keepable asks for a secret that has the key in the keyring.
func (i *interview) keepable(ctx context.Context, q virt.Question, key string) (virt.Answer, error) {
	q.Host = i.host
	if q.Refused {
		i.service.secrets.forget(key)
	} else if text, found := i.service.secrets.get(key); found {
		return unpacked(q, text), nil
	}
	q.KeepIn = string(i.service.keyring.Kind())
	answer, err := i.secret(ctx, q, key)
	if err != nil {
		return virt.Answer{}, err
	}
	i.mu.Lock()
	i.given[key], i.keep[key] = packed(q, answer), answer.Remember
	i.mu.Unlock()
	return answer, nil
}

// packed is an answer as the keyring has it: a name goes before its password.
func packed(q virt.Question, a virt.Answer) string {
	if q.Kind == virt.AskScreenLogin {
		return a.User + "\n" + a.Text
	}
	return a.Text
}

func unpacked(q virt.Question, text string) virt.Answer {
	if q.Kind == virt.AskScreenLogin {
		user, password, _ := strings.Cut(text, "\n")
		return virt.Answer{User: user, Text: password}
	}
	return virt.Answer{Text: text}
}

// secret asks the keyring, and the person when that takes long or has nothing;
// whoever answers first is heard.
func (i *interview) secret(ctx context.Context, q virt.Question, key string) (virt.Answer, error) {
	if q.Refused {
		return i.person(ctx, q)
	}
	if i.service.keyring.Kind() == storage.KeyringFile { // it waits for the person, or not at all
		if text, err := i.service.keyring.Get(ctx, key, i.passphrase); err == nil {
			return unpacked(q, text), nil
		}
		return i.person(ctx, q)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	kept := make(chan string, 1)
	nothing := make(chan error, 1)
	go func() {
		text, err := i.service.keyring.Get(ctx, key, i.passphrase)
		if err != nil {
			nothing <- err
			return
		}
		kept <- text
	}()
	patience := keyringPatience
	if i.whom() == nil {
		patience = keyringLimit
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case text := <-kept:
		return unpacked(q, text), nil
	case err := <-nothing:
		if !errors.Is(err, virt.ErrNotFound) {
			slog.Info("the keyring does not answer", "err", err)
		}
		return i.person(ctx, q)
	case <-timer.C:
	case <-ctx.Done():
		return virt.Answer{}, ctx.Err()
	}
	return i.race(ctx, q, kept)
}

// race asks the person while the keyring still waits for its dialog.
func (i *interview) race(ctx context.Context, q virt.Question, kept <-chan string) (virt.Answer, error) {
	type said struct {
		answer virt.Answer
		err    error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	heard := make(chan said, 1)
	go func() {
		answer, err := i.person(ctx, q)
		heard <- said{answer, err}
	}()
	select {
	case text := <-kept:
		return unpacked(q, text), nil
	case s := <-heard:
		return s.answer, s.err
	}
}

// passphrase asks for the passphrase of the sealed file.
func (i *interview) passphrase(ctx context.Context, fresh, refused bool) (string, error) {
	answer, err := i.person(ctx, virt.Question{
		Host: i.host, Kind: virt.AskKeyring, Subject: i.service.keyring.File(), Hidden: true, New: fresh, Refused: refused,
	})
	return answer.Text, err
}

// whom returns who is asked, or nil.
func (i *interview) whom() Asker {
	if i.asker != nil {
		return i.asker
	}
	return i.service.currentAsker()
}

func (i *interview) person(ctx context.Context, q virt.Question) (virt.Answer, error) {
	answer, err := virt.Answer{}, unanswered(q)
	if asker := i.whom(); asker != nil {
		answer, err = asker.Ask(ctx, q)
	}
	if err != nil && ctx.Err() != nil {
		err = &virt.Error{Kind: virt.KindOf(ctx.Err()), Ref: virt.HostRef(i.host), Err: ctx.Err()}
	}
	i.mu.Lock()
	i.left = err
	i.mu.Unlock()
	if err != nil {
		return virt.Answer{}, err
	}
	return answer, nil
}

// unanswered is the failure of a question that nobody can be asked.
func unanswered(q virt.Question) error {
	what := map[virt.QuestionKind]string{
		virt.AskPassword: "the password of " + q.Subject, virt.AskPassphrase: "the passphrase of " + q.Subject,
		virt.AskKeyring: "the passphrase of " + q.Subject, virt.AskUser: "the user name for " + q.Subject,
		virt.AskScreenPassword: "the password of the screen of " + q.Subject,
		virt.AskScreenLogin:    "the name and the password for the screen of " + q.Subject,
	}[q.Kind]
	if what == "" {
		what = "an answer about " + q.Subject
	}
	return virt.Errorf(virt.KindUnauthenticated, "%s is needed, and nobody can be asked", what).
		WithHint("Connect from a terminal or the window once and have the answer kept, or log in with a key.")
}

// auth answers what a daemon (SASL) or an SSH server asks through libvirt.
func (i *interview) auth(ctx context.Context, h virt.SavedHost, refused bool) hypervisor.Auth {
	user, subject := "", loginOf(h)
	if h.Transport == virt.TransportTCP || h.Transport == virt.TransportTLS {
		user = h.User
	}
	return func(asked hypervisor.Question) (string, bool) {
		q := virt.Question{Host: i.host, Kind: virt.AskText, Subject: subject, Prompt: asked.Prompt}
		switch asked.Kind {
		case hypervisor.AskUser:
			if user != "" {
				return user, true
			}
			q.Kind = virt.AskUser
		case hypervisor.AskPassword:
			q.Kind, q.Hidden, q.Refused = secretOf(h), true, refused
			if h.Transport == virt.TransportTCP || h.Transport == virt.TransportTLS {
				q.Prompt = "" // SASL's own words: enter a password
			}
			if q.Kind == virt.AskPassphrase {
				q.Subject = tunnel.KeyFile(h)
			}
		case hypervisor.AskRealm:
			if asked.Default != "" {
				return asked.Default, true
			}
		}
		answer, err := i.ask(ctx, q)
		return answer.Text, err == nil
	}
}

// secretOf is what libvirt asks for: it tells a key's passphrase and a password
// apart in its prompt only.
func secretOf(h virt.SavedHost) virt.QuestionKind {
	if h.Transport == virt.TransportLibSSH && h.Key != "" {
		return virt.AskPassphrase
	}
	return virt.AskPassword
}

// succeeded keeps what was answered: in memory for this run of the program, and
// in the keyring what is to be remembered. Nobody waits for the keyring.
func (i *interview) succeeded() {
	i.mu.Lock()
	given, keep := maps.Clone(i.given), maps.Clone(i.keep)
	i.mu.Unlock()
	for key, text := range given {
		i.service.secrets.set(key, text)
		if keep[key] {
			i.service.chore(func(ctx context.Context) error { return i.remember(ctx, key, text) })
		}
	}
}

func (i *interview) remember(ctx context.Context, key, text string) error {
	where, err := i.service.keyring.Set(ctx, key, text, i.passphrase)
	if err != nil {
		slog.Warn("a password was not kept", "host", i.host, "err", err)
		return fmt.Errorf("the password was not kept: %w", err)
	}
	slog.Info("a password is kept", "host", i.host, "in", where)
	return nil
}
