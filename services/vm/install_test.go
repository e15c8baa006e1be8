package vm_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// needPrograms skips the test where one is missing, and fails it under CI.
func needPrograms(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

func mustRun(t *testing.T, name string, args ...string) {
	t.Helper()
	if err := run(name, args...); err != nil {
		t.Fatal(err)
	}
}

const running = virttest.Running

// disc makes a disc that a BIOS starts, and that installs the system on the
// first disk.
func (h *house) disc(label string) string {
	h.t.Helper()
	return h.discBy(label, virttest.BIOS)
}

func (h *house) discBy(label string, by virttest.Firmware) string {
	h.t.Helper()
	path := filepath.Join(h.directory("discs"), "install.iso")
	virttest.Disc(h.t, path, label, by)
	return path
}

// wantOnSerial waits until the VM says the words on its first serial port.
func (h *house) wantOnSerial(vm virt.Ref, words string) {
	h.t.Helper()
	port, err := h.svc.VMs.Serial(h.ctx, vm, 0, true)
	if err != nil {
		h.t.Fatal(err)
	}
	defer port.Close()
	found := make(chan error, 1)
	go func() { found <- readUntil(port, words) }()
	select {
	case err = <-found:
	case <-h.ctx.Done():
		err = h.ctx.Err()
	}
	if err != nil {
		h.t.Fatalf("waiting for %q: %v", words, err)
	}
}

func readUntil(r io.Reader, words string) error {
	var said []byte
	buf := make([]byte, 4096)
	for !bytes.Contains(said, []byte(words)) {
		n, err := r.Read(buf)
		if err != nil {
			return errors.Join(err, errors.New(string(said)))
		}
		said = append(said, buf[:n]...)
	}
	return nil
}

func TestADiscInstallsItselfAndTheMachineRebootsFromItsDisk(t *testing.T) {
	h := newHouse(t)
	disc := h.disc("MY OWN SYSTEM")
	for name, spec := range map[string]virt.VMSpec{
		"unknown": {},
		"old":     {OS: "freebsd13.1"},
		"windows": {OS: "win10", Memory: 256 << 20},
	} {
		spec.Name, spec.ISO, spec.Start, spec.Network = name, disc, true, "none"
		spec.Disks = []virt.DiskSpec{{Size: 4 << 20}}
		d := h.mustCreate(spec)
		h.wantOnSerial(d.Ref(), running)
		if len(d.Disks) != 2 || d.Disks[1].Device != "cdrom" || d.Disks[1].Path != disc || !d.Disks[1].ReadOnly {
			t.Errorf("%s: its disks are %+v", name, d.Disks)
		}
		t.Logf("%s: machine %s, disk on %s, disc on %s", name, d.Machine, d.Disks[0].Bus, d.Disks[1].Bus)
		h.sweep()
	}
}

func TestADiscForUEFIInstallsItselfUnderUEFI(t *testing.T) {
	h := newHouse(t)
	d := h.mustCreate(virt.VMSpec{
		Name: "uefi", ISO: h.discBy("MY OWN SYSTEM", virttest.UEFI), Start: true, Network: "none", Disks: []virt.DiskSpec{{Size: 4 << 20}},
	})
	if d.Firmware != "uefi" {
		t.Errorf("a disc that starts by nothing else gets the firmware %s", d.Firmware)
	}
	h.wantOnSerial(d.Ref(), running)
}

func TestADiscGoesBeforeADiskThatHoldsSomething(t *testing.T) {
	h := newHouse(t)
	other := virttest.BootSector(t)
	copy(other[bytes.Index(other, []byte(running)):], "AN OLDER SYSTEM")
	disk := h.file("old.img", append(other, make([]byte, 1<<20)...))
	spec := virt.VMSpec{Name: "old", Start: true, Network: "none", Disks: []virt.DiskSpec{{Path: disk, Format: "raw"}}}
	h.wantOnSerial(h.mustCreate(spec).Ref(), "AN OLDER SYSTEM")
	h.sweep()

	spec.Name, spec.ISO = "new", h.disc("MY OWN SYSTEM")
	d := h.mustCreate(spec)
	xml := h.xml(d.Ref())
	if xml.Devices.Disks[0].Boot.Order != 2 || xml.Devices.Disks[1].Boot.Order != 1 {
		t.Errorf("the order is %d, %d", xml.Devices.Disks[0].Boot.Order, xml.Devices.Disks[1].Boot.Order)
	}
}

func TestTheSystemOfADiscIsRecognised(t *testing.T) {
	h := newHouse(t)
	disc := h.disc("Debian 11.5.0 amd64 n")
	m, err := h.svc.VMs.Medium(h.ctx, h.host, disc)
	if err != nil || m.OS.ID != "debian11" || !m.Exact || m.Arch != "x86_64" || !m.BootsBIOS || m.BootsUEFI {
		t.Errorf("the medium is %+v, %v", m, err)
	}
	d := h.mustCreate(virt.VMSpec{Name: "debian", ISO: disc})
	if d.OS != "debian11" || d.Disks[0].Capacity != 20<<30 || d.Disks[0].Bus != "virtio" {
		t.Errorf("the machine is %+v with %+v", d.OS, d.Disks)
	}
	if d = h.mustCreate(virt.VMSpec{Name: "chosen", ISO: disc, OS: virt.UnknownOS}); d.OS != "" {
		t.Errorf("an OS that was declared unknown is %q", d.OS)
	}
	if _, err := h.svc.VMs.Medium(h.ctx, h.host, h.file("x.iso", make([]byte, 1<<20))); !errors.Is(err, virt.ErrInvalid) {
		t.Errorf("a file of zeros: %v", err)
	}
	if _, err := h.svc.VMs.Medium(h.ctx, h.host, "/no/such.iso"); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("no file: %v", err)
	}
}

