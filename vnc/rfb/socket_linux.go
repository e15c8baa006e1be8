package rfb

import (
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mostParts is how many places the kernel fills with one call.
const mostParts = 1024

// A socket is a connection whose reader waits in the kernel and not in Go's
// poller: that one is woken by each piece of a picture, even while nobody waits
// for it, which costs more than copying the piece. One goroutine reads, one or
// more write; Close may be called at any time, deadlines are set by who reads or
// writes.
type socket struct {
	fd            int
	local, remote net.Addr
	readBy        atomic.Int64 // deadlines in Unix nanoseconds; 0: none
	writeBy       atomic.Int64
	parts         []unix.Iovec

	mu     sync.Mutex
	users  int // calls that use fd
	closed bool
}

// takeOver returns a socket in place of conn, or conn where it is none.
func takeOver(conn net.Conn) net.Conn {
	var raw syscall.RawConn
	var err error
	switch c := conn.(type) {
	case *net.UnixConn:
		raw, err = c.SyscallConn()
	case *net.TCPConn:
		raw, err = c.SyscallConn()
	default:
		return conn
	}
	if err != nil {
		return conn
	}
	s := &socket{fd: -1, local: conn.LocalAddr(), remote: conn.RemoteAddr(), parts: make([]unix.Iovec, 0, mostParts)}
	err = raw.Control(func(fd uintptr) {
		if fd, err := unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0); err == nil {
			s.fd = fd
		}
	})
	if err != nil || s.fd < 0 {
		return conn
	}
	_ = conn.Close() // s goes on
	return s
}

// use says that fd is in use until done; false: it is closed.
func (s *socket) use() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.users++
	return true
}

func (s *socket) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users--; s.closed && s.users == 0 {
		_ = unix.Close(s.fd)
	}
}

// Close ends the connection and what waits for it.
func (s *socket) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	s.closed = true
	_ = unix.Shutdown(s.fd, unix.SHUT_RDWR) // wakes them
	if s.users == 0 {
		return unix.Close(s.fd)
	}
	return nil
}

// Read waits for some bytes.
func (s *socket) Read(b []byte) (int, error) {
	s.begin()
	s.add(b)
	return s.readParts(nil)
}

// begin forgets the parts that readParts fills.
func (s *socket) begin() { s.parts = s.parts[:0] }

// add adds a part and reports whether there is room for another one after it.
func (s *socket) add(part []byte) bool {
	v := unix.Iovec{Base: unsafe.SliceData(part)}
	v.SetLen(len(part))
	s.parts = append(s.parts, v)
	return len(s.parts) < mostParts
}

// readParts waits for some bytes and fills the parts in order. The frame, if they
// lie on one, is locked for as long as the kernel copies, never while the server
// is waited for.
func (s *socket) readParts(frame *Frame) (int, error) {
	if !s.use() {
		return 0, net.ErrClosed
	}
	defer s.done()
	defer clear(s.parts)
	for {
		n, failed := s.readNow(frame)
		switch {
		case failed == syscall.EINTR:
		case failed == syscall.EAGAIN:
			if err := s.wait(unix.POLLIN, s.readBy.Load()); err != nil {
				return 0, err
			}
		case failed != 0:
			return 0, os.NewSyscallError("readv", failed)
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

func (s *socket) readNow(frame *Frame) (int, syscall.Errno) {
	if frame != nil {
		frame.mu.Lock()
		defer frame.mu.Unlock()
	}
	n, _, failed := syscall.RawSyscall(syscall.SYS_READV, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(s.parts))), uintptr(len(s.parts)))
	return int(n), failed
}

// wait waits until the socket is ready or the time has come.
func (s *socket) wait(events int16, by int64) error {
	p := unix.PollFd{Fd: int32(s.fd), Events: events} // a file descriptor
	var limit *unix.Timespec
	if by != 0 {
		left := by - time.Now().UnixNano()
		if left <= 0 {
			return os.ErrDeadlineExceeded
		}
		t := unix.NsecToTimespec(left)
		limit = &t
	}
	_, _, failed := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&p)), 1, uintptr(unsafe.Pointer(limit)), 0, 0, 0)
	if failed != 0 && failed != syscall.EINTR {
		return os.NewSyscallError("ppoll", failed)
	}
	return nil
}

// Write writes all of b.
func (s *socket) Write(b []byte) (written int, err error) {
	if !s.use() {
		return 0, net.ErrClosed
	}
	defer s.done()
	for written < len(b) {
		n, err := s.write(b[written:])
		switch {
		case err == unix.EAGAIN: //nolint:errorlint // a bare number
			if err := s.wait(unix.POLLOUT, s.writeBy.Load()); err != nil {
				return written, err
			}
		case err == unix.EINTR: //nolint:errorlint // a bare number
		case err != nil:
			return written, os.NewSyscallError("sendmsg", err)
		default:
			written += n
		}
	}
	return written, nil
}

func (s *socket) write(b []byte) (int, error) {
	return unix.SendmsgN(s.fd, b, nil, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
}

// sendNow sends what can be sent without waiting and says how many bytes that
// were. A failure shows when the rest is written.
func (s *socket) sendNow(b []byte) int {
	if !s.use() {
		return 0
	}
	defer s.done()
	n, err := s.write(b)
	if err != nil {
		return 0
	}
	return n
}

func (s *socket) LocalAddr() net.Addr  { return s.local }
func (s *socket) RemoteAddr() net.Addr { return s.remote }

func (s *socket) SetDeadline(t time.Time) error {
	_ = s.SetReadDeadline(t)
	return s.SetWriteDeadline(t)
}

func (s *socket) SetReadDeadline(t time.Time) error  { return setDeadline(&s.readBy, t) }
func (s *socket) SetWriteDeadline(t time.Time) error { return setDeadline(&s.writeBy, t) }

func setDeadline(by *atomic.Int64, t time.Time) error {
	if t.IsZero() {
		by.Store(0)
	} else {
		by.Store(t.UnixNano())
	}
	return nil
}
