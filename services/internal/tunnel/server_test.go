package tunnel_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/kvmmanager/kvm-manager/services/internal/tunnel"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// patience is how long a test waits for what must happen.
const patience = time.Minute

// A gate is a computer that speaks SSH and lets in whom it likes: what sshd asks
// only with a PAM of its own, and hosts that allow less than usual.
type gate struct {
	t    *testing.T
	conf *ssh.ServerConfig
	key  ssh.Signer
	host virt.SavedHost
	home string // of the person who connects
	dirs storage.Dirs

	// channel answers the request for a channel; nil: all are prohibited.
	channel func(kind string, c ssh.NewChannel)

	listener net.Listener
	begin    sync.Once // with the first to come: by then conf and channel are as they stay
	serving  sync.WaitGroup

	mu    sync.Mutex
	asked []virt.Question
	conns []net.Conn
}

// newGate returns a gate whose key is known and that lets nobody in.
func newGate(t *testing.T) *gate {
	t.Helper()
	dir := t.TempDir()
	g := &gate{t: t, conf: &ssh.ServerConfig{MaxAuthTries: 9}, key: newSigner(t), home: filepath.Join(dir, "home")}
	g.dirs = storage.Dirs{Config: dir + "/config", Data: dir + "/data", State: dir + "/state", Runtime: dir + "/run"}
	g.conf.AddHostKey(g.key)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := listener.Addr().(*net.TCPAddr)
	g.host = virt.SavedHost{Name: "gate", Transport: virt.TransportSSH, Address: "127.0.0.1", Port: at.Port, User: "ada"}
	g.write(".ssh/known_hosts", knownhosts.Line([]string{at.String()}, g.key.PublicKey())+"\n")
	g.listener = listener
	t.Cleanup(func() {
		_ = listener.Close()
		g.cut()
		g.serving.Wait()
	})
	return g
}

func (g *gate) accept() {
	defer g.serving.Done()
	for {
		conn, err := g.listener.Accept()
		if err != nil {
			return // closed
		}
		g.mu.Lock()
		g.conns = append(g.conns, conn)
		g.mu.Unlock()
		g.serving.Add(1)
		go func() {
			defer g.serving.Done()
			g.serve(conn)
		}()
	}
}

func (g *gate) serve(raw net.Conn) {
	defer raw.Close()
	conn, channels, requests, err := ssh.NewServerConn(raw, g.conf)
	if err != nil {
		return // not let in
	}
	go ssh.DiscardRequests(requests)
	for c := range channels {
		if g.channel == nil {
			_ = c.Reject(ssh.Prohibited, "not here")
			continue
		}
		g.channel(c.ChannelType(), c)
	}
	_ = conn.Wait() // any end will do
}

// cut ends all connections.
func (g *gate) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, conn := range g.conns {
		_ = conn.Close()
	}
}

// write writes a file in the home of the person who connects.
func (g *gate) write(name, text string) string {
	g.t.Helper()
	path := filepath.Join(g.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
	return path
}

// open goes to the gate; answer is what the person says.
func (g *gate) open(answer func(virt.Question) (virt.Answer, error)) (*tunnel.Way, error) {
	g.t.Helper()
	g.t.Setenv("SSH_AUTH_SOCK", "")
	g.begin.Do(func() {
		g.serving.Add(1)
		go g.accept()
	})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	g.t.Cleanup(cancel)
	way, err := tunnel.Open(ctx, g.host, tunnel.Options{Dirs: g.dirs, Home: g.home, Ask: func(_ context.Context, q virt.Question) (virt.Answer, error) {
		g.mu.Lock()
		g.asked = append(g.asked, q)
		g.mu.Unlock()
		return answer(q)
	}})
	if err == nil {
		g.t.Cleanup(func() { _ = way.Close() })
	}
	return way, err
}

// wantAsked fails the test unless the person was asked for these things so far.
func (g *gate) wantAsked(want ...virt.QuestionKind) {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	var kinds []virt.QuestionKind
	for _, q := range g.asked {
		kinds = append(kinds, q.Kind)
	}
	if !slices.Equal(kinds, want) {
		g.t.Errorf("asked %q, want %q", kinds, want)
	}
}

func nobody(virt.Question) (virt.Answer, error) {
	return virt.Answer{}, virt.Errorf(virt.KindCancelled, "nobody is there")
}

// wantKind fails the test unless err has the kind, and a hint.
func wantKind(t *testing.T, what string, err error, kind virt.ErrorKind) {
	t.Helper()
	if virt.KindOf(err) != kind || virt.HintOf(err) == "" {
		t.Errorf("%s: %v (hint %q), want %q with a hint", what, err, virt.HintOf(err), kind)
	}
}

func newSigner(t *testing.T) ssh.Signer {
	t.Helper()
	signer, err := ssh.NewSignerFromKey(newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func newKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sealed is the private key as a file that the passphrase opens.
func sealed(t *testing.T, key ed25519.PrivateKey, passphrase string) string {
	t.Helper()
	block, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}

// letIn lets everybody in who asks without saying who he is.
func (g *gate) letIn() { g.conf.NoClientAuth = true }

// echo answers a channel with what it is sent.
func echo(c ssh.NewChannel) {
	stream, requests, err := c.Accept()
	if err != nil {
		return // gone
	}
	go ssh.DiscardRequests(requests)
	go func() {
		_, _ = io.Copy(stream, stream) // until either end
		_ = stream.Close()
	}()
}
