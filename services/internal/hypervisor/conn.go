// Package hypervisor is the wall around libvirt: the only package that calls
// it. A Conn has verbs on UUIDs and names; values go in and out, never handles.
//
// Every error is a *virt.Error whose kind was made from libvirt's code in
// errors.go. libvirt calls block and cannot be cancelled by a context; the few
// verbs that take one (jobs and streams) say how they end.
package hypervisor

import (
	"cmp"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virt/trace"
)

// Options say how to open a connection and who hears of it.
type Options struct {
	Host virt.HostID // set on every value and event

	// OnEvent hears the news of the host, from libvirt's event loop: it MUST
	// return at once and MUST NOT call the Conn.
	OnEvent func(virt.Event)

	// OnClose hears why the connection broke (error, end of file, keepalive,
	// client), under the same conditions. Close does not cause it.
	OnClose func(reason string)

	KeepAlive time.Duration // between probes of an idle connection, whole seconds; 0 means 5 s
	Auth      Auth          // answers questions for credentials; nil answers none

	// Via is the URI that libvirt is given where that is another than the one
	// that names the host: a socket on this computer that leads there.
	Via string
}

const (
	keepAliveEvery = 5 * time.Second
	keepAliveCount = 3 // unanswered probes until the connection counts as broken
)

// A Conn is an open connection to a hypervisor. Its methods may be called from
// several goroutines at once.
type Conn struct {
	host    virt.HostID
	uri     string
	driver  string
	local   bool
	options Options
	conn    *libvirt.Connect
	undo    []func() error // removes the callbacks

	turns     atomic.Uint64 // lifecycle events heard, counted from 1; 0: deaf
	idle      fact[bool]    // no VM is active
	transient fact[map[string]bool]
	known     fact[map[uuid]identity]

	mu       sync.Mutex
	closed   bool
	inFlight int // calls and streams that use conn
}

// Open connects to a libvirt URI (virConnectOpenAuth) and begins to tell its
// news. Close MUST be called.
func Open(uri string, o Options) (*Conn, error) {
	if err := startLoop(); err != nil {
		return nil, err
	}
	conn, err := connect(uri, cmp.Or(o.Via, uri), o.Auth)
	if err != nil {
		return nil, err
	}
	c := &Conn{host: o.Host, uri: uri, local: isLocal(uri), options: o, conn: conn}
	if err := c.setUp(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func connect(uri, via string, auth Auth) (*libvirt.Connect, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer traced("virConnectOpenAuth")()
	asked := &questions{auth: auth}
	conn, err := libvirt.NewConnectWithAuth(via, asked.connectAuth(), 0)
	if err != nil {
		return nil, connectError(uri, translate(err), asked.unanswered)
	}
	return conn, nil
}

func (c *Conn) setUp() error {
	kind, err := value(c, "virConnectGetType", c.conn.GetType)
	if err != nil {
		return err
	}
	c.driver = strings.ToUpper(kind)
	if err := c.keepAlive(); err != nil {
		return err
	}
	if err := c.followClose(); err != nil {
		return err
	}
	return c.followEvents()
}

// keepAlive makes libvirt notice a peer that no longer answers. Drivers inside
// this process have no peer.
func (c *Conn) keepAlive() error {
	every := c.options.KeepAlive
	if every <= 0 {
		every = keepAliveEvery
	}
	seconds := int((every + time.Second - 1) / time.Second)
	err := c.call("virConnectSetKeepAlive", func() error { return c.conn.SetKeepAlive(seconds, keepAliveCount) })
	if errors.Is(err, virt.ErrUnsupported) {
		return nil
	}
	return err
}

// Close ends the connection (virConnectClose). It does not wait for calls and
// streams that are under way: the last of them closes it then.
func (c *Conn) Close() error {
	c.mu.Lock()
	last := !c.closed && c.inFlight == 0
	c.closed = true
	c.mu.Unlock()
	if !last {
		return nil
	}
	return c.release()
}

// release gives everything back to libvirt. Callbacks go first, for they hold
// the connection; a broken connection cannot remove them on the other side, and
// need not.
func (c *Conn) release() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, remove := range c.undo {
		_ = remove()
	}
	_, err := c.conn.Close()
	return translate(err)
}

// enter counts a call in; leave MUST follow when it returns nil.
func (c *Conn) enter() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return virt.Errorf(virt.KindUnavailable, "the connection is closed")
	}
	c.inFlight++
	return nil
}

func (c *Conn) leave() {
	c.mu.Lock()
	c.inFlight--
	last := c.closed && c.inFlight == 0
	c.mu.Unlock()
	if last {
		_ = c.release() // nobody is left to hear of it
	}
}

// call runs one libvirt function, traces it by its C name and translates its
// error. The thread is kept, because libvirt's error details are the thread's.
func (c *Conn) call(name string, f func() error) error {
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer traced(name)()
	return translate(f())
}

// value is call for a libvirt function that returns something.
func value[T any](c *Conn, name string, f func() (T, error)) (T, error) {
	var out T
	err := c.call(name, func() (err error) {
		out, err = f()
		return err
	})
	return out, err
}

// traced writes a libvirt_call line when the function it returns is called.
func traced(name string) func() {
	if !trace.On() {
		return func() {}
	}
	begin := time.Now()
	return func() { trace.Emit("libvirt_call", "name", name, "us", time.Since(begin).Microseconds()) }
}

// URI is the URI that names the host.
func (c *Conn) URI() string { return c.uri }

// Via is the URI that libvirt was given; mostly the same.
func (c *Conn) Via() string { return cmp.Or(c.options.Via, c.uri) }

// Driver is the hypervisor's name in capitals: QEMU, TEST, LXC... (virConnectGetType).
func (c *Conn) Driver() string { return c.driver }

// Local reports whether the hypervisor runs on this computer, so that its files
// are ours to see.
func (c *Conn) Local() bool { return c.local }
