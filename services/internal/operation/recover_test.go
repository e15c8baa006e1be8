package operation

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

func TestWhatAKilledProcessDidIsUndone(t *testing.T) {
	for job, before := range map[string][]string{
		"between intent and act": {"one"},
		"between act and mark":   {"one", "two"},
		"after all steps":        {"one", "two"},
	} {
		h := open(t, t.TempDir())
		startAndKill(t, job, h.dir)
		if got := h.files(t); !slices.Equal(got, before) {
			t.Errorf("%s: the killed process left %v, want %v", job, got, before)
		}
		if op := h.newest(t); op.State != virt.OperationAbandoned {
			t.Errorf("%s: the operation is %s", job, op.State)
		}

		recovered, err := h.Recover(h.ctx)

		must(t, err)
		if got := h.files(t); len(got) != 0 {
			t.Errorf("%s: left behind: %v", job, got)
		}
		if len(recovered) != 1 || recovered[0].State != virt.OperationUndone || recovered[0].Kind != virt.KindInterrupted {
			t.Errorf("%s: recovered %+v", job, recovered)
		}
		rows := h.audit(t)
		if len(rows) != 2 || rows[0].Result != "undone" || rows[0].Kind != virt.KindInterrupted || rows[0].Duration <= 0 ||
			rows[1].Action != virt.RecoverOperation || rows[1].Target.ID != rows[0].ID || rows[1].Result != "done" {
			t.Errorf("%s: audit %+v", job, rows)
		}
		if again, err := h.Recover(h.ctx); err != nil || len(again) != 0 || len(h.audit(t)) != 2 {
			t.Errorf("%s: recovering again did %+v (%v)", job, again, err)
		}
	}
}

func TestWhatSomebodyElseMadeMeanwhileStays(t *testing.T) {
	h := open(t, t.TempDir())
	startAndKill(t, "between intent and act", h.dir)
	must(t, os.WriteFile(filepath.Join(h.dir, "two"), []byte("mine"), 0o600))

	_, err := h.Recover(h.ctx)

	must(t, err)
	if got := h.files(t); !slices.Equal(got, []string{"two"}) {
		t.Errorf("files: %v", got)
	}
}

func TestADoneOperationOfAKilledProcessStands(t *testing.T) {
	h := open(t, t.TempDir())
	startAndKill(t, "after the end", h.dir)

	recovered, err := h.Recover(h.ctx)

	if err != nil || len(recovered) != 0 {
		t.Errorf("recovered %+v (%v)", recovered, err)
	}
	if got := h.files(t); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("files: %v", got)
	}
}

func TestALivingOwnerIsLeftAlone(t *testing.T) {
	h := open(t, t.TempDir())
	start(t, "run until cancelled", h.dir)

	recovered, err := h.Recover(h.ctx)

	if err != nil || len(recovered) != 0 {
		t.Errorf("recovered %+v (%v)", recovered, err)
	}
	if op := h.newest(t); op.State != virt.OperationRunning || len(h.files(t)) != 1 {
		t.Errorf("operation %+v, files %v", op, h.files(t))
	}
}

func TestCancelReachesAnotherProcess(t *testing.T) {
	h := open(t, t.TempDir())
	cmd, out := start(t, "run until cancelled", h.dir)

	must(t, h.Cancel(h.ctx, h.newest(t).ID))

	said, err := io.ReadAll(out)
	must(t, err)
	_ = cmd.Wait()
	if !strings.HasPrefix(string(said), "cancelled ") {
		t.Errorf("the process said %q", said)
	}
	running, err := h.Operations(h.ctx, virt.OperationFilter{State: virt.OperationRunning})
	must(t, err)
	cancelled, err := h.Operations(h.ctx, virt.OperationFilter{State: virt.OperationCancelled})
	must(t, err)
	if len(running) != 0 || len(cancelled) != 1 || cancelled[0].Action != virt.CreateVM || cancelled[0].Done != 42 || len(h.files(t)) != 0 {
		t.Errorf("running %+v, cancelled %+v, files %v", running, cancelled, h.files(t))
	}
}

func TestAnAbandonedOperationIsRecoveredNotCancelled(t *testing.T) {
	h := open(t, t.TempDir())
	startAndKill(t, "after all steps", h.dir)
	if err := h.Cancel(h.ctx, h.newest(t).ID); !errors.Is(err, virt.ErrState) || virt.HintOf(err) == "" {
		t.Errorf("got %v (hint %q)", err, virt.HintOf(err))
	}
	found, err := h.Operations(h.ctx, virt.OperationFilter{State: virt.OperationAbandoned})
	if err != nil || len(found) != 1 {
		t.Errorf("abandoned: %+v (%v)", found, err)
	}
}

