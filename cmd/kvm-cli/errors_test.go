package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

const minimal = "<domain type='test'><name>x</name><memory>65536</memory><os><type>hvm</type></os></domain>"

func TestWrongUseIsInvalidAndSaysSoAsJSON(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "one-running-vm.xml"))
	long := strings.Repeat("n", virt.MaxNameBytes+1)
	for _, args := range [][]string{
		{"bogus"}, {"vm", "bogus"}, {"vm", "list", "--bogus"}, {"vm", "list", "-x"}, {"vm", "list", "extra"}, {"vm", "show"}, {"vm", "show", "a", "b"},
		{"vm", "start"}, {"vm", "autostart", "web", "maybe"}, {"vm", "autostart"}, {"vm", "autostart", "web", "on", "off"}, {"vm", "screenshot", "web"},
		{"vm", "show", "uuid:web"}, {"vm", "show", "uuid:"},
		{"vm", "create"}, {"vm", "create", ""}, {"vm", "create", " "}, {"vm", "create", long}, {"vm", "create", "a/b"}, {"vm", "create", "--", "-a"}, {"vm", "create", "."}, {"vm", "create", ".."},
		{"vm", "create", "a\nb"}, {"vm", "create", "a\tb"}, {"vm", "create", "a\x1b[31mb"}, {"vm", "create", "a\u202eb"}, {"vm", "create", "a\u2066b"}, {"vm", "create", "\xff\xfe"}, {"vm", "create", "a\x00b"}, {"vm", "create", "a\u200fb"}, {"vm", "create", "a\u2028b"}, {"vm", "create", "\u00a0"}, {"vm", "create", "-a"},
		{"vm", "create", " a"}, {"vm", "create", "a "}, {"vm", "create", "uuid:a"},
		{"vm", "create", "a", "--memory", "1"}, {"vm", "create", "a", "--memory", "1024"}, {"vm", "create", "a", "--memory", "-1GiB"}, {"vm", "create", "a", "--memory", "0GiB"}, {"vm", "create", "a", "--memory", "1B"},
		{"vm", "create", "a", "--memory", "many"}, {"vm", "create", "a", "--memory", "1e9GiB"}, {"vm", "create", "a", "--memory", "NaNGiB"}, {"vm", "create", "a", "--memory", ""},
		{"vm", "create", "a", "--vcpus", "0"}, {"vm", "create", "a", "--vcpus", "-1"}, {"vm", "create", "a", "--vcpus", "1.5"}, {"vm", "create", "a", "--vcpus", "99999999999999999999"}, {"vm", "create", "a", "--vcpus", "100000"},
		{"vm", "create", "a", "--disk", ""}, {"vm", "create", "a", "--disk", "20GiB"}, {"vm", "create", "a", "--disk", "size=20"}, {"vm", "create", "a", "--disk", "size=0GiB"}, {"vm", "create", "a", "--disk", "size=1GiB,size"},
		{"vm", "create", "a", "--disk", "colour=red"}, {"vm", "create", "a", "--disk", "size=1GiB,path=/x"}, {"vm", "create", "a", "--disk", "format=qcow2"}, {"vm", "create", "a", "--disk", "size=9999999TiB"},
		{"vm", "create", "a", "--disk", "size=1GiB", "--no-disk"}, {"vm", "create", "a", "--mac", "52:54:00"}, {"vm", "create", "a", "--mac", "53:54:00:00:00:01"}, {"vm", "create", "a", "--uuid", "1"},
		{"vm", "create", "a", "--accel", "hvf"}, {"vm", "create", "a", "--try", "--kernel", "/x"}, {"vm", "create", "a", "--initrd", "/x"}, {"vm", "create", "a", "--cmdline", "quiet"},
		{"vm", "create", "a", "--xml", "/no/such/file"}, {"vm", "create", "a", "--xml", "-", "--memory", "1GiB"}, {"vm", "create", "a", "--xml", ""},
		{"vm", "delete", "web"}, {"vm", "delete", "web", "--yes", "--force", "--disks", "vdz"}, {"vm", "delete", "web", "--yes", "--force", "--disks", "vda,,"},
		{"vm", "stats", "web", "--interval", "0s"}, {"vm", "stats", "web", "--interval", "1"}, {"vm", "stats", "web", "--interval", "24h"}, {"vm", "shutdown", "web", "--wait=0s"}, {"vm", "shutdown", "web", "--wait=soon"}, {"vm", "shutdown", "web", "--wait=-1s"},
		{"vm", "console", "web", "--serial=first"}, {"vm", "console", "web", "--serial=-1"}, {"vm", "console", "web", "--serial", "--viewer"}, {"audit", "list", "--since", "yesterday"}, {"operation", "list", "--limit", "few"}, {"operation", "list", "--limit", "-1"},
		{"setting", "set", "stats.interval", "often"}, {"setting", "set", "stats.interval"}, {"host", "check", "--fix"}, {"vm", "list", "--progress", "bar"}, {"completion", "tcsh"},
	} {
		s.in = ""
		said := s.run(append([]string{"-o", "json"}, args...)...).fails(virt.KindInvalid)
		if strings.ContainsAny(said.Message, "\x1b\u202e") {
			t.Errorf("%q: the message %q moves the cursor", args, said.Message)
		}
	}
	s.run("vm", "list", "-o", "xml").fails(virt.KindInvalid)
	for _, args := range [][]string{{"vm", "list", "--bogus", "-o", "json"}, {"vm", "list", "--bogus", "--output=json"}, {"bogus", "-ojson"}} {
		if a := s.run(args...); a.code != 2 || a.out != "" || !strings.HasPrefix(a.err, `{"error":{"kind":"invalid"`) {
			t.Errorf("%q exited with %d, %q, %q", args, a.code, a.out, a.err)
		}
	}
	var vms []virt.VM
	s.run("vm", "list", "-o", "json").ok().json(&vms)
	if len(vms) != 1 {
		t.Errorf("there are %d machines now", len(vms))
	}
}

