package services

import (
	"context"
	"log/slog"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Operations shows what was asked of the program and takes back what was left
// half done.
type Operations struct {
	door *operation.Door
	keep func() (operations, audit time.Duration) // as the settings say; zero is for ever
}

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
// died. It returns those operations. Whoever changes something calls it first,
// and so it tidies, too.
func (o *Operations) Recover(ctx context.Context) ([]virt.Operation, error) {
	recovered, err := o.door.Recover(ctx)
	if err := o.tidy(ctx); err != nil {
		slog.WarnContext(ctx, "old records stay for now", "error", err)
	}
	return recovered, err
}

// Watch tells of what other programs do: it publishes virt.OperationChanged,
// without an ID, until ctx ends, which is no error.
func (o *Operations) Watch(ctx context.Context) error { return o.door.Watch(ctx) }

// Audit returns the rows of the audit log that the filter lets through, oldest
// first.
func (o *Operations) Audit(ctx context.Context, filter virt.AuditFilter) ([]virt.AuditRow, error) {
	return o.door.Audit(ctx, filter)
}

// tidy deletes operations and rows of the audit log that are older than the
// settings say, once a day at the most; where nothing is, it writes nothing.
func (o *Operations) tidy(ctx context.Context) error {
	operations, audit := o.keep()
	return o.door.Tidy(ctx, operations, audit)
}

// Prune deletes operations and rows of the audit log that are older than the
// settings say, now, and returns how many they were.
func (o *Operations) Prune(ctx context.Context) (Pruned, error) {
	operations, audit := o.keep()
	return o.door.Prune(ctx, operations, audit)
}

// Pruned is how many operations and rows of the audit log were deleted.
type Pruned = storage.Pruned
