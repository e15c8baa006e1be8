package domainxml

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"libvirt.org/go/libvirtxml"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

var update = flag.Bool("update", false, "write the golden files anew")

// schema is libvirt's own description of domain documents.
const schema = "/usr/share/libvirt/schemas/domain.rng"

func readCaps(t testing.TB, name string) *libvirtxml.DomainCaps {
	t.Helper()
	var caps libvirtxml.DomainCaps
	if err := caps.Unmarshal(readTestdata(t, name)); err != nil {
		t.Fatal(err)
	}
	return &caps
}

func readTestdata(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const testUUID = "3c2d7f8e-7d0a-4a57-9d0e-1f6d8a1b2c3d"

// A buildCase is a document that a golden file holds.
type buildCase struct {
	name string
	caps string
	spec virt.VMSpec
	env  Environment
}

// allCases are those below and one for each family of operating systems.
func allCases(t *testing.T) []buildCase { return append(osCases(t), buildCases...) }

var buildCases = []buildCase{
	{
		name: "try", caps: "caps-q35-qemu.xml",
		spec: virt.VMSpec{Name: "first", Memory: 128 << 20, Try: true, Cmdline: "console=tty0 quiet"},
		env: Environment{
			VirtType: "qemu", Machine: "q35", UUID: testUUID, MAC: "52:54:00:12:34:56",
			Kernel: "/pool/first-kernel", Initrd: "/pool/first-initrd", SerialLog: "/log/first.log",
			Network: NetworkChoice{Type: "network", Name: "default"}, Tags: []string{"try", "demo", "try"},
		},
	},
	{
		name: "disk", caps: "caps-q35-kvm.xml",
		spec: virt.VMSpec{Name: "web & <more>", Memory: 2<<30 + 1, VCPUs: 2, OS: "debian12", UUID: testUUID, BootMenu: true},
		env: Environment{
			VirtType: "kvm",
			Disks: []Disk{
				{Path: "/images/web.qcow2", Format: "qcow2"},
				{Path: "/dev/vg/data", Block: true},
				{Pool: "default", Volume: "shared.img", ReadOnly: true, Bus: "scsi"},
				{Path: "/isos/debian.iso", Device: "cdrom"},
			},
			Network: NetworkChoice{Type: "user"},
		},
	},
	{
		name: "kernel", caps: "caps-q35-qemu.xml",
		spec: virt.VMSpec{Name: "kernel", Memory: 512 << 20, VCPUs: 4, Cmdline: "root=/dev/vda \"quoted\"", Machine: "pc-q35-7.1"},
		env: Environment{
			VirtType: "qemu", UUID: testUUID, Kernel: "/boot/vmlinuz", Initrd: "/boot/initrd.img",
			Disks: []Disk{{Path: "/images/root.raw", Bus: "sata"}}, Network: NetworkChoice{Type: "none"},
			GraphicsSocket: "/run/user/1000/kernel.sock",
		},
	},
	{
		name: "no-screen", caps: "caps-q35-qemu.xml",
		spec: virt.VMSpec{Name: "quiet", NoScreen: true, UUID: testUUID},
		env:  Environment{Disks: []Disk{{Path: "/images/quiet.qcow2", Format: "qcow2"}}},
	},
}

func TestNewMachinesAreAsTheGoldenFilesSay(t *testing.T) {
	for _, c := range allCases(t) {
		t.Run(c.name, func(t *testing.T) {
			c.env.Caps, c.env.Sound = readCaps(t, c.caps), true
			if c.env.OS.Windows() {
				fullHyperV(c.env.Caps)
			}
			got, err := Build(c.spec, c.env)
			if err != nil {
				t.Fatal(err)
			}
			golden := "build-" + c.name + ".xml"
			if *update {
				if err := os.WriteFile(filepath.Join("testdata", golden), []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := readTestdata(t, golden); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestNewMachinesAreValidForLibvirt(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if _, missing := os.Stat(schema); err != nil || missing != nil {
		t.Skipf("xmllint or %s is not installed", schema)
	}
	for _, c := range allCases(t) {
		golden := filepath.Join("testdata", "build-"+c.name+".xml")
		if out, err := exec.Command(xmllint, "--noout", "--relaxng", schema, golden).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", c.name, err, out)
		}
	}
}

func TestWhatIsBuiltIsReadBack(t *testing.T) {
	for _, c := range allCases(t) {
		t.Run(c.name, func(t *testing.T) {
			f, err := Read(readTestdata(t, "build-"+c.name+".xml"))
			if err != nil {
				t.Fatal(err)
			}
			if f.Name != c.spec.Name || f.UUID != testUUID || f.Try != c.spec.Try || f.OS != c.spec.OS {
				t.Errorf("name, UUID, try, OS: got %q %q %v %q", f.Name, f.UUID, f.Try, f.OS)
			}
			if want := max(c.spec.Memory, 1); f.Memory < want || c.spec.Memory > 0 && f.Memory >= want+1024 {
				t.Errorf("memory: got %d, want %d", f.Memory, want)
			}
			if len(f.Disks) != len(c.env.Disks) || len(f.Serials) != 1 || (len(f.Graphics) == 0) != c.spec.NoScreen {
				t.Errorf("disks, serial ports, screens: got %d %d %d", len(f.Disks), len(f.Serials), len(f.Graphics))
			}
			if want := !c.spec.NoScreen && !c.spec.Try; (f.Sound != "") != want || want && !f.Graphics[0].Sound {
				t.Errorf("sound card %q, screens %+v", f.Sound, f.Graphics)
			}
		})
	}
}

// without returns the capabilities without the values of an enumeration.
func without(caps *libvirtxml.DomainCaps, device *libvirtxml.DomainCapsDevice, name string, values ...string) *libvirtxml.DomainCaps {
	for i, e := range device.Enums {
		if e.Name != name {
			continue
		}
		device.Enums[i].Values = nil
		for _, v := range e.Values {
			if best(values, v) == "" {
				device.Enums[i].Values = append(device.Enums[i].Values, v)
			}
		}
	}
	return caps
}

func TestWhatTheHostLacksIsReplacedByTheNextBest(t *testing.T) {
	caps := readCaps(t, "caps-q35-qemu.xml")
	without(caps, caps.Devices.Disk, "bus", "virtio")
	without(caps, caps.Devices.Video, "modelType", "virtio", "bochs")
	caps.Devices.RNG.Supported = "no"
	spec := virt.VMSpec{Name: "poor"}
	text, err := Build(spec, Environment{Caps: caps, Disks: []Disk{{Path: "/d"}, {Path: "/e"}}})
	if err != nil {
		t.Fatal(err)
	}
	var d libvirtxml.Domain
	if err := d.Unmarshal(text); err != nil {
		t.Fatal(err)
	}
	if got := d.Devices.Disks[1].Target; got.Bus != "sata" || got.Dev != "sdb" {
		t.Errorf("second disk: got %s on %s, want sdb on sata", got.Dev, got.Bus)
	}
	if got := d.Devices.Videos[0].Model.Type; got != "vga" {
		t.Errorf("video: got %s, want vga", got)
	}
	if len(d.Devices.RNGs) != 0 {
		t.Error("got a random number generator that the host does not have")
	}
}

func TestClipboardComesWhereTheHostCanSaveMachinesThatHaveIt(t *testing.T) {
	shares := func(saves bool, listed ...string) bool {
		t.Helper()
		caps := readCaps(t, "caps-q35-qemu.xml")
		caps.Devices.Channel.Enums[0].Values = listed
		text, err := Build(virt.VMSpec{Name: "clip"}, Environment{Caps: caps, Text: saves})
		if err != nil {
			t.Fatal(err)
		}
		f, err := Read(text)
		if err != nil {
			t.Fatal(err)
		}
		return f.Clipboard && f.Agent == "qemu-vdagent"
	}
	if !shares(true, "unix", "qemu-vdagent") || !shares(true, "unix", "spicevmc") {
		t.Error("a host that has the channel gives it to no machine")
	}
	if shares(false, "unix", "qemu-vdagent") || shares(true, "unix") {
		t.Error("a machine has the channel that cannot be saved with it, or that the host does not know")
	}
}

func TestSoundCardsAreWhatGuestsHaveDriversFor(t *testing.T) {
	for name, c := range map[string]struct {
		want string
		env  Environment
	}{
		"q35":            {"ich9", Environment{Sound: true}},
		"pc":             {"ich6", Environment{Sound: true, Machine: "pc-i440fx-7.2"}},
		"an old system":  {"ac97", Environment{Sound: true, OS: findOS(t, "winxp")}},
		"another family": {"", Environment{Sound: true, Arch: "aarch64"}},
		"an old libvirt": {"", Environment{}},
	} {
		c.env.Caps = readCaps(t, "caps-q35-qemu.xml")
		text, err := Build(virt.VMSpec{Name: "loud"}, c.env)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Read(text)
		if err != nil || f.Sound != c.want || f.Graphics[0].Sound != (c.want != "") {
			t.Errorf("%s: got sound card %q, screen %+v, %v", name, f.Sound, f.Graphics[0], err)
		}
	}
}

func TestWhatTheHostCannotDoIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		want   error
		change func(*virt.VMSpec, *Environment)
	}{
		"too many processors": {virt.ErrInvalid, func(s *virt.VMSpec, _ *Environment) { s.VCPUs = 289 }},
		"unknown bus":         {virt.ErrUnsupported, func(_ *virt.VMSpec, e *Environment) { e.Disks = []Disk{{Path: "/d", Bus: "ide"}} }},
		"27 disks":            {virt.ErrUnsupported, func(_ *virt.VMSpec, e *Environment) { e.Disks = make([]Disk, 27) }},
		"no VNC":              {virt.ErrUnsupported, func(_ *virt.VMSpec, e *Environment) { e.Caps.Devices.Graphics.Supported = "no" }},
	} {
		spec, env := virt.VMSpec{Name: "x"}, Environment{Caps: readCaps(t, "caps-q35-qemu.xml")}
		c.change(&spec, &env)
		if text, err := Build(spec, env); !errors.Is(err, c.want) || text != "" {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestMachineTypeIsChosenFromTheHostsList(t *testing.T) {
	var caps libvirtxml.Caps
	if err := caps.Unmarshal(readTestdata(t, "capabilities.xml")); err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]string{"": "q35", "pc": "pc", "pc-q35-7.2": "pc-q35-7.2"} {
		choice, err := Choose(&caps, "", want)
		if err != nil || choice.Machine != got || choice.Arch != "x86_64" || !choice.KVM || !strings.HasSuffix(choice.Emulator, "qemu-system-x86_64") {
			t.Errorf("machine %q: got %+v, %v", want, choice, err)
		}
	}
	for _, bad := range [][2]string{{"x86_64", "pdp11"}, {"vax", ""}} {
		if _, err := Choose(&caps, bad[0], bad[1]); !errors.Is(err, virt.ErrUnsupported) {
			t.Errorf("%v: got %v, want %v", bad, err, virt.ErrUnsupported)
		}
	}
}
