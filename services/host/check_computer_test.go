package host

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// anotherComputer has the files; an empty text of a name that ends with a slash
// is a directory.
func anotherComputer(t *testing.T, files map[string]string) *computer {
	t.Helper()
	c := &computer{root: t.TempDir()}
	for name, text := range files {
		path := c.path(name)
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if strings.HasSuffix(name, "/") {
			err = os.MkdirAll(path, 0o755)
		} else if err == nil {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestPackagesAreCalledAsTheDistributionCallsThem(t *testing.T) {
	for release, want := range map[string][2]string{
		"ID=debian\nVERSION_ID=\"12\"":                          {"sudo apt install ovmf", "sudo apt install qemu-system-common"},
		"ID=debian\nVERSION_ID=\"13\"":                          {"sudo apt install ovmf", "sudo apt install virtiofsd"},
		"ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"24.04\"":       {"sudo apt install ovmf", "sudo apt install virtiofsd"},
		"ID=linuxmint\nID_LIKE=\"ubuntu debian\"":               {"sudo apt install ovmf", "sudo apt install virtiofsd"},
		"ID=fedora\nVERSION_ID=41":                              {"sudo dnf install edk2-ovmf", "sudo dnf install virtiofsd"},
		"ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"":          {"sudo dnf install edk2-ovmf", "sudo dnf install virtiofsd"},
		"ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"": {"sudo zypper install qemu-ovmf-x86_64", "sudo zypper install virtiofsd"},
		"ID=arch":    {"sudo pacman -S edk2-ovmf", "sudo pacman -S virtiofsd"},
		"ID=unknown": {"", ""},
		"":           {"", ""},
	} {
		c := anotherComputer(t, map[string]string{"/etc/os-release": release})
		if got := [2]string{c.install(partFirmware), c.install(partVirtiofsd)}; got != want {
			t.Errorf("%q: %q, want %q", release, got, want)
		}
		if remedy := c.installRemedy(partTPM); (want[0] == "") != strings.Contains(remedy, "your distribution") {
			t.Errorf("%q: %s", release, remedy)
		}
	}
}

func TestEveryFamilyNamesEveryPart(t *testing.T) {
	for _, f := range families {
		for _, p := range []part{partDaemon, partQEMU, partFirmware, partTPM, partVirtiofsd, partDnsmasq, partClock} {
			if f.packages[p] == "" {
				t.Errorf("%v has no package with %s", f.ids, p)
			}
		}
	}
}

func TestTheReasonWhyThereIsNoKVMIsTold(t *testing.T) {
	for _, row := range []struct {
		files   map[string]string
		status  virt.CheckStatus
		says    string
		command string
	}{
		{map[string]string{"/dev/kvm": "", "/sys/module/kvm_amd/": ""}, virt.CheckOK, "kvm_amd", ""},
		{map[string]string{"/proc/cpuinfo": "processor : 0\nflags\t\t: fpu vmx sse"}, virt.CheckWarn, "kvm_intel is not loaded", "sudo modprobe kvm_intel"},
		{map[string]string{"/proc/cpuinfo": "flags : fpu svm"}, virt.CheckWarn, "kvm_amd is not loaded", "sudo modprobe kvm_amd"},
		{map[string]string{"/proc/cpuinfo": "flags : fpu hypervisor"}, virt.CheckWarn, "is a virtual machine", ""},
		{map[string]string{"/proc/cpuinfo": "flags : fpu sse"}, virt.CheckWarn, "firmware", ""},
		{map[string]string{"/proc/cpuinfo": "Features : fp asimd"}, virt.CheckWarn, "no /dev/kvm", "sudo modprobe kvm"},
	} {
		got := anotherComputer(t, row.files).kvm()
		if got.Status != row.status || !strings.Contains(got.Cause, row.says) || got.Command != row.command || (got.Remedy == "") != (got.Status == virt.CheckOK) {
			t.Errorf("%v: %+v", row.files, got)
		}
	}
}

func TestADaemonThatDoesNotListenIsStartedAsTheComputerStartsThem(t *testing.T) {
	gone := virt.Errorf(virt.KindUnavailable, "nobody")
	for _, row := range []struct {
		files  map[string]string
		host   string
		status virt.CheckStatus
		want   string
	}{
		{map[string]string{"/etc/os-release": "ID=arch"}, "", virt.CheckFail, "sudo pacman -S libvirt"},
		{map[string]string{"/usr/sbin/libvirtd": "", "/run/systemd/system/": "", "/etc/os-release": "ID=debian"}, "qemu:///system", virt.CheckFail, "sudo systemctl enable --now libvirtd"},
		{map[string]string{"/usr/sbin/libvirtd": "", "/usr/sbin/virtqemud": "", "/run/systemd/system/": "", "/etc/os-release": "ID=debian"}, "", virt.CheckFail, "sudo systemctl enable --now libvirtd"},
		{map[string]string{"/usr/sbin/libvirtd": "", "/usr/sbin/virtqemud": "", "/run/systemd/system/": "", "/etc/os-release": "ID=fedora"}, "", virt.CheckFail, "sudo systemctl enable --now virtqemud.socket virtnetworkd.socket virtstoraged.socket virtnodedevd.socket"},
		{map[string]string{"/usr/sbin/libvirtd": "", "/etc/init.d/libvirtd": ""}, "", virt.CheckFail, "sudo service libvirtd start"},
		{map[string]string{"/usr/sbin/libvirtd": ""}, "", virt.CheckFail, "sudo libvirtd -d"},
		{map[string]string{"/usr/sbin/libvirtd": "", "/proc/net/unix": "0: 00000002 00000000 00010000 0001 01 1 /var/run/libvirt/libvirt-sock"}, "", virt.CheckOK, ""},
		{map[string]string{"/usr/sbin/libvirtd": "", "/proc/net/unix": "0: 00000003 00000000 00000000 0001 03 1 /run/libvirt/libvirt-sock"}, "", virt.CheckFail, "sudo libvirtd -d"},
	} {
		e := &examination{here: anotherComputer(t, row.files), failure: gone, host: virt.Host{URI: row.host}}
		if got := e.daemon(); got.Status != row.status || got.Command != row.want {
			t.Errorf("%v: %+v", row.files, got)
		}
	}
}

func TestASocketThatNobodyHasIsNotListenedTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if !thisComputer().listens(path) {
		t.Error("the listener is not seen")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil || thisComputer().listens(path) {
		t.Errorf("a left-over socket counts as listened to (%v)", err)
	}
}

func TestRightsToTheDaemonAreToldApart(t *testing.T) {
	refused := virt.Errorf(virt.KindForbidden, "no")
	silent := virt.Errorf(virt.KindUnavailable, "nobody")
	for _, row := range []struct {
		member  member
		failure error
		open    bool
		status  virt.CheckStatus
		command string
	}{
		{member{root: true}, refused, false, virt.CheckOK, ""},
		{member{exists: true, listed: true, effective: true}, nil, true, virt.CheckOK, ""},
		{member{exists: true, listed: true}, refused, false, virt.CheckFail, "newgrp libvirt"},
		{member{exists: true, listed: true}, silent, false, virt.CheckWarn, "newgrp libvirt"},
		{member{exists: true}, refused, false, virt.CheckFail, "sudo usermod -aG libvirt $USER"},
		{member{exists: true}, silent, false, virt.CheckWarn, "sudo usermod -aG libvirt $USER"},
		{member{exists: true}, nil, true, virt.CheckWarn, "sudo usermod -aG libvirt $USER"},
		{member{exists: true}, nil, false, virt.CheckOK, ""},
		{member{}, nil, true, virt.CheckOK, ""},
		{member{}, silent, false, virt.CheckSkipped, ""},
	} {
		e := &examination{failure: row.failure}
		if got := e.rights(row.member, row.open); got.Status != row.status || got.Command != row.command {
			t.Errorf("%+v, open %v, %v: %+v", row.member, row.open, row.failure, got)
		}
	}
}

func TestTheProgramForSharedFoldersIsFoundByItsDescription(t *testing.T) {
	const dir = "/usr/share/qemu/vhost-user/"
	for _, row := range []struct {
		files  map[string]string
		status virt.CheckStatus
		says   string
	}{
		{map[string]string{dir + "50-gpu.json": `{"type": "gpu", "binary": "/usr/bin/gpu"}`, "/usr/bin/gpu": ""}, virt.CheckWarn, "is not installed"},
		{map[string]string{dir + "50-virtiofsd.json": `{"type": "fs", "binary": "/usr/libexec/virtiofsd"}`}, virt.CheckWarn, "which is not there"},
		{map[string]string{dir + "50-virtiofsd.json": `{"type": "fs", "binary": "/usr/libexec/virtiofsd"}`, "/usr/libexec/virtiofsd": ""}, virt.CheckOK, "/usr/libexec/virtiofsd"},
		{map[string]string{dir + "broken.json": `{`}, virt.CheckWarn, "is not installed"},
	} {
		e := &examination{here: anotherComputer(t, row.files)}
		if got := e.virtiofsd(); got.Status != row.status || !strings.Contains(got.Cause, row.says) {
			t.Errorf("%v: %+v", row.files, got)
		}
	}
}

func TestDenialsOfMachinesWithinADayCountOnce(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	log := `type=AVC msg=audit(1699999000.111:10): avc:  denied  { read } for  pid=9 comm="qemu-system-x86" name="a.qcow2" scontext=system_u:system_r:svirt_t:s0
6,1,1,-;audit: type=1400 audit(1699999500.111:20): apparmor="DENIED" operation="open" class="file" profile="libvirt-0b1" name="/home/ada/b.iso" comm="qemu-system-x86"
Nov 14 host kernel: audit: type=1400 audit(1699999500.111:20): apparmor="DENIED" operation="open" class="file" profile="libvirt-0b1" name="/home/ada/b.iso" comm="qemu-system-x86"
audit: type=1400 audit(1699999600.111:30): apparmor="DENIED" operation="open" profile="/usr/bin/evince" name="/home/ada/c" comm="evince"
audit: type=1400 audit(1699000000.111:40): apparmor="DENIED" operation="open" profile="libvirt-0b1" name="/old" comm="qemu-system-x86"
audit: type=1400 audit(1699999700.111:50): apparmor="ALLOWED" operation="open" profile="libvirt-0b1" name="/fine" comm="qemu-system-x86"`
	found := denialsIn(log, now)
	if len(found) != 2 || found[0].what != "a.qcow2" || found[1].what != "/home/ada/b.iso" {
		t.Errorf("found %+v", found)
	}
}

func TestDenialsAreReadFromTheSystemsLogs(t *testing.T) {
	files := map[string]string{"/sys/module/apparmor/parameters/enabled": "Y\n"}
	if got := (&examination{here: anotherComputer(t, files)}).denials(); got.Status != virt.CheckSkipped || got.Command == "" {
		t.Errorf("without a log: %+v", got)
	}
	files["/var/log/kern.log"] = strings.Repeat("something else\n", logTail/10)
	if got := (&examination{here: anotherComputer(t, files)}).denials(); got.Status != virt.CheckOK {
		t.Errorf("without a denial: %+v", got)
	}
	files["/var/log/kern.log"] += "audit(" + time.Now().Format("20060102") + `.1:1): apparmor="DENIED"` + "\n" // no time at all
	files["/var/log/audit/audit.log"] = "type=AVC msg=audit(" + strconv.FormatInt(time.Now().Unix(), 10) + `.5:7): apparmor="DENIED" operation="open" profile="libvirt-1" name="/srv/disk.img"` + "\n"
	got := (&examination{here: anotherComputer(t, files)}).denials()
	if got.Status != virt.CheckWarn || !strings.Contains(got.Cause, "1 accesses") || !strings.Contains(got.Cause, "/srv/disk.img") {
		t.Errorf("with a denial: %+v", got)
	}
	if got := (&examination{here: anotherComputer(t, nil)}).denials(); got.Status != virt.CheckOK {
		t.Errorf("without confinement: %+v", got)
	}
}

func TestTheKernelsLogIsReadToItsEnd(t *testing.T) {
	log, err := thisComputer().kernelLog()
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.ENOENT) {
		t.Skip(err)
	}
	if err != nil || !strings.Contains(log, "\n") {
		t.Errorf("%d bytes, %v", len(log), err)
	}
}

func TestLittleRoomIsToldBeforeThereIsNone(t *testing.T) {
	for _, row := range []struct {
		free, all uint64
		want      virt.CheckStatus
	}{
		{100 << 20, 1 << 40, virt.CheckFail},
		{4 << 30, 100 << 30, virt.CheckWarn},
		{40 << 30, 1 << 40, virt.CheckWarn},
		{60 << 30, 2 << 40, virt.CheckOK},
		{90 << 30, 100 << 30, virt.CheckOK},
	} {
		if got := room("/x", row.free, row.all); got.Status != row.want || (got.Command == "") != (row.want == virt.CheckOK) {
			t.Errorf("%d of %d: %+v", row.free, row.all, got)
		}
	}
}

func TestTheClockIsJudgedByTheKernel(t *testing.T) {
	var state unix.Timex
	result, err := unix.Adjtimex(&state)
	if err != nil {
		t.Skip(err)
	}
	got := (&examination{here: thisComputer()}).clock()
	if right := result != unix.TIME_ERROR && state.Status&unix.STA_UNSYNC == 0; right != (got.Status == virt.CheckOK) {
		t.Errorf("the kernel says %d, we say %+v", result, got)
	}
}
