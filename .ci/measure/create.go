package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

const (
	createShare = 0.35 // of virt-install's time
	ownPart     = 20.0 // ms outside libvirt
	createOS    = "debian11"
)

// create compares the time from the command to a running machine with that of
// virt-install, for the same machine with a disk that is there already, and
// tells our own part: the time in which no call of libvirt is under way and its
// library is not being loaded. Both are told the operating system: without one
// virt-install makes a machine of old devices, which is another.
func create(ctx context.Context, b *bench) error {
	disk := filepath.Join(b.daemon.Dir, "create.qcow2")
	if out, err := exec.CommandContext(ctx, "qemu-img", "create", "-q", "-f", "qcow2", disk, "64M").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	if err := os.Chmod(disk, 0o666); err != nil { // QEMU runs as another user
		return err
	}
	ours := []string{
		b.program("kvm-cli"), "--host", b.daemon.URI, "vm", "create", "ours", "--disk", "path=" + disk + ",format=qcow2",
		"--memory", "64MiB", "--network", "none", "--accel", "tcg", "--os", createOS, "--start",
	}
	peer := []string{
		"virt-install", "--connect", b.daemon.URI, "--name", "peer", "--import", "--disk", "path=" + disk + ",format=qcow2",
		"--memory", "64", "--vcpus", "1", "--network", "none", "--virt-type", "qemu", "--graphics", "vnc",
		"--osinfo", createOS, "--noautoconsole",
	}
	wall := figure{name: "create to running", unit: "wall ms", than: "virt-install --import", target: createShare}
	cpu := figure{name: "create to running", unit: "CPU ms", than: wall.than}
	own := figure{name: "create to running, outside libvirt calls", unit: "wall ms", target: ownPart}
	for i := range 1 + pairs {
		mine, said, err := b.creates(ctx, ours)
		if err != nil {
			return err
		}
		theirs, _, err := b.creates(ctx, peer)
		if err != nil {
			return err
		}
		if i == 0 {
			continue // it filled the caches
		}
		wall.ours, wall.peer = append(wall.ours, mine.wall), append(wall.peer, theirs.wall)
		cpu.ours, cpu.peer = append(cpu.ours, mine.cpu), append(cpu.peer, theirs.cpu)
		part, err := outside(said)
		if err != nil {
			return err
		}
		own.ours = append(own.ours, part)
	}
	b.report.add(wall, cpu, own)
	return nil
}

// cost is what a program took, in milliseconds.
type cost struct{ wall, cpu float64 }

// said is what a program told while it ran: its output, in which the Go runtime
// tells of packages that are initialised, and its trace.
type said struct{ out, trace []byte }

// creates runs a command that makes a running machine, and removes that machine.
func (b *bench) creates(ctx context.Context, command []string) (cost, said, error) {
	home, trace := filepath.Join(b.files, "create"), filepath.Join(b.files, "create.trace")
	if err := ignoreMissing(os.Remove(trace)); err != nil {
		return cost{}, said{}, err
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home+"/config", "XDG_DATA_HOME="+home+"/data",
		"XDG_STATE_HOME="+home+"/state", "XDG_CACHE_HOME="+home+"/cache", "KVM_MANAGER_TRACE="+trace, "GODEBUG=inittrace=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	begun := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(begun)
	if err != nil {
		return cost{}, said{}, fmt.Errorf("%s: %w: %s", command[0], err, out)
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	text, err := os.ReadFile(trace) // virt-install writes none
	return cost{milliseconds(took), milliseconds(used)}, said{out, text}, errors.Join(ignoreMissing(err), b.removeRunning(ctx))
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// removeRunning removes the only machine that runs. Its disk stays.
func (b *bench) removeRunning(ctx context.Context) error {
	vms, err := b.svc.VMs.List(ctx, b.host)
	if err != nil {
		return err
	}
	vms = slices.DeleteFunc(vms, func(vm virt.VM) bool { return vm.State != virt.StateRunning })
	if len(vms) != 1 {
		return fmt.Errorf("%d machines run", len(vms))
	}
	_, err = b.svc.VMs.Delete(ctx, vms[0].Ref(), virt.DeleteSpec{Force: true, Disks: []string{}})
	return err
}

// A libvirtCall is one of the trace, in microseconds since the program began.
type libvirtCall struct {
	Event string `json:"event"`
	Name  string `json:"name"`
	End   int64  `json:"t_us"`
	Took  int64  `json:"us"`
}

// loading is how the Go runtime tells how long the library took to load, which
// the binding does when it is initialised.
var loading = regexp.MustCompile(`init libvirt\.org/go/libvirt @[0-9.]+ ms, ([0-9.]+) ms clock`)

// outside is how long, in milliseconds from the begin of the program to the end
// of the call that started the machine, the program itself was at work.
func outside(s said) (float64, error) {
	calls, err := libvirtCalls(s.trace)
	if err != nil {
		return 0, err
	}
	told := loading.FindSubmatch(s.out)
	if told == nil {
		return 0, errors.New("the Go runtime does not say how long libvirt took to load")
	}
	load, err := strconv.ParseFloat(string(told[1]), 64)
	if err != nil {
		return 0, err
	}
	slices.SortFunc(calls, func(a, b libvirtCall) int { return cmp.Compare(a.End-a.Took, b.End-b.Took) })
	var free, until int64
	for _, c := range calls {
		free += max(0, c.End-c.Took-until)
		until = max(until, c.End)
	}
	return float64(free)/1000 - load, nil
}

// libvirtCalls reads the calls up to the one that started the machine.
func libvirtCalls(trace []byte) ([]libvirtCall, error) {
	var calls []libvirtCall
	for lines := bufio.NewScanner(bytes.NewReader(trace)); lines.Scan(); {
		var c libvirtCall
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, err
		}
		if c.Event != "libvirt_call" {
			continue
		}
		calls = append(calls, c)
		if c.Name == "virDomainCreate" {
			return calls, nil
		}
	}
	return nil, errors.New("the trace does not say that a machine was started")
}
