// Package event carries news from who changes something to whoever shows it.
// Publishing never waits for a subscriber: each has a bounded queue of its own,
// and one that lags too far behind is told to load everything again.
package event

import (
	"sync"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// queueLimit is how many events may wait for one subscriber.
const queueLimit = 4096

// A Bus hands events to its subscribers. It is safe for concurrent use.
type Bus struct {
	mu          sync.RWMutex
	subscribers map[*subscriber]struct{}
}

// New returns a Bus without subscribers.
func New() *Bus {
	return &Bus{subscribers: map[*subscriber]struct{}{}}
}

// Publish gives the event to every subscriber's queue and returns. An event
// without a time gets the present one.
func (b *Bus) Publish(e virt.Event) {
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	for s := range b.subscribers {
		s.put(e)
	}
}

// Subscribe returns news for views, which load again and need not hear the
// same twice: of waiting events with equal Kind and Ref only the newest is
// kept, in the place of the first. See SubscribeAll for what follows an
// overflow and for the returned function.
func (b *Bus) Subscribe() (<-chan virt.Event, func()) {
	return b.subscribe(newNewsQueue(queueLimit))
}

// SubscribeAll returns every event in the order in which it was published, for
// watchers that tell each one. When more than 4096 wait, all of them give way
// to one virt.Resync for each host they were about; a Resync without a host
// stands for operations and settings.
//
// The returned function ends the subscription: it closes the channel and
// returns when nothing more will be sent. It may be called more than once.
func (b *Bus) SubscribeAll() (<-chan virt.Event, func()) {
	return b.subscribe(newFullQueue(queueLimit))
}

func (b *Bus) subscribe(q queue) (<-chan virt.Event, func()) {
	s := &subscriber{queue: q, out: make(chan virt.Event), more: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{})}
	b.mu.Lock()
	b.subscribers[s] = struct{}{}
	b.mu.Unlock()
	go s.deliver()
	return s.out, sync.OnceFunc(func() {
		b.mu.Lock()
		delete(b.subscribers, s)
		b.mu.Unlock()
		close(s.stop)
		<-s.stopped
	})
}

// A subscriber is a queue and the goroutine that empties it.
type subscriber struct {
	mu    sync.Mutex
	queue queue

	out     chan virt.Event
	more    chan struct{} // holds a token while the queue may have events
	stop    chan struct{}
	stopped chan struct{}
}

func (s *subscriber) put(e virt.Event) {
	s.mu.Lock()
	s.queue.put(e)
	s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
}

func (s *subscriber) take() (virt.Event, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.take()
}

func (s *subscriber) deliver() {
	defer close(s.stopped)
	defer close(s.out)
	for {
		e, ok := s.take()
		if !ok {
			select {
			case <-s.more:
				continue
			case <-s.stop:
				return
			}
		}
		select {
		case s.out <- e:
		case <-s.stop:
			return
		}
	}
}
