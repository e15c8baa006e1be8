package domainxml

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func TestForeignMachinesAreRead(t *testing.T) {
	want := map[string]Facts{
		"virt-manager-windows.xml": {
			Name: "win11", UUID: "9b1e2b0c-6f0e-4d2f-8d55-0f6f0c9f0a11", Title: "Windows & more",
			Tags: []string{"desk <1>", "work"}, OS: "win11",
			Arch: "x86_64", Machine: "pc-q35-8.2", Accel: "kvm", Firmware: "uefi-secure", CPUModel: "host-passthrough",
			VCPUs: 2, VCPUsMax: 8, Memory: 8 << 30, MemoryCurrent: 4 << 30,
			Disks: []virt.Disk{
				{Target: "vda", Bus: "virtio", Device: "disk", Format: "qcow2", Pool: "default", Volume: "win11.qcow2"},
				{Target: "sdb", Bus: "sata", Device: "cdrom", Format: "raw", Path: "/isos/virtio win.iso", ReadOnly: true},
				{Target: "vdb", Bus: "virtio", Device: "disk", Format: "raw", Path: "rbd://mon1:6789/pool/image", Shareable: true},
				{Target: "sdc", Bus: "sata", Device: "cdrom", ReadOnly: true},
				{Target: "vdc", Bus: "virtio", Device: "disk", Format: "raw", Path: "/dev/vg/data"},
			},
			NICs: []virt.NIC{
				{MAC: "52:54:00:aa:bb:cc", Model: "virtio", Type: "network", Source: "default", Target: "vnet3"},
				{MAC: "52:54:00:aa:bb:cd", Model: "e1000e", Type: "direct", Source: "eno1", LinkUp: true},
			},
			Graphics: []virt.Graphics{
				{Type: "spice", Listen: "0.0.0.0", Port: 5901, Password: true},
				{Type: "vnc", Socket: "/run/vnc.sock"},
			},
			Serials: []virt.Serial{
				{Port: 0, Type: "pty", Path: "/dev/pts/4"},
				{Port: 1, Type: "tcp", Path: "127.0.0.1:4555"},
			},
			Ports: []Port{
				{Device: "serial0", Serial: true, Number: 0, Type: "pty", Path: "/dev/pts/4"},
				{Device: "serial1", Serial: true, Number: 1, Type: "tcp", Path: "127.0.0.1:4555"},
			},
			Video: "qxl", TPM: true,
		},
		"bare.xml": {
			Name: "bare", Accel: "test", Firmware: "bios", VCPUs: 1, VCPUsMax: 1, Memory: 2e9, MemoryCurrent: 2e9,
			Tags: []string{}, Disks: []virt.Disk{}, NICs: []virt.NIC{}, Graphics: []virt.Graphics{}, Serials: []virt.Serial{}, Ports: []Port{},
		},
		"old-uefi.xml": {
			Name: "old", Arch: "aarch64", Machine: "virt-6.2", Accel: "tcg", Firmware: "uefi", CPUModel: "cortex-a72",
			Kernel: "/boot/vmlinuz", Initrd: "/boot/initrd.img", Cmdline: "console=ttyAMA0",
			VCPUs: 3, VCPUsMax: 3, Memory: 512 << 20, MemoryCurrent: 512 << 20,
			Tags: []string{}, Disks: []virt.Disk{}, NICs: []virt.NIC{}, Graphics: []virt.Graphics{}, Serials: []virt.Serial{}, Ports: []Port{},
		},
	}
	for file, facts := range want {
		got, err := Read(readTestdata(t, filepath.Join("foreign", file)))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, facts) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", file, got, facts)
		}
	}
}

func TestFactsFillTheDetail(t *testing.T) {
	f, err := Read(readTestdata(t, "foreign/virt-manager-windows.xml"))
	if err != nil {
		t.Fatal(err)
	}
	var d virt.VMDetail
	f.Fill(&d)
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var shown map[string]any
	if err := json.Unmarshal(text, &shown); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{"title": "Windows & more", "uuid": f.UUID, "os": "win11", "accel": "kvm", "firmware": "uefi-secure", "machine": "pc-q35-8.2", "tpm": true, "video": "qxl"} {
		if shown[key] != want {
			t.Errorf("%s: got %v, want %v", key, shown[key], want)
		}
	}
}

