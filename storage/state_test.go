package storage

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestReadingCreatesNothing(t *testing.T) {
	dir := t.TempDir()
	state := NewState(dirsIn(dir))
	ctx := context.Background()

	audit, err := state.Audit(ctx, virt.AuditFilter{})
	must(t, err)
	operations, err := state.Operations(ctx, virt.OperationFilter{})
	must(t, err)
	_, missing := state.Operation(ctx, "nope")

	if len(audit)+len(operations) != 0 || !errors.Is(missing, virt.ErrNotFound) {
		t.Fatalf("an empty state answers %v, %v, %v", audit, operations, missing)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Fatalf("reading left %v (%v)", left, err)
	}
}

func TestDirectoriesAndFilesArePrivate(t *testing.T) {
	dirs := dirsIn(t.TempDir())
	openState(t, dirs)

	err := filepath.WalkDir(dirs.Data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	must(t, err)
}

func TestManyProcessesOpenANewDatabaseAtOnce(t *testing.T) {
	dir := t.TempDir()
	const processes = 8
	results := make(chan string, processes)
	for range processes {
		go func() {
			out, err := process("begin-and-finish", dir).CombinedOutput()
			if err != nil {
				results <- err.Error() + ": " + string(out)
				return
			}
			results <- ""
		}()
	}
	for range processes {
		if problem := <-results; problem != "" {
			t.Error(problem)
		}
	}

	rows, err := openState(t, dirsIn(dir)).Audit(context.Background(), virt.AuditFilter{})

	must(t, err)
	if len(rows) != processes {
		t.Fatalf("%d audit rows, want %d", len(rows), processes)
	}
}

func TestRowsComeBackAsTheyWereWritten(t *testing.T) {
	state, ctx := openState(t, dirsIn(t.TempDir())), context.Background()
	op, owner := anOperation("one"), Owner{PID: 7, Start: 1 << 40, Boot: "boot"}
	step := Step{Number: 1, Kind: "volume.delete", Ref: op.Target, Args: map[string]string{"a": "ü"}, At: op.Started}
	must(t, state.Begin(ctx, op, owner))
	must(t, state.AddStep(ctx, op.ID, step))

	steps, err := state.Steps(ctx, op.ID)
	must(t, err)
	if !reflect.DeepEqual(steps, []Step{step}) {
		t.Errorf("steps are %+v, want %+v", steps, step)
	}
	op.Stage, op.Done, op.Total = "copy", 1<<40, 1<<41
	if cancel, err := state.SaveProgress(ctx, op); cancel || err != nil {
		t.Errorf("progress: cancel %v, error %v", cancel, err)
	}
	must(t, state.RequestCancel(ctx, op.ID))
	got, err := state.Operation(ctx, op.ID)
	must(t, err)
	if want := (Operation{Operation: op, Owner: owner, Cancel: true}); !reflect.DeepEqual(got, want) {
		t.Errorf("operation is\n%+v, want\n%+v", got, want)
	}
	op.State, op.Ended, op.Kind, op.Message, op.Hint = virt.OperationFailed, op.Started.Add(1500*time.Microsecond), virt.KindNoSpace, "full", "free"
	must(t, state.Finish(ctx, op, "-a\n+b\n"))
	rows, err := state.Audit(ctx, virt.AuditFilter{Since: op.Started})
	must(t, err)
	want := virt.AuditRow{ID: op.ID, Time: op.Started, Actor: "ada", Via: "cli", Action: op.Action, Target: op.Target,
		Result: "failed", Kind: virt.KindNoSpace, Message: "full", Duration: 1500 * time.Microsecond, Diff: "-a\n+b\n"}
	if len(rows) != 1 || !reflect.DeepEqual(rows[0], want) {
		t.Errorf("audit rows are\n%+v, want\n%+v", rows, want)
	}
	for _, filter := range []virt.AuditFilter{{Operation: op.ID}, {Host: op.Target.Host}, {Target: op.Target}, {Actor: "ada", Since: op.Started}} {
		if rows, err := state.Audit(ctx, filter); err != nil || len(rows) != 1 {
			t.Errorf("%+v finds %v (%v)", filter, rows, err)
		}
	}
	other := op.Target
	other.ID = "f01"
	for _, filter := range []virt.AuditFilter{{Operation: "none"}, {Since: op.Started.Add(time.Microsecond)}, {Host: "elsewhere"}, {Target: other}, {Actor: "eve", Host: op.Target.Host}} {
		if rows, err := state.Audit(ctx, filter); err != nil || len(rows) != 0 {
			t.Errorf("%+v finds %v (%v)", filter, rows, err)
		}
	}
	if err := state.RequestCancel(ctx, op.ID); !errors.Is(err, virt.ErrState) {
		t.Errorf("cancel of an ended operation: %v", err)
	}
	if left, err := state.Unfinished(ctx); err != nil || len(left) != 1 {
		t.Errorf("a failed operation with a step left is not unfinished: %v (%v)", left, err)
	}
}

func TestOperationsAreFiltered(t *testing.T) {
	state, ctx := openState(t, dirsIn(t.TempDir())), context.Background()
	for i, id := range []string{"a", "b", "c"} {
		op := anOperation(id)
		op.Started = op.Started.Add(time.Duration(i) * time.Hour)
		op.Target.ID = id
		must(t, state.Begin(ctx, op, Owner{}))
	}
	done := anOperation("a")
	done.State, done.Ended = virt.OperationDone, done.Started
	must(t, state.Finish(ctx, done, ""))
	for name, c := range map[string]struct {
		filter virt.OperationFilter
		want   string
	}{
		"all, newest first": {virt.OperationFilter{}, "cba"},
		"running":           {virt.OperationFilter{State: virt.OperationRunning}, "cb"},
		"limit":             {virt.OperationFilter{Limit: 1}, "c"},
		"since":             {virt.OperationFilter{Since: done.Started.Add(time.Minute)}, "cb"},
		"target":            {virt.OperationFilter{Target: virt.Ref{Host: "lab", Kind: virt.KindVM, ID: "b"}}, "b"},
	} {
		found, err := state.Operations(ctx, c.filter)
		must(t, err)
		var got strings.Builder
		for _, op := range found {
			got.WriteString(op.ID)
		}
		if got.String() != c.want {
			t.Errorf("%s: got %s, want %s", name, got.String(), c.want)
		}
	}
}

func TestTheAuditLogIsAppendOnly(t *testing.T) {
	state, ctx := openState(t, dirsIn(t.TempDir())), context.Background()
	op := anOperation("closed")
	must(t, state.Begin(ctx, op, Owner{}))
	op.State, op.Ended = virt.OperationDone, op.Started
	must(t, state.Finish(ctx, op, ""))
	must(t, state.Begin(ctx, anOperation("open"), Owner{}))
	before, err := state.Audit(ctx, virt.AuditFilter{})
	must(t, err)

	for _, attempt := range []string{
		`DELETE FROM audit WHERE id = 'closed'`,
		`DELETE FROM audit`,
		`UPDATE audit SET result = 'failed' WHERE id = 'closed'`,
		`UPDATE audit SET message = 'innocent' WHERE id = 'closed'`,
		`UPDATE audit SET actor = 'bob', result = 'done' WHERE id = 'open'`,
		`UPDATE audit SET message = 'changed but not closed' WHERE id = 'open'`,
		`REPLACE INTO audit (id, parent, time, actor, via, action, target_host, target_kind, target_id, target_name) VALUES ('closed', '', 0, 'bob', '', '', '', '', '', '')`,
		`INSERT OR REPLACE INTO audit (seq, id, parent, time, actor, via, action, target_host, target_kind, target_id, target_name) VALUES (1, 'x', '', 0, 'bob', '', '', '', '', '', '')`,
	} {
		if err := state.exec(ctx, attempt); err == nil {
			t.Errorf("allowed: %s", attempt)
		}
	}

	after, err := state.Audit(ctx, virt.AuditFilter{})
	must(t, err)
	if !reflect.DeepEqual(before, after) {
		t.Errorf("the log was %v and is %v", before, after)
	}
	op.State = virt.OperationUndone // the operation may change later, its audit row not
	must(t, state.Finish(ctx, op, "other"))
	if again, err := state.Audit(ctx, virt.AuditFilter{}); err != nil || !reflect.DeepEqual(before, again) {
		t.Errorf("closing twice changed the log to %v (%v)", again, err)
	}
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	dirs := dirsIn(t.TempDir())
	state := openState(t, dirs)
	db, err := state.writer(context.Background())
	must(t, err)
	_, err = db.Exec("PRAGMA user_version = 99")
	must(t, err)

	for name, open := range map[string]func() error{
		"opening": func() error { _, err := OpenState(dirs); return err },
		"reading": func() error { _, err := NewState(dirs).Audit(context.Background(), virt.AuditFilter{}); return err },
	} {
		err := open()
		if !errors.Is(err, virt.ErrUnsupported) || virt.HintOf(err) == "" {
			t.Errorf("%s: %v (hint %q)", name, err, virt.HintOf(err))
		}
	}
}

func TestADamagedDatabaseIsNamedAndLeftAlone(t *testing.T) {
	whole := dirsIn(t.TempDir())
	state, err := OpenState(whole)
	must(t, err)
	must(t, state.Begin(context.Background(), anOperation("one"), Owner{}))
	must(t, state.Close())
	good, err := os.ReadFile(state.Path())
	must(t, err)
	for name, content := range map[string][]byte{
		"garbage":   bytes.Repeat([]byte("not a database "), 1000),
		"truncated": good[:len(good)/2],
		"scribbled": append(append([]byte{}, good[:5000]...), bytes.Repeat([]byte{0xff}, len(good)-5000)...),
	} {
		dirs := dirsIn(t.TempDir())
		must(t, MakeDir(dirs.Data))
		path := NewState(dirs).Path()
		must(t, os.WriteFile(path, content, 0o600))

		state := NewState(dirs)
		err := state.Begin(context.Background(), anOperation("two"), Owner{})

		if virt.KindOf(err) != virt.KindInternal || virt.HintOf(err) == "" || !bytes.Contains([]byte(err.Error()), []byte(path)) {
			t.Errorf("%s: %v (hint %q)", name, err, virt.HintOf(err))
		}
		must(t, state.Close())
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, content) {
			t.Errorf("%s: the file was changed (%v)", name, err)
		}
	}
}

