package main

import (
	"bufio"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/batch"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// results are the names of the outcomes with their results.
func results(outcomes []batch.Outcome) []string {
	var words []string
	for _, o := range outcomes {
		words = append(words, o.Name+" "+string(o.Result))
	}
	return words
}

func wantResults(t *testing.T, got []batch.Outcome, want ...string) {
	t.Helper()
	if !slices.Equal(results(got), want) {
		t.Errorf("the results are %q, want %q", results(got), want)
	}
}

func TestSeveralNamesHaveAResultEach(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "several-states.xml"))

	var done []batch.Outcome
	s.run("vm", "start", "saved", "off", "off", "-o", "json").ok().json(&done)
	wantResults(t, done, "off done", "saved done")
	if o := done[0]; o.ID == "" || o.Host == "" || o.Kind != "" || o.Message != "" {
		t.Errorf("one that is done: %+v", o)
	}

	said := s.run("vm", "start", "off", "running", "nobody", "-o", "json").fails(virt.KindPartial)
	wantResults(t, said.Results, "nobody failed", "off done", "running skipped")
	if said.Action != "" || said.Hint == "" || !strings.Contains(said.Message, "2 of 3") {
		t.Errorf("it said %+v", said)
	}
	if o := said.Results[0]; o.Kind != virt.KindNotFound || o.Hint == "" || o.ID != "" {
		t.Errorf("one that there is not: %+v", o)
	}
	if o := said.Results[2]; o.Kind != virt.KindState || o.Message != "The machine is already on." {
		t.Errorf("one that is on: %+v", o)
	}

	a := s.run("vm", "pause", "off", "running")
	if a.code != 13 || !strings.Contains(a.out, "off      skipped  The machine is not running.\nrunning  done     -\n") || !strings.Contains(a.err, "1 of 2") {
		t.Errorf("as a table: %d, %q, %q", a.code, a.out, a.err)
	}
	s.run("vm", "start", "nobody", "nothing", "-o", "json").fails(virt.KindPartial)
}

func TestOneNameIsAnsweredAsEver(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "several-states.xml"))
	if a := s.run("vm", "start", "off", "-o", "json").ok(); a.out != "" {
		t.Errorf("it answered %q", a.out)
	}
	if said := s.run("vm", "start", "running", "-o", "json").fails(virt.KindState); said.Results != nil {
		t.Errorf("it said %+v", said)
	}
}

func TestMachinesAreChosenByStateOrAllAtOnce(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "several-states.xml"))
	var chosen []batch.Outcome
	s.run("vm", "resume", "--state", "paused", "-o", "json").ok().json(&chosen)
	wantResults(t, chosen, "paused done")
	s.run("vm", "start", "--all", "-o", "json").ok().json(&chosen) // who is on already is no failure of the choice
	wantResults(t, chosen, "off done", "paused skipped", "running skipped", "saved done", "transient skipped")
	if a := s.run("vm", "start", "--state", "crashed", "-o", "json").ok(); strings.TrimSpace(a.out) != "[]" {
		t.Errorf("of none it says %q", a.out)
	}

	for _, args := range []string{"start off --all", "start off --state shutoff", "start --state drowsy", "off --all", "reset --state running", "discard saved off", "discard --all"} {
		s.run(append([]string{"vm", "-o", "json"}, strings.Fields(args)...)...).fails(virt.KindInvalid)
	}
	s.run("vm", "off", "--state", "running", "--yes", "-o", "json").ok().json(&chosen)
	wantResults(t, chosen, "running done", "transient done")
	s.run("vm", "discard", "--all", "--yes", "-o", "json").ok().json(&chosen)
	wantResults(t, chosen, "off skipped", "paused skipped", "running skipped", "saved done", "transient skipped")
	a := s.run("__complete", "vm", "start", "--state", "")
	if !strings.Contains(a.out, "suspended\n") {
		t.Errorf("offered are %q", a.out)
	}
	a = s.run("__complete", "vm", "start", "off", "")
	if strings.Contains(a.out, "off\n") || !strings.Contains(a.out, "saved\n") {
		t.Errorf("after off are offered %q", a.out)
	}
}

