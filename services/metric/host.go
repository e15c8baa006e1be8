package metric

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// A hostWatch is the readings of one host's processors and memory.
type hostWatch struct {
	lookers int
	stop    context.CancelFunc
	last    virt.HostSample
	series  []virt.HostRates
	err     error // of the last reading
}

// WatchHost begins to read the load of the host itself every tick, as long as
// somebody watches; each reading is told as virt.HostMeasured. Call the returned
// function to stop. ctx carries the actor only; its end does not stop the watch.
func (s *Service) WatchHost(ctx context.Context, id virt.HostID) (func(), error) {
	if _, err := s.hosts.IDs(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, virt.Errorf(virt.KindUnavailable, "the program is closing")
	}
	w := s.looked[id]
	if w == nil {
		life, stop := context.WithCancel(context.WithoutCancel(ctx))
		w = &hostWatch{stop: stop}
		s.looked[id] = w
		s.running.Add(1)
		go func() {
			defer s.running.Done()
			s.every(life, func() { s.lookAt(life, id, w) })
		}()
	}
	w.lookers++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if w.lookers--; w.lookers == 0 {
			w.stop()
			delete(s.looked, id)
		}
	}), nil
}

// HostSeries returns the kept figures of a watched host, oldest first. The error
// is that of the last reading where there are none: virt.ErrUnsupported of a
// driver that does not tell.
func (s *Service) HostSeries(ctx context.Context, id virt.HostID) ([]virt.HostRates, error) {
	if _, err := s.hosts.IDs(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.looked[id]; w != nil {
		if len(w.series) == 0 && w.err != nil {
			return nil, w.err
		}
		return append([]virt.HostRates(nil), w.series...), nil
	}
	return nil, nil
}

// MeasureHost reads the load of the host over the interval.
func (s *Service) MeasureHost(ctx context.Context, id virt.HostID, interval time.Duration) (virt.HostRates, error) {
	before, err := s.hostSample(ctx, id)
	if err != nil {
		return virt.HostRates{}, err
	}
	timer := time.NewTimer(interval)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return virt.HostRates{}, &virt.Error{Kind: virt.KindOf(ctx.Err()), Action: virt.HostStats, Ref: virt.HostRef(id), Err: ctx.Err()}
	}
	after, err := s.hostSample(ctx, id)
	if err != nil {
		return virt.HostRates{}, err
	}
	rates, ok := virt.HostRatesBetween(before, after)
	if !ok {
		return rates, &virt.Error{
			Kind: virt.KindState, Action: virt.HostStats, Ref: virt.HostRef(id),
			Err: virt.Errorf(virt.KindState, "the counters of %s did not go on", id), Hint: "Measure again, over a longer time.",
		}
	}
	return rates, nil
}

func (s *Service) hostSample(ctx context.Context, id virt.HostID) (virt.HostSample, error) {
	return host.Read(ctx, s.hosts, virt.HostStats, id, func(c *hypervisor.Conn) (virt.HostSample, error) { return c.HostSample() })
}

func (s *Service) lookAt(ctx context.Context, id virt.HostID, w *hostWatch) {
	now, err := s.hostSample(ctx, id)
	if err != nil {
		if ctx.Err() == nil {
			slog.Debug("load of the host", "host", id, "err", err)
			s.fail(id, w, err)
		}
		return
	}
	s.mu.Lock()
	w.err = nil
	if rates, ok := virt.HostRatesBetween(w.last, now); ok && !w.last.Time.IsZero() {
		w.series = append(w.series, rates)
		w.series = w.series[max(0, len(w.series)-Kept):]
	}
	w.last = now
	s.mu.Unlock()
	s.bus.Publish(virt.Event{Kind: virt.HostMeasured, Ref: virt.HostRef(id), Time: now.Time})
}

// fail keeps why there is no reading; the first time is told.
func (s *Service) fail(id virt.HostID, w *hostWatch, err error) {
	s.mu.Lock()
	first := w.err == nil
	w.err = err
	s.mu.Unlock()
	if first {
		s.bus.Publish(virt.Event{Kind: virt.HostMeasured, Ref: virt.HostRef(id), Time: time.Now()})
	}
}

// every runs read at once and then every tick, until ctx ends.
func (s *Service) every(ctx context.Context, read func()) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var last time.Time
	for {
		changed := s.nextTick() // before the tick is asked for
		if !last.IsZero() {
			timer.Reset(max(0, s.tick()-time.Since(last)))
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-timer.C:
			read()
			last = time.Now()
		}
	}
}
