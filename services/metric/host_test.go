package metric_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// A gaze is somebody who looks at the load of a host.
type gaze struct {
	t    *testing.T
	svc  *services.Services
	ctx  context.Context
	host virt.HostID
	news <-chan virt.Event
	stop func()
}

// gazeAt looks at the load of the host of the URI, read every interval, until the
// test ends or stop is called.
func gazeAt(t *testing.T, uri, interval string) *gaze {
	t.Helper()
	g := &gaze{t: t}
	g.svc, g.ctx = virttest.OpenURI(t, uri)
	if err := g.svc.Settings.Set(g.ctx, "stats.interval", interval); err != nil {
		t.Fatal(err)
	}
	g.host = virttest.Host(t, g.svc, g.ctx)
	news, unsubscribe := g.svc.Watch()
	t.Cleanup(unsubscribe)
	stop, err := g.svc.Metrics.WatchHost(g.ctx, g.host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	g.news, g.stop = news, stop
	return g
}

// measured waits for the next reading.
func (g *gaze) measured() {
	g.t.Helper()
	for deadline := time.After(30 * time.Second); ; {
		select {
		case e := <-g.news:
			if e.Kind == virt.HostMeasured && e.Ref.Host == g.host {
				return
			}
		case <-deadline:
			g.t.Fatal("nothing was read in 30 s")
		}
	}
}

func TestTheLoadOfAHostIsReadWhileSomebodyLooks(t *testing.T) {
	g := gazeAt(t, virttest.SharedLibvirtd(t).URI, "1s")
	g.measured()
	g.measured()
	series, err := g.svc.Metrics.HostSeries(g.ctx, g.host)
	if err != nil || len(series) == 0 {
		t.Fatalf("got %v, %v", series, err)
	}
	now := series[len(series)-1]
	if now.CPUPercent < 0 || now.CPUPercent > 100 || now.MemTotal < 64<<20 || now.MemUsed == 0 || now.MemUsed > now.MemTotal {
		t.Errorf("the host is said to be %+v", now)
	}

	g.stop()

	if series, err = g.svc.Metrics.HostSeries(g.ctx, g.host); err != nil || len(series) != 0 {
		t.Errorf("nobody looks, and there is %v, %v", series, err)
	}
}

func TestADriverThatTellsNoLoadOfItsHostSaysSo(t *testing.T) {
	g := gazeAt(t, virttest.TestHost(t, "empty.xml"), "1s")
	g.measured()
	if _, err := g.svc.Metrics.HostSeries(g.ctx, g.host); !errors.Is(err, virt.ErrUnsupported) {
		t.Errorf("got %v, want %v", err, virt.ErrUnsupported)
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
	g := gazeAt(t, virttest.SharedLibvirtd(t).URI, "1m")
	g.measured()
	if err := g.svc.Settings.Set(g.ctx, "stats.interval", "1s"); err != nil {
		t.Fatal(err)
	}
	g.measured()
	g.measured()
}
