package storage

import (
	"context"
	"database/sql"
	"time"
)

// Pruned is how many rows Prune has taken away.
type Pruned struct {
	Operations int64 `json:"operations"`
	Audit      int64 `json:"audit_rows"`
}

// pruneStep is how many rows go in one transaction, so that others wait for a
// moment only.
const pruneStep = 2000

// Prune deletes operations that ended before the one moment, and rows of the
// audit log from before the other; the zero time keeps all. What runs, or waits
// to be undone, stays.
func (s *State) Prune(ctx context.Context, operations, audit time.Time) (Pruned, error) {
	var gone Pruned
	if !operations.IsZero() {
		var err error
		gone.Operations, err = s.inSteps(ctx, `DELETE FROM operations WHERE seq IN (SELECT seq FROM operations
			WHERE ended < ? AND state <> 'running' AND id NOT IN (SELECT operation FROM journal) ORDER BY seq LIMIT ?)`, operations)
		if err != nil {
			return gone, err
		}
	}
	if audit.IsZero() {
		return gone, nil
	}
	if err := s.exec(ctx, `UPDATE audit_begins SET at = ? WHERE at < ?`, audit.UnixMicro(), audit.UnixMicro()); err != nil {
		return gone, err
	}
	var err error
	gone.Audit, err = s.inSteps(ctx, `DELETE FROM audit WHERE seq IN (SELECT seq FROM audit
		WHERE time < ? AND result <> '' ORDER BY time LIMIT ?)`, audit)
	return gone, err
}

// inSteps runs a statement that deletes a limited number of rows until there are
// no more, and returns how many there were.
func (s *State) inSteps(ctx context.Context, query string, before time.Time) (sum int64, err error) {
	for {
		var gone int64
		err := s.tx(ctx, func(tx *sql.Tx) error {
			result, err := tx.ExecContext(ctx, query, before.UnixMicro(), pruneStep)
			if err != nil {
				return err
			}
			gone, err = result.RowsAffected()
			return err
		})
		sum += gone
		if err != nil || gone < pruneStep {
			return sum, err
		}
	}
}

// Oldest returns when the oldest operation that is kept began, and of when the
// oldest row of the audit log is; the zero time where there is none.
func (s *State) Oldest(ctx context.Context) (operation, audit time.Time, err error) {
	db, err := s.reader(ctx)
	if err != nil || db == nil {
		return time.Time{}, time.Time{}, err
	}
	var began, asked sql.NullInt64
	err = db.QueryRowContext(ctx, `SELECT (SELECT started FROM operations WHERE ended IS NOT NULL ORDER BY seq LIMIT 1),
		(SELECT time FROM audit ORDER BY time LIMIT 1)`).Scan(&began, &asked)
	return micro(began), micro(asked), sqliteError(s.path, err)
}

func micro(at sql.NullInt64) time.Time {
	if !at.Valid {
		return time.Time{}
	}
	return time.UnixMicro(at.Int64).UTC()
}
