package rfb

import (
	"io"
	"sync"
)

// maxBacklog bounds the bytes that wait for a server which does not read.
const maxBacklog = 256 << 10

// An outbox keeps messages to the server in order and never makes the sender
// wait: a window must not stand still because a server does.
type outbox struct {
	mu      sync.Mutex
	waiting []byte
	move    int           // where the movement starts that ends waiting, or -1
	filled  chan struct{} // has room for one
}

func newOutbox() *outbox {
	return &outbox{move: -1, filled: make(chan struct{}, 1)}
}

// put appends a message. It returns ErrBacklog when too much waits already.
func (o *outbox) put(message []byte) error {
	return o.append(message, false)
}

// putMove appends a pointer movement; it takes the place of one that is still
// waiting with the same buttons.
func (o *outbox) putMove(message []byte) error {
	return o.append(message, true)
}

func (o *outbox) append(message []byte, move bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if move && o.move >= 0 && o.waiting[o.move+1] == message[1] {
		copy(o.waiting[o.move:], message)
		return nil
	}
	if len(o.waiting)+len(message) > maxBacklog {
		return ErrBacklog
	}
	o.move = -1
	if move {
		o.move = len(o.waiting)
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
		batch, o.waiting = o.waiting, batch[:0]
		o.move = -1
		o.mu.Unlock()
		if _, err := w.Write(batch); err != nil {
			return err
		}
	}
}
