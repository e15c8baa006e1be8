package operation

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestADoneOperationIsRecordedAndItsStepsStand(t *testing.T) {
	h := open(t, t.TempDir())
	news, stop := h.bus.SubscribeAll()
	defer stop()
	var id string

	err := h.Do(h.ctx, virt.CreateVM, vm("web"), func(ctx context.Context, p *Progress) error {
		id = p.ID()
		if From(ctx) != p {
			t.Error("the context does not lead to the operation")
		}
		p.Stage("define")
		p.Diff("<a>\n  <b/>\n</a>\n", "<a>\n  <c/>\n</a>\n")
		return h.makeFile(ctx, p, "disk", nothing, nothing)
	})

	must(t, err)
	op, err := h.Operation(h.ctx, id)
	must(t, err)
	if op.State != virt.OperationDone || op.Stage != "define" || op.Actor != "ada" || op.Target != vm("web") || op.Ended.Before(op.Started) {
		t.Errorf("operation: %+v", op)
	}
	rows := h.audit(t)
	if len(rows) != 1 || rows[0].ID != id || rows[0].Result != "done" || rows[0].Duration <= 0 ||
		rows[0].Diff != "@@ -1,3 +1,3 @@\n <a>\n-  <b/>\n+  <c/>\n </a>\n" {
		t.Errorf("audit: %+v", rows)
	}
	if left, err := h.state.Unfinished(h.ctx); err != nil || len(left) != 0 {
		t.Errorf("left in the journal: %+v (%v)", left, err)
	}
	if got := h.files(t); !slices.Equal(got, []string{"disk"}) {
		t.Errorf("files: %v", got)
	}
	for _, detail := range []string{"", "define", "define"} { // began, moved, ended
		e := <-news
		if e.Kind != virt.OperationChanged || e.Ref.ID != id || e.Detail != detail {
			t.Errorf("event %+v, want one with the stage %q", e, detail)
		}
	}
}

func TestFailedWorkIsUndoneInReverseOrder(t *testing.T) {
	h := open(t, t.TempDir())
	var undone []string
	h.Inverse("note", func(ctx context.Context, inverse Inverse, acted bool) error {
		if !acted || ctx.Err() != nil || inverse.At.IsZero() {
			t.Errorf("inverse %+v acted %v with %v", inverse, acted, ctx.Err())
		}
		undone = append(undone, inverse.Args["n"])
		return nil
	})
	full := virt.Errorf(virt.KindNoSpace, "the pool is full").WithHint("Free some space.")

	err := h.Do(h.ctx, virt.CreateVM, vm("web"), func(ctx context.Context, p *Progress) error {
		for _, n := range []string{"1", "2", "3"} {
			if err := p.Step(ctx, Inverse{Kind: "note", Args: map[string]string{"n": n}}, act(nil)); err != nil {
				return err
			}
		}
		return p.Step(ctx, Inverse{Kind: "note", Args: map[string]string{"n": "failed, so nothing to undo"}}, act(full))
	})

	var e *virt.Error
	if !errors.As(err, &e) || e.Kind != virt.KindNoSpace || e.Action != virt.CreateVM || e.Hint != full.Hint || !errors.Is(err, full) {
		t.Errorf("got %#v", err)
	}
	if want := []string{"3", "2", "1"}; !slices.Equal(undone, want) {
		t.Errorf("undone %v, want %v", undone, want)
	}
	op, row := h.newest(t), h.audit(t)[0]
	if op.State != virt.OperationFailed || op.Kind != virt.KindNoSpace || op.Message != full.Error() || op.Hint != full.Hint || row.Result != "failed" {
		t.Errorf("operation %+v, audit %+v", op, row)
	}
	if left, err := h.state.Unfinished(h.ctx); err != nil || len(left) != 0 {
		t.Errorf("left in the journal: %+v (%v)", left, err)
	}
}

