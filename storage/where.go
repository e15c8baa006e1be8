package storage

import (
	"strings"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A where is the WHERE clause of a query, with its arguments. Empty values let
// all rows through.
type where struct {
	clauses []string
	args    []any
}

func (w *where) add(clause string, args ...any) {
	w.clauses, w.args = append(w.clauses, clause), append(w.args, args...)
}

func (w *where) is(column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

// asked selects by who asked for what, and since when by the column of that time.
func (w *where) asked(column string, since time.Time, actor string, host virt.HostID, target virt.Ref) {
	if !since.IsZero() {
		w.add(column+" >= ?", since.UnixMicro())
	}
	w.is("actor", actor)
	w.is("target_host", string(host))
	if target.Kind != "" {
		w.add("target_host = ? AND target_kind = ? AND target_id = ?", target.Host, target.Kind, target.ID)
	}
}

// String is the clause; empty where it selects nothing.
func (w *where) String() string {
	if len(w.clauses) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(w.clauses, " AND ")
}