func TestTextsThatAreNoMachineAreInvalid(t *testing.T) {
	for _, text := range []string{"", "hello", "<network><name>x</name></network>", "<domain><name>cut"} {
		if _, err := Read(text); !errors.Is(err, virt.ErrInvalid) {
			t.Errorf("%q: got %v, want %v", text, err, virt.ErrInvalid)
		}
	}
}

func TestMemoryUnitsAreLibvirts(t *testing.T) {
	for unit, want := range map[string]uint64{
		"": 3 << 10, "b": 3, "bytes": 3, "KB": 3000, "k": 3 << 10, "KiB": 3 << 10, "MB": 3e6, "M": 3 << 20, "MiB": 3 << 20,
		"GB": 3e9, "G": 3 << 30, "GiB": 3 << 30, "TB": 3e12, "TiB": 3 << 40, "PiB": 3 << 50, "EiB": 3 << 60,
	} {
		if got := bytesOf(3, unit); got != want {
			t.Errorf("3 %s: got %d, want %d", unit, got, want)
		}
	}
	if got := bytesOf(1<<40, "TiB"); got != math.MaxUint64 {
		t.Errorf("too much: got %d", got)
	}
}

func TestFirmwareIsToldByRequestAndByLoader(t *testing.T) {
	for xml, want := range map[string]string{
		`<os><type>hvm</type></os>`:                 "bios",
		`<os firmware='bios'><type>hvm</type></os>`: "bios",
		`<os firmware='efi'><type>hvm</type></os>`:  "uefi",
		`<os firmware='efi'><type>hvm</type><firmware><feature enabled='yes' name='secure-boot'/></firmware></os>`: "uefi-secure",
		`<os firmware='efi'><type>hvm</type><firmware><feature enabled='no' name='secure-boot'/></firmware></os>`:  "uefi",
		`<os><type>hvm</type><loader type='pflash'>/x/code.fd</loader></os>`:                                       "uefi",
		`<os><type>hvm</type><loader type='pflash' secure='yes'>/x/code.fd</loader></os>`:                          "uefi-secure",
		`<os><type>hvm</type><loader>/usr/share/edk2-ovmf/x.bin</loader></os>`:                                     "bios",
		`<os><type>hvm</type><loader>/usr/share/ovmf/OVMF.fd</loader></os>`:                                        "uefi",
	} {
		f, err := Read("<domain type='kvm'><name>x</name>" + xml + "</domain>")
		if err != nil || f.Firmware != want {
			t.Errorf("%s: got %s, %v, want %s", xml, f.Firmware, err, want)
		}
	}
}

func TestOperatingSystemsHaveTheirShortNames(t *testing.T) {
	for id, want := range map[string]string{
		"http://debian.org/debian/12": "debian12", "http://ubuntu.com/ubuntu/24.04": "ubuntu24.04",
		"http://microsoft.com/win/2k22": "win2k22", "http://archlinux.org/archlinux/rolling": "archlinux",
		"http://centos.org/centos-stream/9": "centos-stream9", "http://[broken": "", "": "",
	} {
		m := ParseMetadata(`<l:libosinfo xmlns:l="` + osinfoNamespace + `"><l:os id="` + id + `"/></l:libosinfo>`)
		if m.OS != want {
			t.Errorf("%s: got %q, want %q", id, m.OS, want)
		}
	}
}

func TestMetadataComesBackAsItWasWritten(t *testing.T) {
	want := Metadata{Tags: []string{"a<b>&c", "größe", "web server"}, Try: true, OS: "debian12"}
	text, err := Metadata{Tags: []string{"web server", "größe", " a<b>&c ", "", "größe"}, Try: true, OS: "debian12"}.XML()
	if err != nil {
		t.Fatal(err)
	}
	if got := ParseMetadata(text); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := ParseMetadata("<other/>" + text + "<cut"); !slices.Equal(got.Tags, want.Tags) {
		t.Errorf("among others: got %+v", got)
	}
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		facts, err := Read(text)
		if err != nil {
			if !errors.Is(err, virt.ErrInvalid) {
				t.Errorf("got %v, want %v", err, virt.ErrInvalid)
			}
			return
		}
		if facts.Tags == nil || facts.Disks == nil || facts.NICs == nil || facts.Graphics == nil || facts.Serials == nil {
			t.Error("a list is nil")
		}
		if facts.VCPUs == 0 || facts.VCPUsMax == 0 {
			t.Error("no processor")
		}
	})
}
