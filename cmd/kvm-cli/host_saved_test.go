package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestHostsAreSavedChangedOrderedAndRemoved(t *testing.T) {
	s := newShell(t, "")
	s.run("host", "add", "lab", "qemu+ssh://root@server:2222/system", "--key", "/home/ada/.ssh/lab", "--connect-at-start").ok()
	s.run("host", "add", "web", "--transport", "tls", "--address", "10.0.0.7").ok()
	s.run("host", "edit", "lab", "--user", "admin", "--name", "laboratory").ok()
	s.run("host", "order", "web", "laboratory").ok()

	var hosts []virt.Host
	test := virttest.TestHost(t, "empty.xml")
	t.Setenv("KVM_MANAGER_HOST", test)
	s.run("host", "list", "-o", "json").ok().json(&hosts)
	if len(hosts) != 3 || hosts[1].ID != "web" || hosts[2].ID != "laboratory" || hosts[2].State != virt.HostSaved ||
		hosts[2].URI != "qemu+ssh://admin@server:2222/system" {
		t.Errorf("listed %+v", hosts)
	}
	var saved virt.SavedHost
	text, err := os.ReadFile(filepath.Join(s.home, "config", "kvm-manager", "hosts", "laboratory.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &saved); err != nil || saved.User != "admin" || saved.Port != 2222 || !saved.AtStart {
		t.Errorf("the file says %s, %v", text, err)
	}
	if a := s.run("host", "remove", "web"); a.code != 2 || !strings.Contains(a.err, "--yes") {
		t.Errorf("removing without consent: %d %q", a.code, a.err)
	}
	s.run("host", "remove", "web", "--yes").ok()
	if a := s.run("host", "remove", "web", "--yes"); a.code != 3 {
		t.Errorf("removing twice: %d %q", a.code, a.err)
	}
}

func TestAHostThatIsNotProtectedIsSavedWithAWarning(t *testing.T) {
	s := newShell(t, "")
	if a := s.run("host", "add", "open", "--transport", "tcp", "--address", "server", "--user", "ada"); a.code != 0 || !strings.Contains(a.err, "not protected by TLS") {
		t.Errorf("%d %q", a.code, a.err)
	}
}

func TestWhatIsNoHostIsNotSaved(t *testing.T) {
	s := newShell(t, "")
	for code, args := range map[int][][]string{
		2: {
			{"host", "add", "a/b", "qemu:///system"},
			{"host", "add", "lab"},
			{"host", "add", "lab", "server"},
			{"host", "add", "lab", "qemu+ssh://root:secret@server/system"},
			{"host", "add", "lab", "--transport", "ssh"},
			{"host", "add", "lab", "--transport", "carrier-pigeon", "--address", "server"},
			{"host", "add", "lab", "--transport", "tls", "--address", "server", "--client-cert", "/a"},
			{"host", "add", "lab", "--transport", "ssh", "--address", "server", "--key", "relative"},
			{"host", "add", "lab", "--transport", "ssh", "--address", "server", "--jump-host", "a@b:no"},
			{"host", "order"},
		},
		3: {{"host", "edit", "nobody", "--user", "x"}, {"host", "test", "nobody"}, {"--host", "nobody", "vm", "list"}},
	} {
		for _, a := range args {
			if got := s.run(a...); got.code != code || strings.Contains(got.err, "secret@") {
				t.Errorf("%q exited with %d, want %d: %s", a, got.code, code, got.err)
			}
		}
	}
}

func TestTheNameOfASavedHostIsTakenByHost(t *testing.T) {
	s := newShell(t, "")
	s.run("host", "add", "play", virttest.TestHost(t, "one-running-vm.xml")).ok()
	if a := s.run("--host", "play", "vm", "list"); a.code != 0 || !strings.Contains(a.out, "play") && !strings.Contains(a.out, "running") {
		t.Errorf("%d %q %q", a.code, a.out, a.err)
	}
	if a := s.run("host", "test", "play", "-o", "json"); a.code != 0 || !strings.Contains(a.out, `"libvirt"`) {
		t.Errorf("%d %q %q", a.code, a.out, a.err)
	}
}

func TestAHostKeyIsAcceptedWithoutATerminalByItsFingerprintOnly(t *testing.T) {
	r := virttest.SharedRemote(t)
	s := newShell(t, "")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("SSH_AUTH_SOCK", "")
	s.run("host", "add", "lab", fmt.Sprintf("qemu+ssh://root@%s:%d/system", r.SSH.Address, r.SSH.Port), "--key", r.Key).ok()
	a := s.run("host", "test", "lab")
	if a.code != 6 || !strings.Contains(a.err, r.HostKey()) {
		t.Errorf("without a terminal: %d %q", a.code, a.err)
	}
	if a := s.run("host", "test", "lab", "--accept-key", "SHA256:another"); a.code != 6 {
		t.Errorf("another key: %d %q", a.code, a.err)
	}
	s.run("host", "test", "lab", "--accept-key", r.HostKey()).ok()
	s.run("--host", "lab", "vm", "list").ok()
}

func TestWithoutATerminalAPasswordIsMissedAtOnce(t *testing.T) {
	r := virttest.SharedRemote(t)
	s := newShell(t, "")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("SSH_AUTH_SOCK", "")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	s.run("host", "add", "lab", fmt.Sprintf("qemu+ssh://root@%s:%d/system", r.SSH.Address, r.SSH.Port)).ok()
	for _, args := range [][]string{{"host", "test", "lab", "--accept-key", r.HostKey()}, {"--host", "lab", "vm", "list"}} {
		a := s.run(args...)
		if a.code != 6 || !strings.Contains(a.err, "terminal") || !strings.Contains(strings.ToLower(a.err), "password of root@") {
			t.Errorf("%q: %d %q", args, a.code, a.err)
		}
	}
}
