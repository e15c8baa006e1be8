package operation

import (
	"context"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// refOf points to the operation.
func refOf(op virt.Operation) virt.Ref {
	return virt.Ref{Kind: virt.KindOperation, ID: op.ID, Name: string(op.Action)}
}

// Operation returns one operation. Those that this process runs are answered
// from memory, as they are now.
func (d *Door) Operation(ctx context.Context, id string) (virt.Operation, error) {
	if err := d.May(ctx, virt.ListOperations, virt.Ref{Kind: virt.KindOperation, ID: id}); err != nil {
		return virt.Operation{}, err
	}
	if p := d.runningHere(id); p != nil {
		return p.snapshot(), nil
	}
	row, err := d.state.Operation(ctx, id)
	return d.current(row), err
}

// Operations returns the operations that the filter lets through, newest
// first. Abandoned is a state like any other here.
func (d *Door) Operations(ctx context.Context, filter virt.OperationFilter) ([]virt.Operation, error) {
	if err := d.May(ctx, virt.ListOperations, virt.Ref{Kind: virt.KindOperation}); err != nil {
		return nil, err
	}
	stored := filter
	if filter.State == virt.OperationRunning || filter.State == virt.OperationAbandoned {
		stored.State, stored.Limit = virt.OperationRunning, 0 // which of the two is not in the row
	}
	rows, err := d.state.Operations(ctx, stored)
	if err != nil {
		return nil, err
	}
	var found []virt.Operation
	for _, row := range rows {
		op := d.current(row)
		if filter.State != "" && op.State != filter.State {
			continue
		}
		if filter.Limit > 0 && len(found) == filter.Limit {
			break
		}
		found = append(found, op)
	}
	return found, nil
}

// Audit returns the rows of the audit log that the filter lets through, oldest
// first.
func (d *Door) Audit(ctx context.Context, filter virt.AuditFilter) ([]virt.AuditRow, error) {
	if err := d.May(ctx, virt.ListAudit, virt.Ref{}); err != nil {
		return nil, err
	}
	return d.state.Audit(ctx, filter)
}

// Cancel asks for the end of a running operation, also of another process,
// whose door looks twice a second. It takes the right to do what is cancelled.
// It returns when the request is made; the operation ends when its work has
// noticed and its steps are undone.
func (d *Door) Cancel(ctx context.Context, id string) error {
	target := virt.Ref{Kind: virt.KindOperation, ID: id}
	return d.Do(ctx, virt.CancelOperation, target, func(ctx context.Context, _ *Progress) error {
		if p := d.runningHere(id); p != nil {
			if err := d.May(ctx, p.op.Action, p.op.Target); err != nil {
				return err
			}
			p.cancel()
			return nil
		}
		row, err := d.state.Operation(ctx, id)
		if err != nil {
			return err
		}
		if err := d.May(ctx, row.Action, row.Target); err != nil {
			return err
		}
		if d.current(row).State == virt.OperationAbandoned {
			return virt.Errorf(virt.KindState, "the program that ran the operation %s is gone", id).
				WithHint("Recovering unfinished operations undoes it.")
		}
		return d.state.RequestCancel(ctx, id)
	})
}

func (d *Door) runningHere(id string) *Progress {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.running[id]
}

// current is the operation of a row as it is now.
func (d *Door) current(row storage.Operation) virt.Operation {
	if p := d.runningHere(row.ID); p != nil {
		return p.snapshot()
	}
	if row.State == virt.OperationRunning && !alive(row.Owner) {
		row.State = virt.OperationAbandoned
	}
	return row.Operation
}
