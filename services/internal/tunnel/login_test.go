package tunnel_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestAHostThatAsksInItsOwnWordsIsAnsweredInThem(t *testing.T) {
	g := newGate(t)
	g.channel = func(_ string, c ssh.NewChannel) { echo(c) }
	var tries atomic.Int32
	g.conf.KeyboardInteractiveCallback = func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		tries.Add(1)
		password, err := ask("", "", []string{"Password: "}, []bool{false})
		if err != nil || password[0] != "sesame" {
			return nil, errors.New("wrong")
		}
		more, err := ask("", "", []string{"Code: ", "Colour: "}, []bool{false, true})
		if err != nil || more[0] != "123456" || more[1] != "blue" {
			return nil, errors.New("wrong")
		}
		return nil, nil
	}
	g.host.Socket = "/run/libvirt/libvirt-sock"
	way, err := g.open(func(q virt.Question) (virt.Answer, error) {
		switch {
		case q.Kind == virt.AskPassword && q.Refused:
			return virt.Answer{Text: "sesame"}, nil
		case q.Prompt == "Code: " && q.Hidden:
			return virt.Answer{Text: "123456"}, nil
		case q.Prompt == "Colour: " && !q.Hidden:
			return virt.Answer{Text: "blue"}, nil
		default:
			return virt.Answer{Text: "wrong"}, nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	g.wantAsked(virt.AskPassword, virt.AskPassword, virt.AskText, virt.AskText)
	if n := tries.Load(); n != 2 {
		t.Errorf("it took %d tries", n)
	}
	if err := way.Close(); err != nil {
		t.Error(err)
	}
}

func TestAQuestionThatNobodyAnswersIsWhatTheLoginFailsOf(t *testing.T) {
	g := newGate(t)
	g.conf.PasswordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { return nil, nil }
	_, err := g.open(nobody)
	if !errors.Is(err, virt.ErrCancelled) || !strings.Contains(err.Error(), "nobody is there") {
		t.Errorf("got %v", err)
	}
	g.wantAsked(virt.AskPassword)
}

func TestAPassphraseIsAskedForThreeTimesAndOnlyForAKeyThatTheHostTakes(t *testing.T) {
	g := newGate(t)
	key := newKey(t)
	own, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	var takes atomic.Bool
	g.conf.PublicKeyCallback = func(_ ssh.ConnMetadata, shown ssh.PublicKey) (*ssh.Permissions, error) {
		if takes.Load() && string(shown.Marshal()) == string(own.PublicKey().Marshal()) {
			return nil, nil
		}
		return nil, errors.New("not this one")
	}
	g.host.Key, g.host.Socket = g.write("key", sealed(t, key, "open")), "/sock"

	_, err = g.open(nobody)
	wantKind(t, "a key that the host does not take", err, virt.KindUnauthenticated)
	g.wantAsked()

	takes.Store(true)
	_, err = g.open(func(virt.Question) (virt.Answer, error) { return virt.Answer{Text: "shut"}, nil })
	wantKind(t, "a wrong passphrase", err, virt.KindUnauthenticated)
	g.wantAsked(virt.AskPassphrase, virt.AskPassphrase, virt.AskPassphrase)
	if err == nil || !strings.Contains(err.Error(), "the passphrase does not open the key") {
		t.Errorf("it says %v", err)
	}
}

func TestAKeyFileThatHoldsNoKeyIsNamed(t *testing.T) {
	g := newGate(t)
	g.host.Key = g.write("key", "a shopping list")
	_, err := g.open(nobody)
	wantKind(t, "no key", err, virt.KindInvalid)
	if err == nil || !strings.Contains(err.Error(), g.host.Key) {
		t.Errorf("it says %v", err)
	}
}

func TestAHostKeyThatWasRevokedOrCannotBeLookedUpIsNotAskedAbout(t *testing.T) {
	g := newGate(t)
	g.letIn()
	known := g.write(".ssh/known_hosts", "@revoked * "+string(ssh.MarshalAuthorizedKey(g.key.PublicKey())))
	_, err := g.open(nobody)
	wantKind(t, "a revoked key", err, virt.KindForbidden)
	if err == nil || !strings.Contains(err.Error(), "was revoked in "+known) {
		t.Errorf("it says %v", err)
	}
	g.write(".ssh/known_hosts", "gate ssh-ed25519 %%%\n")
	_, err = g.open(nobody)
	wantKind(t, "a file that is broken", err, virt.KindInvalid)
	g.wantAsked()
}
