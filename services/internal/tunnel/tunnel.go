// Package tunnel makes ways to the libvirt of another computer: over one SSH
// connection, through jump hosts where there are some, or over TLS. A way is a
// socket on this computer which only its owner may open; each connection to it
// is a stream to libvirt on the other side. So libvirt's client library sees a
// local daemon, waits nowhere for a network that is silent, and a person can be
// asked about keys and certificates in our own words.
package tunnel

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Options say whom to ask and where files lie.
type Options struct {
	// Ask puts a question to whoever connects; an error ends the attempt. It
	// may block for as long as its context lives.
	Ask func(context.Context, virt.Question) (virt.Answer, error)

	// Stage, when set, hears each stage as it begins.
	Stage func(Stage)

	Dirs storage.Dirs // known keys and certificates; the socket
	Home string       // where .ssh is; empty: the user's home
}

// A Stage is a part of the way.
type Stage string

// The stages in their order.
const (
	Reach    Stage = "reach"    // a network connection
	Identify Stage = "identify" // the host shows its key or certificate
	LogIn    Stage = "login"    // the host lets us in
)

// dialLimit is how long a computer may take to accept a network connection.
const dialLimit = 15 * time.Second

// aliveEvery is the time between two probes of an idle SSH connection, and the
// time within which one must be answered.
const aliveEvery = 5 * time.Second

// A Way leads to the libvirt of one host. Close MUST be called.
type Way struct {
	dir      string // holds the socket
	listener net.Listener
	open     func(context.Context) (io.ReadWriteCloser, error)                 // a stream to libvirt
	dial     func(ctx context.Context, network, addr string) (net.Conn, error) // as seen from the host; may be nil
	end      func() error                                                      // closes what the streams go over

	ctx    context.Context // the life of the way
	cancel context.CancelFunc
	users  sync.WaitGroup

	mu      sync.Mutex
	failure error // of the last stream that could not be opened
}

// Open makes the way to a host by SSH or TLS. It ends when ctx ends, questions
// included; the way itself lives until Close.
//
// What does not answer is virt.KindUnavailable or virt.KindTimeout; a key or
// certificate that is not accepted virt.KindForbidden; a login that is refused
// virt.KindUnauthenticated.
func Open(ctx context.Context, h virt.SavedHost, o Options) (*Way, error) {
	if o.Stage == nil {
		o.Stage = func(Stage) {}
	}
	w := &Way{}
	w.ctx, w.cancel = context.WithCancel(context.WithoutCancel(ctx))
	var err error
	switch h.Transport {
	case virt.TransportSSH:
		err = w.overSSH(ctx, h, o)
	case virt.TransportTLS:
		err = w.overTLS(ctx, h, o)
	default:
		err = virt.Errorf(virt.KindUnsupported, "there is no way of ours over %s", h.Transport)
	}
	if err == nil {
		err = w.listen(o.Dirs)
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// URI is what libvirt is given to take this way. mode is "system" or "session".
func (w *Way) URI(mode string) string {
	return "qemu+unix:///" + mode + "?socket=" + url.QueryEscape(w.listener.Addr().String())
}

// Dial opens a network connection as seen from the host, such as to the screen
// of a machine ("tcp" or "unix"). Over TLS it is virt.KindUnsupported.
func (w *Way) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if w.dial == nil {
		return nil, virt.Errorf(virt.KindUnsupported, "nothing but libvirt is reached over TLS")
	}
	return w.dial(ctx, network, address)
}

// Failure is why libvirt's last stream could not be opened, or nil: libvirt
// itself only sees its connection end.
func (w *Way) Failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failure
}

// Close ends the way and everything on it, and waits for its goroutines.
func (w *Way) Close() error {
	w.cancel()
	var errs []error
	if w.listener != nil {
		errs = append(errs, w.listener.Close())
	}
	if w.end != nil {
		errs = append(errs, w.end())
	}
	w.users.Wait()
	if w.dir != "" {
		errs = append(errs, os.RemoveAll(w.dir))
	}
	for i, err := range errs {
		if errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) {
			errs[i] = nil
		}
	}
	return errors.Join(errs...)
}

// listen makes the socket, in a directory of its own that nobody else enters.
func (w *Way) listen(dirs storage.Dirs) error {
	if err := dirs.MakeRuntime(); err != nil {
		return err
	}
	var err error
	if w.dir, err = os.MkdirTemp(dirs.Runtime, "way-"); err != nil {
		return virt.Errorf(virt.KindForbidden, "make the socket of a connection: %w", err)
	}
	if w.listener, err = net.Listen("unix", filepath.Join(w.dir, "s")); err != nil {
		return virt.Errorf(virt.KindForbidden, "make the socket of a connection: %w", err)
	}
	w.users.Add(1)
	go w.accept()
	return nil
}

func (w *Way) accept() {
	defer w.users.Done()
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return // closed
		}
		w.users.Add(1)
		go w.serve(near)
	}
}

func (w *Way) serve(near net.Conn) {
	defer w.users.Done()
	ctx, cancel := context.WithTimeout(w.ctx, dialLimit)
	defer cancel()
	far, err := w.open(ctx)
	if err != nil {
		w.mu.Lock()
		w.failure = err
		w.mu.Unlock()
		slog.Debug("a stream to libvirt", "err", err)
		_ = near.Close()
		return
	}
	join(w.ctx, near, far)
	if h, ok := far.(*helperStream); ok {
		w.mu.Lock()
		w.failure = h.ended()
		w.mu.Unlock()
	}
}

// join copies both ways until one side ends or ctx does; both are closed then.
func join(ctx context.Context, near, far io.ReadWriteCloser) {
	var both sync.WaitGroup
	closeBoth := sync.OnceFunc(func() {
		_ = near.Close()
		_ = far.Close()
	})
	stop := context.AfterFunc(ctx, closeBoth)
	defer stop()
	both.Add(2)
	for _, pair := range [][2]io.ReadWriteCloser{{near, far}, {far, near}} {
		go func() {
			defer both.Done()
			defer closeBoth()
			_, _ = io.Copy(pair[0], pair[1]) // either end is news to libvirt, which says why
		}()
	}
	both.Wait()
}

// reach opens a network connection within dialLimit, with words for people.
func reach(ctx context.Context, address string, port int) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", joinPort(address, port))
	if err != nil {
		return nil, reachError(address, port, err)
	}
	return conn, nil
}

// Knock tells whether something listens at the address; it says nothing and
// leaves at once.
func Knock(ctx context.Context, address string, port int) error {
	conn, err := reach(ctx, address, port)
	if err != nil {
		return err
	}
	return conn.Close()
}
