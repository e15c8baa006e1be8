package virttest

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// A Line is a network line to a service, which a test can cut, freeze and slow.
type Line struct {
	Address string // 127.0.0.1
	Port    int

	dial     func() (net.Conn, error)
	listener net.Listener
	serving  sync.WaitGroup

	mu     sync.Mutex
	conns  map[net.Conn]bool
	cut    bool
	delay  time.Duration
	frozen chan struct{} // closed while the line is not frozen
	opened int
}

// NewLine returns a line to what dial reaches. It ends with the test.
func NewLine(t testing.TB, dial func() (net.Conn, error)) *Line {
	t.Helper()
	l, err := newLine(dial)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// LineTo returns a line to a TCP address.
func LineTo(t testing.TB, address string) *Line {
	t.Helper()
	return NewLine(t, func() (net.Conn, error) { return net.DialTimeout("tcp", address, 10*time.Second) })
}

func newLine(dial func() (net.Conn, error)) (*Line, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return nil, errors.Join(errors.New("no TCP address"), listener.Close())
	}
	l := &Line{
		Address: address.IP.String(), Port: address.Port, dial: dial, listener: listener,
		conns: map[net.Conn]bool{}, frozen: make(chan struct{}),
	}
	close(l.frozen)
	l.serving.Add(1)
	go l.serve()
	return l, nil
}

// Cut ends all connections; new ones end at once, until Mend.
func (l *Line) Cut() {
	l.mu.Lock()
	l.cut = true
	conns := l.conns
	l.conns = map[net.Conn]bool{}
	l.mu.Unlock()
	for c := range conns {
		_ = c.Close()
	}
}

// Mend lets connections through again.
func (l *Line) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = false
}

// Freeze keeps connections open, new ones too, and passes nothing on, as a
// computer does that lost its power behind a switch.
func (l *Line) Freeze() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frozen = make(chan struct{})
}

// Thaw passes everything on again, what was held back first.
func (l *Line) Thaw() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.frozen:
	default:
		close(l.frozen)
	}
}

// Slow makes everything that comes from the service take this much longer.
func (l *Line) Slow(delay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay = delay
}

// Opened is how many connections were made so far.
func (l *Line) Opened() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opened
}

// Open is how many connections are open now.
func (l *Line) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.conns) / 2
}

// Close ends the line.
func (l *Line) Close() {
	_ = l.listener.Close()
	l.Cut()
	l.Thaw()
	l.serving.Wait()
}

func (l *Line) serve() {
	defer l.serving.Done()
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.serving.Add(1)
		go l.carry(near)
	}
}

func (l *Line) carry(near net.Conn) {
	defer l.serving.Done()
	defer func() { _ = near.Close() }()
	l.mu.Lock()
	cut := l.cut
	l.mu.Unlock()
	if cut {
		return
	}
	far, err := l.dial()
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	l.mu.Lock()
	if l.cut {
		l.mu.Unlock()
		return
	}
	l.opened++
	l.conns[near], l.conns[far] = true, true
	l.mu.Unlock()
	var both sync.WaitGroup
	both.Add(2)
	go func() { defer both.Done(); l.pass(far, near, false); _ = far.Close(); _ = near.Close() }()
	go func() { defer both.Done(); l.pass(near, far, true); _ = far.Close(); _ = near.Close() }()
	both.Wait()
	l.mu.Lock()
	delete(l.conns, near)
	delete(l.conns, far)
	l.mu.Unlock()
}

func (l *Line) pass(to io.Writer, from io.Reader, slowly bool) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		l.mu.Lock()
		frozen, delay := l.frozen, l.delay
		l.mu.Unlock()
		<-frozen
		if slowly && delay > 0 {
			<-time.After(delay)
		}
		if _, writeErr := to.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}
