package hypervisor

import "sync"

// A fact is an answer of the host that holds until the next lifecycle event:
// who is transient, whether anybody is active.
type fact[T any] struct {
	mu    sync.Mutex
	value T
	turn  uint64
}

// get returns the fact if it was learnt in this turn.
func (f *fact[T]) get(turn uint64) (value T, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if turn == 0 || f.turn != turn {
		return value, false
	}
	return f.value, true
}

// set keeps what was asked for in a turn. What was asked before an event and
// answered behind it is never taken for true.
func (f *fact[T]) set(turn uint64, value T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.value, f.turn = value, turn
}

// turn is another number after each lifecycle event, and zero for ever where
// the driver tells of none. Take it before asking.
func (c *Conn) turn() uint64 { return c.turns.Load() }

// nextTurn is called after what we do to a domain ourselves, whose event may
// come later than the answer.
func (c *Conn) nextTurn() {
	if c.turn() > 0 {
		c.turns.Add(1)
	}
}
