package main

import (
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestFindingsAreTheAnswerWhateverTheySay(t *testing.T) {
	s := newShell(t, "qemu+unix:///system?socket="+t.TempDir()+"/none")
	out := s.run("host", "check").ok().out
	for _, words := range []string{"libvirt does not answer", "\ndaemon: ", "\n    sudo "} {
		if !strings.Contains(out, words) {
			t.Errorf("%q is not said:\n%s", words, out)
		}
	}
	var checks []virt.Check
	s.run("host", "check", "-o", "json").ok().json(&checks)
	if len(checks) < 15 || checks[0].ID != "connection" || checks[0].Status != virt.CheckFail || checks[1].Command == "" {
		t.Errorf("findings: %+v", checks)
	}
	s.run("host", "check", "--fix", "default-network", "-o", "json").fails(virt.KindUnavailable)
}

func TestAFindingIsMendedAndCheckedAgain(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "empty.xml")) // without a network
	if out := s.run("host", "check").ok().out; strings.Count(out, "host check --fix default-network") != 1 || !strings.Contains(out, s.uri) {
		t.Errorf("how to mend it is not said:\n%s", out)
	}
	if out := newShell(t, virttest.SharedLibvirtd(t).URI).run("host", "check").ok().out; !strings.Contains(out, "or: kvm-cli --host '"+virttest.SharedLibvirtd(t).URI+"' host check --fix default-network") {
		t.Errorf("how to mend what is stopped on that host is not said:\n%s", out)
	}
	var checks []virt.Check
	s.run("host", "check", "--fix", "default-network", "-o", "json").ok().json(&checks)
	for _, c := range checks {
		if c.ID == "default-network" && c.Status != virt.CheckOK {
			t.Errorf("it is mended, and still %+v", c)
		}
	}
	if said := s.run("host", "check", "--fix", "clock", "-o", "json").fails(virt.KindUnsupported); said.Action != virt.FixHost {
		t.Errorf("said %+v", said)
	}
}

func TestTheCauseOfAFailureIsToldBetweenMessageAndHint(t *testing.T) {
	s := newShell(t, "qemu+unix:///system?socket="+t.TempDir()+"/none")
	said := s.run("vm", "list", "-o", "json").fails(virt.KindUnavailable)
	if said.Cause == "" || said.Hint == "" {
		t.Fatalf("said %+v", said)
	}
	told := s.run("vm", "list").err
	message, cause, hint := strings.Index(told, said.Message), strings.Index(told, said.Cause), strings.Index(told, said.Hint)
	if message < 0 || cause <= message || hint <= cause {
		t.Errorf("told:\n%s", told)
	}
}
