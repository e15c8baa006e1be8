package kit

import (
	"sync"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A Follower wants to know of news. Changed must not block; it is called off
// the UI goroutine.
type Follower interface{ Changed() }

// Follow tells f of all news that match says concern it, and of every loss of
// news, until the returned function is called or, if f is a View, it stops.
// It also calls Changed at once, so that f knows how things stand now. match
// runs off the UI goroutine and must not touch widgets.
func (k *Kit) Follow(f Follower, match func(virt.Event) bool) (unfollow func()) {
	unfollow = k.news.add(f, match)
	if v, ok := f.(interface{ OnStop(func()) }); ok {
		v.OnStop(unfollow)
	}
	f.Changed()
	return unfollow
}

// About matches news of the thing ref points to, and of the state of its host.
// For a host it matches news of the connection and of all that is on it.
func About(ref virt.Ref) func(virt.Event) bool {
	if ref.Kind == virt.KindHost {
		return AboutHost(ref.Host)
	}
	return func(e virt.Event) bool {
		if e.Kind == virt.Resync || e.Kind == virt.HostChanged {
			return concerns(e, ref.Host)
		}
		return e.Ref.Same(ref)
	}
}

// AboutHost matches news of everything on the host but its figures. With no
// kinds it takes all of them, else only these; loss of news always matches.
func AboutHost(host virt.HostID, kinds ...virt.EventKind) func(virt.Event) bool {
	wanted := OfKind(kinds...)
	return func(e virt.Event) bool { return concerns(e, host) && wanted(e) }
}

// OfKind matches news of the kinds, on any host, and every loss of news. With
// no kinds it matches all news but figures, operations and settings.
func OfKind(kinds ...virt.EventKind) func(virt.Event) bool {
	wanted := make(map[virt.EventKind]bool, len(kinds))
	for _, kind := range kinds {
		wanted[kind] = true
	}
	return func(e virt.Event) bool {
		if e.Kind == virt.Resync {
			return true
		}
		if len(wanted) > 0 {
			return wanted[e.Kind]
		}
		return e.Kind != virt.StatsTaken && e.Kind != virt.HostMeasured && e.Kind != virt.OperationChanged && e.Kind != virt.SettingChanged
	}
}

// concerns says whether e is about host; an event without a host is about all.
func concerns(e virt.Event, host virt.HostID) bool { return e.Ref.Host == host || e.Ref.Host == "" }

// news is one subscription, handed to all followers by one goroutine.
type news struct {
	source Source

	mu        sync.Mutex
	followers map[int]follower
	next      int
	cancel    func()
	stopping  chan struct{}
	ended     chan struct{}
	stopped   bool
}

type follower struct {
	Follower
	match func(virt.Event) bool
}

func newNews(source Source) *news {
	return &news{source: source, followers: map[int]follower{}}
}

func (n *news) add(f Follower, match func(virt.Event) bool) (remove func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.subscribe()
	id := n.next
	n.next++
	n.followers[id] = follower{f, match}
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.followers, id)
	}
}

// subscribe begins with the first follower; n.mu is held.
func (n *news) subscribe() {
	if n.cancel != nil || n.stopped || n.source == nil {
		return
	}
	events, cancel := n.source.Subscribe()
	n.cancel, n.stopping, n.ended = cancel, make(chan struct{}), make(chan struct{})
	go n.hand(events, n.stopping, n.ended)
}

func (n *news) hand(events <-chan virt.Event, stopping <-chan struct{}, ended chan<- struct{}) {
	defer close(ended)
	for {
		select {
		case <-stopping:
			return
		case e, ok := <-events:
			if !ok {
				return
			}
			for _, f := range n.concerned(e) {
				f.Changed()
			}
		}
	}
}

// concerned returns who wants to know of e. News that may have been lost on
// every host concern everybody.
func (n *news) concerned(e virt.Event) []Follower {
	n.mu.Lock()
	defer n.mu.Unlock()
	lost := e.Kind == virt.Resync && e.Ref.Host == ""
	var all []Follower
	for _, f := range n.followers {
		if lost || f.match(e) {
			all = append(all, f.Follower)
		}
	}
	return all
}

func (n *news) stop() {
	n.mu.Lock()
	first := !n.stopped && n.cancel != nil
	n.stopped = true
	n.mu.Unlock()
	if first {
		close(n.stopping)
		n.cancel()
	}
}

// wait returns when the handing goroutine has ended.
func (n *news) wait() {
	n.mu.Lock()
	ended := n.ended
	n.mu.Unlock()
	if ended != nil {
		<-ended
	}
}
