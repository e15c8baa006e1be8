package metric_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// patience is how long a test waits for what must happen, on a busy machine.
const patience = 2 * time.Minute

// procStats is REMOTE_PROC_CONNECT_GET_ALL_DOMAIN_STATS of remote_protocol.x.
const procStats = 344

func TestMain(m *testing.M) { os.Exit(virttest.Main(m)) }

// guest is a running machine whose firmware finds nothing to boot.
const guest = `<domain type="qemu"><name>web</name><memory>32768</memory><vcpu>1</vcpu><os><type arch="x86_64">hvm</type></os>
<devices><controller type="usb" model="none"/><memballoon model="none"/></devices></domain>`

// run starts the guest beside the services; it ends with the test.
func run(t *testing.T, d *virttest.Daemon) virt.Ref {
	t.Helper()
	beside, err := hypervisor.Open(d.URI, hypervisor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	vm, err := beside.CreateTransient(guest)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = beside.DestroyDomain(vm.ID)
		_ = beside.Close()
	})
	return vm
}

func open(t *testing.T, uri string) (*services.Services, context.Context, virt.HostID) {
	t.Helper()
	svc, ctx := virttest.OpenURI(t, uri)
	ctx, cancel := context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	return svc, ctx, virttest.Host(t, svc, ctx)
}

// readings waits for n readings of the host's figures.
func readings(t *testing.T, ctx context.Context, news <-chan virt.Event, n int) { //nolint:revive // t comes first in tests
	t.Helper()
	for n > 0 {
		select {
		case ev := <-news:
			if ev.Kind == virt.StatsTaken {
				n--
			}
		case <-ctx.Done():
			t.Fatal("no figures are taken")
		}
	}
}

func TestAWatchTakesOneCallATick(t *testing.T) {
	d := virttest.SharedLibvirtd(t)
	run(t, d)
	proxy := virttest.RPCProxy(t, d.Socket)
	svc, ctx, host := open(t, proxy.URI)
	news, stopNews := svc.Watch()
	defer stopNews()
	var stops []func()
	for range 3 { // several lookers share one tick
		stop, err := svc.Metrics.Watch(ctx, host)
		if err != nil {
			t.Fatal(err)
		}
		stops = append(stops, stop)
	}
	readings(t, ctx, news, 1)

	proxy.Reset()
	const ticks = 4
	readings(t, ctx, news, ticks)
	calls := proxy.Calls()

	stats := virttest.Call{Program: virttest.ProgramRemote, Procedure: procStats}
	if calls[stats] != ticks || len(calls) != 1 {
		t.Errorf("%d ticks took the calls %v, want %d of %v", ticks, calls, ticks, stats)
	}
	for _, stop := range stops {
		stop()
		stop() // once is enough, twice does not hurt
	}
	if left, err := svc.Metrics.Latest(ctx, host); err != nil || len(left) != 0 {
		t.Errorf("figures of a host that nobody watches: %v, %v", left, err)
	}
	proxy.Reset()
	again, err := svc.Metrics.Watch(ctx, host) // a fresh watch reads once at its start and no more often
	if err != nil {
		t.Fatal(err)
	}
	readings(t, ctx, news, 2)
	again()
	if n := proxy.Calls()[stats]; n > 3 {
		t.Errorf("two ticks after a stop took %d calls: the stopped watch lives on", n)
	}
}

func TestAWatchFillsLatestAndSeries(t *testing.T) {
	d := virttest.SharedLibvirtd(t)
	vm := run(t, d)
	svc, ctx, host := open(t, d.URI)
	vm.Host = host
	news, stopNews := svc.Watch()
	defer stopNews()
	stop, err := svc.Metrics.Watch(ctx, host)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	readings(t, ctx, news, 3)

	latest, err := svc.Metrics.Latest(ctx, host)
	if err != nil {
		t.Fatal(err)
	}
	now, found := latest[vm.ID]
	if !found || now.CPUPercent < 0 || now.CPUPercent > 100 || now.MemMax != 32<<20 || now.Time.IsZero() {
		t.Errorf("the latest figures are %+v", now)
	}
	series, err := svc.Metrics.Series(ctx, vm)
	if err != nil || len(series) < 2 || series[len(series)-1].Time.Before(series[0].Time) {
		t.Errorf("the series is %+v, %v", series, err)
	}
}

func TestMeasureTellsTheLoadOfARunningMachineOnly(t *testing.T) {
	d := virttest.SharedLibvirtd(t)
	vm := run(t, d)
	svc, ctx, host := open(t, d.URI)
	vm.Host = host
	begin := time.Now()
	r, err := svc.Metrics.Measure(ctx, vm, 300*time.Millisecond)
	if err != nil || r.MemMax != 32<<20 || r.CPUPercent < 0 || r.CPUPercent > 100 {
		t.Errorf("measured %+v, %v", r, err)
	}
	if took := time.Since(begin); took < 300*time.Millisecond {
		t.Errorf("it took %v only", took)
	}
	limited, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := svc.Metrics.Measure(limited, vm, time.Hour); !errors.Is(err, virt.ErrTimeout) {
		t.Errorf("an hour within 50 ms: %v", err)
	}
	vm.ID = "00000000-0000-4000-8000-000000000000"
	if _, err := svc.Metrics.Measure(ctx, vm, time.Millisecond); !errors.Is(err, virt.ErrState) || virt.HintOf(err) == "" {
		t.Errorf("a machine that is off: %v, hint %q", err, virt.HintOf(err))
	}
}

func TestCloseEndsAWatchOfAHostThatHangs(t *testing.T) {
	d := virttest.SharedLibvirtd(t)
	admin := virt.WithActor(context.Background(), virt.Actor{Name: "ada", Via: "test", Role: virt.RoleAdmin})
	svc, err := services.Open(admin, services.Options{Dirs: virttest.Dirs(t), Hosts: []string{d.URI}})
	if err != nil {
		t.Fatal(err)
	}
	host := virttest.Host(t, svc, admin)
	d.Stop(t)
	if _, err := svc.Metrics.Watch(admin, host); err != nil {
		t.Error(err)
	}
	begin := time.Now()
	err = svc.Close()
	took := time.Since(begin)
	d.Cont(t)
	if err != nil || took > 10*time.Second {
		t.Errorf("closing took %v, %v", took, err)
	}
	if _, err := svc.Metrics.Watch(admin, host); !errors.Is(err, virt.ErrUnavailable) {
		t.Errorf("a watch after the end: %v", err)
	}
}