func TestAFullDatabaseIsNoSpace(t *testing.T) {
	state, ctx := openState(t, dirsIn(t.TempDir())), context.Background()
	db, err := state.writer(ctx)
	must(t, err)
	_, err = db.Exec("PRAGMA max_page_count = 1") // rounds up to what there is
	must(t, err)
	op := anOperation("big")
	op.Message = strings.Repeat("x", 1<<20)

	if err := state.Refuse(ctx, op); !errors.Is(err, virt.ErrNoSpace) || virt.HintOf(err) == "" {
		t.Fatalf("got %v (hint %q)", err, virt.HintOf(err))
	}
	if rows, err := state.Audit(ctx, virt.AuditFilter{}); err != nil || len(rows) != 0 {
		t.Fatalf("half a row was left: %v (%v)", rows, err)
	}
}

func TestABusyDatabaseIsUnavailable(t *testing.T) {
	dirs, ctx := dirsIn(t.TempDir()), context.Background()
	holder, state := openState(t, dirs), openState(t, dirs)
	db, err := holder.writer(ctx)
	must(t, err)
	tx, err := db.Begin() // takes the write lock
	must(t, err)
	defer func() { must(t, tx.Rollback()) }()
	mine, err := state.writer(ctx)
	must(t, err)
	_, err = mine.Exec("PRAGMA busy_timeout = 20")
	must(t, err)

	if err := state.Begin(ctx, anOperation("late"), Owner{}); !errors.Is(err, virt.ErrUnavailable) {
		t.Fatalf("got %v", err)
	}
	if _, err := state.Audit(ctx, virt.AuditFilter{}); err != nil {
		t.Fatalf("reading while another writes: %v", err)
	}
}

