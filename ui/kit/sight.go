package kit

import (
	"maps"
	"slices"
	"sync"
)

// sight is what a kit knows of who can see its windows. A window that nobody sees
// takes no part in what happens: its views load when it is seen again.
type sight struct {
	mu      sync.Mutex
	hidden  map[*Kit]bool
	waiting map[*Kit]map[any]func()
	told    map[*Kit]map[*func()]bool
}

func newSight() *sight {
	return &sight{hidden: map[*Kit]bool{}, waiting: map[*Kit]map[any]func(){}, told: map[*Kit]map[*func()]bool{}}
}

// SetSeen says whether the kit's window can be seen, which it can until this says
// otherwise. The views of a kit load as long as its window or one of those that
// Window made is seen. It is safe from any goroutine.
func (k *Kit) SetSeen(seen bool) {
	k.sight.mu.Lock()
	changed := k.sight.hidden[k] == seen
	if seen {
		delete(k.sight.hidden, k)
	} else {
		k.sight.hidden[k] = true
	}
	var told []*func()
	if changed {
		told = slices.Collect(maps.Keys(k.sight.told[k]))
	}
	k.sight.mu.Unlock()
	for _, tell := range told {
		k.Do(*tell)
	}
	k.catchUp()
}

// InSight says whether the kit's own window can be seen, as far as SetSeen has said.
func (k *Kit) InSight() bool {
	k.sight.mu.Lock()
	defer k.sight.mu.Unlock()
	return !k.sight.hidden[k]
}

// OnSight calls tell on the UI goroutine whenever InSight has become another, until
// stop is called, on that goroutine as well.
func (k *Kit) OnSight(tell func()) (stop func()) {
	stopped := false
	own := func() {
		if !stopped {
			tell()
		}
	}
	k.sight.mu.Lock()
	defer k.sight.mu.Unlock()
	if k.sight.told[k] == nil {
		k.sight.told[k] = map[*func()]bool{}
	}
	k.sight.told[k][&own] = true
	return func() {
		stopped = true
		k.sight.mu.Lock()
		defer k.sight.mu.Unlock()
		delete(k.sight.told[k], &own)
		if len(k.sight.told[k]) == 0 {
			delete(k.sight.told, k)
		}
	}
}

// Seen says whether the kit's window, or one that Window made, can be seen. It is
// for what goes on by itself; views and their news need not ask.
func (k *Kit) Seen() bool { return !k.unseen() }

// catchUp does what has waited for the windows that are seen.
func (k *Kit) catchUp() {
	for ; k != nil; k = k.parent {
		if k.unseen() {
			continue
		}
		k.sight.mu.Lock()
		due := k.sight.waiting[k]
		delete(k.sight.waiting, k)
		k.sight.mu.Unlock()
		for _, do := range due {
			do()
		}
	}
}

func (k *Kit) unseen() bool {
	windows := k.windows()
	k.sight.mu.Lock()
	defer k.sight.mu.Unlock()
	if !k.sight.hidden[k] {
		return false
	}
	for _, child := range windows {
		if !child.closed.Load() && !k.sight.hidden[child] {
			return false
		}
	}
	return true
}

// whenSeen has do done when the window is seen, once for each owner. It reports
// false, and does nothing, when that is now.
func (k *Kit) whenSeen(owner any, do func()) bool {
	if !k.unseen() {
		return false
	}
	k.sight.mu.Lock()
	waiting := k.sight.waiting[k]
	if waiting == nil {
		waiting = map[any]func(){}
		k.sight.waiting[k] = waiting
	}
	waiting[owner] = do
	k.sight.mu.Unlock()
	if !k.unseen() {
		k.catchUp() // it came into sight meanwhile
	}
	return true
}