func TestADiscMayLieInAPool(t *testing.T) {
	h := newHouse(t)
	mustRun(t, "cp", h.disc("Debian 11.5.0 amd64 n"), filepath.Join(h.images, "debian.iso"))
	h.state() // refreshes the pool
	d := h.mustCreate(virt.VMSpec{Name: "pooled", ISO: "default/debian.iso"})
	if d.OS != "debian11" || d.Disks[1].Path != filepath.Join(h.images, "debian.iso") {
		t.Errorf("the machine is %q with %+v", d.OS, d.Disks)
	}
	before := h.state()
	for _, bad := range []string{"default/none.iso", "/no/such.iso"} {
		_, err := h.create(virt.VMSpec{Name: "bad", ISO: bad})
		wantKind(t, err, virt.KindNotFound)
	}
	h.wantState(before)
}

func TestUEFIMachinesGetTheirFirmwareAndATPM(t *testing.T) {
	h := newHouse(t)
	for name, spec := range map[string]virt.VMSpec{
		"uefi":   {Firmware: "uefi"},
		"secure": {Firmware: "uefi-secure"},
		"win11":  {OS: "win11", Memory: 256 << 20},
	} {
		spec.Name, spec.Disks, spec.Start, spec.Network = name, []virt.DiskSpec{{Size: 4 << 20}}, true, "none"
		d := h.mustCreate(spec)
		want := "uefi-secure"
		if name == "uefi" {
			want = "uefi"
		}
		if d.Firmware != want || !d.TPM || d.State != virt.StateRunning {
			t.Errorf("%s: firmware %s, TPM %v, %s", name, d.Firmware, d.TPM, d.State)
		}
		h.sweep()
	}
}

func TestPXEMachinesTryTheDiskAndThenTheNetwork(t *testing.T) {
	h := newHouse(t)
	d := h.mustCreate(virt.VMSpec{Name: "pxe", PXE: true, Start: true, Disks: []virt.DiskSpec{{Size: 4 << 20}}})
	xml := h.xml(d.Ref())
	if xml.Devices.Disks[0].Boot.Order != 1 || xml.Devices.Interfaces[0].Boot.Order != 2 {
		t.Errorf("the order is %d, %d", xml.Devices.Disks[0].Boot.Order, xml.Devices.Interfaces[0].Boot.Order)
	}
}

