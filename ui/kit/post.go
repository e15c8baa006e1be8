package kit

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// A poster hands work to the UI goroutine in the order it came. What has come
// until the UI goroutine is free is done in one go: between two pieces of news
// that came together no frame is painted.
type poster struct {
	mu      sync.Mutex
	waiting []func()
	came    chan struct{} // capacity 1: there is something
}

func newPoster() *poster { return &poster{came: make(chan struct{}, 1)} }

func (p *poster) post(fn func()) {
	p.mu.Lock()
	p.waiting = append(p.waiting, fn)
	first := len(p.waiting) == 1
	p.mu.Unlock()
	if !first {
		return
	}
	select {
	case p.came <- struct{}{}:
	default:
	}
	fyne.Do(p.run)
}

func (p *poster) run() {
	defer timed("news")()
	p.mu.Lock()
	all := p.waiting
	p.waiting = nil
	p.mu.Unlock()
	for _, fn := range all {
		fn()
	}
}

// runUntil runs what comes until done says so or the time is over.
func (p *poster) runUntil(done func() bool, limit time.Duration) {
	late := time.NewTimer(limit)
	defer late.Stop()
	for {
		p.run()
		if done() {
			return
		}
		select {
		case <-p.came:
		case <-late.C:
			return
		}
	}
}
