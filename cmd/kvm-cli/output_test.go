package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// The fields that scripts may rely on: they may grow, and never go.
const (
	rowFields    = "id name host state persistent autostart title tags os vcpus vcpus_max memory_bytes memory_current_bytes saved"
	detailFields = rowFields + " uuid arch machine accel firmware disks nics graphics addresses snapshots pending"
	diskFields   = "target bus device format pool volume path capacity_bytes allocation_bytes readonly shareable"
	nicFields    = "mac model type source link_up"
	screenFields = "type listen port socket password"
	checkFields  = "id status title cause remedy fixable"
	opFields     = "id action target actor via state stage done total started"
	auditFields  = "id time actor via action target result duration_ns"
	statsFields  = "cpu_percent memory_used_bytes disk_read_bytes_per_s disk_write_bytes_per_s nic_rx_bytes_per_s nic_tx_bytes_per_s"
	watchFields  = "time host kind id name state detail"
	consoleJSON  = "type host port socket password_set"
	versionJSON  = "version libvirt qemu go"
	errorFields  = "kind message hint action target"
)

// has fails the test unless the object has the fields, and no list that is null.
func has(t *testing.T, what string, object any, fields string) {
	t.Helper()
	named, ok := object.(map[string]any)
	if !ok {
		t.Errorf("%s is not an object: %v", what, object)
		return
	}
	for _, field := range words(fields) {
		value, found := named[field]
		if !found || value == nil {
			t.Errorf("%s has no %s: %v", what, field, keys(named))
		}
	}
	for name := range named {
		if name != strings.ToLower(name) || strings.ContainsAny(name, "- ") {
			t.Errorf("%s: the field %q is not in snake case", what, name)
		}
	}
}

func first(t *testing.T, list any) any {
	t.Helper()
	items, ok := list.([]any)
	if !ok || len(items) == 0 {
		t.Fatalf("not a list of something: %v", list)
	}
	return items[0]
}

func TestJSONHasTheFieldsOfTheContract(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "one-running-vm.xml"))
	for args, fields := range map[string]string{
		"vm list": rowFields, "host list": "name uri state since", "host check": checkFields,
		"pool list":           "id name host type path active autostart capacity_bytes allocation_bytes available_bytes",
		"volume list default": "pool name path format capacity_bytes allocation_bytes",
		"network list":        "id name host active autostart bridge forward dhcp boot_file", "setting list": "name value default",
	} {
		var list any
		s.run(append(strings.Fields(args), "-o", "json")...).ok().json(&list)
		has(t, args, first(t, list), fields)
	}
	var vm map[string]any
	s.run("vm", "show", "web", "-o", "json").ok().json(&vm)
	has(t, "vm show", vm, detailFields)
	has(t, "its disk", first(t, vm["disks"]), diskFields)
	has(t, "its card", first(t, vm["nics"]), nicFields)
	has(t, "its screen", first(t, vm["graphics"]), screenFields)
	if vm["uuid"] != vm["id"] || vm["state"] != "running" || vm["memory_bytes"] != float64(512<<20) {
		t.Errorf("vm show says %v", vm)
	}
	for args, fields := range map[string]string{"host show": "name uri state hostname libvirt_version memory_bytes", "version": versionJSON, "setting get stats.interval": "name value"} {
		var one any
		s.run(append(strings.Fields(args), "-o", "json")...).ok().json(&one)
		has(t, args, one, fields)
	}
}

