package storage

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// jobVariable makes the test program do a job as a process of its own.
const jobVariable = "STORAGE_TEST_JOB"

func TestMain(m *testing.M) {
	job := os.Getenv(jobVariable)
	if job == "" {
		os.Exit(m.Run())
	}
	if err := jobs[job](dirsIn(os.Args[1])); err != nil {
		fmt.Fprintln(os.Stderr, virt.KindOf(err), err)
		os.Exit(1)
	}
}

// jobs are what a process of its own can be asked to do.
var jobs = map[string]func(Dirs) error{
	"begin-and-finish": func(dirs Dirs) error {
		state, err := OpenState(dirs)
		if err != nil {
			return err
		}
		op := anOperation(fmt.Sprintf("op-%d", os.Getpid()))
		if err := state.Begin(context.Background(), op, Owner{PID: os.Getpid()}); err != nil {
			return err
		}
		op.State, op.Ended = virt.OperationDone, op.Started.Add(time.Second)
		if err := state.Finish(context.Background(), op, ""); err != nil {
			return err
		}
		return state.Close()
	},
	"read": func(dirs Dirs) error {
		rows, err := NewState(dirs).Audit(context.Background(), virt.AuditFilter{})
		if err == nil && len(rows) != 1 {
			return fmt.Errorf("%d audit rows", len(rows))
		}
		return err
	},
	"begin": func(dirs Dirs) error {
		return NewState(dirs).Begin(context.Background(), anOperation("second"), Owner{})
	},
}

// process prepares this test program to do a job in dir.
func process(job, dir string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", dir)
	cmd.Env = append(os.Environ(), jobVariable+"="+job)
	return cmd
}

// asNobody makes the process one that may not write to what root owns.
func asNobody(cmd *exec.Cmd) *exec.Cmd {
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	return cmd
}

func dirsIn(dir string) Dirs {
	return Dirs{Config: filepath.Join(dir, "config"), Data: filepath.Join(dir, "data"), State: filepath.Join(dir, "state"),
		Cache: filepath.Join(dir, "cache"), Runtime: filepath.Join(dir, "run")}
}

func anOperation(id string) virt.Operation {
	return virt.Operation{
		ID: id, Action: virt.CreateVM, Actor: "ada", Via: "cli", State: virt.OperationRunning,
		Target:  virt.Ref{Host: "lab", Kind: virt.KindVM, ID: "f00", Name: "wëb 'x'"},
		Started: time.Date(2025, 3, 1, 12, 0, 0, 123456000, time.UTC),
	}
}

func openState(t *testing.T, dirs Dirs) *State {
	t.Helper()
	state, err := OpenState(dirs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := state.Close(); err != nil {
			t.Error(err)
		}
	})
	return state
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