func TestFailuresHaveTheirKindActionTargetAndHint(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "several-states.xml"))
	for _, c := range []struct {
		args   string
		kind   virt.ErrorKind
		action virt.Action
	}{
		{"vm show nobody", virt.KindNotFound, ""},
		{"vm start nobody", virt.KindNotFound, ""},
		{"vm delete nobody --yes", virt.KindNotFound, ""},
		{"vm show 8c6d4f4e-6d3c-4c59-9a0c-0d7d4f6f0a99", virt.KindNotFound, ""},
		{"vm show uuid:8c6d4f4e-6d3c-4c59-9a0c-0d7d4f6f0a99", virt.KindNotFound, ""},
		{"network start nothing", virt.KindNotFound, ""},
		{"operation show nothing", virt.KindNotFound, ""},
		{"setting get nothing", virt.KindNotFound, ""},
		{"vm start running", virt.KindState, virt.StartVM},
		{"vm pause paused", virt.KindState, virt.PauseVM},
		{"vm resume running", virt.KindState, virt.ResumeVM},
		{"vm off off", virt.KindState, virt.OffVM},
		{"vm shutdown off", virt.KindState, virt.ShutdownVM},
		{"vm save transient", virt.KindState, virt.SaveVM},
		{"vm discard running --yes", virt.KindState, virt.DiscardVM},
		{"vm autostart transient", virt.KindState, virt.AutostartVM},
		{"vm delete running --yes", virt.KindState, virt.DeleteVM},
		{"vm screenshot off -", virt.KindState, virt.ScreenshotVM},
		{"vm console off", virt.KindState, virt.OpenConsole},
		{"vm create running --no-disk --accel tcg", virt.KindExists, virt.CreateVM},
		{"host check --fix nothing", virt.KindUnsupported, virt.FixHost},
		{"vm console running", virt.KindUnsupported, virt.OpenConsole},
	} {
		said := s.run(append([]string{"-o", "json"}, strings.Fields(c.args)...)...).fails(c.kind)
		if said.Hint == "" {
			t.Errorf("%s: %q has no hint", c.args, said.Message)
		}
		if c.action != "" && (said.Action != c.action || said.Target.Kind == "") {
			t.Errorf("%s: action %q, target %v; want %q", c.args, said.Action, said.Target, c.action)
		}
		s.run(strings.Fields(c.args)...).fails(c.kind)
	}
}

