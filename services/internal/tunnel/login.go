package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// secretTries is how often a password or passphrase is asked for.
const secretTries = 3

// aliveTries is how many unanswered probes end a connection.
const aliveTries = 3

// usualKeys are the files that are tried last where none is named.
var usualKeys = []string{"~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"}

// A login is the attempt to get into one computer.
type login struct {
	dialer *sshDialer
	hop    hop
	keys   *hostKeys

	ctx       context.Context // of the attempt; the SSH library hands none to its callbacks
	conn      net.Conn
	fromAgent []ssh.Signer

	mu       sync.Mutex
	doubt    *keyDoubt
	declined error // why a question got no answer
	tried    int   // passwords

	answered map[string]virt.Answer // what a person said in this attempt
	kept     map[string]virt.Answer // and in one before, which the host did not wait for
	hungUp   bool                   // the host ended the attempt while a person was asked
}

// begin prepares one attempt; the network has dialLimit for everything in which
// no person is waited for.
func (l *login) begin(ctx context.Context, conn net.Conn) {
	l.ctx, l.conn = ctx, conn
	l.doubt, l.declined, l.tried = nil, nil, 0
	l.kept, l.answered, l.hungUp = l.answered, map[string]virt.Answer{}, false
	_ = conn.SetDeadline(time.Now().Add(dialLimit))
}

// patiently asks a person while the network's deadline rests.
func (l *login) patiently(q virt.Question) (virt.Answer, error) {
	key := string(q.Kind) + "\n" + q.Subject + "\n" + q.Prompt
	if answer, before := l.kept[key]; before {
		delete(l.kept, key)
		return answer, nil
	}
	_ = l.conn.SetDeadline(time.Time{})
	answer, err := l.dialer.options.Ask(l.ctx, q)
	_ = l.conn.SetDeadline(time.Now().Add(dialLimit))
	if err != nil {
		l.mu.Lock()
		l.declined = err
		l.mu.Unlock()
	} else {
		l.answered[key] = answer
	}
	return answer, err
}

func (l *login) config() *ssh.ClientConfig {
	return &ssh.ClientConfig{
		User: l.hop.User,
		HostKeyCallback: func(_ string, remote net.Addr, key ssh.PublicKey) error {
			err := l.keys.check(remote, key)
			var doubt *keyDoubt
			if errors.As(err, &doubt) {
				l.mu.Lock()
				l.doubt = doubt
				l.mu.Unlock()
			}
			if err == nil {
				l.dialer.options.Stage(LogIn)
			}
			return err
		},
		HostKeyAlgorithms: l.keys.algorithms(),
		Auth: []ssh.AuthMethod{
			ssh.PublicKeysCallback(l.signers),
			ssh.RetryableAuthMethod(ssh.KeyboardInteractive(l.interact), secretTries),
			ssh.RetryableAuthMethod(ssh.PasswordCallback(l.password), secretTries),
		},
		ClientVersion: "SSH-2.0-KVMManager",
	}
}

func (l *login) subject() string { return subjectOfHop(l.hop.Hop) }

func subjectOfHop(hop virt.Hop) string {
	return fmt.Sprintf("%s@%s", hop.User, joinPort(hop.Address, hop.Port))
}

// Logins are the subjects of the password questions of a host, jump hosts first.
func Logins(h virt.SavedHost) []string {
	var logins []string
	for _, hop := range hopsOf(h, "") {
		logins = append(logins, subjectOfHop(hop.Hop))
	}
	return logins
}

// KeyFile is the subject of the question for the passphrase of the host's key.
func KeyFile(h virt.SavedHost) string { return filepath.Clean(expand(h.Key, "")) }

func (l *login) password() (string, error) {
	l.mu.Lock()
	l.tried++
	refused := l.tried > 1
	l.mu.Unlock()
	answer, err := l.patiently(virt.Question{
		Host: l.dialer.host.Name, Kind: virt.AskPassword, Subject: l.subject(), Hidden: true, Refused: refused,
	})
	return answer.Text, err
}

// interact answers a host that asks in its own words. A single hidden question
// is the password, as most hosts with PAM ask for it.
func (l *login) interact(_, _ string, prompts []string, echos []bool) ([]string, error) {
	answers := make([]string, len(prompts))
	for i, prompt := range prompts {
		if len(prompts) == 1 && !echos[0] {
			text, err := l.password()
			return []string{text}, err
		}
		answer, err := l.patiently(virt.Question{
			Host: l.dialer.host.Name, Kind: virt.AskText, Subject: l.subject(), Prompt: prompt, Hidden: !echos[i],
		})
		if err != nil {
			return nil, err
		}
		answers[i] = answer.Text
	}
	return answers, nil
}

// signers are the keys to try: the one that is named for the host, else the
// agent's and those of files. One that the agent has, too, the agent uses.
func (l *login) signers() ([]ssh.Signer, error) {
	fromAgent := l.agentSigners()
	var signers []ssh.Signer
	if !l.hop.only {
		signers = slices.Clone(fromAgent)
	}
	for _, path := range l.hop.keys {
		signer, err := l.keyFile(path)
		if err != nil && l.hop.only {
			return nil, err
		}
		if err != nil || among(signers, signer) {
			continue
		}
		if held := slices.IndexFunc(fromAgent, func(s ssh.Signer) bool { return same(s, signer) }); held >= 0 {
			signer = fromAgent[held]
		}
		signers = append(signers, signer)
	}
	return signers, nil
}

func among(signers []ssh.Signer, one ssh.Signer) bool {
	return slices.ContainsFunc(signers, func(s ssh.Signer) bool { return same(s, one) })
}