func TestListsAreNeverNullAndSorted(t *testing.T) {
	empty := newShell(t, virttest.TestHost(t, "empty.xml"))
	for _, args := range []string{"vm list", "pool list", "network list", "operation list", "audit list"} {
		if a := empty.run(append(strings.Fields(args), "-o", "json")...).ok(); a.out != "[]\n" {
			t.Errorf("%s of nothing is %q", args, a.out)
		}
		if a := empty.run(append(strings.Fields(args), "-o", "yaml")...).ok(); a.out != "[]\n" {
			t.Errorf("%s of nothing in YAML is %q", args, a.out)
		}
	}
	many := newShell(t, virttest.TestHost(t, "several-states.xml"))
	var vms []virt.VM
	many.run("vm", "list", "-o", "json").ok().json(&vms)
	var names []string
	states := map[string]virt.VMState{}
	for _, vm := range vms {
		names = append(names, vm.Name)
		states[vm.Name] = vm.State
		if vm.Tags == nil {
			t.Errorf("the tags of %s are null", vm.Name)
		}
	}
	if !slices.IsSorted(names) || len(names) != 5 {
		t.Errorf("the machines are %q", names)
	}
	for name, want := range map[string]virt.VMState{"running": virt.StateRunning, "paused": virt.StatePaused, "off": virt.StateShutoff, "saved": virt.StateSaved, "transient": virt.StateRunning} {
		if states[name] != want {
			t.Errorf("%s is %s", name, states[name])
		}
	}
}

func TestYAMLSaysTheSameAsJSON(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "several-states.xml"))
	for _, name := range []string{"true", "123", "null", "~", "a: b", "1e3", "2026-01-01", "ünï 'q' \"d\"", "- x"[2:], "0x1f"} {
		s := newShell(t, virttest.TestHost(t, "empty.xml"))
		s.in = "<domain type='test'><memory>65536</memory><os><type>hvm</type></os></domain>"
		a := s.run("vm", "create", "--xml", "-", "-o", "yaml", "--", name).ok()
		var doc map[string]any
		if err := yaml.Unmarshal([]byte(a.out), &doc); err != nil || doc["name"] != name {
			t.Errorf("the name %q became %#v in %q, %v", name, doc["name"], a.out, err)
		}
	}
	for _, args := range []string{"vm list", "vm show running", "host check", "pool list", "setting list"} {
		fields := strings.Fields(args)
		var fromJSON, fromYAML any
		s.run(append(fields, "-o", "json")...).ok().json(&fromJSON)
		if err := yaml.Unmarshal([]byte(s.run(append(fields, "-o", "yaml")...).ok().out), &fromYAML); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(fromYAML)
		if err != nil {
			t.Fatal(err)
		}
		var back any
		if err := json.Unmarshal(again, &back); err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(fromJSON)
		b, _ := json.Marshal(back)
		if string(a) != string(b) {
			t.Errorf("%s: JSON says\n%s\nand YAML\n%s", args, a, b)
		}
	}
}

func TestTablesHaveAHeadAndARowForEach(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "one-running-vm.xml"))
	for args, want := range map[string]string{
		"vm list": "web running 512", "host list": "test connected", "pool list": "default dir yes", "network list": "default yes virbr0",
		"volume list default": "web.img", "vm show web": "52:54:00:00:00:01", "host check": "connection ok", "setting list": "stats.interval", "version": "libvirt", "host show": "Memory",
	} {
		a := s.run(strings.Fields(args)...).ok()
		for _, word := range strings.Fields(want) {
			if !strings.Contains(a.out, word) {
				t.Errorf("%s does not say %q:\n%s", args, word, a.out)
			}
		}
		if strings.Contains(a.out, "\x1b") {
			t.Errorf("%s is coloured without a terminal: %q", args, a.out)
		}
	}
}

func TestWhatIsPrintedIsOneLineAndMovesNoCursor(t *testing.T) {
	for text, want := range map[string]string{"": "-", "two\nlines": "two; lines", "\x1b[2J": "�[2J", "grüße": "grüße"} {
		if got := printable(text); got != want {
			t.Errorf("%q is printed as %q", text, got)
		}
	}
}

func TestReadingMakesNoFiles(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "one-running-vm.xml"))
	for _, args := range []string{
		"vm list", "vm show web", "vm xml web", "vm screenshot web -", "vm create new --dry-run --no-disk --accel tcg", "vm console web -o json", "vm watch --help",
		"host list", "host show", "host check", "pool list", "volume list default", "network list",
		"operation list", "operation show x", "audit list", "setting list", "setting get stats.interval", "version", "completion bash", "__complete vm start w",
	} {
		s.run(strings.Fields(args)...)
		if made := s.files(); len(made) != 0 {
			t.Fatalf("%s made %q", args, made)
		}
	}
}

