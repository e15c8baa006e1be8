package host_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestAJumpHostIsPassedAndItsKeyIsAskedAbout(t *testing.T) {
	r := virttest.SharedRemote(t)
	gate := lineTo(t, r.SSH)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	h := overSSH(r, r.SSH)
	h.JumpHost = "root@" + address(gate)
	if err := d.connect(h); err != nil {
		t.Fatal(err, virt.HintOf(err))
	}
	asked := d.questions()
	if len(asked) != 2 || asked[0].Subject != address(gate) || asked[1].Subject != address(r.SSH) {
		t.Errorf("asked %+v", asked)
	}
	gate.Cut()
	d.until("lab", virt.HostOffline)
	gate.Mend()
	d.until("lab", virt.HostConnected)
}

func TestAJumpHostThatDoesNotReachTheHostSaysSo(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	h := overSSH(r, r.SSH)
	h.JumpHost, h.Port = "root@"+address(r.SSH), deadPort(t)
	if err := d.connect(h); !errors.Is(err, virt.ErrUnavailable) || !strings.Contains(err.Error(), "the jump host does not reach") {
		t.Errorf("got %v", err)
	}
}

func TestTheAgentsKeysAreTried(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	text, err := os.ReadFile(r.Key)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParseRawPrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "agent"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(keys, conn) }()
		}
	}()
	t.Setenv("SSH_AUTH_SOCK", listener.Addr().String())
	h := overSSH(r, line)
	h.Key = ""
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	if want := []virt.QuestionKind{virt.AskUnknownKey}; !slices.Equal(d.kinds(), want) {
		t.Errorf("asked %v", d.kinds())
	}
}

func TestTheUsersSSHConfigIsFollowed(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(home, ".ssh", "config"), "Include more/*\nHost *\n  User nobody\n")
	write(t, filepath.Join(home, ".ssh", "more", "lab"), fmt.Sprintf(
		"Host !nolab *lab\n\tHostName = 127.0.0.1\n\tport %d\n\tUser root\n\tIdentityFile %s\n", line.Port, r.Key))
	id, err := d.svc.Hosts.Add(d.ctx, "qemu+ssh://mylab/system")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.svc.Hosts.Wait(d.ctx, id); err != nil {
		t.Fatal(err)
	}
	if id != "mylab" || d.questions()[0].Subject != address(line) {
		t.Errorf("the host %s asked %+v", id, d.questions())
	}
}

func TestAKeyThatTheHostDoesNotKnowIsRefusedAndLeadsToThePassword(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, passwordAnswers)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	h := overSSH(r, line)
	h.Key = filepath.Join(t.TempDir(), "stranger")
	write(t, h.Key, string(pem.EncodeToMemory(block)))
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	if want := []virt.QuestionKind{virt.AskUnknownKey, virt.AskPassword}; !slices.Equal(d.kinds()[:2], want) {
		t.Errorf("asked %v", d.kinds())
	}
}

func TestAKeyFileThatIsNotThereIsNamed(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	h := overSSH(r, r.SSH)
	h.Key = "/no/such/key"
	if err := d.connect(h); !errors.Is(err, virt.ErrInvalid) || !strings.Contains(err.Error(), h.Key) {
		t.Errorf("got %v", err)
	}
}

func TestASocketThatIsNamedIsUsed(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	h := overSSH(r, r.SSH)
	h.Socket = "/run/libvirt/libvirt-sock"
	if err := d.connect(h); err != nil {
		t.Fatal(err)
	}
	h.Socket = "/run/libvirt/no-such-sock"
	if err := d.svc.Hosts.Save(d.ctx, "lab", h); err != nil { // the connection is made anew
		t.Fatal(err)
	}
	if err := d.svc.Hosts.Wait(d.ctx, "lab"); !errors.Is(err, virt.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestLibSSHIsUsedWhereLibvirtKnowsIt(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, nil)
	known, err := d.svc.Hosts.Transports(d.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(known, virt.TransportLibSSH) {
		t.Skip("this libvirt does not")
	}
	d.answer = func(q virt.Question) (virt.Answer, error) {
		if q.Kind == virt.AskText && strings.Contains(q.Prompt, "host key") {
			return virt.Answer{Text: "y"}, nil
		}
		return virt.Answer{}, virt.ErrCancelled
	}
	h := overSSH(r, r.SSH)
	h.Transport = virt.TransportLibSSH
	if err := d.connect(h); err != nil {
		t.Fatal(err, d.questions())
	}
	if _, err := d.svc.VMs.List(d.ctx, "lab"); err != nil {
		t.Error(err)
	}
	t.Logf("asked %+v", d.questions())
}
