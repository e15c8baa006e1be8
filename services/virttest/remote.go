package virttest

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/sys/unix"
)

// What lets people into a Remote.
const (
	RemoteUser     = "root"
	RemotePassword = "remote-root-pw"
	SessionUser    = "sid" // who is not root and has a libvirt session of his own; by key only
	SASLUser       = "labuser"
	SASLPassword   = "lab-sasl-pw"

	tlsPort = 16514
	tcpPort = 16509
)

// A Remote is a private libvirtd as a computer of its own: reached by SSH with
// key or password, by TLS with certificates on both sides, and by TCP with SASL.
// Each is a Line that a test can cut.
type Remote struct {
	*Daemon
	SSH, TLS, TCP *Line
	Key           string // a private key that the host accepts
	Authority     *Authority
	Client        Certificate // that libvirtd accepts

	dir     string // ours
	server  CertSpec
	screens CertSpec // without a name: screens are not encrypted
	shells  *sshd
}

// RemoteHost returns a Remote that ends with the test. Where none can run the
// test is skipped; under CI=true it fails instead.
func RemoteHost(t testing.TB) *Remote {
	t.Helper()
	return RemoteHostWith(t, usualServer)
}

// usualServer is the certificate of a host at the address of its Line.
var usualServer = CertSpec{Name: "server", Names: []string{"127.0.0.1", "remote.test"}}

// RemoteHostWith is RemoteHost whose libvirtd shows another certificate.
func RemoteHostWith(t testing.TB, server CertSpec) *Remote {
	t.Helper()
	return remoteHost(t, server, CertSpec{})
}

func remoteHost(t testing.TB, server, screens CertSpec) *Remote {
	t.Helper()
	r, err := startRemote(server, screens)
	if errors.Is(err, ErrCannot) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("end the remote host: %v", err)
		}
	})
	return r
}

var sharedRemote struct {
	once   sync.Once
	remote *Remote
	err    error
}

// SharedRemote returns the Remote that all tests of this package share. The
// package's TestMain MUST call Main. A test leaves it as it found it, does not
// run in parallel, and restarts nothing.
func SharedRemote(t testing.TB) *Remote {
	t.Helper()
	s := &sharedRemote
	s.once.Do(func() { s.remote, s.err = StartRemote() })
	if errors.Is(s.err, ErrCannot) && os.Getenv("CI") != "true" {
		t.Skip(s.err)
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.remote
}

// StartRemote starts a Remote. Close MUST be called.
func StartRemote() (*Remote, error) { return startRemote(usualServer, CertSpec{}) }

func startRemote(server, screens CertSpec) (*Remote, error) {
	for _, program := range []string{"/usr/sbin/sshd", "nsenter", "saslpasswd2", "openssl"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCannot, err)
		}
	}
	dir, err := os.MkdirTemp("", "remote-")
	if err != nil {
		return nil, err
	}
	r := &Remote{dir: dir, server: server, screens: screens}
	if err := r.start(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Remote) start() (err error) {
	if r.Authority, err = newAuthority(r.dir, "Lab"); err != nil {
		return err
	}
	if r.Client, err = r.Authority.issue(CertSpec{Name: "client"}); err != nil {
		return err
	}
	if r.Daemon, err = startLibvirtd(r.configure); err != nil {
		return err
	}
	if r.TLS, err = newLine(func() (net.Conn, error) { return r.dialInside(tlsPort) }); err != nil {
		return err
	}
	if r.TCP, err = newLine(func() (net.Conn, error) { return r.dialInside(tcpPort) }); err != nil {
		return err
	}
	if r.shells, err = r.startSSHD(); err != nil {
		return err
	}
	r.Key = r.shells.clientKey
	r.SSH, err = newLine(func() (net.Conn, error) { return net.DialTimeout("tcp", r.shells.address, 10*time.Second) })
	return err
}

