package main

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/create"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
	_ "github.com/kvmmanager/kvm-manager/ui/locale" // a test run under LANG=C speaks English, too
)

var update = flag.Bool("update", false, "write the golden files anew")

// A family is a kind of operating system with the name by which the wizard's
// search finds one of it.
type family struct {
	golden string
	id     string // of kvm-cli
	name   string // in the window
	memory string // of a person's own; empty: the system's
}

var families = []family{
	{"linux", "fedora37", "Fedora Linux 37", "3 GiB"},
	{"linux-old", "centos5.0", "CentOS 5.0", ""},
	{"windows-11", "win11", "Microsoft Windows 11", ""},
	{"windows-10", "win10", "Microsoft Windows 10", ""},
	{"windows-old", "winxp", "Microsoft Windows XP", ""},
	{"bsd", "freebsd13.1", "FreeBSD 13.1", "1536 MiB"},
	{"unknown", virt.UnknownOS, "Another system", ""},
}

// Flags, the wizard's pages and the command that the wizard shows make the same
// document of the same wishes, and it is the golden one of its family.
func TestTheCommandLineAndTheWindowMakeTheSameMachine(t *testing.T) {
	d := virttest.SharedLibvirtd(t)
	s := newShell(t, d.URI)
	svc, ctx := virttest.OpenURI(t, d.URI)
	for _, f := range families {
		t.Run(f.golden, func(t *testing.T) {
			flags := []string{"vm", "create", f.golden, "--os", f.id, "--vcpus", "2", "--disk", "size=12GiB", "--mac", "52:54:00:12:34:56",
				"--accel", "tcg", "--boot-menu", "--dry-run"}
			if f.memory != "" {
				flags = append(flags, "--memory", strings.ReplaceAll(f.memory, " ", ""))
			}
			byFlags := settled(s.run(flags...).ok().out)
			byPages, command := inTheWindow(t, svc, ctx, f)
			if byPages = settled(byPages); byPages != byFlags {
				t.Errorf("the window makes\n%s\nand the flags make\n%s", byPages, byFlags)
			}
			if byCommand := settled(s.run(append(shellWords(t, command)[3:], "--dry-run")...).ok().out); byCommand != byFlags {
				t.Errorf("%s makes\n%s\nand the flags make\n%s", command, byCommand, byFlags)
			}
			golden(t, filepath.Join("testdata", "create-"+f.golden+".xml"), byFlags)
		})
	}
}

// shellWords are those of a command line, as a shell reads it.
func shellWords(t *testing.T, command string) []string {
	t.Helper()
	out, err := exec.Command("sh", "-c", "set -- "+command+`; printf '%s\0' "$@"`).Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

func golden(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil { // everybody may read it
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != text {
		t.Errorf("made\n%s\nbut %s has\n%s", text, path, want)
	}
}

// chance is what differs between two runs or hosts: the UUID, where QEMU lies
// and which of its versions it is.
var chance = []struct{ is, becomes string }{
	{`<uuid>[0-9a-f-]{36}</uuid>`, `<uuid>UUID</uuid>`},
	{`<emulator>[^<]*</emulator>`, `<emulator>QEMU</emulator>`},
	{`machine="pc-(q35|i440fx)-[^"]*"`, `machine="$1"`},
}

func settled(xml string) string {
	for _, c := range chance {
		xml = regexp.MustCompile(c.is).ReplaceAllString(xml, c.becomes)
	}
	return strings.TrimSpace(xml) + "\n"
}

// inTheWindow fills the wizard in and returns the document and the command that
// its last page shows.
func inTheWindow(t *testing.T, svc *services.Services, ctx context.Context, f family) (xml, command string) { //nolint:revive // t comes first in tests
	t.Helper()
	if err := kit.LoadWords(); err != nil {
		t.Fatal(err)
	}
	w := kittest.OpenAs(t, ctx, svc)
	kit.NewStage(w.Win).AfterWith(w.Kit.After)
	w.Win.Show()
	w.Win.Resize(fyne.NewSize(1280, 800))
	hosts, err := svc.Hosts.List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	create.Open(create.Options{Kit: w.Kit, Services: svc, Made: func(virt.Ref, bool) {}}, hosts, virttest.Host(t, svc, ctx))
	next := func(step string) {
		t.Helper()
		w.Click("push button", "Next")
		w.Until("the step is "+step, func() bool {
			e, ok := w.Find("dialog", "New machine")
			return ok && e.Description == step
		})
	}
	w.Click("radio button", "Empty machine")
	next("Name and system")
	w.Write("Name", f.golden)
	w.Click("push button", "Change")
	if f.id != virt.UnknownOS {
		w.Click("check box", "Show outdated")
		w.Write("Search systems, e.g. Ubuntu", f.name)
	}
	w.Click("radio button", f.name)
	next("CPU and memory")
	w.Write("Processors", "2")
	if f.memory != "" {
		w.Write("Memory", f.memory)
	}
	w.Choose("Virtualisation", "Emulation")
	next("Storage")
	w.Write("Size", "12 GiB")
	next("Network and devices")
	w.Write("MAC address", "52:54:00:12:34:56")
	next("Review")
	w.Click("switch", "Boot menu")
	w.Click("switch", "Start when created")
	w.Until("the machine could be created", func() bool {
		e, ok := w.Find("push button", "Create")
		return ok && slices.Contains(e.States, "enabled")
	})
	w.Click("radio button", "Command")
	command = w.Must("text", "Command").Value
	w.Click("radio button", "XML")
	w.Until("the document is the machine's", func() bool {
		e, ok := w.Find("text", "XML")
		xml = e.Value
		return ok && strings.Contains(xml, "<bootmenu")
	})
	return xml, command
}
