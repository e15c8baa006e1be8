package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Refuse writes the closed audit row of an action that was not allowed; op
// says what was asked and why not.
func (s *State) Refuse(ctx context.Context, op virt.Operation) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		return insertAudit(ctx, tx, op, string(virt.OperationRefused))
	})
}

// Audit returns the rows of the audit log that the filter lets through, oldest
// first.
func (s *State) Audit(ctx context.Context, filter virt.AuditFilter) ([]virt.AuditRow, error) {
	db, err := s.reader(ctx)
	if err != nil || db == nil {
		return nil, err
	}
	var w where
	w.is("id", filter.Operation)
	w.asked("time", filter.Since, filter.Actor, filter.Host, filter.Target)
	rows, err := db.QueryContext(ctx, `SELECT id, parent, time, actor, via, action, target_host, target_kind, target_id, target_name,
		result, kind, message, duration, diff FROM audit `+w.String()+` ORDER BY seq`, w.args...)
	if err != nil {
		return nil, sqliteError(s.path, err)
	}
	found, err := collect(rows, scanAudit)
	return found, sqliteError(s.path, err)
}

func scanAudit(rows *sql.Rows) (a virt.AuditRow, err error) {
	var at, duration int64
	err = rows.Scan(&a.ID, &a.Parent, &at, &a.Actor, &a.Via, &a.Action, &a.Target.Host, &a.Target.Kind, &a.Target.ID, &a.Target.Name,
		&a.Result, &a.Kind, &a.Message, &duration, &a.Diff)
	a.Time, a.Duration = time.UnixMicro(at).UTC(), time.Duration(duration)*time.Microsecond
	return a, err
}

func insertAudit(ctx context.Context, tx *sql.Tx, op virt.Operation, result string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO audit
		(id, parent, time, actor, via, action, target_host, target_kind, target_id, target_name, result, kind, message)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		op.ID, op.Parent, op.Started.UnixMicro(), op.Actor, op.Via, op.Action,
		op.Target.Host, op.Target.Kind, op.Target.ID, op.Target.Name, result, op.Kind, op.Message)
	return err
}

// closeAudit closes the operation's audit row, unless it is closed already: an
// operation that failed and is undone later keeps the row of its failure.
func closeAudit(ctx context.Context, tx *sql.Tx, op virt.Operation, diff string) error {
	_, err := tx.ExecContext(ctx, `UPDATE audit SET result = ?, kind = ?, message = ?, duration = ?, diff = ? WHERE id = ? AND result = ''`,
		op.State, op.Kind, op.Message, op.Ended.Sub(op.Started).Microseconds(), diff, op.ID)
	return err
}
