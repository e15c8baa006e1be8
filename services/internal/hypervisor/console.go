package hypervisor

import (
	"errors"
	"io"
	"runtime"
	"sync"
	"syscall"
	"time"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// ErrConsoleBusy says that somebody else has the console open.
var ErrConsoleBusy = errors.New("another program has the console open")

// OpenConsole opens a serial port or console of a running VM by its device
// alias, such as serial0; an empty one is the first (virDomainOpenConsole). One
// that somebody else has open is ErrConsoleBusy, unless force takes it away.
// Read, Write and Close may be called at the same time; Close ends the others.
func (c *Conn) OpenConsole(id, device string, force bool) (io.ReadWriteCloser, error) {
	if err := c.enter(); err != nil {
		return nil, err
	}
	console := &console{conn: c, news: newNews()}
	err := c.power(virt.OpenConsole, "virDomainOpenConsole", id, func(d *libvirt.Domain) error { return console.open(d, device, force) })
	if err != nil {
		c.leave()
		if hasCode(err, libvirt.ERR_OPERATION_FAILED) {
			err = virt.Errorf(virt.KindState, "%w: %w", ErrConsoleBusy, err) // the one thing this code means here
		}
		return nil, err
	}
	return console, nil
}

// A console is a non-blocking libvirt stream made to block. libvirt's event
// loop says when it is ready, but only while somebody waits: an event that
// nobody acts upon would make the loop spin.
type console struct {
	conn *Conn
	news *streamNews

	mu     sync.Mutex
	stream *libvirt.Stream
	armed  libvirt.StreamEventType
	closed bool
}

func (s *console) open(d *libvirt.Domain, device string, force bool) error {
	var flags libvirt.DomainConsoleFlags
	if force {
		flags = libvirt.DOMAIN_CONSOLE_FORCE
	}
	st, err := s.conn.conn.NewStream(libvirt.STREAM_NONBLOCK)
	if err != nil {
		return translate(err)
	}
	if err := translate(d.OpenConsole(device, st, flags)); err != nil {
		_ = st.Free()
		return err
	}
	news := s.news // the binding never forgets the callback: it must not hold the console
	if err := translate(st.EventAddCallback(0, func(_ *libvirt.Stream, events libvirt.StreamEventType) { news.tell(events) })); err != nil {
		_ = st.Abort()
		_ = st.Free()
		return err
	}
	s.stream = st
	return nil
}

// Read waits for what the guest writes. It is io.EOF when the VM is off or the
// console was closed, and virt.ErrUnavailable when it was taken away or the
// connection broke. libvirt does not always tell that it was taken away: then
// Read waits until Close.
func (s *console) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return s.wait(libvirt.STREAM_EVENT_READABLE, s.news.readable, func() (int, error) { return s.stream.Recv(p) })
}

// Write sends all of p to the guest.
func (s *console) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := s.wait(libvirt.STREAM_EVENT_WRITABLE, s.news.writable, func() (int, error) { return s.stream.Send(p[done:]) })
		if errors.Is(err, io.EOF) {
			err = io.ErrClosedPipe
		}
		if err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// wait tries until the stream is ready for it. A non-blocking stream that is
// not returns -2.
func (s *console) wait(event libvirt.StreamEventType, ready <-chan struct{}, try func() (int, error)) (int, error) {
	for {
		n, err := s.attempt(event, try)
		if err != nil || n >= 0 {
			return n, err
		}
		select {
		case <-ready:
		case <-s.news.over:
		}
	}
}

// attempt tries once, and asks for the event when the stream is not ready.
func (s *console) attempt(event libvirt.StreamEventType, try func() (int, error)) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, io.EOF
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	n, err := try()
	if err == nil && n < 0 {
		return n, s.arm(s.armed | event)
	}
	err = streamError(err)
	if armErr := s.arm(s.armed &^ event); err == nil {
		err = armErr
	}
	return n, err
}

// streamError tells the end of a stream from a broken one. A pseudoterminal
// whose machine went off ends with EIO (read(2)) where the driver works inside
// this process.
func streamError(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	err = translate(err)
	var f *failure
	if errors.As(err, &f) && f.errno == syscall.EIO {
		return io.EOF
	}
	return as(virt.KindUnavailable, err)
}

// arm says which events the loop shall tell; the end of the stream always.
func (s *console) arm(events libvirt.StreamEventType) error {
	if events == s.armed {
		return nil
	}
	wanted := events
	if events != 0 {
		wanted |= libvirt.STREAM_EVENT_HANGUP | libvirt.STREAM_EVENT_ERROR
	}
	if err := s.stream.EventUpdateCallback(wanted); err != nil {
		return translate(err)
	}
	s.armed = events
	return nil
}

// patience is how long Close waits for the daemon. One that lost the stream, as
// it may when somebody takes the console away, never answers.
const patience = 2 * time.Second

// Close gives the console back; a Read that waits ends.
func (s *console) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	if !first {
		return nil
	}
	s.news.end()
	released := make(chan struct{})
	go func() {
		defer close(released)
		s.release()
	}()
	select {
	case <-released:
	case <-time.After(patience): // the end of the connection ends it
	}
	return nil
}

// release gives the stream back to libvirt. Nobody else uses it by now.
func (s *console) release() {
	defer s.conn.leave()
	_ = s.stream.EventRemoveCallback()
	_ = s.stream.Abort() // a stream that ended by itself cannot be aborted
	_ = s.stream.Free()
}

// streamNews passes events from libvirt's loop to those who wait, without
// blocking the loop.
type streamNews struct {
	readable, writable chan struct{} // capacity 1
	over               chan struct{} // closed at the end
	once               sync.Once
}

func newNews() *streamNews {
	return &streamNews{readable: make(chan struct{}, 1), writable: make(chan struct{}, 1), over: make(chan struct{})}
}

func (n *streamNews) tell(events libvirt.StreamEventType) {
	const ended = libvirt.STREAM_EVENT_HANGUP | libvirt.STREAM_EVENT_ERROR
	if events&(libvirt.STREAM_EVENT_READABLE|ended) != 0 {
		poke(n.readable)
	}
	if events&(libvirt.STREAM_EVENT_WRITABLE|ended) != 0 {
		poke(n.writable)
	}
}

func (n *streamNews) end() { n.once.Do(func() { close(n.over) }) }

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
