package host_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// hostKey is the host's key as known_hosts has it, without a name.
func hostKey(r *virttest.Remote) string {
	_, key, _ := strings.Cut(r.KnownHosts(), " ")
	return key
}

// byProgram configures ssh to reach the host "lab" through a program, and
// returns the .ssh directory. OpenSSH looks for its files in the home that
// passwd names, and is led to those of this test.
func byProgram(t *testing.T, key string, line *virttest.Line) string {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	dir, bin := filepath.Join(home, ".ssh"), t.TempDir()
	write(t, filepath.Join(dir, "config"), fmt.Sprintf(`Host lab
	HostName 127.0.0.1
	Port %d
	User root
	IdentityFile %s
	UserKnownHostsFile %s/known_hosts
	StrictHostKeyChecking yes
	ProxyCommand bash -c 'exec 2>/dev/null 3<>/dev/tcp/%%h/%%p 4<&0; cat <&4 >&3 & cat <&3; kill $!'
`, line.Port, key, dir))
	ssh := filepath.Join(bin, "ssh")
	write(t, ssh, "#!/bin/sh\nPATH=${PATH#*:} exec ssh -F "+dir+"/config \"$@\"\n")
	if err := os.Chmod(ssh, 0o700); err != nil { // a program
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	return dir
}

func TestAHostBehindAProxyCommandIsReachedBySSHItself(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, nil)
	known := filepath.Join(byProgram(t, r.Key, line), "known_hosts")
	write(t, known, fmt.Sprintf("[127.0.0.1]:%d %s", line.Port, hostKey(r)))
	h := virt.SavedHost{Name: "lab", Transport: virt.TransportSSH, Address: "lab"}
	if err := d.connect(h); err != nil {
		t.Fatal(err, virt.HintOf(err))
	}
	if _, err := d.svc.VMs.List(d.ctx, "lab"); err != nil {
		t.Error(err)
	}
	if line.Opened() == 0 {
		t.Error("the program was not used")
	}
	line.Cut()
	d.until("lab", virt.HostOffline)
	line.Mend()
	d.until("lab", virt.HostConnected)

	checks, err := d.svc.Hosts.Test(d.ctx, h, nil)
	if err != nil || len(checks) != 2 || checks[0].ID != "libvirt" || checks[1].Status != virt.CheckOK {
		t.Errorf("the test says %+v, %v", checks, err)
	}
}

func TestWhatSSHItselfRefusesHasACause(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, nil)
	dir := byProgram(t, filepath.Join(t.TempDir(), "none"), r.SSH)
	h := virt.SavedHost{Name: "lab", Transport: virt.TransportSSH, Address: "lab"}
	for _, c := range []struct{ what, known string }{
		{"a host key that is not known", ""},
		{"a login without a key", fmt.Sprintf("[127.0.0.1]:%d %s", r.SSH.Port, hostKey(r))},
	} {
		write(t, filepath.Join(dir, "known_hosts"), c.known)
		checks, err := d.svc.Hosts.Test(d.ctx, h, nil)
		if !errors.Is(err, virt.ErrUnauthenticated) {
			t.Errorf("%s: %v", c.what, err)
		}
		if len(checks) != 2 || checks[0].Status != virt.CheckFail || checks[0].Cause != virt.CauseOf(err) || checks[0].Cause == "" ||
			checks[0].Remedy != virt.HintOf(err) || checks[1].Status != virt.CheckSkipped {
			t.Errorf("%s: the test says %+v of %v", c.what, checks, err)
		}
	}
}

func TestAUsersOwnLibvirtIsReachedBySSH(t *testing.T) {
	r := virttest.SharedRemote(t)
	line := lineTo(t, r.SSH)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	h := overSSH(r, line)
	h.User, h.Session = virttest.SessionUser, true
	if err := d.connect(h); err != nil {
		t.Fatal(err, virt.HintOf(err))
	}
	if up := d.until("lab", virt.HostConnected); up.URI != h.URI() {
		t.Errorf("it is %+v, want %s", up, h.URI())
	}
	vm, err := d.svc.VMs.Create(d.ctx, "lab", virt.VMSpec{Name: "own", XML: fmt.Sprintf(screenOnly, "own")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := d.svc.VMs.Delete(d.ctx, vm, virt.DeleteSpec{Force: true}); err != nil {
			t.Error(err)
		}
	})
	system := overSSH(r, line)
	system.Name = "system"
	if err := d.connect(system); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[virt.HostID]bool{"lab": true, "system": false} {
		vms, err := d.svc.VMs.List(d.ctx, name)
		if has := slices.ContainsFunc(vms, func(vm virt.VM) bool { return vm.Name == "own" }); err != nil || has != want {
			t.Errorf("%s has %+v, %v", name, vms, err)
		}
	}
	checks, err := d.svc.Hosts.Test(d.ctx, h, nil)
	if err != nil || len(checks) != 5 {
		t.Errorf("the test says %+v, %v", checks, err)
	}
}

func TestWhoMayNotUseTheSystemsLibvirtIsToldSo(t *testing.T) {
	r := virttest.SharedRemote(t)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	h := overSSH(r, r.SSH)
	h.User = virttest.SessionUser
	if err := d.connect(h); !errors.Is(err, virt.ErrForbidden) || virt.HintOf(err) == "" {
		t.Errorf("got %v (%s)", err, virt.HintOf(err))
	}
}
