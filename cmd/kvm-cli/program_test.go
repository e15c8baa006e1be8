package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// A yard is a private libvirtd and the shell on it.
type yard struct {
	*shell
	daemon *virttest.Daemon
}

func newYard(t *testing.T) *yard {
	t.Helper()
	d := virttest.SharedLibvirtd(t)
	y := &yard{newShell(t, d.URI), d}
	t.Cleanup(func() {
		var vms []virt.VM
		y.run("vm", "list", "-o", "json").json(&vms)
		for _, vm := range vms {
			y.run("vm", "delete", "uuid:"+vm.ID, "--yes", "--force")
		}
	})
	return y
}

// state is what the commands can see and what lies on disk.
func (y *yard) state() string {
	y.t.Helper()
	said := y.run("vm", "list", "-o", "json").ok().out
	if a := y.run("volume", "list", "default", "-o", "json"); a.code == 0 {
		said += a.out
	}
	for _, dir := range []string{filepath.Join(y.daemon.Dir, "lib/images"), filepath.Join(y.daemon.Dir, "etc/qemu"), filepath.Join(y.home, "data/kvm-manager/machines")} {
		for _, path := range filesBelow(y.t, dir) {
			said += path + "\n"
		}
	}
	return said
}

func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !e.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// many makes a create long enough to be met in its middle.
func many(name string, more ...string) []string {
	args := []string{"vm", "create", name, "--accel", "tcg", "--progress", "json", "--network", "none"}
	for range 24 {
		args = append(args, "--disk", "size=1MiB")
	}
	return append(args, more...)
}

// A progressLine is a line of --progress json.
type progressLine struct {
	Operation string `json:"operation"`
	Stage     string `json:"stage"`
	Done      int64  `json:"done"`
	Total     int64  `json:"total"`
}

// inTheMiddle starts the program and returns when it makes disks, with the
// rest of what it says on stderr.
func (y *yard) inTheMiddle(args ...string) (*program, *bufio.Scanner) {
	y.t.Helper()
	p := y.start(args...)
	p.cmd.Stderr = nil
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		y.t.Fatal(err)
	}
	p.cmd.Stdout = &p.out
	if err := p.cmd.Start(); err != nil {
		y.t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		var line progressLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.Operation == "" {
			y.t.Fatalf("a line of progress is %q, %v", lines.Text(), err)
		}
		if line.Stage == "make disk" {
			y.appears("lib/images/web-2.qcow2")
			return p, lines
		}
	}
	y.t.Fatalf("it ended before its middle: %v", lines.Err())
	return nil, nil
}

// appears waits for a file of the daemon.
func (y *yard) appears(name string) {
	y.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for limit := time.After(patience); ; {
		if _, err := os.Stat(filepath.Join(y.daemon.Dir, name)); err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			y.t.Fatalf("%s does not appear", name)
		}
	}
}

// rest reads the program's stderr to its end and waits for it.
func (p *program) rest(lines *bufio.Scanner) answer {
	p.t.Helper()
	for lines.Scan() {
		p.err.WriteString(lines.Text() + "\n")
	}
	return p.wait()
}

func TestAKilledCreateIsUndoneByTheNextChange(t *testing.T) {
	y := newYard(t)
	y.run("vm", "create", "first", "--accel", "tcg", "--disk", "size=1MiB", "--network", "none", "-o", "json").ok() // makes the default pool
	before := y.state()
	p, lines := y.inTheMiddle(many("web")...)
	p.signal(syscall.SIGKILL)
	p.rest(lines)
	if y.state() == before {
		t.Fatal("it was killed before it had made anything")
	}
	var left []virt.Operation
	y.run("operation", "list", "-o", "json").ok().json(&left)
	if left[0].Action != virt.CreateVM || left[0].State != virt.OperationAbandoned {
		t.Errorf("the newest operation is %+v", left[0])
	}

	a := y.run("vm", "autostart", "first", "off")
	if a.code != 0 || !strings.Contains(a.err, "web") {
		t.Errorf("the next change exited with %d and said %q", a.code, a.err)
	}
	if after := y.state(); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	var op virt.Operation
	y.run("operation", "show", left[0].ID, "-o", "json").ok().json(&op)
	if op.State != virt.OperationUndone || op.Kind != virt.KindInterrupted {
		t.Errorf("the operation is %+v", op)
	}
}

