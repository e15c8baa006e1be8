package operation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// undoLimit is how long undoing one operation may take altogether.
const undoLimit = time.Minute

// An Inverse says how to take one act back: Kind names the Undo that does it,
// Ref and Args say to what. At is the time of the intent; zero means now.
type Inverse struct {
	Kind string
	Ref  virt.Ref
	Args map[string]string
	At   time.Time
}

// An Undo takes an act back. It MUST be idempotent: to find nothing to take
// back is success. When acted is false the act may have happened or not, or
// what is there may be somebody else's: the Undo must make sure before it
// removes anything.
type Undo func(ctx context.Context, inverse Inverse, acted bool) error

// Inverse makes kind known to Step and to recovery. Names are kept in the
// database: they must mean the same in later versions.
func (d *Door) Inverse(kind string, run func(ctx context.Context, inverse Inverse, acted bool) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inverses[kind] = run
}

// A step is a row of the journal in memory.
type step struct {
	number  int
	inverse Inverse
	acted   bool
}

// Step writes down how to take act back, then acts. When the operation fails
// or is cancelled later, or its process dies, steps are undone in reverse
// order. An act that fails has changed nothing and is not undone, unless its
// error leaves that open: virt.KindUnavailable, KindTimeout, KindCancelled and
// KindInterrupted.
func (p *Progress) Step(ctx context.Context, inverse Inverse, act func(ctx context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if inverse.At.IsZero() {
		inverse.At = time.Now().UTC()
	}
	if _, err := p.door.undoOf(inverse.Kind); err != nil {
		return err
	}
	s, err := p.intend(ctx, inverse)
	if err != nil {
		return err
	}
	closing := context.WithoutCancel(ctx)
	if err := act(ctx); err != nil {
		if outcomeUnknown(err) {
			return err
		}
		p.drop(s)
		return errors.Join(err, p.door.state.DropStep(closing, p.ID(), s.number))
	}
	p.mu.Lock()
	s.acted = true
	p.mu.Unlock()
	return p.door.state.MarkActed(closing, p.ID(), s.number)
}

func (p *Progress) intend(ctx context.Context, inverse Inverse) (*step, error) {
	p.mu.Lock()
	p.lastStep++
	s := &step{number: p.lastStep, inverse: inverse}
	p.steps = append(p.steps, s)
	p.mu.Unlock()
	err := p.door.state.AddStep(ctx, p.ID(), storage.Step{
		Number: s.number, Kind: inverse.Kind, Ref: inverse.Ref, Args: inverse.Args, At: inverse.At,
	})
	if err != nil {
		p.drop(s)
		return nil, err
	}
	return s, nil
}

func (p *Progress) drop(gone *step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, s := range p.steps {
		if s == gone {
			p.steps = append(p.steps[:i], p.steps[i+1:]...)
			return
		}
	}
}

func (p *Progress) undoable() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.steps) > 0
}

// undoList returns the steps in the order in which they are undone.
func (p *Progress) undoList() []storage.Step {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]storage.Step, 0, len(p.steps))
	for i := len(p.steps) - 1; i >= 0; i-- {
		s := p.steps[i]
		list = append(list, storage.Step{
			Number: s.number, Kind: s.inverse.Kind, Ref: s.inverse.Ref, Args: s.inverse.Args, At: s.inverse.At, Acted: s.acted,
		})
	}
	return list
}

func outcomeUnknown(err error) bool {
	switch virt.KindOf(err) {
	case virt.KindUnavailable, virt.KindTimeout, virt.KindCancelled, virt.KindInterrupted:
		return true
	default:
		return false
	}
}

// undoSteps undoes the steps in the given order. It stops at the first that
// fails, because earlier steps are what later ones stand on; that one and those
// after it stay in the journal for recovery.
func (d *Door) undoSteps(ctx context.Context, operation string, steps []storage.Step) error {
	limited, stop := context.WithTimeout(ctx, undoLimit)
	defer stop()
	for i, s := range steps {
		err := d.undoStep(limited, s)
		if err == nil {
			err = d.state.DropStep(ctx, operation, s.Number)
		}
		if err != nil {
			return leftBehind(err, steps[i:])
		}
	}
	return nil
}

func (d *Door) undoStep(ctx context.Context, s storage.Step) error {
	run, err := d.undoOf(s.Kind)
	if err != nil {
		return err
	}
	return guarded(func() error {
		return run(ctx, Inverse{Kind: s.Kind, Ref: s.Ref, Args: s.Args, At: s.At}, s.Acted)
	})
}

func (d *Door) undoOf(kind string) (Undo, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	run, ok := d.inverses[kind]
	if !ok {
		return nil, virt.Errorf(virt.KindUnsupported, "this version cannot undo the step %q", kind)
	}
	return run, nil
}

func leftBehind(err error, steps []storage.Step) *virt.Error {
	var left []string
	for _, s := range steps {
		left = append(left, s.Ref.String())
	}
	e := virt.Errorf(virt.KindOf(err), "undo %s: %w", steps[0].Kind, err)
	return e.WithHint(fmt.Sprintf("Left behind: %s. Recovering unfinished operations tries again.", strings.Join(left, ", ")))
}
