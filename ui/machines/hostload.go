package machines

import (
	"context"
	"errors"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// hostLoad shows what the processors and memory of a host do now and did in the
// last minutes. They are read only while it can be seen.
type hostLoad struct {
	machines    *Machines
	id          virt.HostID
	grid        *fyne.Container
	cpu, memory metric
	view        *kit.View[[]virt.HostRates]
	series      []virt.HostRates
	err         error // why there are none
	state       virt.HostState
	visible     bool
	turn        int    // changes when it is shown or hidden
	stop        func() // ends the readings
}

func newHostLoad(m *Machines, id virt.HostID) *hostLoad {
	l := &hostLoad{machines: m, id: id, cpu: newMetric(lang.L("CPU")), memory: newMetric(lang.L("Memory"))}
	l.grid = kit.Grid(2, 14, l.cpu.card, l.memory.card)
	l.view = kit.NewView(m.kit, func(ctx context.Context) ([]virt.HostRates, error) { return m.svc.Metrics.HostSeries(ctx, id) }, l.show)
	l.view.SetVisible(false)
	m.kit.Follow(l.view, func(e virt.Event) bool { return e.Kind == virt.HostMeasured && e.Ref.Host == id })
	l.show(nil, nil)
	return l
}

// setVisible reads the load from now on, or no more.
func (l *hostLoad) setVisible(visible bool) {
	if visible == l.visible {
		return
	}
	l.visible = visible
	l.turn++
	l.view.SetVisible(visible)
	if l.stop != nil {
		l.stop()
		l.stop = nil
	}
	if visible {
		l.watch(l.turn)
	}
}

// watch begins the readings, unless the page has been hidden meanwhile.
func (l *hostLoad) watch(turn int) {
	var stop func()
	l.machines.kit.RunTo(func(ctx context.Context) (err error) {
		stop, err = l.machines.svc.Metrics.WatchHost(ctx, l.id)
		return err
	}, func(err error) {
		switch {
		case err != nil: // the cards say that they have nothing
		case l.turn != turn:
			stop()
		default:
			l.stop = stop
		}
	})
}

func (l *hostLoad) close() {
	l.setVisible(false)
	l.view.Stop()
}

func (l *hostLoad) show(series []virt.HostRates, err error) {
	l.series, l.err = series, err
	l.render()
}

// follow takes the state that the host has now.
func (l *hostLoad) follow(state virt.HostState) {
	if state != l.state {
		l.render()
	}
}

// silence says why there are no news from a host in that state.
func silence(state virt.HostState) string {
	if state == virt.HostOffline || state == virt.HostSlow {
		return lang.L("The host does not answer")
	}
	return hostLook(state).Word
}

// render shows what is known, as it looks while the host is as it is.
func (l *hostLoad) render() {
	series := l.series
	h, _ := l.machines.inventory.Host(l.id)
	l.state = h.State
	old := h.State != virt.HostConnected
	if len(series) == 0 {
		why := lang.L("Collecting")
		switch {
		case old:
			why = silence(h.State)
		case errors.Is(l.err, virt.ErrUnsupported):
			why = lang.L("The host does not tell")
		}
		for _, m := range []metric{l.cpu, l.memory} {
			m.card.SetValue(parts.NoValue, "", why, true)
			m.card.Describe(why)
			m.chart.Plot(1)
		}
		return
	}
	series = series[max(0, len(series)-chartPoints):]
	now := series[len(series)-1]
	number, _, _ := strings.Cut(parts.Percent(now.CPUPercent), "\u202f")
	fact := lang.N("{{.Count}} processors", int(h.CPUs), map[string]any{"Count": h.CPUs}) // far below 2^31
	l.cpu.card.SetValue(number, "%", fact, old)
	l.cpu.plot(100, fact, kit.Series{Values: load(series, func(r virt.HostRates) float64 { return r.CPUPercent }), Token: theme.Accent, Filled: true})
	number, _ = parts.SizeParts(now.MemUsed, now.MemTotal)
	fact = lang.L("without caches")
	l.memory.card.SetValue(number, lang.L("of {{.Size}}", map[string]any{"Size": parts.Size(now.MemTotal)}), fact, old)
	l.memory.plot(float64(now.MemTotal), fact, kit.Series{Values: load(series, func(r virt.HostRates) float64 { return float64(r.MemUsed) }), Token: theme.Violet, Filled: true})
}

// load is pick for the figures of a host.
func load(series []virt.HostRates, value func(virt.HostRates) float64) []float64 {
	values := make([]float64, chartPoints)
	missing := chartPoints - len(series)
	for i := range missing {
		values[i] = math.NaN()
	}
	for i, r := range series {
		values[missing+i] = value(r)
	}
	return values
}
