package services

import (
	"context"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Operations shows what was asked of the program and takes back what was left
// half done.
type Operations struct{ door *operation.Door }

// List returns the operations that the filter lets through, newest first.
func (o *Operations) List(ctx context.Context, filter virt.OperationFilter) ([]virt.Operation, error) {
	return o.door.Operations(ctx, filter)
}

// Show returns one operation.
func (o *Operations) Show(ctx context.Context, id string) (virt.Operation, error) {
	return o.door.Operation(ctx, id)
}

// Cancel asks a running operation, of this or another process, to stop and take
// back what it did so far.
func (o *Operations) Cancel(ctx context.Context, id string) error { return o.door.Cancel(ctx, id) }

// Recover takes back, or finishes, what operations left half done whose process
// died. It returns those operations.
func (o *Operations) Recover(ctx context.Context) ([]virt.Operation, error) {
	return o.door.Recover(ctx)
}

// Audit returns the audit log since the time, oldest first.
func (o *Operations) Audit(ctx context.Context, since time.Time) ([]virt.AuditRow, error) {
	return o.door.Audit(ctx, since)
}