func TestADatabaseThatMayNotBeWrittenCanBeRead(t *testing.T) {
	dir := t.TempDir()
	dirs := dirsIn(dir)
	state, err := OpenState(dirs)
	must(t, err)
	must(t, state.Begin(context.Background(), anOperation("one"), Owner{}))
	must(t, state.Close())
	must(t, os.Chmod(filepath.Dir(dir), 0o755))
	must(t, os.Chmod(state.Path(), 0o444))
	must(t, os.Chmod(dirs.Data, 0o555))
	defer func() { must(t, os.Chmod(dirs.Data, 0o755)) }()

	if out, err := asNobody(process("read", dir)).CombinedOutput(); err != nil {
		t.Errorf("reading: %v: %s", err, out)
	}
	out, err := asNobody(process("begin", dir)).CombinedOutput()
	if err == nil || !bytes.HasPrefix(out, []byte("forbidden ")) {
		t.Errorf("writing: %v: %s", err, out)
	}
}

func TestAClosedStateSaysSo(t *testing.T) {
	state, err := OpenState(dirsIn(t.TempDir()))
	must(t, err)
	must(t, state.Close())
	if _, err := state.Audit(context.Background(), virt.AuditFilter{}); !errors.Is(err, fs.ErrClosed) {
		t.Fatalf("got %v", err)
	}
}