func TestTwoRecoverersUndoOnce(t *testing.T) {
	h := open(t, t.TempDir())
	startAndKill(t, "after all steps", h.dir)
	const recoverers = 3
	results := make(chan error, recoverers)
	for range recoverers {
		go func() {
			out, err := process("recover", h.dir).CombinedOutput()
			if err != nil {
				err = errors.New(err.Error() + ": " + string(out))
			}
			results <- err
		}()
	}
	for range recoverers {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	var recoveries int
	for _, row := range h.audit(t) {
		if row.Action == virt.RecoverOperation {
			recoveries++
		}
	}
	if recoveries != 1 || len(h.files(t)) != 0 {
		t.Errorf("%d recoveries, files %v", recoveries, h.files(t))
	}
}

// The owner of a row decides alone whether it is abandoned.
func TestOwnersAreToldApart(t *testing.T) {
	me := self()
	zombie := process("recover", t.TempDir())
	must(t, zombie.Start())
	defer func() { must(t, zombie.Wait()) }()
	var dead storage.Owner
	eventually(t, "the process is a zombie", func() bool {
		start, isZombie, err := processStart(zombie.Process.Pid)
		dead = storage.Owner{PID: zombie.Process.Pid, Start: start, Boot: me.Boot}
		return err == nil && isZombie
	})
	for name, c := range map[string]struct {
		owner storage.Owner
		alive bool
	}{
		"this process":                      {me, true},
		"a process whose number came again": {storage.Owner{PID: me.PID, Start: me.Start - 1, Boot: me.Boot}, false},
		"a process of another boot":         {storage.Owner{PID: me.PID, Start: me.Start, Boot: "0" + me.Boot}, false},
		"a number that is free":             {storage.Owner{PID: 1 << 30, Start: me.Start, Boot: me.Boot}, false},
		"a dead process nobody waited for":  {dead, false},
		"a process in another sandbox":      {storage.Owner{PID: 1 << 30, Start: me.Start, Boot: bootID() + " pid:[1]"}, true},
	} {
		if got := alive(c.owner); got != c.alive {
			t.Errorf("%s: alive is %v", name, got)
		}
	}
}

func TestARowOfAnotherBootIsRecovered(t *testing.T) {
	h := open(t, t.TempDir())
	op := virt.Operation{ID: "old", Action: virt.CreateVM, Target: vm("web"), Actor: "ada", Started: time.Now()}
	path := filepath.Join(h.dir, "one")
	must(t, os.WriteFile(path, []byte("old"), 0o600))
	owner := self()
	owner.Boot = "another " + pidNamespace()
	must(t, h.state.Begin(h.ctx, op, owner))
	must(t, h.state.AddStep(h.ctx, op.ID, storage.Step{Number: 1, Kind: "file.remove", Args: map[string]string{"path": path, "mark": "old"}, At: time.Now()}))

	recovered, err := h.Recover(h.ctx)

	if err != nil || len(recovered) != 1 || len(h.files(t)) != 0 {
		t.Errorf("recovered %+v (%v), files %v", recovered, err, h.files(t))
	}
}

func TestAStepOfANewerProgramStaysInTheJournal(t *testing.T) {
	h := open(t, t.TempDir())
	startAndKill(t, "after all steps", h.dir)
	must(t, h.state.AddStep(h.ctx, h.newest(t).ID, storage.Step{Number: 99, Kind: "teleport", Ref: vm("web"), At: time.Now()}))

	recovered, err := h.Recover(h.ctx)

	if !errors.Is(err, virt.ErrUnsupported) || len(recovered) != 1 || recovered[0].State != virt.OperationFailed {
		t.Errorf("recovered %+v (%v)", recovered, err)
	}
	if got := h.files(t); len(got) != 2 {
		t.Errorf("what the unknown step stands on was removed: %v", got)
	}
}

func TestRecoveryOfAReadOnlyDatabaseSaysSo(t *testing.T) {
	h := newHouse(t.TempDir())
	startAndKill(t, "after all steps", h.dir)
	must(t, h.checkpoint())
	data := filepath.Join(h.dir, "data")
	for path, mode := range map[string]os.FileMode{filepath.Dir(h.dir): 0o755, h.dir: 0o755, filepath.Join(data, "state.db"): 0o444, data: 0o555} {
		must(t, os.Chmod(path, mode))
	}
	defer func() { must(t, os.Chmod(data, 0o755)) }()
	cmd := process("recover", h.dir)
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}

	out, err := cmd.CombinedOutput()

	if err == nil || !strings.HasPrefix(string(out), "forbidden 1 unfinished operations cannot be undone: ") {
		t.Errorf("%v: %s", err, out)
	}
	if got := h.files(t); len(got) != 2 {
		t.Errorf("files: %v", got)
	}
}

// checkpoint brings the killed process's log into the database file.
func (h *house) checkpoint() error {
	if _, err := h.state.Unfinished(h.ctx); err != nil {
		return err
	}
	return h.state.Close()
}
