package operation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Recover undoes what operations have left behind whose process died, or whose
// own undoing failed, and closes their rows. It returns them as they are
// now: undone, or failed when nothing could be undone. One process recovers at
// a time; the others wait and then find nothing. Where nothing is left it
// writes nothing.
//
// When some cannot be undone the error says which and why (virt.KindPartial
// when others could); they stay in the journal and the next call tries again.
func (d *Door) Recover(ctx context.Context) ([]virt.Operation, error) {
	if err := d.May(ctx, virt.RecoverOperation, virt.Ref{Kind: virt.KindOperation}); err != nil {
		return nil, err
	}
	left, err := d.abandoned(ctx)
	if err != nil || len(left) == 0 {
		return nil, err
	}
	unlock, err := d.state.LockRecovery(ctx)
	if err != nil {
		return nil, cannotRecover(len(left), err)
	}
	defer unlock()
	if left, err = d.abandoned(ctx); err != nil {
		return nil, err
	}
	var recovered []virt.Operation
	var problems []error
	for _, row := range left {
		op, err := d.recoverOne(ctx, row)
		recovered = append(recovered, op)
		if err != nil {
			problems = append(problems, err)
		}
	}
	switch {
	case len(problems) == 0:
		return recovered, nil
	case len(problems) < len(left):
		return recovered, virt.Errorf(virt.KindPartial, "%w", errors.Join(problems...)).WithHint(virt.HintOf(problems[0]))
	default:
		return recovered, cannotRecover(len(left), errors.Join(problems...))
	}
}

func cannotRecover(n int, err error) error {
	return virt.Errorf(virt.KindOf(err), "%d unfinished operations cannot be undone: %w", n, err).WithHint(virt.HintOf(err))
}

// abandoned returns what nobody works on any more, newest first.
func (d *Door) abandoned(ctx context.Context) ([]storage.Operation, error) {
	rows, err := d.state.Unfinished(ctx)
	if err != nil {
		return nil, err
	}
	var left []storage.Operation
	for _, row := range rows {
		if row.State != virt.OperationRunning || !alive(row.Owner) {
			left = append(left, row)
		}
	}
	return left, nil
}

// recoverOne undoes one operation. That is an operation itself, with its own
// audit row: it shows who did it and when.
func (d *Door) recoverOne(ctx context.Context, row storage.Operation) (virt.Operation, error) {
	op := row.Operation
	err := d.Do(ctx, virt.RecoverOperation, refOf(op), func(ctx context.Context, p *Progress) error {
		p.Stage("undo")
		steps, err := d.state.Steps(ctx, op.ID)
		if err != nil {
			return err
		}
		p.Total(int64(len(steps)))
		undoErr := d.undoSteps(ctx, op.ID, steps)
		op = recovered(op, len(steps) > 0 && undoErr == nil)
		return errors.Join(undoErr, d.state.Finish(context.WithoutCancel(ctx), op, ""))
	})
	d.bus.Publish(virt.Event{Kind: virt.OperationChanged, Ref: refOf(op), Detail: op.Stage, Time: time.Now()})
	if err != nil {
		return op, fmt.Errorf("operation %s (%s, %s): %w", op.ID, op.Action, op.Target, err)
	}
	return op, nil
}

// recovered is the operation as recovery leaves it. One that had ended keeps
// its reason; of one that was torn off nobody knows more than that.
func recovered(op virt.Operation, undone bool) virt.Operation {
	if op.State == virt.OperationRunning {
		op.Ended = time.Now().UTC().Truncate(time.Microsecond)
		op.State, op.Kind, op.Message = virt.OperationFailed, virt.KindInterrupted, "the program ended before the operation did"
	}
	if undone {
		op.State, op.Hint = virt.OperationUndone, ""
	}
	return op
}