func TestRecoverUndoesAKilledCreateAndTellsIt(t *testing.T) {
	y := newYard(t)
	y.run("vm", "create", "first", "--accel", "tcg", "--disk", "size=1MiB", "--network", "none", "-o", "json").ok()
	before := y.state()
	p, lines := y.inTheMiddle(many("web", "--start")...)
	p.signal(syscall.SIGKILL)
	p.rest(lines)
	var undone []virt.Operation
	y.run("operation", "recover", "-o", "json").ok().json(&undone)
	if len(undone) != 1 || undone[0].State != virt.OperationUndone || undone[0].Target.Name != "web" {
		t.Errorf("recovered %+v", undone)
	}
	if after := y.state(); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	if a := y.run("operation", "recover", "-o", "json").ok(); a.out != "[]\n" {
		t.Errorf("recovered once more: %s", a.out)
	}
}

func TestAnInterruptedCreateIsUndoneAndExitsAsCancelled(t *testing.T) {
	y := newYard(t)
	y.run("vm", "create", "first", "--accel", "tcg", "--disk", "size=1MiB", "--network", "none", "-o", "json").ok()
	before := y.state()
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		p, lines := y.inTheMiddle(many("web", "-o", "json")...)
		p.signal(sig)
		a := p.rest(lines)
		if a.code != exitCodes[virt.KindCancelled] || a.out != "" {
			t.Errorf("after %s it exited with %d and said %q", sig, a.code, a.out)
		}
		said := strings.Split(strings.TrimSpace(a.err), "\n")
		var doc map[string]errorBody
		if err := json.Unmarshal([]byte(said[len(said)-1]), &doc); err != nil || doc["error"].Kind != virt.KindCancelled || doc["error"].Action != virt.CreateVM {
			t.Errorf("its last words are %q, %v", said[len(said)-1], err)
		}
		if after := y.state(); after != before {
			t.Errorf("after %s: before\n%s\nafter\n%s", sig, before, after)
		}
	}
}