func TestAnUnreachableHostIsUnavailableWithAHint(t *testing.T) {
	for _, uri := range []string{"qemu+unix:///system?socket=/no/such/socket", "qemu+tcp://127.0.0.1:1/system"} {
		s := newShell(t, uri)
		for _, args := range []string{"vm list", "vm start web", "host show"} {
			if said := s.run(append(strings.Fields(args), "-o", "json")...).fails(virt.KindUnavailable); said.Hint == "" {
				t.Errorf("%s at %s: %q has no hint", args, uri, said.Message)
			}
		}
		var hosts []virt.Host
		s.run("host", "list", "-o", "json").ok().json(&hosts)
		if len(hosts) != 1 || hosts[0].State != virt.HostOffline || hosts[0].Problem == "" {
			t.Errorf("host list of %s: %+v", uri, hosts)
		}
		var checks []virt.Check
		s.run("host", "check", "-o", "json").ok().json(&checks)
		if checks[0].Status != virt.CheckFail || checks[0].Remedy == "" {
			t.Errorf("host check of %s: %+v", uri, checks)
		}
	}
	newShell(t, "nobody").run("vm", "list", "-o", "json").fails(virt.KindNotFound)
	newShell(t, "qemu://%zz/").run("vm", "list", "-o", "json").fails(virt.KindInvalid)
}

func TestNamesOfAllKindsWork(t *testing.T) {
	names := []string{
		"it's", `quo"ted`, "two words", "ünïcødé 机器 🙂", "<&>;|$(x)`", "a,b=c", "%s%d", "web..", ".hidden", "percent%20", "back\\slash", "uuid",
		"8c6d4f4e-6d3c-4c59-9a0c-0d7d4f6f0a01", strings.Repeat("n", virt.MaxNameBytes), strings.Repeat("é", virt.MaxNameBytes/2),
	}
	for _, name := range names {
		s := newShell(t, virttest.TestHost(t, "empty.xml"))
		s.in = minimal
		var made virt.VMDetail
		s.run("vm", "create", name, "--xml", "-", "-o", "json").ok().json(&made)
		if made.Name != name || len(made.ID) != 36 {
			t.Errorf("%q became %q, %q", name, made.Name, made.ID)
		}
	}
}

func TestANameGoesBeforeAUUID(t *testing.T) {
	const id = "8c6d4f4e-6d3c-4c59-9a0c-0d7d4f6f0a01"
	s := newShell(t, virttest.TestHost(t, "one-running-vm.xml"))
	for _, word := range []string{id, "uuid:" + id, strings.ToUpper(id), "web"} {
		var vm virt.VMDetail
		s.run("vm", "show", "-o", "json", "--", word).ok().json(&vm)
		if vm.Name != "web" {
			t.Errorf("%s is %q", word, vm.Name)
		}
	}
}

func TestDeletingWantsConsent(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "several-states.xml"))
	for _, in := range []string{"", "y\n", "yes\n"} {
		s.in = in // not a terminal: what it says counts for nothing
		s.run("vm", "delete", "off", "-o", "json").fails(virt.KindInvalid)
	}
	var r virt.Removal
	s.run("vm", "delete", "off", "--yes", "-o", "json").ok().json(&r)
	if len(r.Removed) != 1 || r.Kept == nil {
		t.Errorf("removed %v, kept %v", r.Removed, r.Kept)
	}
}

func TestADryRunPrintsADocumentAndMakesNothing(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "empty.xml"))
	s.in = minimal
	a := s.run("vm", "create", "new", "--xml", "-", "--dry-run").ok()
	if !strings.Contains(a.out, "<name>new</name>") {
		t.Errorf("the dry run says %q", a.out)
	}
	if made := s.files(); len(made) != 0 {
		t.Errorf("it made %q", made)
	}
	s.in = strings.Repeat(" ", mostXML+1)
	s.run("vm", "create", "new", "--xml", "-").fails(virt.KindInvalid)
	for _, text := range []string{"", "<", "<network/>", "<domain>", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domain>&x;</domain>"} {
		s.in = text
		s.run("vm", "create", "new", "--xml", "-").fails(virt.KindInvalid)
	}
}

func TestACancelledCommandExitsAsCancelled(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "one-running-vm.xml"))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, args := range [][]string{{"vm", "list"}, {"vm", "off", "web"}, {"vm", "create", "new", "--no-disk"}} {
		var out, errs bytes.Buffer
		if code := run(ctx, append([]string{"--host", s.uri}, args...), strings.NewReader(""), &out, &errs); code != exitCodes[virt.KindCancelled] || out.Len() != 0 {
			t.Errorf("%q exited with %d, said %q and %q", args, code, out.String(), errs.String())
		}
	}
	s.run("vm", "show", "web").ok()
}

func FuzzParseDisk(f *testing.F) {
	for _, seed := range []string{"size=20GiB", "volume=default/web.qcow2,bus=sata", "path=/x,format=raw", "size=,", "=", ",,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parseDisk(text); err != nil && virt.KindOf(err) != virt.KindInvalid {
			t.Errorf("parseDisk(%q): %v is of kind %s", text, err, virt.KindOf(err))
		}
	})
}
