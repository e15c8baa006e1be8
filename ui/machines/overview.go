package machines

import (
	"context"
	"reflect"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// overview is the first tab of a machine: its load and what it is made of.
type overview struct {
	machines *Machines
	ref      virt.Ref
	detail   *detailView
	figures  *kit.View[[]virt.Rates]
	series   []virt.Rates

	metrics *metricCards
	facts   *factCards
	screen  *screenCard
	wide    bool // there is room for a fourth card
	content fyne.CanvasObject
	stop    func()
}

func newOverview(m *Machines, ref virt.Ref, detail *detailView) *overview {
	o := &overview{machines: m, ref: ref, detail: detail, metrics: newMetricCards(), facts: newFactCards()}
	o.screen = newScreenCard(m, ref)
	o.facts.grid.Add(o.screen.card)
	o.figures = kit.NewView(m.kit, func(ctx context.Context) ([]virt.Rates, error) {
		return m.svc.Metrics.Series(ctx, ref)
	}, o.showFigures)
	o.figures.SetVisible(false)
	m.kit.Follow(o.figures, func(e virt.Event) bool { return e.Kind == virt.StatsTaken && e.Ref.Host == ref.Host })
	o.content = kit.Responsive(fyne.NewSize(200, 100), parts.Scrolled(kit.Col(14, kit.Grow(o.metrics.grid), o.facts.grid)), o.fit)
	detail.listen(o.show)
	o.stop = m.inventory.Listen(func(Change) { o.show() })
	o.show()
	return o
}

// fit puts the cards into one column where two would be too narrow.
func (o *overview) fit(size fyne.Size) {
	columns := 2
	if size.Width < narrow {
		columns = 1
	}
	kit.SetColumns(o.metrics.grid, columns)
	o.wide = columns > 1
	o.arrange()
}

// arrange gives each card that is shown a column.
func (o *overview) arrange() {
	columns := 1
	if o.wide {
		columns = 3
		if o.screen.card.Visible() {
			columns = 4
		}
	}
	kit.SetColumns(o.facts.grid, columns)
	o.facts.grid.Refresh()
}

// Content is part of kit.Page.
func (o *overview) Content() fyne.CanvasObject { return o.content }

// SetVisible is part of kit.Page.
func (o *overview) SetVisible(visible bool) {
	o.figures.SetVisible(visible)
	o.screen.setVisible(visible)
}

// Close is part of kit.Page.
func (o *overview) Close() {
	o.stop()
	o.screen.setVisible(false)
	o.figures.Stop()
}

func (o *overview) showFigures(series []virt.Rates, err error) {
	if err != nil || reflect.DeepEqual(series, o.series) {
		return // without news of the figures the machine's state says it all
	}
	o.series = series
	o.show()
}

func (o *overview) show() {
	m, found := o.machines.inventory.Find(o.ref)
	if !found {
		return
	}
	series := o.series
	if !m.State.Active() {
		series = nil
	}
	detail, wired := o.detail.value, ""
	if o.detail.known {
		wired = wiring(detail.NICs)
	}
	o.metrics.show(m, wired, series)
	if o.screen.show(m, len(detail.Graphics)) {
		o.arrange()
	}
	if o.detail.known {
		o.facts.show(detail, o.addresses(m))
	} else {
		o.facts.wait(m)
	}
}

// addresses are those read with the machine, or the one learned since.
func (o *overview) addresses(m parts.Machine) []virt.Address {
	all := o.detail.value.Addresses
	if late := o.machines.inventory.Address(m); late != "" && len(all) == 0 {
		all = []virt.Address{{IP: late}}
	}
	if m.State != virt.StateRunning {
		return nil
	}
	return all
}
