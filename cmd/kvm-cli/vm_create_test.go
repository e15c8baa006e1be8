package main

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// Making the pool that a disk needs takes nothing away, so a create does it
// without asking, and says so.
func TestACreateSaysWhatItMadeOnItsHost(t *testing.T) {
	s := newShell(t, virttest.Libvirtd(t).URI)
	create := func(name string, more ...string) answer {
		return s.run(append([]string{"vm", "create", name, "--accel", "tcg", "--disk", "size=1MiB", "--network", "none"}, more...)...)
	}
	a := create("first")
	if want := "kvm-cli: made the pool default at /var/lib/libvirt/images, which starts with the host\n"; a.code != 0 || a.err != want {
		t.Errorf("exit %d, stderr %q, want %q", a.code, a.err, want)
	}
	create("second").ok()
	if out := s.run("pool", "list", "-o", "json").ok().out; !strings.Contains(out, `"autostart": true`) {
		t.Errorf("the pools are %s", out)
	}
	for _, name := range []string{"first", "second"} {
		s.run("vm", "delete", name, "--yes", "-o", "json").ok()
	}
}

// So is the network that a card needs.
func TestACreateSaysThatItMadeTheNetwork(t *testing.T) {
	d := virttest.Libvirtd(t)
	if out, err := exec.Command("virsh", "-c", d.URI, "net-undefine", "default").CombinedOutput(); err != nil {
		t.Skipf("libvirt's default network is not installed: %s", out)
	}
	s := newShell(t, d.URI)
	create := func(name string, more ...string) answer {
		return s.run(append([]string{"vm", "create", name, "--accel", "tcg", "--no-disk", "--memory", "32MiB"}, more...)...)
	}
	if a := create("named", "--network", "default"); a.code == 0 {
		t.Errorf("a network that is named and missing: %s", a.out)
	}
	a := create("first")
	if want := regexp.MustCompile(`^kvm-cli: made the network default \(NAT, 192\.168\.\d+\.0/24\), which starts with the host\n$`); a.code != 0 || !want.MatchString(a.err) {
		t.Errorf("exit %d, stderr %q", a.code, a.err)
	}
	if a := create("second"); a.code != 0 || a.err != "" {
		t.Errorf("the second: exit %d, stderr %q", a.code, a.err)
	}
	if out := s.run("vm", "show", "second").ok().out; !strings.Contains(out, "default") {
		t.Errorf("the second is %s", out)
	}
}
