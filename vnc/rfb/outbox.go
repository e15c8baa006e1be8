package rfb

import (
	"io"
	"sync"
)

// Bounds of the bytes that wait for a server which does not read: of all but
// texts, and of texts before there is no room for another.
const (
	maxBacklog = 256 << 10
	maxBulk    = 2 << 20
)

// An outbox keeps messages to the server in order and never makes the sender
// wait: a window must not stand still because a server does.
type outbox struct {
	now     func(b []byte) int // sends what can be sent without waiting; nil: nothing can
	mu      sync.Mutex
	waiting []byte
	bulk    int           // bytes of waiting that have a bound of their own
	writing bool          // a batch is being written
	buttons uint16        // of the last pointer message
	move    int           // where the movement starts that ends waiting, or -1
	filled  chan struct{} // has room for one
}

func newOutbox() *outbox {
	return &outbox{move: -1, filled: make(chan struct{}, 1)}
}

// put appends a message. It returns ErrBacklog when too much waits already.
func (o *outbox) put(message []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.move = -1
	return o.append(message)
}

// putPointer appends a pointer message. A movement takes the place of a movement
// that still waits before it; where a button changed is never lost.
func (o *outbox) putPointer(message []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	const pointerSize = 6 // and buttons that need another byte
	buttons := uint16(message[1])
	for _, more := range message[pointerSize:] {
		buttons |= uint16(more) << 8
	}
	if buttons != o.buttons {
		o.buttons, o.move = buttons, -1
		return o.append(message)
	}
	if o.move >= 0 {
		copy(o.waiting[o.move:], message)
		return nil
	}
	before := len(o.waiting)
	err := o.append(message)
	if len(o.waiting) == before+len(message) {
		o.move = before
	}
	return err
}

// putBulk appends a message that does not count against the backlog.
func (o *outbox) putBulk(message []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.bulk > maxBulk {
		return ErrBacklog
	}
	o.move = -1
	before := len(o.waiting)
	o.bulk += len(message)
	err := o.append(message)
	o.bulk += len(o.waiting) - before - len(message) // without what was sent at once
	return err
}

// append sends the message or lets it wait for drain. The caller holds o.mu.
func (o *outbox) append(message []byte) error {
	if len(o.waiting)+len(message) > maxBacklog+o.bulk {
		return ErrBacklog
	}
	if o.now != nil && !o.writing && len(o.waiting) == 0 {
		message = message[o.now(message):]
	}
	if len(message) == 0 {
		return nil
	}
	o.waiting = append(o.waiting, message...)
	select {
	case o.filled <- struct{}{}:
	default:
	}
	return nil
}

// drain writes what is put until done is closed or the connection fails.
func (o *outbox) drain(w io.Writer, done <-chan struct{}) error {
	var batch []byte
	for {
		select {
		case <-done:
			return nil
		case <-o.filled:
		}
		o.mu.Lock()
		batch, o.waiting, o.bulk = o.waiting, batch[:0], 0
		o.move, o.writing = -1, true
		o.mu.Unlock()
		_, err := w.Write(batch)
		o.mu.Lock()
		o.writing = false
		o.mu.Unlock()
		if err != nil {
			return err
		}
	}
}
