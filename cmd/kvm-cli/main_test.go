package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// patience is how long a test waits for what must happen, on a busy machine.
const patience = 2 * time.Minute

// asProgram makes the test binary be kvm-cli itself, so that tests run it as
// others do: with signals, streams and an exit code of its own.
const asProgram = "KVM_CLI_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(virttest.Main(m))
}

// A shell is where commands are run: on one host, with files of its own.
type shell struct {
	t    *testing.T
	uri  string
	home string // of configuration, data and state
	in   string // what the next command reads
}

func newShell(t *testing.T, uri string) *shell {
	t.Helper()
	s := &shell{t: t, uri: uri, home: filepath.Join(t.TempDir(), "home")}
	for _, name := range []string{"CONFIG", "DATA", "STATE"} {
		t.Setenv("XDG_"+name+"_HOME", filepath.Join(s.home, strings.ToLower(name)))
	}
	for _, name := range []string{"KVM_MANAGER_HOST", "LIBVIRT_DEFAULT_URI"} {
		t.Setenv(name, "")
	}
	return s
}

// An answer is what a command said.
type answer struct {
	t        *testing.T
	args     []string
	code     int
	out, err string
}

// run runs the arguments in this process.
func (s *shell) run(args ...string) answer {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var out, errs bytes.Buffer
	if s.uri != "" {
		args = append([]string{"--host", s.uri}, args...)
	}
	code := run(ctx, args, strings.NewReader(s.in), &out, &errs)
	return answer{s.t, args, code, out.String(), errs.String()}
}

// start runs the arguments as a program.
func (s *shell) start(args ...string) *program {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	if s.uri != "" {
		args = append([]string{"--host", s.uri}, args...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	p := &program{t: s.t, args: args, cmd: exec.CommandContext(ctx, self, args...)}
	p.cmd.Env = append(os.Environ(), asProgram+"=1")
	p.cmd.Stdin, p.cmd.Stderr = strings.NewReader(s.in), &p.err
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.WaitDelay = 5 * time.Second
	s.t.Cleanup(cancel)
	return p
}

// program runs the arguments as a program until its end.
func (s *shell) program(args ...string) answer {
	s.t.Helper()
	p := s.start(args...)
	p.cmd.Stdout = &p.out
	if err := p.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	return p.wait()
}

// A program is kvm-cli running.
type program struct {
	t        *testing.T
	args     []string
	cmd      *exec.Cmd
	out, err bytes.Buffer
}

func (p *program) wait() answer {
	p.t.Helper()
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatalf("%q: %v", p.args, err)
	}
	return answer{p.t, p.args, p.cmd.ProcessState.ExitCode(), p.out.String(), p.err.String()}
}

func (p *program) signal(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Errorf("%s: %v", sig, err)
	}
}

// ok fails the test unless the command succeeded and said nothing else.
func (a answer) ok() answer {
	a.t.Helper()
	if a.code != 0 || a.err != "" {
		a.t.Fatalf("%q exited with %d and said %q", a.args, a.code, a.err)
	}
	return a
}

// json reads the answer's one document.
func (a answer) json(into any) {
	a.t.Helper()
	dec := json.NewDecoder(strings.NewReader(a.out))
	if err := dec.Decode(into); err != nil {
		a.t.Fatalf("%q answered %q: %v", a.args, a.out, err)
	}
	if dec.More() || !strings.HasSuffix(a.out, "\n") {
		a.t.Errorf("%q answered more or less than one line-ended document: %q", a.args, a.out)
	}
}

// fails fails the test unless the command failed so, with nothing on stdout and
// the error as JSON where that was asked for.
func (a answer) fails(kind virt.ErrorKind) errorBody {
	a.t.Helper()
	if a.code != exitCodes[kind] || a.out != "" || a.err == "" {
		a.t.Fatalf("%q exited with %d, said %q on stdout and %q on stderr; want %s", a.args, a.code, a.out, a.err, kind)
	}
	if !slices.Contains(a.args, "json") {
		return errorBody{}
	}
	var doc map[string]errorBody
	dec := json.NewDecoder(strings.NewReader(a.err))
	if err := dec.Decode(&doc); err != nil || dec.More() {
		a.t.Fatalf("%q said %q on stderr: %v", a.args, a.err, err)
	}
	said := doc["error"]
	if said.Kind != kind || said.Message == "" {
		a.t.Errorf("%q said %q, want kind %s", a.args, a.err, kind)
	}
	return said
}

// files returns the files and directories below our home.
func (s *shell) files() []string {
	s.t.Helper()
	var found []string
	err := filepath.WalkDir(s.home, func(path string, _ fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		found = append(found, path)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// keys returns the names of a JSON object's fields.
func keys(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func words(text string) []string {
	w := strings.Fields(text)
	slices.Sort(w)
	return w
}
