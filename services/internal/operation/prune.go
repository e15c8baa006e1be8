package operation

import (
	"context"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// atOnce is by how much records are too old before Tidy deletes them: then it
// happens once a day at the most, however often it is called.
const atOnce = 24 * time.Hour

// Tidy is Prune for whoever changes something anyway: it does nothing, and
// leaves no row, while all that is too old is so for less than a day, or where
// the actor may not.
func (d *Door) Tidy(ctx context.Context, operations, audit time.Duration) error {
	if d.May(ctx, virt.PruneOperations, virt.Ref{Kind: virt.KindOperation}) != nil {
		return nil
	}
	began, asked, err := d.state.Oldest(ctx)
	if err != nil {
		return err
	}
	due := func(oldest time.Time, keep time.Duration) bool {
		return keep > 0 && !oldest.IsZero() && time.Since(oldest) > keep+atOnce
	}
	if !due(began, operations) && !due(asked, audit) {
		return nil
	}
	_, err = d.Prune(ctx, operations, audit)
	return err
}

// Prune deletes operations that ended longer ago than the one time, and rows of
// the audit log that are older than the other; zero keeps all. What runs, or
// waits to be undone, stays. It is an operation itself: its row says who let
// the others go.
func (d *Door) Prune(ctx context.Context, operations, audit time.Duration) (storage.Pruned, error) {
	var gone storage.Pruned
	err := d.Do(ctx, virt.PruneOperations, virt.Ref{Kind: virt.KindOperation}, func(ctx context.Context, _ *Progress) (err error) {
		gone, err = d.state.Prune(ctx, ago(operations), ago(audit))
		return err
	})
	return gone, err
}

// ago is the moment so long ago; none for zero.
func ago(d time.Duration) time.Time {
	if d <= 0 {
		return time.Time{}
	}
	return time.Now().Add(-d)
}
