package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// An Owner is the process that works on an operation. The number alone could
// mean another process later, so its start and the boot belong to it.
type Owner struct {
	PID   int
	Start uint64 // clock ticks since boot, field 22 of proc(5) stat
	Boot  string // the kernel's boot id and the name of the process's PID namespace
}

// An Operation is a row of the operations table.
type Operation struct {
	virt.Operation
	Owner  Owner
	Cancel bool // somebody asked for its end
}

// Begin writes the open audit row and the running operation in one transaction.
func (s *State) Begin(ctx context.Context, op virt.Operation, owner Owner) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		if err := insertAudit(ctx, tx, op, ""); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO operations
			(id, parent, action, target_host, target_kind, target_id, target_name, actor, via, state, started, owner_pid, owner_start, owner_boot)
			VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
			op.ID, op.Parent, op.Action, op.Target.Host, op.Target.Kind, op.Target.ID, op.Target.Name, op.Actor, op.Via,
			virt.OperationRunning, op.Started.UnixMicro(), owner.PID, int64(owner.Start), owner.Boot)
		return err
	})
}

// SaveProgress writes stage and figures of a running operation and reports
// whether somebody asked for its end.
func (s *State) SaveProgress(ctx context.Context, op virt.Operation) (cancel bool, err error) {
	db, err := s.writer(ctx)
	if err != nil {
		return false, err
	}
	err = db.QueryRowContext(ctx, `UPDATE operations SET stage = ?, done = ?, total = ? WHERE id = ? RETURNING cancel`,
		op.Stage, op.Done, op.Total, op.ID).Scan(&cancel)
	return cancel, sqliteError(s.path, err)
}

// CancelRequested reports whether somebody asked for the operation's end.
func (s *State) CancelRequested(ctx context.Context, id string) (cancel bool, err error) {
	op, err := s.Operation(ctx, id)
	return op.Cancel, err
}

// RequestCancel asks the operation's owner to end it. One that has ended is
// virt.KindState.
func (s *State) RequestCancel(ctx context.Context, id string) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE operations SET cancel = 1 WHERE id = ? AND state = ?`, id, virt.OperationRunning)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return virt.Errorf(virt.KindState, "the operation %s has ended", id)
	})
}

// Finish closes the operation and its audit row as op.State says. A done
// operation has nothing left to undo, so its journal goes in the same
// transaction: that is the moment at which its changes stand.
func (s *State) Finish(ctx context.Context, op virt.Operation, diff string) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE operations
			SET state = ?, stage = ?, done = ?, total = ?, ended = ?, kind = ?, message = ?, cause = ?, hint = ? WHERE id = ?`,
			op.State, op.Stage, op.Done, op.Total, op.Ended.UnixMicro(), op.Kind, op.Message, op.Cause, op.Hint, op.ID); err != nil {
			return err
		}
		if op.State == virt.OperationDone {
			if _, err := tx.ExecContext(ctx, `DELETE FROM journal WHERE operation = ?`, op.ID); err != nil {
				return err
			}
		}
		return closeAudit(ctx, tx, op, diff)
	})
}

// Operation returns one row.
func (s *State) Operation(ctx context.Context, id string) (Operation, error) {
	found, err := s.operations(ctx, `WHERE id = ?`, id)
	if err != nil {
		return Operation{}, err
	}
	if len(found) == 0 {
		return Operation{}, virt.Errorf(virt.KindNotFound, "no operation %q", id).WithHint("List the operations and check its ID.")
	}
	return found[0], nil
}

// Operations returns the rows that the filter lets through, newest first. A row
// whose owner died still says running.
func (s *State) Operations(ctx context.Context, filter virt.OperationFilter) ([]Operation, error) {
	var w where
	w.is("state", string(filter.State))
	w.is("parent", filter.Parent)
	w.asked("started", filter.Since, filter.Actor, filter.Host, filter.Target)
	clause := w.String() + " ORDER BY seq DESC"
	if filter.Limit > 0 {
		clause, w.args = clause+" LIMIT ?", append(w.args, filter.Limit)
	}
	return s.operations(ctx, clause, w.args...)
}

// Unfinished returns what recovery must look at, newest first: operations that
// say they run, and ended ones of which something is left to undo.
func (s *State) Unfinished(ctx context.Context) ([]Operation, error) {
	return s.operations(ctx, `WHERE state = ? OR id IN (SELECT operation FROM journal) ORDER BY seq DESC`, virt.OperationRunning)
}

func (s *State) operations(ctx context.Context, clause string, args ...any) ([]Operation, error) {
	db, err := s.reader(ctx)
	if err != nil || db == nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT id, parent, action, target_host, target_kind, target_id, target_name, actor, via,
		state, stage, done, total, started, ended, kind, message, cause, hint, owner_pid, owner_start, owner_boot, cancel
		FROM operations `+clause, args...)
	if err != nil {
		return nil, sqliteError(s.path, err)
	}
	found, err := collect(rows, scanOperation)
	return found, sqliteError(s.path, err)
}

func scanOperation(rows *sql.Rows) (o Operation, err error) {
	var started, ownerStart int64
	var ended sql.NullInt64
	err = rows.Scan(&o.ID, &o.Parent, &o.Action, &o.Target.Host, &o.Target.Kind, &o.Target.ID, &o.Target.Name, &o.Actor, &o.Via,
		&o.State, &o.Stage, &o.Done, &o.Total, &started, &ended, &o.Kind, &o.Message, &o.Cause, &o.Hint,
		&o.Owner.PID, &ownerStart, &o.Owner.Boot, &o.Cancel)
	o.Started, o.Owner.Start = time.UnixMicro(started).UTC(), uint64(ownerStart)
	if ended.Valid {
		o.Ended = time.UnixMicro(ended.Int64).UTC()
	}
	return o, err
}

// collect reads all rows and gives the connection back.
func collect[T any](rows *sql.Rows, scan func(*sql.Rows) (T, error)) (found []T, err error) {
	defer func() {
		if cerr := rows.Close(); err == nil {
			err = cerr
		}
	}()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, rows.Err()
}