func act(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

func TestAnActOfUnknownOutcomeIsUndoneAsSuch(t *testing.T) {
	for kind, want := range map[virt.ErrorKind]int{
		virt.KindUnavailable: 1, virt.KindTimeout: 1, virt.KindCancelled: 1,
		virt.KindExists: 0, virt.KindInternal: 0, virt.KindNoSpace: 0,
	} {
		h := open(t, t.TempDir())
		var calls int
		h.Inverse("look", func(_ context.Context, _ Inverse, acted bool) error {
			if acted {
				t.Errorf("%s: the act is said to have happened", kind)
			}
			calls++
			return nil
		})
		err := h.Do(h.ctx, virt.CreateVM, vm("web"), func(ctx context.Context, p *Progress) error {
			return p.Step(ctx, Inverse{Kind: "look"}, act(virt.Errorf(kind, "it broke")))
		})
		if virt.KindOf(err) != kind || calls != want {
			t.Errorf("%s: %d undos, want %d; error %v", kind, calls, want, err)
		}
	}
}

func TestAStepThatNobodyCanUndoIsNotTaken(t *testing.T) {
	h := open(t, t.TempDir())
	err := h.Do(h.ctx, virt.CreateVM, vm("web"), func(ctx context.Context, p *Progress) error {
		return p.Step(ctx, Inverse{Kind: "unheard.of"}, func(context.Context) error {
			t.Error("it was taken")
			return nil
		})
	})
	if !errors.Is(err, virt.ErrUnsupported) {
		t.Errorf("got %v", err)
	}
}

func TestWhatCannotBeUndoneIsToldAndRecoveredLater(t *testing.T) {
	h := open(t, t.TempDir())
	stuck := true
	h.Inverse("file.remove", func(ctx context.Context, inverse Inverse, acted bool) error {
		if stuck && filepath.Base(inverse.Args["path"]) == "two" {
			return virt.Errorf(virt.KindUnavailable, "the host is gone")
		}
		return removeFile(ctx, inverse, acted)
	})
	broken := virt.Errorf(virt.KindInvalid, "the name is bad")

	err := h.Do(h.ctx, virt.CreateVM, vm("web"), func(ctx context.Context, p *Progress) error {
		for _, name := range []string{"one", "two", "three"} {
			must(t, h.makeFile(ctx, p, name, nothing, nothing))
		}
		return broken
	})

	if !errors.Is(err, virt.ErrInvalid) || !errors.Is(err, broken) {
		t.Errorf("the error is no longer the work's: %v", err)
	}
	if want := `Left behind: volume "files/two", volume "files/one". Recovering unfinished operations tries again.`; virt.HintOf(err) != want {
		t.Errorf("hint %q, want %q", virt.HintOf(err), want)
	}
	if got := h.files(t); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("files: %v; what later steps stand on must stay", got)
	}
	failed := h.newest(t)
	if _, err := h.Recover(h.ctx); !errors.Is(err, virt.ErrUnavailable) {
		t.Errorf("recovering what is still stuck: %v", err)
	}
	stuck = false
	recovered, err := h.Recover(h.ctx)
	must(t, err)
	if len(recovered) != 1 || recovered[0].ID != failed.ID || recovered[0].State != virt.OperationUndone || len(h.files(t)) != 0 {
		t.Errorf("recovered %+v, files %v", recovered, h.files(t))
	}
	if row := h.audit(t)[0]; row.Result != "failed" || row.Kind != virt.KindInvalid {
		t.Errorf("the audit row of the failure became %+v", row)
	}
}

func TestAPanicIsAFailureThatIsUndone(t *testing.T) {
	h := open(t, t.TempDir())
	log := captureLog(t)

	err := h.Do(h.ctx, virt.CreateVM, vm("web"), func(ctx context.Context, p *Progress) error {
		must(t, h.makeFile(ctx, p, "one", nothing, nothing))
		var nobody *virt.VM
		nobody.Name = "boom"
		return nil
	})

	if !errors.Is(err, virt.ErrInternal) || len(h.files(t)) != 0 {
		t.Errorf("got %v, files %v", err, h.files(t))
	}
	if op := h.newest(t); op.State != virt.OperationFailed || op.Kind != virt.KindInternal {
		t.Errorf("operation: %+v", op)
	}
	if !strings.Contains(log.String(), "door_test.go") {
		t.Errorf("the log has no stack: %s", log)
	}
}

// captureLog makes the standard logger write into a buffer for this test.
func captureLog(t *testing.T) *bytes.Buffer {
	t.Helper()
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &log
}

func TestAChildIsLinkedAndItsFailureLoggedOnce(t *testing.T) {
	h := open(t, t.TempDir())
	log := captureLog(t)
	full := virt.Errorf(virt.KindNoSpace, "the pool is full")

	err := h.Do(h.ctx, virt.CreateVM, vm("web"), func(ctx context.Context, p *Progress) error {
		must(t, h.makeFile(ctx, p, "one", nothing, nothing))
		return h.Do(ctx, virt.CreateVolume, virt.VolumeRef("lab", "p", "v"), func(context.Context, *Progress) error { return full })
	})

	if !errors.Is(err, full) || len(h.files(t)) != 0 {
		t.Errorf("got %v, files %v", err, h.files(t))
	}
	rows := h.audit(t)
	if len(rows) != 2 || rows[0].Parent != "" || rows[1].Parent != rows[0].ID || rows[1].Action != virt.CreateVolume {
		t.Errorf("audit: %+v", rows)
	}
	if n := strings.Count(log.String(), "the pool is full"); n != 1 {
		t.Errorf("logged %d times: %s", n, log)
	}
}

func TestAChildNeedsItsOwnPermission(t *testing.T) {
	h := open(t, t.TempDir())
	operator := virt.WithActor(h.ctx, virt.Actor{Name: "bob", Via: "rest", Role: virt.RoleOperator})
	err := h.Do(operator, virt.StartVM, vm("web"), func(ctx context.Context, _ *Progress) error {
		return h.Do(ctx, virt.StartNetwork, virt.Ref{Kind: virt.KindNetwork, ID: "n"}, func(context.Context, *Progress) error { return nil })
	})
	if !errors.Is(err, virt.ErrForbidden) {
		t.Errorf("got %v", err)
	}
	if rows := h.audit(t); len(rows) != 2 || rows[0].Result != "failed" || rows[1].Result != "refused" || rows[1].Parent != rows[0].ID {
		t.Errorf("audit: %+v", rows)
	}
}

