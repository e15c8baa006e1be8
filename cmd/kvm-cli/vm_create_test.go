package main

import (
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