// network defines and starts a network of libvirt's with an address of its own;
// it goes with the test. dhcp is what its DHCP server knows.
func (h *house) network(name, subnet, dhcp string) {
	h.t.Helper()
	needPrograms(h.t, "virsh", "dnsmasq")
	path := filepath.Join(h.t.TempDir(), "network.xml")
	xml := fmt.Sprintf(`<network><name>%s</name><ip address="%s.1" netmask="255.255.255.0">%s</ip></network>`, name, subnet, dhcp)
	if err := os.WriteFile(path, []byte(xml), 0o600); err != nil {
		h.t.Fatal(err)
	}
	mustRun(h.t, "virsh", "-c", h.daemon.URI, "net-define", path)
	h.t.Cleanup(func() { mustRun(h.t, "virsh", "-c", h.daemon.URI, "net-undefine", name) })
	mustRun(h.t, "virsh", "-c", h.daemon.URI, "net-start", name)
	h.t.Cleanup(func() { mustRun(h.t, "virsh", "-c", h.daemon.URI, "net-destroy", name) })
}

// textScreen is what stands on a VM's screen in text mode.
func (h *house) textScreen(vm virt.Ref) string {
	h.t.Helper()
	out, err := exec.Command("virsh", "-c", h.daemon.URI, "qemu-monitor-command", vm.Name, "--hmp", "xp /2000hx 0xb8000").CombinedOutput()
	if err != nil {
		h.t.Fatalf("%v: %s", err, out)
	}
	var said []byte
	for line := range strings.Lines(string(out)) {
		_, cells, _ := strings.Cut(line, ":")
		for _, cell := range strings.Fields(cells) {
			word, err := strconv.ParseUint(cell, 0, 16)
			if err != nil {
				h.t.Fatalf("%q: %v", line, err)
			}
			said = append(said, byte(word)) // the rest is its colour
		}
	}
	return string(said)
}

func TestABootFromANetworkWithoutAServerEndsReadably(t *testing.T) {
	h := newHouse(t)
	h.network("silent", "10.99.1", `<dhcp><range start="10.99.1.10" end="10.99.1.99"/></dhcp>`)
	spec := virt.VMSpec{Name: "pxe", PXE: true, NoDisk: true, Network: "silent", Memory: 64 << 20, Start: true}
	advice, err := h.svc.VMs.Advice(h.ctx, h.host, spec)
	if err != nil || len(advice) != 1 || advice[0].Field != virt.FieldNetwork || virt.HintOf(advice[0].Err) == "" {
		t.Fatalf("the advice is %+v, %v", advice, err)
	}
	t.Logf("%v. %s", advice[0].Err, virt.HintOf(advice[0].Err))
	if problems, err := h.svc.VMs.Check(h.ctx, h.host, spec); err != nil || len(problems) != 0 {
		t.Errorf("advice is not a problem: %+v, %v", problems, err)
	}

	vm := h.mustCreate(spec).Ref()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for screen := ""; !strings.Contains(screen, "Nothing to boot") || !strings.Contains(screen, "No bootable device"); {
		select {
		case <-tick.C:
			screen = h.textScreen(vm)
		case <-h.ctx.Done():
			t.Fatalf("the firmware says %q", screen)
		}
	}
	if d, err := h.svc.VMs.Show(h.ctx, vm); err != nil || d.State != virt.StateRunning {
		t.Errorf("the machine is %s, %v", d.State, err)
	}
}

func TestNetworksThatMayHaveABootServerNeedNoAdvice(t *testing.T) {
	h := newHouse(t)
	h.network("serves", "10.99.2", `<dhcp><range start="10.99.2.10" end="10.99.2.99"/><bootp file="pxelinux.0"/></dhcp>`)
	h.network("elsewhere", "10.99.3", "")
	for name, wanted := range map[string]int{"serves": 0, "elsewhere": 0, "default": 1, "": 1} {
		advice, err := h.svc.VMs.Advice(h.ctx, h.host, virt.VMSpec{Name: "pxe", PXE: true, Network: name})
		if err != nil || len(advice) != wanted {
			t.Errorf("on the network %q the advice is %+v, %v; want %d", name, advice, err, wanted)
		}
		if advice, err = h.svc.VMs.Advice(h.ctx, h.host, virt.VMSpec{Name: "disc", Network: name}); err != nil || len(advice) != 0 {
			t.Errorf("without a boot from %q the advice is %+v, %v", name, advice, err)
		}
	}
}