func TestACancelledContextUndoes(t *testing.T) {
	h := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(h.ctx)

	err := h.Do(ctx, virt.CreateVM, vm("web"), func(ctx context.Context, p *Progress) error {
		must(t, h.makeFile(ctx, p, "one", nothing, nothing))
		cancel()
		return h.makeFile(ctx, p, "two", nothing, nothing)
	})

	if !errors.Is(err, virt.ErrCancelled) || len(h.files(t)) != 0 {
		t.Errorf("got %v, files %v", err, h.files(t))
	}
	if op, row := h.newest(t), h.audit(t)[0]; op.State != virt.OperationCancelled || row.Result != "cancelled" {
		t.Errorf("operation %+v, audit %+v", op, row)
	}
}

func TestCancelEndsAnOperationOfThisProcess(t *testing.T) {
	h := open(t, t.TempDir())
	id, ended := make(chan string), make(chan error)
	go func() {
		ended <- h.Do(h.ctx, virt.CreateVM, vm("web"), func(ctx context.Context, p *Progress) error {
			id <- p.ID()
			<-ctx.Done()
			return errors.New("the copy was broken off") // an echo without a kind
		})
	}()
	running := <-id
	bob := virt.WithActor(h.ctx, virt.Actor{Name: "bob", Via: "rest", Role: virt.RoleOperator})
	if err := h.Cancel(bob, running); !errors.Is(err, virt.ErrForbidden) {
		t.Errorf("an operator cancelled what only an admin may do: %v", err)
	}

	must(t, h.Cancel(h.ctx, running))

	if err := <-ended; !errors.Is(err, virt.ErrCancelled) {
		t.Errorf("got %v", err)
	}
	if err := h.Cancel(h.ctx, running); !errors.Is(err, virt.ErrState) {
		t.Errorf("cancelling what has ended: %v", err)
	}
	if err := h.Cancel(h.ctx, "nope"); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("cancelling what never was: %v", err)
	}
}

func TestWorkThatCannotBeRecordedIsUndone(t *testing.T) {
	h := open(t, t.TempDir())
	err := h.Do(h.ctx, virt.CreateVM, vm("web"), func(ctx context.Context, p *Progress) error {
		must(t, h.makeFile(ctx, p, "one", nothing, nothing))
		return h.state.Close() // as if the disk went away before the end is written
	})
	if !errors.Is(err, fs.ErrClosed) || len(h.files(t)) != 0 {
		t.Errorf("got %v, files %v", err, h.files(t))
	}
}

func TestWithoutAnAuditRowNothingIsChanged(t *testing.T) {
	h := open(t, t.TempDir())
	must(t, os.WriteFile(filepath.Join(h.dir, "data"), nil, 0o600)) // no directory can be made there
	err := h.Do(h.ctx, virt.StartVM, vm("web"), func(context.Context, *Progress) error {
		t.Error("the work ran")
		return nil
	})
	if err == nil {
		t.Error("no error")
	}
}

func TestProgressIsToldAtMostTenTimesASecondAndSaved(t *testing.T) {
	h, other := open(t, t.TempDir()), (*house)(nil)
	other = open(t, h.dir)
	news, stop := h.bus.SubscribeAll()
	defer stop()
	begin, ended := time.Now(), make(chan error, 1)
	go func() {
		ended <- h.Do(h.ctx, virt.CreateVM, vm("web"), func(_ context.Context, p *Progress) error {
			p.Stage("copy")
			p.Total(1 << 40)
			out := p.Count(&bytes.Buffer{})
			for saved := false; !saved; {
				if _, err := out.Write(make([]byte, 100)); err != nil {
					return err
				}
				here, err := h.Operation(h.ctx, p.ID())
				if err != nil || here.Done == 0 || here.Total != 1<<40 {
					t.Errorf("in memory: %+v (%v)", here, err)
				}
				there, err := other.Operation(h.ctx, p.ID())
				if err != nil || time.Since(begin) > 20*time.Second {
					return errors.New("the progress was never saved")
				}
				saved = there.Stage == "copy" && there.Done > 0 && there.State == virt.OperationRunning
			}
			return nil
		})
	}()
	var times []time.Time
	for done := false; !done; {
		select {
		case e := <-news:
			times = append(times, e.Time)
		case err := <-ended:
			must(t, err)
			done = true
		}
	}
	if len(times) < 5 {
		t.Errorf("only %d events", len(times))
	}
	for i := 10; i < len(times); i++ {
		if gap := times[i].Sub(times[i-10]); gap < time.Second {
			t.Errorf("eleven events within %v", gap)
		}
	}
}
