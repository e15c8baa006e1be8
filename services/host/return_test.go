package host_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// soon is within what a lost host is offline, and one that is back connected,
// with the truth about its machines.
const soon = 5 * time.Second

// A returner is a host with one machine that is lost and comes back many times.
type returner struct {
	*desk
	name   virt.HostID
	daemon *virttest.Daemon // is reached whatever becomes of name
	vm     virt.Ref

	worstLost, worstBack time.Duration
}

func newReturner(d *desk, name virt.HostID, daemon *virttest.Daemon) *returner {
	d.t.Helper()
	r := &returner{desk: d, name: name, daemon: daemon}
	var err error
	xml := fmt.Sprintf(screenOnly, "lasting")
	if r.vm, err = d.svc.VMs.Create(d.ctx, name, virt.VMSpec{Name: "lasting", XML: xml, Start: true}); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		r.direct(func(c *hypervisor.Conn) error {
			return errors.Join(c.DestroyDomain(r.vm.ID), c.Undefine(r.vm.ID, hypervisor.UndefineOptions{}))
		})
	})
	if err := d.svc.VMs.Pause(d.ctx, r.vm); err != nil {
		d.t.Fatal(err)
	}
	return r
}

// direct calls the daemon without the services.
func (r *returner) direct(call func(*hypervisor.Conn) error) {
	r.t.Helper()
	c, err := hypervisor.Open(r.daemon.URI, hypervisor.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := errors.Join(call(c), c.Close()); err != nil {
		r.t.Fatalf("%v\n%s", err, r.daemon.Log())
	}
}

// round loses the host, does meanwhile, and has it back.
func (r *returner) round(lose, meanwhile, back func(), want virt.VMState) {
	r.t.Helper()
	var cancel func()
	r.ctx, cancel = context.WithTimeout(context.WithoutCancel(r.ctx), patience) // a desk's own is too short for all rounds
	defer cancel()
	begin := time.Now()
	lose()
	r.until(r.name, virt.HostOffline)
	r.worstLost = max(r.worstLost, time.Since(begin))
	if _, err := r.svc.VMs.List(r.ctx, r.name); !errors.Is(err, virt.ErrUnavailable) || virt.HintOf(err) == "" {
		r.t.Errorf("a list of the lost host: %v (%s)", err, virt.HintOf(err))
	}
	meanwhile()
	back()
	r.direct(func(*hypervisor.Conn) error { return nil }) // a busy computer takes its time to start a daemon
	begin = time.Now()
	r.until(r.name, virt.HostConnected)
	vms, err := r.svc.VMs.List(r.ctx, r.name)
	r.worstBack = max(r.worstBack, time.Since(begin))
	here := slices.IndexFunc(vms, func(vm virt.VM) bool { return vm.ID == r.vm.ID })
	if err != nil || here < 0 || vms[here].State != want {
		r.t.Errorf("%v are there, %v, want one that is %s", vms, err, want)
	}
}

// holdings are what a process must not have more and more of.
type holdings struct{ goroutines, files, connections int }

// keepsNothing does the rounds, and fails the test when more is held after them
// than after one. open counts the connections of the network.
func (r *returner) keepsNothing(round func(i int), open func() int) {
	r.t.Helper()
	held := func() holdings { return holdings{runtime.NumGoroutine(), openFiles(r.t), open()} }
	round(0)
	before := held()
	for i := range rounds {
		round(i + 1)
	}
	after := held()
	tick, limit := time.NewTicker(50*time.Millisecond), time.After(10*time.Second)
	defer tick.Stop()
	// A spare connection to the daemon may be open now that was not before.
	for after.goroutines > before.goroutines+3 || after.files > before.files+3 || after.connections > before.connections {
		select {
		case <-tick.C:
			after = held()
		case <-limit:
			stacks := make([]byte, 1<<20)
			r.t.Fatalf("from %+v to %+v\n%s", before, after, stacks[:runtime.Stack(stacks, true)])
		}
	}
	r.t.Logf("%d rounds: from %+v to %+v; lost within %v, back within %v",
		rounds, before, after, r.worstLost.Round(time.Millisecond), r.worstBack.Round(time.Millisecond))
	if r.worstLost > soon || r.worstBack > soon {
		r.t.Errorf("want both within %v", soon)
	}
}

func nothing() {}

func TestADaemonHereThatIsKilledAndReturnsLeavesNothing(t *testing.T) {
	k := virttest.SharedLibvirtd(t)
	d := newDesk(t, nil)
	id, err := d.svc.Hosts.Add(d.ctx, k.URI)
	if err != nil {
		t.Fatal(err)
	}
	r := newReturner(d, id, k)
	r.keepsNothing(func(int) {
		r.round(func() { k.Kill(t) }, nothing, func() { k.Restart(t) }, virt.StatePaused)
	}, func() int { return 0 })
}

func TestADaemonBehindSSHThatIsKilledAndReturnsLeavesNothing(t *testing.T) {
	host := virttest.RemoteHost(t)
	line := lineTo(t, host.SSH)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	if err := d.connect(overSSH(host, line)); err != nil {
		t.Fatal(err)
	}
	r := newReturner(d, "lab", host.Daemon)
	r.keepsNothing(func(int) {
		r.round(func() { host.Kill(t) }, nothing, func() { host.Restart(t) }, virt.StatePaused)
	}, line.Open)
	d.endsClean()
}

func TestALineThatIsCutAndMendedLeavesNothing(t *testing.T) {
	host := virttest.SharedRemote(t)
	line := lineTo(t, host.SSH)
	d := newDesk(t, map[virt.QuestionKind]virt.Answer{virt.AskUnknownKey: yes})
	if err := d.connect(overSSH(host, line)); err != nil {
		t.Fatal(err)
	}
	r := newReturner(d, "lab", host.Daemon)
	r.keepsNothing(func(i int) {
		want, change := virt.StateRunning, (*hypervisor.Conn).ResumeDomain
		if i%2 == 1 {
			want, change = virt.StatePaused, (*hypervisor.Conn).SuspendDomain
		}
		r.round(line.Cut, func() { // what happens while nobody of us looks is seen afterwards
			r.direct(func(c *hypervisor.Conn) error { return change(c, r.vm.ID) })
		}, line.Mend, want)
	}, line.Open)
	d.endsClean()
}

// endsClean fails the test when sockets of ways that are no more are left, or
// any after the end.
func (d *desk) endsClean() {
	d.t.Helper()
	if ways, err := filepath.Glob(filepath.Join(d.dirs.Runtime, "way-*")); err != nil || len(ways) != 1 {
		d.t.Errorf("the sockets %v are left, %v", ways, err)
	}
	if err := d.svc.Close(); err != nil {
		d.t.Error(err)
	}
	if entries, err := os.ReadDir(d.dirs.Runtime); err != nil || len(entries) != 0 {
		d.t.Errorf("%v is left after the end, %v", entries, err)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(entries)
}
