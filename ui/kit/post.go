package kit

import (
	"sync"

	"fyne.io/fyne/v2"
)

// A poster hands work to the UI goroutine in the order it came. What has come
// until the UI goroutine is free is done in one go: between two pieces of news
// that came together no frame is painted.
type poster struct {
	mu      sync.Mutex
	waiting []func()
}

func (p *poster) post(fn func()) {
	p.mu.Lock()
	p.waiting = append(p.waiting, fn)
	first := len(p.waiting) == 1
	p.mu.Unlock()
	if first {
		fyne.Do(p.run)
	}
}

func (p *poster) run() {
	p.mu.Lock()
	all := p.waiting
	p.waiting = nil
	p.mu.Unlock()
	for _, fn := range all {
		fn()
	}
}
