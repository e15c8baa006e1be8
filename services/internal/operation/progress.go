package operation

import (
	"context"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// How often a running operation looks up.
const (
	lookEvery   = 100 * time.Millisecond // publish what changed
	cancelEvery = 500 * time.Millisecond // ask whether somebody wants its end
	saveEvery   = time.Second            // write stage and figures
)

// newsPerSecond is how many events of one operation reach the bus in any
// second; its end takes the tenth.
const newsPerSecond = 9

// Progress is a running operation as its work sees it. It is safe for
// concurrent use. On the nil Progress Stage, Total, Add, Count and Diff count nothing.
type Progress struct {
	door   *Door
	parent *Progress
	cancel context.CancelFunc

	stage atomic.Pointer[string]
	done  atomic.Int64
	total atomic.Int64

	mu        sync.Mutex
	op        virt.Operation // all but stage and figures
	published [newsPerSecond]time.Time
	told      figures // what the last event was about
	steps     []*step
	lastStep  int
	diff      strings.Builder
	children  []error
}

// figures are what an operation shows of its progress.
type figures struct {
	stage       string
	done, total int64
}

type progressKey struct{}

// From returns the operation whose work was given ctx, or nil.
func From(ctx context.Context) *Progress {
	p, _ := ctx.Value(progressKey{}).(*Progress)
	return p
}

// ID is the operation's.
func (p *Progress) ID() string { return p.op.ID }

// Stage names what the work does now. Names are part of the contract: short,
// in English, and the same in every run. Figures begin anew.
func (p *Progress) Stage(name string) {
	if p == nil {
		return
	}
	p.total.Store(0)
	p.done.Store(0)
	p.stage.Store(&name)
	p.publish(time.Now())
}

// Total says how many bytes or steps the stage has; 0 means unknown.
func (p *Progress) Total(n int64) {
	if p != nil {
		p.total.Store(n)
	}
}

// Add counts n more bytes or steps of the stage as done.
func (p *Progress) Add(n int64) {
	if p != nil {
		p.done.Add(n)
	}
}

// Count returns a writer to w that adds what is written.
func (p *Progress) Count(w io.Writer) io.Writer { return counter{w, p} }

type counter struct {
	io.Writer
	progress *Progress
}

func (c counter) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.progress.Add(int64(n))
	return n, err
}

// Diff puts the change of an XML document into the audit row, as a unified
// diff. The documents MUST be without secrets.
func (p *Progress) Diff(old, new string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.diff.WriteString(unifiedDiff(old, new))
}

func (p *Progress) diffs() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.diff.String()
}

func (p *Progress) figures() figures {
	f := figures{done: p.done.Load(), total: p.total.Load()}
	if name := p.stage.Load(); name != nil {
		f.stage = *name
	}
	return f
}

func (p *Progress) snapshot() virt.Operation {
	p.mu.Lock()
	defer p.mu.Unlock()
	op, now := p.op, p.figures()
	op.Stage, op.Done, op.Total = now.stage, now.done, now.total
	return op
}

// ended notes how the operation ended and returns it.
func (p *Progress) ended(state virt.OperationState, failure *virt.Error) virt.Operation {
	p.mu.Lock()
	p.op.State, p.op.Ended = state, time.Now().UTC().Truncate(time.Microsecond)
	if failure != nil {
		p.op.Kind, p.op.Message, p.op.Cause, p.op.Hint = failure.Kind, failure.Error(), virt.CauseOf(failure), failure.Hint
	}
	p.mu.Unlock()
	return p.snapshot()
}

func (p *Progress) childFailed(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.children = append(p.children, err)
}

// publish tells the bus, unless it was told too often within the last second;
// then follow does so as soon as it may.
func (p *Progress) publish(now time.Time) {
	p.mu.Lock()
	if now.Sub(p.published[0]) < time.Second {
		p.mu.Unlock()
		return
	}
	copy(p.published[:], p.published[1:])
	p.published[newsPerSecond-1] = now
	p.told = p.figures()
	p.mu.Unlock()
	p.door.bus.Publish(p.event(now))
}

// event is the news of the operation; Detail is its stage.
func (p *Progress) event(now time.Time) virt.Event {
	return virt.Event{Kind: virt.OperationChanged, Ref: refOf(p.snapshot()), Detail: p.figures().stage, Time: now}
}

// follow publishes and saves the progress and waits for requests to cancel,
// until stop is called or the operation cannot be read any more.
func (p *Progress) follow(ctx context.Context) (stop func()) {
	end := make(chan struct{})
	var running sync.WaitGroup
	running.Add(1)
	go func() {
		defer running.Done()
		p.lookUp(context.WithoutCancel(ctx), end)
	}()
	return func() {
		close(end)
		running.Wait()
	}
}

func (p *Progress) lookUp(ctx context.Context, end <-chan struct{}) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	begin := time.Now()
	asked, saved, written := begin, begin, figures{}
	for {
		var now time.Time
		select {
		case <-end:
			return
		case now = <-tick.C:
		}
		current := p.figures()
		if p.news(current) {
			p.publish(now)
		}
		var cancel bool
		var err error
		switch {
		case current != written && now.Sub(saved) >= saveEvery:
			cancel, err = p.door.state.SaveProgress(ctx, p.snapshot())
			asked, saved, written = now, now, current
		case now.Sub(asked) >= cancelEvery:
			cancel, err = p.door.state.CancelRequested(ctx, p.ID())
			asked = now
		}
		// A database that fails now fails again when the row is closed, and is
		// reported there.
		if err == nil && cancel {
			p.cancel()
		}
	}
}

func (p *Progress) news(current figures) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.told != current
}
