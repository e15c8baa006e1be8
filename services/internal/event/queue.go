package event

import (
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A queue holds the events that wait for one subscriber. It is not safe for
// concurrent use.
type queue interface {
	put(e virt.Event)
	take() (virt.Event, bool)
}

// A fullQueue keeps every event until there are too many.
type fullQueue struct {
	limit  int
	events []virt.Event
}

func newFullQueue(limit int) *fullQueue { return &fullQueue{limit: limit} }

func (q *fullQueue) put(e virt.Event) {
	q.events = append(q.events, e)
	if len(q.events) > q.limit {
		q.events = resyncs(q.events, e.Time)
	}
}

func (q *fullQueue) take() (virt.Event, bool) {
	if len(q.events) == 0 {
		q.events = nil // a burst does not hold its memory for ever
		return virt.Event{}, false
	}
	e := q.events[0]
	q.events = q.events[1:]
	return e, true
}

// key is what makes two events the same news.
type key struct {
	kind virt.EventKind
	ref  virt.Ref
}

func keyOf(e virt.Event) key { return key{e.Kind, e.Ref.Key()} }

// resyncOf is the key of the Resync that stands for everything of e's host.
func resyncOf(e virt.Event) key {
	return key{virt.Resync, virt.HostRef(e.Ref.Host).Key()}
}

// A newsQueue keeps the newest event of each key, in the order in which the
// keys came. A waiting Resync swallows what follows about its host.
type newsQueue struct {
	limit  int
	order  []key
	latest map[key]virt.Event
}

func newNewsQueue(limit int) *newsQueue {
	return &newsQueue{limit: limit, latest: map[key]virt.Event{}}
}

func (q *newsQueue) put(e virt.Event) {
	if _, waiting := q.latest[resyncOf(e)]; waiting && e.Kind != virt.Resync {
		return
	}
	k := keyOf(e)
	if _, waiting := q.latest[k]; !waiting {
		q.order = append(q.order, k)
	}
	q.latest[k] = e
	if len(q.order) > q.limit {
		q.overflow(e.Time)
	}
}

func (q *newsQueue) overflow(now time.Time) {
	lost := make([]virt.Event, 0, len(q.order))
	for _, k := range q.order {
		lost = append(lost, q.latest[k])
	}
	q.order = nil
	clear(q.latest)
	for _, e := range resyncs(lost, now) {
		q.order = append(q.order, keyOf(e))
		q.latest[keyOf(e)] = e
	}
}

func (q *newsQueue) take() (virt.Event, bool) {
	if len(q.order) == 0 {
		q.order = nil
		return virt.Event{}, false
	}
	k := q.order[0]
	q.order = q.order[1:]
	e := q.latest[k]
	delete(q.latest, k)
	return e, true
}

// resyncs returns one Resync for each host the lost events were about, in the
// order in which the hosts came.
func resyncs(lost []virt.Event, now time.Time) []virt.Event {
	var out []virt.Event
	seen := map[virt.HostID]bool{}
	for _, e := range lost {
		if seen[e.Ref.Host] {
			continue
		}
		seen[e.Ref.Host] = true
		out = append(out, virt.Event{Kind: virt.Resync, Ref: virt.HostRef(e.Ref.Host), Time: now})
	}
	return out
}
