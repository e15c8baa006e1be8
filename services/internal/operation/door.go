// Package operation is the door through which everything goes that changes
// something: it asks whether the actor may, writes the audit row, tells the
// bus, runs the work, follows its progress, undoes what a failed or cancelled
// work has done so far and closes the row.
package operation

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/event"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Work is what an operation does. It MUST return soon after ctx ends, and it
// runs every act that a failure must take back in Progress.Step.
type Work func(ctx context.Context, p *Progress) error

// A Door runs operations and tells of them. It is safe for concurrent use.
type Door struct {
	state *storage.State
	bus   *event.Bus
	owner storage.Owner

	mu       sync.Mutex
	inverses map[string]Undo
	running  map[string]*Progress
}

// New returns the door to what state records and bus tells of.
func New(state *storage.State, bus *event.Bus) *Door {
	return &Door{state: state, bus: bus, owner: self(), inverses: map[string]Undo{}, running: map[string]*Progress{}}
}

// Do runs work as one operation on target. Called with the context that
// another work was given, it runs a child: checked again, with rows of its own
// that name their parent. A child that is done stands, whatever becomes of its
// parent; a parent that wants it undone calls it inside Progress.Step.
//
// The error is a *virt.Error with the action and the target. Its kind is the
// work's; virt.KindForbidden when the actor may not, virt.KindCancelled when
// ctx ended or the operation was cancelled. A panic in work is an internal
// error, and what was done before it is undone.
func (d *Door) Do(ctx context.Context, action virt.Action, target virt.Ref, work Work) error {
	p := d.newProgress(ctx, action, target)
	if err := d.May(ctx, action, target); err != nil {
		d.refuse(ctx, p, err)
		return err
	}
	ctx, p.cancel = context.WithCancel(context.WithValue(ctx, progressKey{}, p))
	defer p.cancel()
	if err := d.begin(ctx, p); err != nil {
		return d.failed(ctx, p, err)
	}
	stop := p.follow(ctx)
	err := guarded(func() error { return work(ctx, p) })
	stop()
	return d.end(ctx, p, err)
}

func (d *Door) newProgress(ctx context.Context, action virt.Action, target virt.Ref) *Progress {
	actor, _ := virt.ActorFrom(ctx)
	p := &Progress{door: d, parent: From(ctx)}
	p.op = virt.Operation{
		ID: newID(), Action: action, Target: target, Actor: actor.Name, Via: actor.Via,
		State: virt.OperationRunning, Started: time.Now().UTC().Truncate(time.Microsecond),
	}
	if p.parent != nil {
		p.op.Parent = p.parent.ID()
	}
	return p
}

// newID returns 60 random bits in lower-case letters and digits.
func newID() string { return strings.ToLower(rand.Text()[:12]) }

func (d *Door) refuse(ctx context.Context, p *Progress, refused error) {
	op := p.snapshot()
	op.State, op.Kind, op.Message = virt.OperationRefused, virt.KindForbidden, refused.Error()
	p.log(ctx, op, refused)
	if err := d.state.Refuse(context.WithoutCancel(ctx), op); err != nil {
		slog.ErrorContext(ctx, "a refusal could not be written to the audit log", "action", op.Action, "error", err)
	}
}

func (d *Door) begin(ctx context.Context, p *Progress) error {
	if err := d.state.Begin(ctx, p.snapshot(), d.owner); err != nil {
		return err
	}
	d.mu.Lock()
	d.running[p.ID()] = p
	d.mu.Unlock()
	p.publish(time.Now())
	return nil
}

// end closes the operation: as done when that can be written down, else undone.
func (d *Door) end(ctx context.Context, p *Progress, err error) error {
	closing := context.WithoutCancel(ctx)
	defer d.forget(p)
	if err == nil {
		op := p.ended(virt.OperationDone, nil)
		if err = d.state.Finish(closing, op, p.diffs()); err == nil {
			return nil
		}
		if !p.undoable() {
			slog.ErrorContext(ctx, "the end of an operation could not be written", "operation", op.ID, "action", op.Action, "error", err)
			return nil
		}
	}
	failure := p.failure(ctx, err)
	if undoErr := d.undoSteps(closing, p.ID(), p.undoList()); undoErr != nil {
		failure = notUndone(failure, undoErr)
	}
	state := virt.OperationFailed
	if failure.Kind == virt.KindCancelled {
		state = virt.OperationCancelled
	}
	op := p.ended(state, failure)
	if err := d.state.Finish(closing, op, p.diffs()); err != nil {
		slog.ErrorContext(ctx, "the end of an operation could not be written", "operation", op.ID, "action", op.Action, "error", err)
	}
	p.log(ctx, op, failure)
	return failure
}

// forget makes the row in the database the answer, and says so.
func (d *Door) forget(p *Progress) {
	d.mu.Lock()
	delete(d.running, p.ID())
	d.mu.Unlock()
	d.bus.Publish(p.event(time.Now()))
}

// failed is the error of an operation that never began.
func (d *Door) failed(ctx context.Context, p *Progress, err error) error {
	failure := p.failure(ctx, err)
	p.log(ctx, p.ended(virt.OperationFailed, failure), failure)
	return failure
}

// failure classifies what went wrong. Once the operation was cancelled, an
// error without a kind of its own is the cancellation's echo.
func (p *Progress) failure(ctx context.Context, err error) *virt.Error {
	e := &virt.Error{Kind: virt.KindOf(err), Action: p.op.Action, Ref: p.op.Target, Hint: virt.HintOf(err), Err: err}
	if cause := ctx.Err(); cause != nil && e.Kind == virt.KindInternal {
		e.Kind = virt.KindOf(cause)
	}
	return e
}

func notUndone(failure *virt.Error, undoErr error) *virt.Error {
	both := *failure
	both.Err = fmt.Errorf("%w; and undoing it failed: %w", failure.Err, undoErr)
	both.Hint = virt.HintOf(undoErr)
	return &both
}

// log writes a failure once: a parent that fails with its child's error is
// silent.
func (p *Progress) log(ctx context.Context, op virt.Operation, failure error) {
	if p.parent != nil {
		p.parent.childFailed(failure)
	}
	if !p.isChildFailure(failure) {
		logEnd(ctx, op)
	}
}

func logEnd(ctx context.Context, op virt.Operation) {
	level := slog.LevelError
	switch op.State {
	case virt.OperationCancelled:
		level = slog.LevelInfo
	case virt.OperationRefused:
		level = slog.LevelWarn
	}
	slog.Default().LogAttrs(ctx, level, "operation "+string(op.State),
		slog.String("operation", op.ID), slog.String("action", string(op.Action)), slog.String("target", op.Target.String()),
		slog.String("actor", op.Actor), slog.String("kind", string(op.Kind)), slog.String("error", op.Message))
}

// guarded turns a panic into an error, so that rows are closed and steps undone.
func guarded(work func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			slog.Error("panic in an operation", "panic", r, "stack", string(debug.Stack()))
			err = virt.Errorf(virt.KindInternal, "the program failed: %v", r)
		}
	}()
	return work()
}

// isChildFailure reports whether err carries the failure of a child.
func (p *Progress) isChildFailure(err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, child := range p.children {
		if errors.Is(err, child) {
			return true
		}
	}
	return false
}
