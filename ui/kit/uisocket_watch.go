package kit

import (
	"context"
	"sync"

	"fyne.io/fyne/v2"
)

// ConsoleStats describe the picture of a console. Hash is 16 hex digits over
// the pixels; Updates counts the pictures received.
type ConsoleStats struct {
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Hash    string `json:"hash"`
	Updates uint64 `json:"updates"`
}

// RegisterConsole makes the picture of a console known to the UI socket under
// id, the machine's UUID. stats is called from any goroutine.
func (k *Kit) RegisterConsole(id string, stats func() ConsoleStats) (remove func()) {
	w := k.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	w.consoles[id] = &stats
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.consoles[id] == &stats {
			delete(w.consoles, id)
		}
	}
}

// watch knows what all windows of the program have in flight.
type watch struct {
	mu       sync.Mutex
	flying   int
	changes  uint64
	settled  chan struct{} // closed and renewed when flying falls to zero
	consoles map[string]*func() ConsoleStats
	numbers  map[fyne.Window]int
	last     int
}

func newWatch() *watch {
	return &watch{
		settled:  make(chan struct{}),
		consoles: map[string]*func() ConsoleStats{},
		numbers:  map[fyne.Window]int{},
	}
}

func (w *watch) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flying++
	w.changes++
}

func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flying--
	w.changes++
	if w.flying == 0 {
		close(w.settled)
		w.settled = make(chan struct{})
	}
}

func (w *watch) changed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changes++
}

func (w *watch) state() (flying int, changes uint64, settled <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flying, w.changes, w.settled
}

func (w *watch) console(id string) (ConsoleStats, bool) {
	w.mu.Lock()
	stats := w.consoles[id]
	w.mu.Unlock()
	if stats == nil {
		return ConsoleStats{}, false
	}
	return (*stats)(), true
}

// number returns the lasting number of each window, from 1 on.
func (w *watch) number(windows []fyne.Window) []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	known := make(map[fyne.Window]int, len(windows))
	numbers := make([]int, len(windows))
	for i, win := range windows {
		n, ok := w.numbers[win]
		if !ok {
			w.last++
			n = w.last
		}
		known[win], numbers[i] = n, n
	}
	w.numbers = known
	return numbers
}

// waitIdle returns when no load and no action is in flight and everything that
// they changed has been painted.
func (k *Kit) waitIdle(ctx context.Context) error {
	for {
		flying, before, settled := k.watch.state()
		if flying > 0 {
			select {
			case <-settled:
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err := k.waitPainted(ctx); err != nil {
			return err
		}
		if flying, after, _ := k.watch.state(); flying == 0 && after == before {
			return nil
		}
	}
}

// waitPainted returns when everything that was asked of the UI goroutine
// before is done and painted: animations move right before a frame is drawn,
// and what is posted then runs right after it.
func (k *Kit) waitPainted(ctx context.Context) error {
	painted := make(chan struct{})
	var once sync.Once
	after := func() { k.post(func() { close(painted) }) }
	k.post(func() {
		frame := fyne.NewAnimation(1, func(float32) { once.Do(func() { go after() }) })
		frame.Start()
	})
	select {
	case <-painted:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// onUI runs fn on the UI goroutine and waits for its result.
func onUI[T any](ctx context.Context, k *Kit, fn func() T) (T, error) {
	result := make(chan T, 1)
	k.post(func() { result <- fn() })
	select {
	case value := <-result:
		return value, nil
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
