package main

import (
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestOldRecordsAreDeletedWhenAskedFor(t *testing.T) {
	s := newShell(t, "test:///default")
	s.run("setting", "set", "history.operations_days", "30").ok()
	if got := s.run("setting", "get", "history.operations_days").ok().out; strings.TrimSpace(got) != "30" {
		t.Errorf("the setting is %q", got)
	}
	if got := s.run("operation", "prune", "-o", "json").ok().out; !strings.Contains(got, `"operations": 0`) || !strings.Contains(got, `"audit_rows": 0`) {
		t.Errorf("prune says %s", got)
	}
	if got := s.run("audit", "list").ok().out; !strings.Contains(got, "operation.prune") {
		t.Errorf("the log does not say that records were deleted: %s", got)
	}
	s.run("setting", "reset", "history.operations_days").ok()
	if got := s.run("setting", "get", "history.operations_days").ok().out; strings.TrimSpace(got) != "90" {
		t.Errorf("after the reset it is %q", got)
	}
}

func TestOperationsAreListedByStateUserAndTime(t *testing.T) {
	s := newShell(t, "test:///default")
	s.run("setting", "set", "stats.interval", "5s").ok()
	for _, c := range []struct {
		args string
		rows int
	}{
		{"--state done", 1}, {"--state failed", 0}, {"--actor nobody-else", 0}, {"--on elsewhere", 0}, {"--since 1h", 1}, {"--since 2100-01-01", 0},
	} {
		out := s.run(append([]string{"operation", "list", "-o", "json"}, strings.Fields(c.args)...)...).ok().out
		if got := strings.Count(out, `"action": "setting.set"`); got != c.rows {
			t.Errorf("%s lists %d: %s", c.args, got, out)
		}
	}
	for args, rows := range map[string]int{"": 1, "--actor nobody-else": 0, "--on elsewhere": 0, "--since 2100-01-01": 0} {
		out := s.run(append([]string{"audit", "list", "-o", "json"}, strings.Fields(args)...)...).ok().out
		if got := strings.Count(out, `"action": "setting.set"`); got != rows {
			t.Errorf("the log with %q has %d: %s", args, got, out)
		}
	}
}

func TestWhatWasDoneIsToldWithItsHostAndNarrowedToTheOneThatIsNamed(t *testing.T) {
	s := newShell(t, "")
	for _, name := range []string{"here", "there"} {
		s.run("host", "add", name, virttest.TestHost(t, "several-states.xml")).ok()
		s.run("--host", name, "vm", "start", "off").ok()
	}
	for _, list := range []string{"operation", "audit"} {
		all := s.run(list, "list").ok().out
		if !strings.Contains(all, "vm.start   here   machine \"off\"") || !strings.Contains(all, "vm.start   there  machine \"off\"") {
			t.Errorf("of both hosts it lists\n%s", all)
		}
		for _, args := range [][]string{{"--host", "here", list, "list"}, {list, "list", "--on", "here"}, {"--host", "there", list, "list", "--on", "here"}} {
			out := s.run(args...).ok().out
			if strings.Contains(out, "there") || !strings.Contains(out, "vm.start") {
				t.Errorf("%q lists\n%s", args, out)
			}
		}
	}
}