func TestManyMachinesTellTheirProgressAndAreOneOperation(t *testing.T) {
	s := newShell(t, virttest.ManyVMs(t, 60))
	a := s.run("vm", "start", "--all", "-o", "json", "--progress", "json")
	var outcomes []batch.Outcome
	a.json(&outcomes)
	if a.code != 0 || len(outcomes) != 60 || slices.ContainsFunc(outcomes, func(o batch.Outcome) bool { return o.Result != batch.Done }) {
		t.Errorf("it exited with %d and answered %q", a.code, results(outcomes))
	}
	if !strings.Contains(a.err, `"stage":"`+batch.Stage+`","total":60`) {
		t.Errorf("its progress was %q", a.err)
	}
	var operations []virt.Operation
	s.run("operation", "list", "--limit", "0", "-o", "json").ok().json(&operations)
	if len(operations) != 61 {
		t.Errorf("there are %d operations", len(operations))
	}
}

func TestManyRealMachinesAreWaitedFor(t *testing.T) {
	y := newYard(t)
	var names []string
	for i := range 3 {
		name := fmt.Sprintf("many-%d", i)
		y.run("vm", "create", name, "--accel", "tcg", "--no-disk", "--network", "none", "--memory", "32MiB").ok()
		names = append(names, name)
	}
	var outcomes []batch.Outcome
	y.run(append([]string{"vm", "start", "-o", "json"}, names...)...).ok().json(&outcomes)
	wantResults(t, outcomes, "many-0 done", "many-1 done", "many-2 done")

	said := y.run("vm", "shutdown", "--state", "running", "--wait=300ms", "-o", "json").fails(virt.KindPartial) // they have no system
	wantResults(t, said.Results, "many-0 failed", "many-1 failed", "many-2 failed")
	if o := said.Results[1]; o.Kind != virt.KindTimeout || o.Hint == "" || !strings.Contains(o.Message, `machine "many-1" did not obey`) {
		t.Errorf("one that does not obey: %+v", o)
	}
	y.run("vm", "reboot", "many-0", "many-1", "--wait=300ms", "-o", "json").fails(virt.KindPartial)
	y.run("vm", "save", "many-0", "many-2").ok()
	y.run(append([]string{"vm", "off", "-o", "json"}, names...)...).fails(virt.KindPartial)
	y.run("vm", "start", "--state", "saved", "-o", "json").ok().json(&outcomes)
	wantResults(t, outcomes, "many-0 done", "many-2 done")
}

func TestCauseAndRemedyAreToldOnceForAllThatFailAlike(t *testing.T) {
	y := newYard(t)
	if err := virttest.Fill(y.daemon.URI, 0, 2); err != nil {
		t.Fatal(err)
	}
	said := y.run("vm", "start", "vm-0000", "vm-0001", "nobody", "-o", "json").fails(virt.KindPartial)
	wantResults(t, said.Results, "nobody failed", "vm-0000 failed", "vm-0001 failed")
	for _, o := range said.Results[1:] {
		if o.Cause == "" || o.Hint == "" {
			t.Errorf("one that does not start: %+v", o)
		}
	}
	told := y.run("vm", "start", "vm-0000", "vm-0001", "nobody").out
	for _, want := range []string{
		"\nvm-0000, vm-0001: " + said.Results[1].Cause + "\n    " + said.Results[1].Hint + "\n",
		"\nnobody: " + said.Results[0].Hint + "\n",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("want %q in:\n%s", want, told)
		}
	}
}

func TestAnInterruptWhileManyAreWaitedForIsACancel(t *testing.T) {
	y := newYard(t)
	for _, name := range []string{"deaf-0", "deaf-1"} {
		y.run("vm", "create", name, "--accel", "tcg", "--no-disk", "--network", "none", "--memory", "32MiB", "--start").ok()
	}
	p := y.start("vm", "shutdown", "deaf-0", "deaf-1", "--wait=5m", "--progress", "json")
	p.cmd.Stderr = nil
	stderr, err := p.cmd.StderrPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() && !strings.Contains(lines.Text(), `"stage":"machines"`) {
		continue
	}
	p.signal(syscall.SIGINT)
	if a := p.rest(lines); a.code != exitCodes[virt.KindCancelled] {
		t.Errorf("it exited with %d, %q", a.code, a.err)
	}
}
