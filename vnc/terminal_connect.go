package vnc

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// A StreamFunc opens the byte stream that a Terminal shows. Read and Write may be
// called at the same time, and Close ends both.
type StreamFunc func(ctx context.Context) (io.ReadWriteCloser, error)

// terminalSession is one call of Connect: attempts and streams in turn.
type terminalSession struct {
	terminal *Terminal
	open     StreamFunc
	cancel   context.CancelFunc
}

// Connect opens the stream and shows it, and goes on doing so when it ends, until
// ctx ends or Close is called. A previous Connect is closed. It does not wait;
// OnStatus tells what happens, io.EOF of a stream that ended.
func (t *Terminal) Connect(ctx context.Context, open StreamFunc) {
	ctx, cancel := context.WithCancel(ctx)
	next := &terminalSession{terminal: t, open: open, cancel: cancel}
	t.mu.Lock()
	previous := t.session
	t.session = next
	t.mu.Unlock()
	if previous != nil {
		previous.cancel()
	}
	t.sessions.Add(2)
	go func() {
		defer t.sessions.Done()
		next.run(ctx)
	}()
	go func() {
		defer t.sessions.Done()
		t.painter.run(ctx, t.repaint)
	}()
}

// Close ends the stream and all attempts, and lets go of the keyboard; the text
// stays. It does not wait, and OnStatus is not called any more. It is called on
// Fyne's goroutine.
func (t *Terminal) Close() {
	t.giveBack()
	t.mu.Lock()
	last := t.session
	t.session = nil
	t.mu.Unlock()
	if last != nil {
		last.cancel()
	}
}

// Wait blocks until everything that Connect started has ended, after Close. It
// must not be called on Fyne's goroutine.
func (t *Terminal) Wait() { t.sessions.Wait() }

// run opens the stream again and again.
func (c *terminalSession) run(ctx context.Context) {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		c.tell(ctx, Status{State: Connecting})
		connected, err := c.once(ctx)
		if ctx.Err() != nil {
			return
		}
		if connected {
			pause = firstPause
		}
		c.tell(ctx, Status{State: Lost, Err: err, RetryIn: pause})
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// once shows the stream until it ends.
func (c *terminalSession) once(ctx context.Context) (connected bool, err error) {
	select { // an earlier session may still write
	case c.terminal.turn <- struct{}{}:
		defer func() { <-c.terminal.turn }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	stream, err := c.open(ctx)
	if err != nil {
		return false, err
	}
	end := sync.OnceFunc(func() { _ = stream.Close() }) // nothing is left to do about it
	defer end()
	defer context.AfterFunc(ctx, end)()

	out := newTerminalOutbox()
	var writer sync.WaitGroup
	writer.Add(1)
	go func() {
		defer writer.Done()
		if err := out.run(stream); err != nil {
			end()
		}
	}()
	c.terminal.attach(out)
	c.tell(ctx, Status{State: Connected})
	err = c.read(stream)
	c.terminal.attach(nil)
	out.close()
	end()
	writer.Wait()
	return true, err
}

// read shows what comes until the stream ends.
func (c *terminalSession) read(stream io.Reader) error {
	t := c.terminal
	in := make([]byte, 32<<10)
	for {
		n, err := stream.Read(in)
		if n > 0 {
			t.mu.Lock()
			_, _ = t.term.Write(in[:n]) // never fails
			t.mu.Unlock()
			t.painter.change()
			if t.OnWritten != nil {
				t.OnWritten()
			}
		}
		if err != nil {
			return err
		}
	}
}

func (c *terminalSession) tell(ctx context.Context, status Status) {
	t := c.terminal
	fyne.Do(func() {
		if ctx.Err() != nil {
			return
		}
		t.mu.Lock()
		t.status = status
		t.mu.Unlock()
		t.refresh()
		tell(t.OnStatus, status)
	})
}

func (t *Terminal) attach(out *terminalOutbox) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.outbox = out
	t.keyboard, t.mods = keyboard{}, 0
}

// repaint runs on Fyne's goroutine, at most once per interval.
func (t *Terminal) repaint() { t.change(t.searchAgain) }

// send writes bytes to the stream, where there is one; the caller holds t.mu.
func (t *Terminal) send(b []byte) {
	if t.outbox != nil && len(b) > 0 {
		t.outbox.add(b)
	}
}

// reply is called by the terminal while it writes.
func (t *Terminal) reply(b []byte) { t.send(b) }

// maxOutbox bounds what waits for a guest that does not read; more is dropped.
const maxOutbox = 16 << 20

// errOutboxClosed ends the writer of a stream.
var errOutboxClosed = errors.New("the stream has ended")

// terminalOutbox takes what is typed without waiting for the guest to read it.
type terminalOutbox struct {
	mu      sync.Mutex
	waiting []byte
	closed  bool
	news    chan struct{} // has room for one
}

func newTerminalOutbox() *terminalOutbox { return &terminalOutbox{news: make(chan struct{}, 1)} }

func (o *terminalOutbox) add(b []byte) {
	o.mu.Lock()
	if len(o.waiting)+len(b) <= maxOutbox {
		o.waiting = append(o.waiting, b...)
	}
	o.mu.Unlock()
	o.wake()
}

func (o *terminalOutbox) close() {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.wake()
}

func (o *terminalOutbox) wake() {
	select {
	case o.news <- struct{}{}:
	default:
	}
}

// run writes until the outbox is closed, which returns nil, or writing fails.
func (o *terminalOutbox) run(to io.Writer) error {
	for range o.news {
		b, err := o.take()
		if errors.Is(err, errOutboxClosed) {
			return nil
		}
		if _, err := to.Write(b); err != nil {
			return err
		}
	}
	return nil
}

func (o *terminalOutbox) take() ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	b := o.waiting
	o.waiting = nil
	if o.closed {
		return nil, errOutboxClosed
	}
	return b, nil
}
