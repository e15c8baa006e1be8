package vnc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sort"
	"sync"
	"time"

	"github.com/kvmmanager/kvm-manager/storage"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// betweenPictures is the pace of a recording that does not tell its own.
const betweenPictures = 40 * time.Millisecond

// A Tape is a recording that plays to a Screen: Dial connects to it. It begins at
// a standstill. Its methods are safe from any goroutine.
type Tape struct {
	content []byte
	ends    []int           // where each message ends
	due     []time.Duration // when it comes
	timed   bool
	broken  error

	mu     sync.Mutex
	moved  chan struct{} // closed when the clock starts, stops or is set
	plays  bool
	played time.Duration // until since
	since  time.Time     // while it plays
}

// NewTape looks through a recording, which takes as long as decoding it. One of
// which nothing can be shown is an error, a rfb.MessageError where it begins as
// recordings do; one that goes wrong later plays up to there, see Broken.
func NewTape(ctx context.Context, recording storage.Tape) (*Tape, error) {
	t := &Tape{content: recording.Content, moved: make(chan struct{}), timed: len(recording.Moments) > 0}
	stats, err := rfb.Replay(ctx, rfb.Player(whileWanted{ctx, recording.Reader()}), rfb.Options{Record: (*messages)(t), Local: true})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case stats.Rectangles == 0 && err == nil:
		return nil, errors.New("it shows nothing")
	case stats.Rectangles == 0:
		return nil, err
	}
	t.broken = err
	t.setPace(recording.Moments)
	return t, nil
}

// whileWanted reads until ctx ends.
type whileWanted struct {
	ctx context.Context // lives as long as NewTape
	r   io.Reader
}

func (w whileWanted) Read(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(b)
}

// messages notes where messages end: each is one call of Write.
type messages Tape

func (m *messages) Write(b []byte) (int, error) {
	end := len(b)
	if n := len(m.ends); n > 0 {
		end += m.ends[n-1]
	}
	m.ends = append(m.ends, end)
	return len(b), nil
}

// setPace makes each message come when its last byte did.
func (t *Tape) setPace(moments []storage.Moment) {
	t.due = make([]time.Duration, len(t.ends))
	for i, end := range t.ends {
		if !t.timed {
			t.due[i] = time.Duration(i) * betweenPictures
			continue
		}
		at := sort.Search(len(moments), func(m int) bool { return moments[m].Bytes >= end })
		t.due[i] = moments[min(at, len(moments)-1)].At
	}
}

// Broken says what is wrong behind what can be shown; nil when nothing is.
func (t *Tape) Broken() error { return t.broken }

// Timed says whether the recording tells its own pace.
func (t *Tape) Timed() bool { return t.timed }

// Length is how long the recording plays.
func (t *Tape) Length() time.Duration { return t.due[len(t.due)-1] }

// Played is how much of it has been played, at most Length.
func (t *Tape) Played() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return min(t.now(), t.Length())
}

// now is what the clock shows; the caller holds t.mu.
func (t *Tape) now() time.Duration {
	if t.plays {
		return t.played + time.Since(t.since)
	}
	return t.played
}

// Play lets the recording go on.
func (t *Tape) Play() { t.set(true, false) }

// Pause lets it stand still.
func (t *Tape) Pause() { t.set(false, false) }

// Rewind sets it back to its beginning, and lets it play. The Screen must connect
// anew.
func (t *Tape) Rewind() { t.set(true, true) }

func (t *Tape) set(plays, rewound bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.played = t.now()
	if rewound {
		t.played = 0
	}
	t.plays, t.since = plays, time.Now()
	close(t.moved)
	t.moved = make(chan struct{})
}

// Dial is the DialFunc of the recording. What a connection brings begins at the
// beginning; what is overdue comes at once.
func (t *Tape) Dial(context.Context) (net.Conn, error) {
	return &tapeConn{Conn: rfb.Player(bytes.NewReader(nil)), tape: t, closed: make(chan struct{})}, nil
}

// next returns where the messages end that have come by now, when the next one
// comes, and what tells that the clock was moved; wait is 0 while none will come
// by itself.
func (t *Tape) next(at int) (end int, wait time.Duration, moved <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	come := sort.Search(len(t.due), func(i int) bool { return t.due[i] > now })
	if come > 0 {
		end = t.ends[come-1]
	}
	if t.plays && come < len(t.due) {
		wait = max(t.due[come]-now, time.Microsecond)
	}
	return max(end, at), wait, t.moved
}

// A tapeConn is a connection to the server that a Tape is.
type tapeConn struct {
	net.Conn // answers for what is not read
	tape     *Tape
	at       int
	closing  sync.Once
	closed   chan struct{}
}

// Read waits for what the recording brings next. At its end it waits for Close:
// the last picture stays.
func (c *tapeConn) Read(b []byte) (int, error) {
	for {
		end, wait, moved := c.tape.next(c.at)
		if end > c.at {
			n := copy(b, c.tape.content[c.at:end])
			c.at += n
			return n, nil
		}
		if !c.waits(wait, moved) {
			return 0, os.ErrClosed
		}
	}
}

// waits reports whether there is still somebody who reads.
func (c *tapeConn) waits(wait time.Duration, moved <-chan struct{}) bool {
	var due <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-c.closed:
		return false
	case <-due:
	case <-moved:
	}
	return true
}

// Close ends the reading.
func (c *tapeConn) Close() error {
	c.closing.Do(func() { close(c.closed) })
	return nil
}
