package operation

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// past writes an operation that ended so many days ago.
func (h *house) past(t *testing.T, id string, days int) {
	t.Helper()
	op := virt.Operation{ID: id, Action: virt.StartVM, Target: vm("web"), Actor: "ada", Via: "cli", State: virt.OperationRunning,
		Started: time.Now().UTC().AddDate(0, 0, -days).Truncate(time.Microsecond)}
	must(t, h.state.Begin(h.ctx, op, storage.Owner{}))
	op.State, op.Ended = virt.OperationDone, op.Started.Add(time.Second)
	must(t, h.state.Finish(h.ctx, op, ""))
}

func (h *house) ids(t *testing.T) (ids []string) {
	t.Helper()
	operations, err := h.Operations(h.ctx, virt.OperationFilter{})
	must(t, err)
	for _, op := range operations {
		ids = append(ids, op.ID)
	}
	return ids
}

const day = 24 * time.Hour

func TestPruningLeavesARowThatSaysWho(t *testing.T) {
	h := open(t, t.TempDir())
	h.past(t, "old", 100)
	h.past(t, "young", 10)

	gone, err := h.Prune(h.ctx, 90*day, 30*day)

	must(t, err)
	if gone != (storage.Pruned{Operations: 1, Audit: 1}) {
		t.Errorf("%+v went", gone)
	}
	rows, err := h.Audit(h.ctx, virt.AuditFilter{})
	must(t, err)
	if len(rows) != 2 || rows[1].Action != virt.PruneOperations || rows[1].Actor != "ada" || rows[1].Result != "done" {
		t.Errorf("the log has %+v", rows)
	}
	if ids := h.ids(t); len(ids) != 2 || ids[1] != "young" {
		t.Errorf("operations are %v", ids)
	}
}

func TestTidyingComesOnceADay(t *testing.T) {
	h := open(t, t.TempDir())
	h.past(t, "old", 90)
	must(t, h.Tidy(h.ctx, 89*day+time.Hour, 0))
	must(t, h.Tidy(h.ctx, 0, 0))
	if ids := h.ids(t); len(ids) != 1 {
		t.Fatalf("before its day is over, and for ever, the rows are %v", ids)
	}
	must(t, h.Tidy(h.ctx, 88*day, 0))
	if ids := h.ids(t); len(ids) != 1 || ids[0] == "old" {
		t.Errorf("what is too old stays: %v", ids)
	}
}

func TestWhoMayNotPruneDeletesNothing(t *testing.T) {
	h := open(t, t.TempDir())
	h.past(t, "old", 900)
	ctx := virt.WithActor(context.Background(), virt.Actor{Name: "eve", Via: "cli", Role: virt.RoleOperator})
	must(t, h.Tidy(ctx, day, day))
	if ids := h.ids(t); len(ids) != 1 {
		t.Errorf("an operator's tidying left %v", ids)
	}
	if _, err := h.Prune(ctx, day, day); !errors.Is(err, virt.ErrForbidden) {
		t.Errorf("an operator's pruning says %v", err)
	}
}
