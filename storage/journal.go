package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A Step is a row of the undo journal: what takes one step of an operation
// back. Acted is false between the intent and the end of the act: a process
// that died there may or may not have acted.
type Step struct {
	Number int // counts up within the operation
	Kind   string
	Ref    virt.Ref
	Args   map[string]string
	At     time.Time
	Acted  bool
}

// AddStep writes the intent of a step; when it returns, the intent is on disk.
func (s *State) AddStep(ctx context.Context, operation string, step Step) error {
	args, err := json.Marshal(step.Args)
	if err != nil {
		return fmt.Errorf("arguments of step %s: %w", step.Kind, err)
	}
	return s.exec(ctx, `INSERT INTO journal (operation, step, kind, ref_host, ref_kind, ref_id, ref_name, args, at, acted) VALUES (?,?,?,?,?,?,?,?,?,?)`,
		operation, step.Number, step.Kind, step.Ref.Host, step.Ref.Kind, step.Ref.ID, step.Ref.Name, string(args), step.At.UnixMicro(), step.Acted)
}

// MarkActed notes that the step's act is done.
func (s *State) MarkActed(ctx context.Context, operation string, number int) error {
	return s.exec(ctx, `UPDATE journal SET acted = 1 WHERE operation = ? AND step = ?`, operation, number)
}

// DropStep removes a step that needs no undoing, or that is undone.
func (s *State) DropStep(ctx context.Context, operation string, number int) error {
	return s.exec(ctx, `DELETE FROM journal WHERE operation = ? AND step = ?`, operation, number)
}

// Steps returns what is left of an operation's journal, last step first: the
// order in which it is undone.
func (s *State) Steps(ctx context.Context, operation string) ([]Step, error) {
	db, err := s.reader(ctx)
	if err != nil || db == nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT step, kind, ref_host, ref_kind, ref_id, ref_name, args, at, acted
		FROM journal WHERE operation = ? ORDER BY step DESC`, operation)
	if err != nil {
		return nil, sqliteError(s.path, err)
	}
	found, err := collect(rows, scanStep)
	return found, sqliteError(s.path, err)
}

func scanStep(rows *sql.Rows) (step Step, err error) {
	var args string
	var at int64
	if err := rows.Scan(&step.Number, &step.Kind, &step.Ref.Host, &step.Ref.Kind, &step.Ref.ID, &step.Ref.Name, &args, &at, &step.Acted); err != nil {
		return Step{}, err
	}
	step.At = time.UnixMicro(at).UTC()
	if err := json.Unmarshal([]byte(args), &step.Args); err != nil {
		return Step{}, fmt.Errorf("arguments of step %s: %w", step.Kind, err)
	}
	return step, nil
}

func (s *State) exec(ctx context.Context, query string, args ...any) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}