func TestReadingOurOwnFilesAsksNoHost(t *testing.T) {
	s := newShell(t, "qemu+unix:///system?socket=/no/such/socket")
	for _, args := range []string{"operation list", "audit list", "setting list", "setting get stats.interval"} {
		s.run(strings.Fields(args)...).ok()
	}
}

func TestTheDirectoriesOfTheFlagsAreUsed(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "one-running-vm.xml"))
	dir := t.TempDir()
	s.run("--config-dir", dir+"/c", "--data-dir", dir+"/d", "setting", "set", "stats.interval", "5s").ok()
	a := s.run("--config-dir", dir+"/c", "--data-dir", dir+"/d", "setting", "get", "stats.interval").ok()
	if a.out != "5s\n" || len(s.files()) != 0 {
		t.Errorf("the setting is %q, and files are %q", a.out, s.files())
	}
	var rows []any
	t.Chdir(dir)
	s.run("--data-dir", "d", "audit", "list", "-o", "json").ok().json(&rows) // as seen from here
	has(t, "audit list", first(t, rows), auditFields)
	s.run("--data-dir", dir+"/d", "operation", "list", "-o", "json").ok().json(&rows)
	has(t, "operation list", first(t, rows), opFields)
	id := first(t, rows).(map[string]any)["id"].(string)
	var op any
	s.run("--data-dir", dir+"/d", "operation", "show", id, "-o", "json").ok().json(&op)
	has(t, "operation show", op, opFields)
}

func TestAScreenshotIsWholeOrNotThere(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "one-running-vm.xml"))
	dir := t.TempDir()
	file := filepath.Join(dir, "web.png")
	s.run("vm", "screenshot", "web", file).ok()
	picture, err := os.ReadFile(file)
	if err != nil || len(picture) < 8 || string(picture[1:4]) != "PNG" {
		t.Errorf("the file has %d bytes, %v", len(picture), err)
	}
	if a := s.run("vm", "screenshot", "web", "-").ok(); a.out != string(picture) {
		t.Errorf("stdout has %d bytes, the file %d", len(a.out), len(picture))
	}
	s.run("vm", "screenshot", "web", "/dev/full", "-o", "json").fails(virt.KindNoSpace)
	s.run("vm", "screenshot", "web", dir+"/no/such/dir.png").fails(virt.KindInvalid)
	s.run("vm", "screenshot", "web", dir).fails(virt.KindInvalid)
	s.run("vm", "screenshot", "nobody", file).fails(virt.KindNotFound)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left in the directory: %v, %v", entries, err)
	}
}

func TestCompletionScriptsParseAndNamesAreCompleted(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "several-states.xml"))
	for _, name := range []string{"bash", "zsh", "fish"} {
		script := s.run("completion", name).ok().out
		if len(script) < 1000 {
			t.Errorf("the script for %s has %d bytes", name, len(script))
		}
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		check := exec.Command(path, "-n")
		check.Stdin = strings.NewReader(script)
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
	a := s.run("__complete", "vm", "start", "")
	for _, name := range []string{"running", "paused", "off", "saved", "transient"} {
		if !slices.Contains(strings.Split(a.out, "\n"), name) {
			t.Errorf("%s is not offered: %q", name, a.out)
		}
	}
}

func TestEveryCommandHelps(t *testing.T) {
	c := &cli{output: defaultOutput}
	for _, cmd := range newRootCommand(c).Commands() {
		if cmd.Name() == "completion" || cmd.Name() == "help" {
			continue
		}
		if cmd.Short == "" {
			t.Errorf("%s says nothing of itself", cmd.CommandPath())
		}
		all := cmd.Commands()
		if len(all) == 0 {
			all = append(all, cmd)
		}
		for _, leaf := range all {
			if leaf.Short == "" || leaf.Example == "" {
				t.Errorf("%s has no example", leaf.CommandPath())
			}
			for line := range strings.SplitSeq(leaf.Example, "\n") {
				if !strings.HasPrefix(line, "  ") || !strings.Contains(line, leaf.Name()) {
					t.Errorf("%s: the example %q is of something else", leaf.CommandPath(), line)
				}
			}
		}
	}
}