func TestASecondInterruptLeavesAtOnce(t *testing.T) {
	y := newYard(t)
	y.run("vm", "create", "first", "--accel", "tcg", "--disk", "size=1MiB", "--network", "none", "-o", "json").ok()
	before := y.state()
	p, lines := y.inTheMiddle(many("web")...)
	y.daemon.Stop(t) // so that nothing can be taken back
	p.signal(os.Interrupt)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	ended := make(chan answer, 1)
	go func() { ended <- p.rest(lines) }()
	var a answer
	for a.args == nil {
		select {
		case a = <-ended:
		case <-tick.C:
			_ = p.cmd.Process.Signal(os.Interrupt) // until it has heard both
		}
	}
	y.daemon.Cont(t)
	if a.code != exitCodes[virt.KindInterrupted] {
		t.Errorf("it exited with %d and said %q", a.code, a.err)
	}
	y.run("operation", "recover").ok()
	if after := y.state(); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

func TestOfTwoProgramsThatCreateOneNameOneWins(t *testing.T) {
	y := newYard(t)
	y.run("vm", "create", "first", "--accel", "tcg", "--disk", "size=1MiB", "--network", "none", "-o", "json").ok()
	args := []string{"vm", "create", "web", "--accel", "tcg", "--disk", "size=1MiB", "--network", "none", "-o", "json"}
	codes := make(chan int, 2)
	for range 2 {
		p := y.start(args...)
		if err := p.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go func() {
			_ = p.cmd.Wait()
			codes <- p.cmd.ProcessState.ExitCode()
		}()
	}
	if got := []int{<-codes, <-codes}; !slices.Contains(got, 0) || !slices.Contains(got, exitCodes[virt.KindExists]) {
		t.Errorf("they exited with %v", got)
	}
	var volumes []virt.Volume
	y.run("volume", "list", "default", "-o", "json").ok().json(&volumes)
	if len(volumes) != 2 {
		t.Errorf("the volumes are %+v", volumes)
	}
}

// Names end in paths, options and socket names of QEMU, not only in documents.
func TestMachinesOfAwkwardNamesAreMadeStartedAndDeleted(t *testing.T) {
	y := newYard(t)
	y.run("vm", "create", "first", "--accel", "tcg", "--disk", "size=1MiB", "--network", "none", "-o", "json").ok()
	before := y.state()
	for _, name := range []string{
		strings.Repeat("n", virt.MaxNameBytes), strings.Repeat("é", virt.MaxNameBytes/2), "two words", "a,b=c", "<&>;|$(x)`'\"", "back\\slash%s", ".hidden",
		"机器 🙂", "8c6d4f4e-6d3c-4c59-9a0c-0d7d4f6f0a01",
	} {
		var made virt.VMDetail
		y.run("vm", "create", name, "--accel", "tcg", "--memory", "32MiB", "--disk", "size=1MiB", "--network", "none", "--start", "-o", "json").ok().json(&made)
		if made.Name != name || made.State != virt.StateRunning || made.Disks[0].Volume != name+".qcow2" {
			t.Errorf("%q became %q, %s, with %+v", name, made.Name, made.State, made.Disks)
		}
		var shown virt.VMDetail
		y.run("vm", "show", name, "-o", "json").ok().json(&shown)
		if shown.ID != made.ID {
			t.Errorf("%q finds the machine %q", name, shown.Name)
		}
		y.run("vm", "delete", name, "--yes", "--force").ok()
		if after := y.state(); after != before {
			t.Errorf("%q leaves\n%s\nwhere there was\n%s", name, after, before)
		}
	}
}

func TestAKilledDeleteIsFinished(t *testing.T) {
	y := newYard(t)
	y.run("vm", "create", "first", "--accel", "tcg", "--disk", "size=1MiB", "--network", "none", "-o", "json").ok()
	before := y.state()
	if a := y.run(many("web")...); a.code != 0 {
		t.Fatalf("create exited with %d and said %q", a.code, a.err)
	}
	p := y.start("vm", "delete", "web", "--yes", "--progress", "json")
	p.cmd.Stderr = nil
	stderr, err := p.cmd.StderrPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() && !bytes.Contains(lines.Bytes(), []byte(`"stage":"delete disks"`)) {
	}
	p.signal(syscall.SIGKILL)
	p.rest(lines)
	y.run("operation", "recover").ok()
	if after := y.state(); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

func TestWatchIsReadyAndThenTellsWhatHappens(t *testing.T) {
	y := newYard(t)
	p := y.start("vm", "watch", "-o", "json")
	stdout, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() || lines.Text() != `{"kind":"ready"}` {
		t.Fatalf("the first line is %q", lines.Text())
	}
	y.run("vm", "create", "web", "--accel", "tcg", "--no-disk", "--network", "none", "--memory", "32MiB", "--start").ok()
	y.run("vm", "off", "web").ok()
	var told []string
	for !slices.Contains(told, "vm-changed shutoff destroyed") && lines.Scan() {
		var line map[string]any
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("a line is %q: %v", lines.Text(), err)
		}
		has(t, "a line of watch", line, watchFields)
		if line["name"] != "web" {
			t.Errorf("it tells of %v", line)
		}
		told = append(told, strings.Join([]string{line["kind"].(string), line["state"].(string), line["detail"].(string)}, " "))
	}
	for _, want := range []string{"vm-defined  added", "vm-changed running booted", "vm-changed shutoff destroyed"} {
		if !slices.Contains(told, want) {
			t.Errorf("%q was not told: %q", want, told)
		}
	}
	p.signal(os.Interrupt)
	if a := p.wait(); a.code != 0 || a.err != "" {
		t.Errorf("interrupted it exited with %d and said %q", a.code, a.err)
	}
}

func TestEveryVerbOnARealMachine(t *testing.T) {
	y := newYard(t)
	state := func(want virt.VMState) {
		t.Helper()
		var vm virt.VMDetail
		y.run("vm", "show", "web", "-o", "json").ok().json(&vm)
		if vm.State != want {
			t.Errorf("the machine is %s, want %s", vm.State, want)
		}
	}
	var made map[string]any
	y.run("vm", "create", "web", "--accel", "tcg", "--disk", "size=1MiB", "--network", "none", "--memory", "32MiB", "--start", "-o", "json").ok().json(&made)
	has(t, "vm create", made, detailFields)
	for _, step := range []struct {
		args string
		want virt.VMState
	}{
		{"pause", virt.StatePaused}, {"resume", virt.StateRunning}, {"reset", virt.StateRunning}, {"save", virt.StateSaved}, {"start", virt.StateRunning},
		{"shutdown", virt.StateRunning}, {"reboot", virt.StateRunning}, {"off", virt.StateShutoff}, {"autostart", virt.StateShutoff}, {"start", virt.StateRunning},
	} {
		y.run("vm", step.args, "web").ok()
		state(step.want)
	}
	y.run("vm", "save", "web").ok()
	y.run("vm", "discard", "web", "-o", "json").fails(virt.KindInvalid) // nobody can be asked
	state(virt.StateSaved)
	y.run("vm", "discard", "web", "--yes").ok()
	state(virt.StateShutoff)
	y.run("vm", "start", "web").ok()
	var stats, console map[string]any
	y.run("vm", "stats", "web", "--interval", "200ms", "-o", "json").ok().json(&stats)
	has(t, "vm stats", stats, statsFields)
	var load map[string]any
	y.run("host", "stats", "--interval", "200ms", "-o", "json").ok().json(&load)
	has(t, "host stats", load, "cpu_percent memory_used_bytes memory_bytes")
	y.run("vm", "console", "web", "-o", "json").ok().json(&console)
	has(t, "vm console", console, consoleJSON)
	if console["password_set"] != false || console["type"] != "vnc" {
		t.Errorf("the console is %v", console)
	}
	if a := y.run("vm", "screenshot", "web", "-").ok(); !strings.HasPrefix(a.out, "\x89PNG") {
		t.Errorf("the screenshot has %d bytes", len(a.out))
	}
	if a := y.run("vm", "xml", "web", "--inactive").ok(); !strings.Contains(a.out, "<name>web</name>") {
		t.Errorf("the XML is %q", a.out)
	}
	y.run("vm", "shutdown", "web", "--wait=300ms", "-o", "json").fails(virt.KindTimeout)
	y.run("vm", "delete", "web", "--yes", "-o", "json").fails(virt.KindState)
	var gone virt.Removal
	y.run("vm", "delete", "web", "--yes", "--force", "-o", "json").ok().json(&gone)
	if len(gone.Removed) != 2 || len(gone.Kept) != 0 {
		t.Errorf("removed %v, kept %v", gone.Removed, gone.Kept)
	}
}

func TestAPasswordOfTheScreenIsTold(t *testing.T) {
	y := newYard(t)
	y.in = `<domain type="qemu"><memory>32768</memory><os><type arch="x86_64">hvm</type></os><devices><graphics type="vnc" autoport="yes" passwd="secret"/></devices></domain>`
	var vm, console map[string]any
	y.run("vm", "create", "web", "--xml", "-", "--start", "-o", "json").ok().json(&vm)
	screen := first(t, vm["graphics"])
	has(t, "its screen", screen, screenFields)
	if screen.(map[string]any)["password"] != true {
		t.Errorf("its screen is %v", screen)
	}
	y.run("vm", "console", "web", "-o", "json").ok().json(&console)
	if console["password_set"] != true {
		t.Errorf("its console is %v", console)
	}
	if a := y.run("vm", "xml", "web").ok(); strings.Contains(a.out, "secret") {
		t.Error("the XML tells the password unasked")
	}
	if a := y.run("vm", "xml", "web", "--secrets").ok(); !strings.Contains(a.out, "secret") {
		t.Error("the XML does not tell the password when asked")
	}
}

func TestTheTinyMachineBootsUnderTheEmbeddedDriver(t *testing.T) {
	s := newShell(t, virttest.EmbedURI(t))
	s.program("vm", "create", "t", "--try", "--accel", "tcg", "--start").ok()
	before := filesBelow(t, filepath.Join(s.home, "data/kvm-manager/machines"))
	if len(before) != 2 {
		t.Errorf("its files are %q", before)
	}
	p := s.start("vm", "console", "t", "--serial")
	stdout, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for !strings.Contains(lines.Text(), "TINY READY") {
		if !lines.Scan() {
			t.Fatalf("the serial port fell silent: %v, %s", lines.Err(), p.err.String())
		}
	}
	p.signal(os.Interrupt)
	p.wait()
	s.program("vm", "shutdown", "t", "--wait=90s").ok()
	var gone virt.Removal
	s.program("vm", "delete", "t", "--yes", "-o", "json").ok().json(&gone)
	if len(gone.Removed) != 3 || len(gone.Kept) != 0 {
		t.Errorf("removed %v, kept %v", gone.Removed, gone.Kept)
	}
	if left := filesBelow(t, filepath.Join(s.home, "data/kvm-manager/machines")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}
