package metric_test

import (
	"errors"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

func TestTheLoadOfAHostIsReadWhileSomebodyLooks(t *testing.T) {
	svc, ctx := virttest.OpenURI(t, virttest.SharedLibvirtd(t).URI)
	if err := svc.Settings.Set(ctx, "stats.interval", "1s"); err != nil {
		t.Fatal(err)
	}
	host := virttest.Host(t, svc, ctx)
	news, unsubscribe := svc.Watch()
	defer unsubscribe()
	stop, err := svc.Metrics.WatchHost(ctx, host)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	measured := 0
	for deadline := time.After(30 * time.Second); measured < 2; {
		select {
		case e := <-news:
			if e.Kind == virt.HostMeasured && e.Ref.Host == host {
				measured++
			}
		case <-deadline:
			t.Fatalf("%d readings in 30 s", measured)
		}
	}
	series, err := svc.Metrics.HostSeries(ctx, host)
	if err != nil || len(series) == 0 {
		t.Fatalf("got %v, %v", series, err)
	}
	now := series[len(series)-1]
	if now.CPUPercent < 0 || now.CPUPercent > 100 || now.MemTotal < 64<<20 || now.MemUsed == 0 || now.MemUsed > now.MemTotal {
		t.Errorf("the host is said to be %+v", now)
	}

	stop()

	if series, err = svc.Metrics.HostSeries(ctx, host); err != nil || len(series) != 0 {
		t.Errorf("nobody looks, and there is %v, %v", series, err)
	}
}

func TestADriverThatTellsNoLoadOfItsHostSaysSo(t *testing.T) {
	svc, ctx := virttest.Open(t, "empty.xml")
	host := virttest.Host(t, svc, ctx)
	news, unsubscribe := svc.Watch()
	defer unsubscribe()
	stop, err := svc.Metrics.WatchHost(ctx, host)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()

	for deadline := time.After(30 * time.Second); ; {
		select {
		case e := <-news:
			if e.Kind != virt.HostMeasured || e.Ref.Host != host {
				continue
			}
			if _, err := svc.Metrics.HostSeries(ctx, host); !errors.Is(err, virt.ErrUnsupported) {
				t.Errorf("got %v, want %v", err, virt.ErrUnsupported)
			}
			return
		case <-deadline:
			t.Fatal("nothing was told in 30 s")
		}
	}
}

func TestTheLoadOfAHostIsMeasuredOverATime(t *testing.T) {
	svc, ctx := virttest.OpenURI(t, virttest.SharedLibvirtd(t).URI)
	host := virttest.Host(t, svc, ctx)

	r, err := svc.Metrics.MeasureHost(ctx, host, 300*time.Millisecond)

	if err != nil || r.CPUPercent < 0 || r.CPUPercent > 100 || r.MemTotal == 0 {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestAHostThatWasRestartedHasNoFiguresBetween(t *testing.T) {
	before := virt.HostSample{Time: time.Now(), Busy: time.Hour, Idle: time.Hour}
	after := virt.HostSample{Time: time.Now(), Busy: time.Second, Idle: time.Minute}
	if r, ok := virt.HostRatesBetween(before, after); ok {
		t.Errorf("got %+v", r)
	}
	after = virt.HostSample{Busy: time.Hour + 3*time.Second, Idle: time.Hour + time.Second}
	if r, ok := virt.HostRatesBetween(before, after); !ok || r.CPUPercent != 75 {
		t.Errorf("got %+v, %v; want 75 %%", r, ok)
	}
}

func TestAnotherTickCountsAtOnce(t *testing.T) {
	svc, ctx := virttest.OpenURI(t, virttest.SharedLibvirtd(t).URI)
	if err := svc.Settings.Set(ctx, "stats.interval", "1m"); err != nil {
		t.Fatal(err)
	}
	host := virttest.Host(t, svc, ctx)
	news, unsubscribe := svc.Watch()
	defer unsubscribe()
	stop, err := svc.Metrics.WatchHost(ctx, host)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	measured := func() {
		t.Helper()
		for deadline := time.After(20 * time.Second); ; {
			select {
			case e := <-news:
				if e.Kind == virt.HostMeasured {
					return
				}
			case <-deadline:
				t.Fatal("nothing was read in 20 s")
			}
		}
	}
	measured()
	if err := svc.Settings.Set(ctx, "stats.interval", "1s"); err != nil {
		t.Fatal(err)
	}
	measured()
	measured()
}
