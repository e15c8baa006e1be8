// Package metric reads the figures of running VMs: one call per host and tick,
// kept in short rings for live graphs.
package metric

import (
	"context"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/internal/event"
	"github.com/kvmmanager/kvm-manager/services/internal/hypervisor"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Kept is how many figures of each VM are kept: ten minutes at the default tick.
const Kept = 200

// Service takes and keeps figures.
type Service struct {
	hosts *host.Service
	bus   *event.Bus
	tick  func() time.Duration

	mu      sync.Mutex
	watched map[virt.HostID]*watch
	looked  map[virt.HostID]*hostWatch
	closed  bool
	ticked  chan struct{} // closed when the tick is another one
	running sync.WaitGroup
}

// A watch is the ticking of one host, shared by all who look at it.
type watch struct {
	lookers int
	stop    context.CancelFunc
	last    map[string]virt.Sample
	series  map[string][]virt.Rates
}

// New returns a Service; tick says how long to wait between two readings.
func New(hosts *host.Service, bus *event.Bus, tick func() time.Duration) *Service {
	return &Service{hosts: hosts, bus: bus, tick: tick, watched: map[virt.HostID]*watch{}, looked: map[virt.HostID]*hostWatch{}, ticked: make(chan struct{})}
}

// TickChanged makes another tick count at once, not only after the next reading.
func (s *Service) TickChanged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.ticked)
	s.ticked = make(chan struct{})
}

func (s *Service) nextTick() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ticked
}

// Watch begins to read the host's figures every tick, as long as somebody
// watches; each reading is told as virt.StatsTaken. Call the returned function
// to stop. ctx carries the actor only; its end does not stop the watch.
func (s *Service) Watch(ctx context.Context, id virt.HostID) (func(), error) {
	if _, err := s.hosts.IDs(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, virt.Errorf(virt.KindUnavailable, "the program is closing")
	}
	w := s.watched[id]
	if w == nil {
		life, stop := context.WithCancel(context.WithoutCancel(ctx))
		w = &watch{stop: stop, last: map[string]virt.Sample{}, series: map[string][]virt.Rates{}}
		s.watched[id] = w
		s.running.Add(1)
		go s.run(life, id, w)
	}
	w.lookers++
	return sync.OnceFunc(func() { s.leave(id, w) }), nil
}

func (s *Service) leave(id virt.HostID, w *watch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.lookers--; w.lookers == 0 {
		w.stop()
		delete(s.watched, id)
	}
}

// Latest returns the newest figures of a watched host's running VMs by their
// UUID. A VM that was seen only once so far has none yet.
func (s *Service) Latest(ctx context.Context, id virt.HostID) (map[string]virt.Rates, error) {
	if _, err := s.hosts.IDs(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	latest := map[string]virt.Rates{}
	if w := s.watched[id]; w != nil {
		for vm, rates := range w.series {
			newest := rates[len(rates)-1]
			newest.Trail = trailOf(rates)
			latest[vm] = newest
		}
	}
	return latest, nil
}

// trailOf returns the load of the last figures.
func trailOf(rates []virt.Rates) virt.Trail {
	var trail virt.Trail
	for i := range trail {
		trail[i] = virt.NoLoad
		if at := len(rates) - len(trail) + i; at >= 0 {
			trail[i] = uint8(math.Round(rates[at].CPUPercent)) // 0 to 100
		}
	}
	return trail
}

// Series returns the kept figures of a VM on a watched host, oldest first.
func (s *Service) Series(ctx context.Context, vm virt.Ref) ([]virt.Rates, error) {
	if _, err := s.hosts.IDs(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.watched[vm.Host]
	if w == nil {
		return nil, nil
	}
	return append([]virt.Rates(nil), w.series[vm.ID]...), nil
}

// Measure reads a VM's figures over the interval.
func (s *Service) Measure(ctx context.Context, vm virt.Ref, interval time.Duration) (virt.Rates, error) {
	before, err := s.sample(ctx, vm)
	if err != nil {
		return virt.Rates{}, err
	}
	timer := time.NewTimer(interval)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return virt.Rates{}, &virt.Error{Kind: virt.KindOf(ctx.Err()), Action: virt.VMStats, Ref: vm, Err: ctx.Err()}
	}
	after, err := s.sample(ctx, vm)
	if err != nil {
		return virt.Rates{}, err
	}
	rates, ok := virt.RatesBetween(before, after)
	if !ok {
		return virt.Rates{}, &virt.Error{
			Kind: virt.KindState, Action: virt.VMStats, Ref: vm,
			Err: virt.Errorf(virt.KindState, "%s was restarted while it was measured", vm), Hint: "Measure again.",
		}
	}
	return rates, nil
}

// Close stops all watches and waits for their ends, unless a daemon hangs.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	for id, w := range s.watched {
		w.stop()
		delete(s.watched, id)
	}
	for id, w := range s.looked {
		w.stop()
		delete(s.looked, id)
	}
	s.mu.Unlock()
	s.running.Wait()
}

func (s *Service) sample(ctx context.Context, vm virt.Ref) (virt.Sample, error) {
	all, err := s.Read(ctx, vm.Host)
	if err != nil {
		return virt.Sample{}, err
	}
	sample, running := all[vm.ID]
	if !running {
		return virt.Sample{}, &virt.Error{
			Kind: virt.KindState, Action: virt.VMStats, Ref: vm,
			Err: virt.Errorf(virt.KindState, "%s is not running", vm), Hint: "Start the machine first.",
		}
	}
	return sample, nil
}

// Read takes a reading of all running VMs of a host now, by their UUID, in one
// call.
func (s *Service) Read(ctx context.Context, id virt.HostID) (map[string]virt.Sample, error) {
	return host.Read(ctx, s.hosts, virt.VMStats, id, func(c *hypervisor.Conn) (map[string]virt.Sample, error) {
		return c.ActiveStats()
	})
}

// run reads at once and then every tick.
func (s *Service) run(ctx context.Context, id virt.HostID, w *watch) {
	defer s.running.Done()
	s.every(ctx, func() {
		samples, err := s.Read(ctx, id)
		if err == nil {
			s.keep(w, samples)
			s.bus.Publish(virt.Event{Kind: virt.StatsTaken, Ref: virt.HostRef(id), Time: time.Now()})
		} else if ctx.Err() == nil {
			slog.Debug("figures", "host", id, "err", err)
		}
	})
}

// keep adds the figures since the last reading and forgets VMs that went off.
func (s *Service) keep(w *watch, samples map[string]virt.Sample) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for vm, now := range samples {
		if rates, ok := virt.RatesBetween(w.last[vm], now); ok && !w.last[vm].Time.IsZero() {
			series := append(w.series[vm], rates)
			w.series[vm] = series[max(0, len(series)-Kept):]
		}
	}
	for vm := range w.series {
		if _, running := samples[vm]; !running {
			delete(w.series, vm)
		}
	}
	w.last = samples
}
