package operation

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/event"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// jobVariable makes the test program do a job as a process of its own, which a
// test may kill.
const jobVariable = "OPERATION_TEST_JOB"

func TestMain(m *testing.M) {
	job := os.Getenv(jobVariable)
	if job == "" {
		os.Exit(m.Run())
	}
	if err := jobs[job](newHouse(os.Args[1])); err != nil {
		fmt.Println(virt.KindOf(err), err)
		os.Exit(1)
	}
}

// A house is a door with a state and a bus on a directory of its own. What its
// operations make are files in there.
type house struct {
	*Door
	dir   string
	state *storage.State
	bus   *event.Bus
	ctx   context.Context // of an admin
}

func newHouse(dir string) *house {
	state, bus := storage.NewState(storage.Dirs{Data: filepath.Join(dir, "data")}), event.New()
	h := &house{Door: New(state, bus), dir: dir, state: state, bus: bus}
	h.ctx = virt.WithActor(context.Background(), virt.Actor{Name: "ada", Via: "cli", Role: virt.RoleAdmin})
	h.Inverse("file.remove", removeFile)
	return h
}

// open returns a house in a directory of the test.
func open(t *testing.T, dir string) *house {
	t.Helper()
	h := newHouse(dir)
	t.Cleanup(func() { must(t, h.state.Close()) })
	return h
}

// removeFile takes back the making of a file, and only of one that is ours.
func removeFile(_ context.Context, inverse Inverse, acted bool) error {
	content, err := os.ReadFile(inverse.Args["path"])
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !acted && string(content) != inverse.Args["mark"] {
		return nil
	}
	return os.Remove(inverse.Args["path"])
}

// makeFile makes a file as a step of p, and calls before and after around the
// act.
func (h *house) makeFile(ctx context.Context, p *Progress, name string, before, after func()) error {
	path := filepath.Join(h.dir, name)
	inverse := Inverse{Kind: "file.remove", Ref: virt.VolumeRef("lab", "files", name), Args: map[string]string{"path": path, "mark": p.ID()}}
	return p.Step(ctx, inverse, func(context.Context) error {
		before()
		if err := os.WriteFile(path, []byte(p.ID()), 0o600); err != nil {
			return err
		}
		after()
		return nil
	})
}

func nothing() {}

// waitToBeKilled says where this process stands and stays there.
func waitToBeKilled() {
	fmt.Println("ready")
	select {}
}

// jobs are what a process of its own can be asked to do.
var jobs = map[string]func(*house) error{
	"between intent and act": func(h *house) error {
		return h.two(waitToBeKilled, nothing, nothing)
	},
	"between act and mark": func(h *house) error {
		return h.two(nothing, waitToBeKilled, nothing)
	},
	"after all steps": func(h *house) error {
		return h.two(nothing, nothing, waitToBeKilled)
	},
	"after the end": func(h *house) error {
		if err := h.two(nothing, nothing, nothing); err != nil {
			return err
		}
		waitToBeKilled()
		return nil
	},
	"run until cancelled": func(h *house) error {
		return h.Do(h.ctx, virt.CreateVM, vm("web"), func(ctx context.Context, p *Progress) error {
			p.Stage("copy")
			p.Total(100)
			p.Add(42)
			if err := h.makeFile(ctx, p, "one", nothing, nothing); err != nil {
				return err
			}
			fmt.Println("ready")
			<-ctx.Done()
			return ctx.Err()
		})
	},
	"recover": func(h *house) error {
		_, err := h.Recover(h.ctx)
		return err
	},
}

// two makes the files one and two in one operation; the functions are called
// before and after the second act, and after both steps.
func (h *house) two(before, after, end func()) error {
	return h.Do(h.ctx, virt.CreateVM, vm("web"), func(ctx context.Context, p *Progress) error {
		if err := h.makeFile(ctx, p, "one", nothing, nothing); err != nil {
			return err
		}
		if err := h.makeFile(ctx, p, "two", before, after); err != nil {
			return err
		}
		end()
		return nil
	})
}

func vm(name string) virt.Ref {
	return virt.Ref{Host: "lab", Kind: virt.KindVM, ID: "id-of-" + name, Name: name}
}

// start begins a job in a process of its own and returns when it says ready.
func start(t *testing.T, job, dir string) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := process(job, dir)
	out, err := cmd.StdoutPipe()
	must(t, err)
	cmd.Stderr = os.Stderr
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if line != "ready\n" {
		t.Fatalf("the process said %q (%v)", line, err)
	}
	return cmd, lines
}

func process(job, dir string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", dir)
	cmd.Env = append(os.Environ(), jobVariable+"="+job)
	return cmd
}

// startAndKill runs a job up to where it says ready and kills it there.
func startAndKill(t *testing.T, job, dir string) {
	t.Helper()
	cmd, _ := start(t, job, dir)
	must(t, cmd.Process.Signal(syscall.SIGKILL))
	_ = cmd.Wait()
}

// files are the names of what operations made.
func (h *house) files(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(h.dir)
	must(t, err)
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// audit returns the whole log, and operation the newest operation.
func (h *house) audit(t *testing.T) []virt.AuditRow {
	t.Helper()
	rows, err := h.Audit(h.ctx, virt.AuditFilter{})
	must(t, err)
	return rows
}

func (h *house) newest(t *testing.T) virt.Operation {
	t.Helper()
	found, err := h.Operations(h.ctx, virt.OperationFilter{Limit: 1})
	must(t, err)
	if len(found) == 0 {
		t.Fatal("there is no operation")
	}
	return found[0]
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatalf("it never came about that %s", what)
		case <-again.C:
		}
	}
}
