package tunnel

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// helper is the program of libvirt that leads from an SSH login to the daemon's
// socket; it knows where that is and starts a daemon that waits to be called.
const helper = "virt-ssh-helper"

// usualSockets are where the system's daemon listens, for hosts without helper.
var usualSockets = []string{"/run/libvirt/libvirt-sock", "/var/run/libvirt/libvirt-sock", "/run/libvirt/virtqemud-sock"}

// overSSH logs in to the host, through its jump hosts, and finds out how libvirt
// is reached there. All streams share this one connection.
func (w *Way) overSSH(ctx context.Context, h virt.SavedHost, o Options) error {
	s := &sshDialer{host: h, options: o}
	w.end = s.close
	for _, hop := range hopsOf(h, o.Home) {
		client, err := s.next(ctx, hop)
		if err != nil {
			return err
		}
		w.users.Add(1)
		go w.watchOver(client)
	}
	target := s.clients[len(s.clients)-1]
	w.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		return dialFrom(ctx, target, network, address)
	}
	var err error
	w.open, err = libvirtOf(ctx, target, h)
	return err
}

// sshDialer logs in to one computer after the other.
type sshDialer struct {
	host    virt.SavedHost
	options Options
	clients []*ssh.Client
}

// close ends the connections, the one through the others first.
func (s *sshDialer) close() error {
	var errs []error
	for i := len(s.clients) - 1; i >= 0; i-- {
		errs = append(errs, s.clients[i].Close())
	}
	return errors.Join(errs[min(len(errs), 1):]...) // the first one's end is often the cause
}

// next logs in to a hop, through the last one.
func (s *sshDialer) next(ctx context.Context, hop hop) (*ssh.Client, error) {
	if hop.only {
		if err := checkKey(hop.keys[0]); err != nil {
			return nil, err
		}
	}
	keys, err := loadHostKeys(s.options, hop.Hop)
	if err != nil {
		return nil, err
	}
	login := &login{dialer: s, hop: hop, keys: keys}
	client, err := s.logIn(ctx, login)
	var doubt *keyDoubt
	if errors.As(err, &doubt) {
		if err := keys.ask(ctx, s.host.Name, doubt); err != nil {
			return nil, err
		}
		client, err = s.logIn(ctx, login)
	}
	for err != nil && login.hungUp { // hosts wait two minutes as a rule; what was answered still counts
		login.hungUp = false
		client, err = s.logIn(ctx, login)
	}
	if err != nil {
		return nil, err
	}
	s.clients = append(s.clients, client)
	return client, nil
}

func (s *sshDialer) logIn(ctx context.Context, l *login) (*ssh.Client, error) {
	s.options.Stage(Reach)
	raw, err := s.reach(ctx, l.hop)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stop()
	s.options.Stage(Identify)
	l.begin(ctx, raw)
	conn, channels, requests, err := ssh.NewClientConn(raw, joinPort(l.hop.Address, l.hop.Port), l.config())
	if err == nil && !stop() {
		err = ctx.Err()
		_ = conn.Close()
	}
	if err != nil {
		_ = raw.Close()
		return nil, l.explain(ctx, err)
	}
	_ = raw.SetDeadline(time.Time{})
	return ssh.NewClient(conn, channels, requests), nil
}

// reach opens a network connection: from here, or from the last hop.
func (s *sshDialer) reach(ctx context.Context, hop hop) (net.Conn, error) {
	if len(s.clients) == 0 {
		return reach(ctx, hop.Address, hop.Port)
	}
	limited, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	conn, err := dialFrom(limited, s.clients[len(s.clients)-1], "tcp", joinPort(hop.Address, hop.Port))
	if err != nil {
		return nil, virt.Errorf(virt.KindUnavailable, "the jump host does not reach %s: %w", joinPort(hop.Address, hop.Port), err).
			WithHint("Check the address as seen from the jump host, and that it allows forwarding (AllowTcpForwarding in sshd_config).")
	}
	return &noDeadline{conn}, nil
}

// noDeadline is a stream inside SSH, which knows no deadlines.
type noDeadline struct{ net.Conn }

func (*noDeadline) SetDeadline(time.Time) error { return nil }

// watchOver asks the other side now and then whether it is still there, and
// ends the connection when it is not: sockets of a cut line stay open for hours.
func (w *Way) watchOver(client *ssh.Client) {
	defer w.users.Done()
	tick := time.NewTicker(aliveEvery)
	defer tick.Stop()
	ended := make(chan struct{})
	go func() {
		_ = client.Wait() // any end will do
		close(ended)
	}()
	answered := make(chan struct{}, 1)
	missed, asked := 0, false
	for {
		select {
		case <-tick.C:
			if asked {
				missed++
			}
			if missed >= aliveTries {
				slog.Info("ssh peer is silent", "peer", client.RemoteAddr())
				_ = client.Close()
				continue
			}
			if !asked {
				asked = true
				go func() {
					_, _, _ = client.SendRequest("keepalive@openssh.com", true, nil) // any answer will do
					answered <- struct{}{}
				}()
			}
		case <-answered:
			missed, asked = 0, false
		case <-ended:
			return
		case <-w.ctx.Done():
			_ = client.Close()
			<-ended
			return
		}
	}
}

