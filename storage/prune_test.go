package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// dated writes an operation of that day, closed unless its state is running.
func dated(t *testing.T, s *State, id string, day int, state virt.OperationState) virt.Operation {
	t.Helper()
	op := anOperation(id)
	op.Started = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day)
	must(t, s.Begin(context.Background(), op, Owner{}))
	if state != virt.OperationRunning {
		op.State, op.Ended = state, op.Started.Add(time.Second)
		must(t, s.Finish(context.Background(), op, ""))
	}
	return op
}

// left returns the IDs that are still there.
func left(t *testing.T, s *State) (operations, audit string) {
	t.Helper()
	ops, err := s.Operations(context.Background(), virt.OperationFilter{})
	must(t, err)
	rows, err := s.Audit(context.Background(), virt.AuditFilter{})
	must(t, err)
	for _, op := range ops {
		operations += op.ID + " "
	}
	for _, row := range rows {
		audit += row.ID + " "
	}
	return strings.TrimSpace(operations), strings.TrimSpace(audit)
}

func TestOldOperationsGoAndTheAuditLogStays(t *testing.T) {
	s, ctx := openState(t, dirsIn(t.TempDir())), context.Background()
	dated(t, s, "old", 0, virt.OperationDone)
	dated(t, s, "runs", 1, virt.OperationRunning)
	undo := dated(t, s, "undo", 2, virt.OperationRunning)
	must(t, s.AddStep(ctx, undo.ID, Step{Number: 1, Kind: "x", At: undo.Started}))
	undo.State, undo.Ended = virt.OperationFailed, undo.Started
	must(t, s.Finish(ctx, undo, ""))
	young := dated(t, s, "young", 9, virt.OperationFailed)

	gone, err := s.Prune(ctx, young.Started, time.Time{})

	must(t, err)
	operations, audit := left(t, s)
	if gone != (Pruned{Operations: 1}) || operations != "young undo runs" || audit != "old runs undo young" {
		t.Errorf("%+v went; left are operations %q, rows %q", gone, operations, audit)
	}
}

func TestTheAuditLogLosesNothingButItsOldRows(t *testing.T) {
	s, ctx := openState(t, dirsIn(t.TempDir())), context.Background()
	dated(t, s, "old", 0, virt.OperationDone)
	dated(t, s, "runs", 1, virt.OperationRunning)
	young := dated(t, s, "young", 9, virt.OperationDone)

	gone, err := s.Prune(ctx, time.Time{}, young.Started)
	must(t, err)
	if _, audit := left(t, s); gone != (Pruned{Audit: 1}) || audit != "runs young" {
		t.Errorf("%+v went; left are rows %q", gone, audit)
	}
	for _, query := range []string{
		`DELETE FROM audit WHERE id = 'young'`,
		`DELETE FROM audit WHERE id = 'runs'`,
		`UPDATE audit_begins SET at = 0`,
		`UPDATE audit SET actor = 'eve' WHERE id = 'young'`,
	} {
		if err := s.tx(ctx, func(tx *sql.Tx) error { _, err := tx.ExecContext(ctx, query); return err }); err == nil {
			t.Errorf("%s was allowed", query)
		}
	}
}

func TestManyRowsGoInSteps(t *testing.T) {
	s, ctx := openState(t, dirsIn(t.TempDir())), context.Background()
	const many = 2*pruneStep + 7
	must(t, s.tx(ctx, func(tx *sql.Tx) error {
		var errs []error
		for i := range many {
			op := anOperation(fmt.Sprint(i))
			errs = append(errs, insertAudit(ctx, tx, op, "done"))
		}
		return errors.Join(errs...)
	}))
	gone, err := s.Prune(ctx, time.Now(), time.Now())
	if err != nil || gone.Audit != many {
		t.Errorf("%+v went (%v)", gone, err)
	}
}

func TestTheOldestIsKnownWithoutADatabase(t *testing.T) {
	s, ctx := NewState(dirsIn(t.TempDir())), context.Background()
	operation, audit, err := s.Oldest(ctx)
	if err != nil || !operation.IsZero() || !audit.IsZero() {
		t.Errorf("of nothing the oldest are %v, %v (%v)", operation, audit, err)
	}
	first := dated(t, s, "first", 0, virt.OperationDone)
	dated(t, s, "second", 1, virt.OperationDone)
	operation, audit, err = s.Oldest(ctx)
	if err != nil || !operation.Equal(first.Started) || !audit.Equal(first.Started) {
		t.Errorf("the oldest are %v, %v (%v)", operation, audit, err)
	}
	must(t, s.Close())
}