func same(a, b ssh.Signer) bool {
	return string(a.PublicKey().Marshal()) == string(b.PublicKey().Marshal())
}

// agentSigners are the keys of the SSH agent; without an agent there are none.
func (l *login) agentSigners() []ssh.Signer {
	path := os.Getenv("SSH_AUTH_SOCK")
	if path == "" || l.fromAgent != nil {
		return l.fromAgent
	}
	var d net.Dialer
	conn, err := d.DialContext(l.ctx, "unix", path)
	if err != nil {
		return nil
	}
	context.AfterFunc(l.ctx, func() { _ = conn.Close() })
	if l.fromAgent, err = agent.NewClient(conn).Signers(); err != nil {
		return nil
	}
	return l.fromAgent
}

// keyFile reads a private key. One that is sealed by a passphrase is opened
// when the host has said that it would accept it.
func (l *login) keyFile(path string) (ssh.Signer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(text)
	var sealed *ssh.PassphraseMissingError
	if !errors.As(err, &sealed) {
		return signer, err
	}
	public := sealed.PublicKey
	if public == nil { // old PEM form: it stands beside
		beside, err := os.ReadFile(path + ".pub")
		if err != nil {
			return l.unseal(path, text)
		}
		if public, _, _, _, err = ssh.ParseAuthorizedKey(beside); err != nil {
			return l.unseal(path, text)
		}
	}
	return &sealedKey{login: l, path: path, text: text, public: public}, nil
}

// checkKey says at once what is wrong with a key file that is named.
func checkKey(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return virt.Errorf(virt.KindInvalid, "the key: %w", err).WithHint("Check the path of the private key.")
	}
	var sealed *ssh.PassphraseMissingError
	if _, err := ssh.ParsePrivateKey(text); err != nil && !errors.As(err, &sealed) {
		return virt.Errorf(virt.KindInvalid, "the key %s: %w", path, err).WithHint("Name a private key in OpenSSH or PEM form.")
	}
	return nil
}

// keyProblem remembers why a key that was named cannot be used.
func (l *login) keyProblem(err error) error {
	if l.hop.only {
		l.mu.Lock()
		l.declined = err
		l.mu.Unlock()
	}
	return err
}

func (l *login) unseal(path string, text []byte) (ssh.Signer, error) {
	for try := range secretTries {
		answer, err := l.patiently(virt.Question{
			Host: l.dialer.host.Name, Kind: virt.AskPassphrase, Subject: filepath.Clean(path), Hidden: true, Refused: try > 0,
		})
		if err != nil {
			return nil, err
		}
		_ = l.conn.SetDeadline(time.Time{}) // this side takes its time on purpose
		signer, err := ssh.ParsePrivateKeyWithPassphrase(text, []byte(answer.Text))
		_ = l.conn.SetDeadline(time.Now().Add(dialLimit))
		if err == nil {
			return signer, nil
		}
	}
	return nil, l.keyProblem(virt.Errorf(virt.KindUnauthenticated, "the passphrase does not open the key %s", path).WithHint("Try again with the key's passphrase."))
}

// A sealedKey asks for its passphrase when it has to sign.
type sealedKey struct {
	login  *login
	path   string
	text   []byte
	public ssh.PublicKey
	opened ssh.Signer
}

var _ ssh.AlgorithmSigner = (*sealedKey)(nil)

// PublicKey is known without the passphrase.
func (k *sealedKey) PublicKey() ssh.PublicKey { return k.public }

// Sign is SignWithAlgorithm with the key's own algorithm.
func (k *sealedKey) Sign(rand io.Reader, data []byte) (*ssh.Signature, error) {
	return k.SignWithAlgorithm(rand, data, "")
}

// SignWithAlgorithm asks for the passphrase first.
func (k *sealedKey) SignWithAlgorithm(rand io.Reader, data []byte, algorithm string) (*ssh.Signature, error) {
	if k.opened == nil {
		signer, err := k.login.unseal(k.path, k.text)
		if err != nil {
			return nil, err
		}
		k.opened = signer
	}
	if signer, ok := k.opened.(ssh.AlgorithmSigner); ok {
		return signer.SignWithAlgorithm(rand, data, algorithm)
	}
	return k.opened.Sign(rand, data)
}

// explain gives the failure of an attempt its kind and words.
func (l *login) explain(ctx context.Context, err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ours *virt.Error
	var network net.Error
	switch {
	case ctx.Err() != nil:
		return reachError(l.hop.Address, l.hop.Port, ctx.Err())
	case l.doubt != nil:
		return l.doubt
	case l.declined != nil:
		return l.declined
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &network) && network.Timeout():
		return reachError(l.hop.Address, l.hop.Port, context.DeadlineExceeded)
	case isAuth(err):
		return virt.Errorf(virt.KindUnauthenticated, "%s refused the login as %s: %w", l.hop.Address, l.hop.User, err).
			WithHint("Check the user name, and that the host accepts this key (in ~/.ssh/authorized_keys there) or password.")
	default:
		l.hungUp = len(l.answered) > 0 && (errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE))
		return virt.Errorf(virt.KindUnavailable, "SSH to %s: %w", joinPort(l.hop.Address, l.hop.Port), err).
			WithHint("Check that the port is that of an SSH server which still runs.")
	}
}

// isAuth reports whether the handshake ended because nothing let us in; the SSH
// library has no type for it.
func isAuth(err error) bool {
	return strings.Contains(err.Error(), "unable to authenticate") || strings.Contains(err.Error(), "permission denied")
}