// configure lets libvirtd listen to the network, in the directory of its files.
func (r *Remote) configure(dir string) error {
	server, err := r.Authority.issue(r.server)
	if err != nil {
		return err
	}
	etc := filepath.Join(dir, "etc")
	for name, from := range map[string]string{"cacert.pem": r.Authority.CA, "servercert.pem": server.Cert, "serverkey.pem": server.Key} {
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(filepath.Join(etc, name), text, 0o600)
		}
		if err != nil {
			return err
		}
	}
	if r.screens.Name != "" {
		if err := r.configureScreens(etc); err != nil {
			return err
		}
	}
	conf, err := os.OpenFile(filepath.Join(etc, "libvirtd.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = conf.WriteString(`listen_tls = 1
listen_tcp = 1
auth_tcp = "sasl"
auth_tls = "none"
tls_no_sanity_certificate = 1
ca_file = "/etc/libvirt/cacert.pem"
cert_file = "/etc/libvirt/servercert.pem"
key_file = "/etc/libvirt/serverkey.pem"
`)
	if err = errors.Join(err, conf.Close()); err != nil {
		return err
	}
	sasl := filepath.Join(etc, "sasl2")
	if err := os.MkdirAll(sasl, 0o755); err != nil { // as in /etc
		return err
	}
	text := "mech_list: digest-md5\nsasldb_path: /etc/libvirt/passwd.db\n"
	if err := os.WriteFile(filepath.Join(sasl, "libvirt.conf"), []byte(text), 0o600); err != nil {
		return err
	}
	set := exec.CommandContext(context.Background(), "saslpasswd2", "-p", "-c", "-f", filepath.Join(etc, "passwd.db"), "-a", "libvirt", SASLUser)
	set.Stdin = strings.NewReader(SASLPassword)
	if out, err := set.CombinedOutput(); err != nil {
		return fmt.Errorf("saslpasswd2: %w: %s", err, out)
	}
	return nil
}

// dialInside connects to a port of the daemon's own network.
func (r *Remote) dialInside(port int) (net.Conn, error) {
	type answer struct {
		conn net.Conn
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with its foreign network
		space, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", r.pid))
		if err == nil {
			err = errors.Join(unix.Setns(int(space.Fd()), unix.CLONE_NEWNET), space.Close())
		}
		if err != nil {
			done <- answer{nil, err}
			return
		}
		conn, err := net.DialTCP("tcp4", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		done <- answer{conn, err}
	}()
	a := <-done
	return a.conn, a.err
}

// Close ends everything.
func (r *Remote) Close() error {
	for _, line := range []*Line{r.SSH, r.TLS, r.TCP} {
		if line != nil {
			line.Close()
		}
	}
	var err error
	if r.Daemon != nil {
		err = r.Daemon.Close()
	}
	if r.shells != nil {
		_ = r.shells.cmd.Wait() // killed with the namespaces
	}
	return errors.Join(err, os.RemoveAll(r.dir))
}

// HostKey is the fingerprint of the host's SSH key.
func (r *Remote) HostKey() string { return ssh.FingerprintSHA256(r.shells.hostKey) }

// KnownHosts is the host's line for a known_hosts file, at the port of its Line.
func (r *Remote) KnownHosts() string {
	return fmt.Sprintf("[%s]:%d %s", r.SSH.Address, r.SSH.Port, ssh.MarshalAuthorizedKey(r.shells.hostKey))
}

// ChangeHostKey gives the host another SSH key, as a new installation does.
func (r *Remote) ChangeHostKey(t testing.TB) {
	t.Helper()
	if err := r.shells.end(r.pid); err != nil {
		t.Fatal(err)
	}
	r.SSH.Cut()
	shells, err := r.startSSHD()
	if err != nil {
		t.Fatal(err)
	}
	shells.clientKey, r.shells = r.Key, shells
	r.SSH.Mend()
}

// sshd is an SSH server that sees the daemon's files and listens on this
// computer's loopback.
type sshd struct {
	cmd       *exec.Cmd
	address   string
	clientKey string
	hostKey   ssh.PublicKey
	pidFile   string // as seen from inside
}

func (r *Remote) startSSHD() (*sshd, error) {
	inside := filepath.Join(r.Dir, "ssh")
	if err := os.MkdirAll(inside, 0o755); err != nil { // users who log in read their keys
		return nil, err
	}
	s := &sshd{clientKey: filepath.Join(r.dir, "id_ed25519"), pidFile: filepath.Join(inside, "pid")}
	var err error
	if s.hostKey, err = newKey(filepath.Join(inside, "host_key"), ""); err != nil {
		return nil, err
	}
	if _, err := os.Stat(s.clientKey); err != nil {
		public, err := newKey(s.clientKey, "")
		if err == nil {
			err = os.WriteFile(filepath.Join(inside, "authorized"), ssh.MarshalAuthorizedKey(public), 0o644) // as above
		}
		if err != nil {
			return nil, err
		}
	}
	if err := r.writeUsers(inside); err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s.address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	conf := filepath.Join(inside, "conf")
	text := fmt.Sprintf("ListenAddress %s\nHostKey %s/host_key\nPidFile %s\nAuthorizedKeysFile %s/authorized\n"+
		"UsePAM no\nPermitRootLogin yes\nPasswordAuthentication yes\nStrictModes no\nMaxStartups 100\n", s.address, inside, s.pidFile, inside)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return nil, err
	}
	s.cmd = exec.CommandContext(context.Background(), "nsenter", "--target", strconv.Itoa(r.pid), "--mount", "--pid", "--ipc", "--uts", "--", "sh", "-c",
		`mkdir -p /run/sshd && mount --bind "$1/shadow" /etc/shadow && mount --bind "$1/passwd" /etc/passwd && exec /usr/sbin/sshd -D -e -f "$1/conf" 2>>"$1/log"`, "sh", inside)
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	return s, s.up()
}

// up waits until the server listens.
func (s *sshd) up() error {
	for deadline := time.Now().Add(20 * time.Second); ; {
		conn, err := net.DialTimeout("tcp", s.address, time.Second)
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("sshd does not listen: %w", err)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// end stops the server; logins that are open stay.
func (s *sshd) end(pid int) error {
	kill := exec.CommandContext(context.Background(), "nsenter", "--target", strconv.Itoa(pid), "--mount", "--pid", "--", "sh", "-c",
		`kill "$(cat "$1")"`, "sh", s.pidFile)
	out, err := kill.CombinedOutput()
	if err != nil {
		return fmt.Errorf("end sshd: %w: %s", err, out)
	}
	_ = s.cmd.Wait() // its end is what was asked for
	return nil
}

// NewSSHKey writes a private key, sealed where there is a passphrase, and
// returns its path. The host accepts it.
func (r *Remote) NewSSHKey(t testing.TB, passphrase string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	public, err := newKey(path, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	authorized, err := os.OpenFile(filepath.Join(r.Dir, "ssh", "authorized"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = authorized.Write(ssh.MarshalAuthorizedKey(public))
	if err := errors.Join(err, authorized.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func newKey(path, passphrase string) (ssh.PublicKey, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	var block *pem.Block
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(private, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(passphrase))
	}
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		return nil, err
	}
	return ssh.NewPublicKey(public)
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0, errors.Join(errors.New("no TCP address"), listener.Close())
	}
	return address.Port, listener.Close()
}
