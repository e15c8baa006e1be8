package main

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestTheClipboardChannelIsAskedForAndAdded(t *testing.T) {
	s := newShell(t, virttest.EmbedURI(t))
	s.program("vm", "create", "old", "--os", "winxp", "--network", "none", "--accel", "tcg").ok()
	said := func(args ...string) string {
		var r struct{ Clipboard string }
		s.program(append([]string{"vm", "clipboard", "old", "-o", "json"}, args...)...).ok().json(&r)
		return r.Clipboard
	}
	first := said()
	if first != "missing" && first != "costs" {
		t.Errorf("at first it is %q", first)
	}
	if got := said("--add"); got != "there" {
		t.Errorf("added it is %q", got)
	}
	if got := said(); got != "there" {
		t.Errorf("then it is %q", got)
	}
	if got := said("--remove"); got != first {
		t.Errorf("taken away it is %q", got)
	}
	s.program("vm", "clipboard", "old", "--add", "--remove", "-o", "json").fails(virt.KindInvalid)
	s.program("vm", "delete", "old", "--yes", "-o", "json").ok()
	s.program("vm", "clipboard", "old", "-o", "json").fails(virt.KindNotFound)
}
