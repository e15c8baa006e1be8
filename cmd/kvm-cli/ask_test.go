package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

const (
	askKey    = "Accept it and remember it? [yes/N] "
	askKeep   = "Keep it in the sealed file (there is no keyring here)? [y/N] "
	askChoose = "Choose a passphrase for the file that keeps passwords"
)

// newLodger returns a shell of somebody without keyring, agent and keys, who has
// saved the remote host as "lab".
func newLodger(t *testing.T) (*shell, *virttest.Remote) {
	t.Helper()
	r := virttest.SharedRemote(t)
	s := newShell(t, "")
	for _, name := range []string{"SSH_AUTH_SOCK", "DBUS_SESSION_BUS_ADDRESS"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	s.run("host", "add", "lab", uriOf(r)).ok()
	return s, r
}

func uriOf(r *virttest.Remote) string {
	return fmt.Sprintf("qemu+ssh://%s@%s:%d/system", virttest.RemoteUser, r.SSH.Address, r.SSH.Port)
}

// asksHidden waits for the prompt and answers it; nothing may show.
func (s *seat) asksHidden(prompt, secret string) {
	s.t.Helper()
	s.hears(prompt)
	if got := s.settings(); got.Lflag&unix.ECHO != 0 {
		s.t.Errorf("what is typed at %q is shown", prompt)
	}
	s.types(secret + "\n")
}

// asks waits for the prompt and answers it.
func (s *seat) asks(prompt, answer string) {
	s.t.Helper()
	s.hears(prompt)
	s.types(answer + "\n")
}

// shown is all that the terminal has shown so far.
func (s *seat) shown() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

func TestATerminalIsAskedAboutKeyAndPasswordWhichIsNeverShown(t *testing.T) {
	s, r := newLodger(t)
	p := s.sit("host", "test", "lab")
	p.hears(r.HostKey())
	p.asks(askKey, "yes")
	p.asksHidden("Password of root@", "not this one")
	p.asks(askKeep, "n")
	p.hears("That was not right.")
	p.asksHidden("Password of root@", virttest.RemotePassword)
	p.asks(askKeep, "")
	p.hears("Machines may be listed")
	p.leaves(0)
	if shown := p.shown(); strings.Contains(shown, virttest.RemotePassword) || strings.Contains(shown, "not this one") {
		t.Errorf("a password is on the screen: %q", shown)
	}

	p = s.sit("host", "test", "lab") // the key is known, the password is not
	p.asksHidden("Password of root@", virttest.RemotePassword)
	p.asks(askKeep, "n")
	p.leaves(0)
	if strings.Contains(p.shown(), r.HostKey()) {
		t.Errorf("the key is asked about again: %q", p.shown())
	}
}

func TestAKeyIsOnlyAcceptedByTheWholeWord(t *testing.T) {
	s, _ := newLodger(t)
	for _, answer := range []string{"", "n", "y"} {
		p := s.sit("host", "test", "lab")
		p.asks(askKey, answer)
		p.leaves(exitCodes[virt.KindForbidden])
	}
	p := s.sit("host", "test", "lab")
	p.hears(askKey)
	p.types("\x04") // the end of the input
	p.leaves(exitCodes[virt.KindForbidden])
}

func TestAPasswordThatIsToBeKeptIsKeptBeforeTheProgramEnds(t *testing.T) {
	s, r := newLodger(t)
	p := s.sit("host", "test", "lab")
	p.asks(askKey, "yes")
	p.asksHidden("Password of root@", virttest.RemotePassword)
	p.asks(askKeep, "y")
	p.asksHidden(askChoose, "open sesame")
	p.leaves(0)
	sealed, err := os.ReadFile(filepath.Join(s.home, "data", "kvm-manager", "secrets.json"))
	if err != nil || strings.Contains(string(sealed), virttest.RemotePassword) {
		t.Errorf("the sealed file says %s, %v", sealed, err)
	}

	p = s.sit("--host", "lab", "vm", "list")
	p.asksHidden("Passphrase of the file that keeps passwords", "open sesame")
	p.leaves(0)
	if strings.Contains(p.shown(), "Password of") {
		t.Errorf("the password is asked for again: %q", p.shown())
	}

	p = s.sit("host", "remove", "lab", "--yes") // which forgets it before the program ends, too
	p.asksHidden("Passphrase of the file that keeps passwords", "open sesame")
	p.leaves(0)
	s.run("host", "add", "lab", uriOf(r)).ok()
	p = s.sit("host", "test", "lab")
	p.asksHidden("Passphrase of the file that keeps passwords", "open sesame")
	p.asksHidden("Password of root@", virttest.RemotePassword)
	p.asks(askKeep, "n")
	p.leaves(0)
}

func TestAnInterruptAtAQuestionGivesTheTerminalBack(t *testing.T) {
	s, _ := newLodger(t)
	p := s.sit("host", "test", "lab")
	p.hears(askKey)
	p.types("\x03")
	p.leaves(exitCodes[virt.KindCancelled])

	p = s.sit("host", "test", "lab")
	p.asks(askKey, "yes")
	p.hears("Password of root@")
	p.types("\x03")
	p.leaves(exitCodes[virt.KindCancelled])
}

func TestATerminalsQuestionEndsWithItsContext(t *testing.T) {
	keyboard, tty, err := virttest.OpenPty(80, 24)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tty.Close(); _ = keyboard.Close() })
	ask := &terminal{in: tty, out: tty, turn: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	first := make(chan error, 1)
	go func() {
		_, err := ask.Ask(ctx, virt.Question{Kind: virt.AskPassword, Subject: "root@server", Hidden: true})
		first <- err
	}()
	prompt := make([]byte, len("Password of"))
	if _, err := keyboard.Read(prompt); err != nil { // it is under way
		t.Fatal(err)
	}
	limited, stop := context.WithCancel(context.Background())
	stop()
	if _, err := ask.Ask(limited, virt.Question{Kind: virt.AskText}); !errors.Is(err, context.Canceled) {
		t.Errorf("a second question, given up: %v", err)
	}
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
