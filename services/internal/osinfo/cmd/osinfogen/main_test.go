package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/internal/osinfo"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// database writes a small database; each text is the inside of an element os.
func database(t *testing.T, systems map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "os", "example.org"), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("VERSION", "20300101\n")
	for name, inside := range systems {
		write(filepath.Join("os", "example.org", name+".xml"),
			`<libosinfo version="0.0.1"><os id="http://example.org/`+name+`">`+inside+`</os></libosinfo>`)
	}
	return dir
}

const (
	parent = `<short-id>ex1</short-id><short-id>exold</short-id><name xml:lang="de">Beispiel</name><name>Example 1</name>
		<devices><device id="http://pcisig.com/pci/1af4/1041"/><device id="http://pcisig.com/pci/1af4/1050"/><device id="http://qemu.org/chipset/x86/q35"/></devices>
		<resources arch="i686"><minimum><ram>1</ram></minimum></resources>
		<resources arch="x86_64"><minimum><ram>2</ram></minimum><recommended><storage>9</storage></recommended></resources>
		<media arch="x86_64"><iso><volume-id>EX 1</volume-id></iso></media><media arch="x86_64"><iso><volume-id>EX 1</volume-id></iso></media>
		<media arch="x86_64"><iso><volume-id>EX (?!2)</volume-id></iso></media><media arch="x86_64"><url>http://example.org</url></media>`
	child = `<short-id>ex2</short-id><name>Example 2</name><derives-from id="http://example.org/parent"/>
		<firmware arch="x86_64" type="efi"/><firmware arch="x86_64" type="bios" supported="false"/>
		<devices><device id="http://pcisig.com/pci/1af4/1050" supported="false"/></devices>
		<resources arch="all" inherit="true"/>`
)

func TestSystemsInheritAndOverride(t *testing.T) {
	db := database(t, map[string]string{"parent": parent, "child": child})
	out := filepath.Join(t.TempDir(), "osinfo.json")
	if err := generate(db, out); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	f, err := osinfo.Parse(text)
	if err != nil || f.Source != "osinfo-db 20300101" || len(f.Systems) != 2 {
		t.Fatalf("%s: %v", text, err)
	}
	one, two := f.Systems[0], f.Systems[1]
	if one.Name != "Example 1" || !slices.Equal(one.Aliases, []string{"exold"}) || len(one.Media) != 1 {
		t.Errorf("the first system is %+v", one)
	}
	if !slices.Equal(two.Devices, []virt.OSDevice{virt.ChipsetQ35, virt.VirtioNet}) {
		t.Errorf("the second system has %v", two.Devices)
	}
	if two.Firmware != virt.FirmwareUEFI || two.TPM || two.Minimum.Memory != 2 || two.Recommended.Disk != 9 {
		t.Errorf("the second system needs %+v %+v %+v", two, two.Minimum, two.Recommended)
	}
}

func TestCheckTellsAnOldFileFromOneOfAnotherDatabase(t *testing.T) {
	db := database(t, map[string]string{"parent": parent})
	out := filepath.Join(t.TempDir(), "osinfo.json")
	if err := generate(db, out); err != nil {
		t.Fatal(err)
	}
	if err := compare(db, out); err != nil {
		t.Errorf("a fresh file: %v", err)
	}
	changed := database(t, map[string]string{"parent": parent, "child": child})
	if err := compare(changed, out); err == nil {
		t.Error("a file that lacks a system counts as fresh")
	}
	if err := os.WriteFile(filepath.Join(changed, "VERSION"), []byte("20310101"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := compare(changed, out); err != nil {
		t.Errorf("a database of another version: %v", err)
	}
	if err := compare(t.TempDir(), out); err != nil {
		t.Errorf("no database: %v", err)
	}
}

func TestBrokenDatabasesAreRefused(t *testing.T) {
	for what, db := range map[string]string{
		"no systems":  database(t, nil),
		"broken XML":  database(t, map[string]string{"x": "<short-id>"}),
		"no short id": database(t, map[string]string{"x": "<name>x</name>"}),
	} {
		if err := generate(db, filepath.Join(t.TempDir(), "out")); err == nil {
			t.Errorf("%s: it was taken", what)
		}
	}
}