// dialFrom opens a connection as seen from the other side of client.
func dialFrom(ctx context.Context, client *ssh.Client, network, address string) (net.Conn, error) {
	conn, err := client.DialContext(ctx, network, address)
	if err != nil {
		return nil, channelError(address, err)
	}
	return conn, nil
}

func channelError(address string, err error) error {
	var refused *ssh.OpenChannelError
	switch {
	case errors.As(err, &refused) && refused.Reason == ssh.Prohibited:
		return virt.Errorf(virt.KindForbidden, "the host does not forward connections to %s: %w", address, err).
			WithHint("Allow it in the host's sshd_config: AllowTcpForwarding and AllowStreamLocalForwarding yes.")
	case errors.As(err, &refused):
		return virt.Errorf(virt.KindUnavailable, "the host does not reach %s: %w", address, err).
			WithHint("Check that the service runs on the host.")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &virt.Error{Kind: virt.KindOf(err), Err: err}
	default:
		return virt.Errorf(virt.KindUnavailable, "the SSH connection: %w", err)
	}
}

// libvirtOf finds out how libvirt is reached on the host: by the socket that was
// named, by libvirt's own helper, or by the usual sockets.
func libvirtOf(ctx context.Context, client *ssh.Client, h virt.SavedHost) (func(context.Context) (io.ReadWriteCloser, error), error) {
	if h.Socket != "" {
		return func(ctx context.Context) (io.ReadWriteCloser, error) { return dialFrom(ctx, client, "unix", h.Socket) }, nil
	}
	if run(ctx, client, "command -v "+helper) == nil {
		mode := "system"
		if h.Session {
			mode = "session"
		}
		return func(context.Context) (io.ReadWriteCloser, error) {
			return startHelper(client, helper+" 'qemu:///"+mode+"'")
		}, nil
	}
	if ctx.Err() != nil {
		return nil, &virt.Error{Kind: virt.KindOf(ctx.Err()), Err: ctx.Err()}
	}
	var failures []error
	for _, path := range usualSockets {
		conn, err := dialFrom(ctx, client, "unix", path)
		if errors.Is(err, virt.ErrForbidden) {
			return nil, err // and so are the others
		}
		if err != nil {
			failures = append(failures, err)
			continue
		}
		_ = conn.Close()
		if h.Session {
			return nil, virt.Errorf(virt.KindUnsupported, "the host has no %s, without which a user's own libvirt is not reached", helper).
				WithHint("Install libvirt's client tools there (libvirt-clients, libvirt-client), or name the socket of the session.")
		}
		return func(ctx context.Context) (io.ReadWriteCloser, error) { return dialFrom(ctx, client, "unix", path) }, nil
	}
	return nil, virt.Errorf(virt.KindUnavailable, "libvirt is not reached on the host: %w", errors.Join(failures...)).
		WithHint("Install and start libvirt there: libvirt-daemon-system on Debian and Ubuntu, libvirt-daemon-kvm on Fedora.")
}

func run(ctx context.Context, client *ssh.Client, command string) error {
	session, err := client.NewSession()
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = session.Close() })
	defer stop()
	defer func() { _ = session.Close() }()
	return session.Run(command)
}

// A helperStream is libvirt's helper on the host: what it reads and writes.
type helperStream struct {
	io.Reader
	io.WriteCloser
	session *ssh.Session
	said    lockedBuffer
}

func startHelper(client *ssh.Client, command string) (io.ReadWriteCloser, error) {
	session, err := client.NewSession()
	if err != nil {
		return nil, channelError(helper, err)
	}
	h := &helperStream{session: session}
	session.Stderr = &h.said
	if h.WriteCloser, err = session.StdinPipe(); err == nil {
		h.Reader, err = session.StdoutPipe()
	}
	if err == nil {
		err = session.Start(command)
	}
	if err != nil {
		_ = session.Close()
		return nil, virt.Errorf(virt.KindUnavailable, "start %s on the host: %w", helper, err)
	}
	return h, nil
}

// Read waits, at the end, until the helper has said why.
func (h *helperStream) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		_ = h.session.Wait() // what it said counts, not its exit code
	}
	return n, err
}

// Close ends the helper, also while something is written: the SSH library lets no
// end of input be told at the same time.
func (h *helperStream) Close() error { return h.session.Close() }

// ended returns why the helper left, in the words for people, or nil.
func (h *helperStream) ended() error {
	said := strings.TrimSpace(h.said.String())
	if said == "" {
		return nil
	}
	if strings.Contains(said, "Permission denied") { // the helper has no other way to say so
		err := virt.Errorf(virt.KindForbidden, "libvirt on the host: %s", said).
			WithHint("Let this user use libvirt on the host: sudo usermod -aG libvirt USER — or log in as root.")
		err.Cause = "The login works, but this user may not open the socket of the host's libvirt daemon."
		return err
	}
	err := virt.Errorf(virt.KindUnavailable, "libvirt on the host: %s", said).
		WithHint("Check that the libvirt daemon runs on the host: sudo systemctl start libvirtd (or virtqemud).")
	err.Cause = "The login works, but no libvirt daemon answers there: most likely it is not started or has crashed."
	return err
}

// lockedBuffer takes what the helper says on stderr.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

const mostSaid = 4 << 10

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if room := mostSaid - b.text.Len(); room > 0 {
		b.text.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
