package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

const (
	listed    = 1000 // machines
	refreshes = 40   // in a run
	pairs     = 11
	settled   = 5 // refreshes after which there is no news of a machine any more
)

// inventory compares refreshing 1,000 machines with a C program's one call, and
// counts our calls.
func inventory(ctx context.Context, b *bench) error {
	if err := b.fill(listed); err != nil {
		return err
	}
	f := figure{name: fmt.Sprintf("refresh of %d machines with states and figures", listed), unit: "CPU ms", than: "one GetAllDomainStats in C", target: 1.3}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	n := strconv.Itoa(refreshes)
	for range pairs {
		ours, err := seconds(ctx, self, "refresh", b.daemon.URI, n)
		if err != nil {
			return err
		}
		peer, err := seconds(ctx, b.program("getallstats"), b.daemon.URI, n)
		if err != nil {
			return err
		}
		f.ours, f.peer = append(f.ours, ours*1000/refreshes), append(f.peer, peer*1000/refreshes)
	}
	b.report.add(f)
	return b.countCalls(ctx)
}

// countCalls counts the RPCs of a refresh while none, one and three machines are
// active.
func (b *bench) countCalls(ctx context.Context) error {
	proxy, err := virttest.StartRPCProxy(b.daemon.Socket)
	if err != nil {
		return err
	}
	defer proxy.Close()
	ctx, svc, err := openServices(ctx, filepath.Join(b.files, "counted"), proxy.URI)
	if err != nil {
		return err
	}
	defer svc.Close() //nolint:errcheck // nothing was written
	host, err := onlyHost(ctx, svc)
	if err != nil {
		return err
	}
	if err := learn(ctx, svc, host); err != nil {
		return err
	}
	for active, running := 0, 0; active <= 3; active++ {
		for ; running < active; running++ {
			if _, err := b.svc.VMs.Create(ctx, b.host, bare(fmt.Sprintf("active-%d", running))); err != nil {
				return err
			}
		}
		for range settled { // the first ones hear of the new machine
			proxy.Reset()
			if err := refresh(ctx, svc, host); err != nil {
				return err
			}
		}
		b.report.add(figure{
			name: fmt.Sprintf("calls of a refresh, %d of %d machines active", active, listed+active), unit: "RPCs",
			ours: []float64{float64(proxy.Count())}, target: float64(3 + active),
		})
	}
	return nil
}

// bare is a running machine without anything to boot from: its firmware waits.
func bare(name string) virt.VMSpec {
	return virt.VMSpec{Name: name, Memory: 32 << 20, NoDisk: true, Network: "none", Accel: "tcg", Start: true}
}

// refreshAlone connects, reads what is read once a machine, and prints the CPU
// seconds of n refreshes.
func refreshAlone(ctx context.Context, uri string, n int) error {
	dir, err := os.MkdirTemp("", "refresh-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the system's temporary files
	ctx, svc, err := openServices(ctx, dir, uri)
	if err != nil {
		return err
	}
	defer svc.Close() //nolint:errcheck // nothing was written
	host, err := onlyHost(ctx, svc)
	if err != nil {
		return err
	}
	if err := learn(ctx, svc, host); err != nil {
		return err
	}
	before := ownCPU()
	for range n {
		if err := refresh(ctx, svc, host); err != nil {
			return err
		}
	}
	fmt.Printf("%.6f\n", ownCPU()-before)
	return nil
}

// learn has read what is read once a machine.
func learn(ctx context.Context, svc *services.Services, host virt.HostID) error {
	_, err := svc.VMs.List(ctx, host)
	return err
}

// refresh is what the window does to renew its rows and figures.
func refresh(ctx context.Context, svc *services.Services, host virt.HostID) error {
	if _, _, err := svc.VMs.Quick(ctx, host); err != nil {
		return err
	}
	_, err := svc.Metrics.Read(ctx, host)
	return err
}

// ownCPU is the CPU time of this process in seconds.
func ownCPU() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for ourselves
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// seconds runs a program that prints a number of seconds.
func seconds(ctx context.Context, program string, args ...string) (float64, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", program, err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}
