package machines

import (
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// chartPoints is how many readings a chart is wide; what is older is left out,
// what is missing at the left stays empty.
const chartPoints = 120

// gridLines is how many spaces the lines of a chart make.
const gridLines = 4

// metricCards show what a machine uses now and used in the last minutes.
type metricCards struct {
	grid                       *fyne.Container
	cpu, memory, disk, network metric
	read, write, in, out       *kit.Text
}

// A metric is a card and its chart.
type metric struct {
	card  *kit.MetricCard
	chart *kit.LineChart
}

func newMetric(title string) metric {
	chart := kit.NewLineChart(title, gridLines)
	return metric{card: kit.NewMetricCard(title, chart), chart: chart}
}

func newMetricCards() *metricCards {
	c := &metricCards{
		cpu: newMetric(lang.L("CPU")), memory: newMetric(lang.L("Memory")), disk: newMetric(lang.L("Disk")), network: newMetric(lang.L("Network")),
		read: legendText(), write: legendText(), in: legendText(), out: legendText(),
	}
	c.disk.card.SetLegend(kit.NewLegendText(theme.OK, c.read), kit.NewLegendText(theme.Warn, c.write))
	c.network.card.SetLegend(kit.NewLegendText(theme.OK, c.in), kit.NewLegendText(theme.Accent, c.out))
	c.grid = kit.Grid(2, 14, c.cpu.card, c.memory.card, c.disk.card, c.network.card)
	return c
}

func legendText() *kit.Text { return kit.NewText(kit.SmallText, "") }

// show shows the machine's figures, oldest first; none when it is off or has
// just been started.
func (c *metricCards) show(m parts.Machine, wired string, series []virt.Rates) {
	if len(series) == 0 {
		c.showNothing(m)
		return
	}
	series = series[max(0, len(series)-chartPoints):]
	now, old := series[len(series)-1], m.Stale()
	c.showCPU(m, series, now, old)
	c.showMemory(m, series, now, old)
	c.showDisk(series, now, old)
	c.showNetwork(wired, series, now, old)
}

// showNothing says why there are no figures.
func (c *metricCards) showNothing(m parts.Machine) {
	why := lang.L("The machine is off")
	switch {
	case m.Stale():
		why = silence(m.HostState)
	case m.State.Active():
		why = lang.L("Collecting")
	}
	for _, card := range []metric{c.cpu, c.memory, c.disk, c.network} {
		card.card.SetValue(parts.NoValue, "", why, true)
		card.card.Describe(why)
		card.chart.Plot(1)
	}
	for words, text := range map[string]*kit.Text{lang.L("Read"): c.read, lang.L("Write"): c.write, lang.L("In"): c.in, lang.L("Out"): c.out} {
		text.SetText(words)
	}
}

func (c *metricCards) showCPU(m parts.Machine, series []virt.Rates, now virt.Rates, old bool) {
	values := pick(series, func(r virt.Rates) float64 { return r.CPUPercent })
	peak := 0
	for i, r := range series {
		if r.CPUPercent > series[peak].CPUPercent {
			peak = i
		}
	}
	fact := lang.L("peak {{.Share}} at {{.Time}}", map[string]any{"Share": parts.Percent(series[peak].CPUPercent), "Time": parts.Clock(series[peak].Time)})
	number, _, _ := strings.Cut(parts.Percent(now.CPUPercent), "\u202f")
	c.cpu.card.SetValue(number, lang.L("% of {{.Count}} vCPU", map[string]any{"Count": m.VCPUs}), fact, old)
	c.cpu.plot(100, fact, kit.Series{Values: values, Token: theme.Accent, Filled: true})
}

func (c *metricCards) showMemory(m parts.Machine, series []virt.Rates, now virt.Rates, old bool) {
	whole := max(now.MemMax, m.Memory)
	number, _ := parts.SizeParts(now.MemUsed, whole)
	fact := lang.L("given by the host")
	if now.GuestSays {
		fact = lang.L("as the guest reports")
	}
	c.memory.card.SetValue(number, lang.L("of {{.Size}}", map[string]any{"Size": parts.Size(whole)}), fact, old)
	values := pick(series, func(r virt.Rates) float64 { return float64(r.MemUsed) })
	c.memory.plot(float64(whole), fact, kit.Series{Values: values, Token: theme.Violet, Filled: true})
}

func (c *metricCards) showDisk(series []virt.Rates, now virt.Rates, old bool) {
	number, unit := parts.DiskRate(now.DiskRead + now.DiskWrite)
	operations := int(math.Round(now.DiskOps))
	fact := lang.N("{{.Count}} operations a second", operations, map[string]any{"Count": operations})
	c.disk.card.SetValue(number, unit, fact, old)
	c.read.SetText(lang.L("Read {{.Rate}}", rate(parts.DiskRate, now.DiskRead)))
	c.write.SetText(lang.L("Write {{.Rate}}", rate(parts.DiskRate, now.DiskWrite)))
	read := pick(series, func(r virt.Rates) float64 { return r.DiskRead })
	write := pick(series, func(r virt.Rates) float64 { return r.DiskWrite })
	c.disk.plot(topOf(1e6, read, write), fact, kit.Series{Values: read, Token: theme.OK, Filled: true}, kit.Series{Values: write, Token: theme.Warn})
}

func (c *metricCards) showNetwork(wired string, series []virt.Rates, now virt.Rates, old bool) {
	number, unit := parts.NetRate(now.NICRx + now.NICTx)
	c.network.card.SetValue(number, unit, wired, old)
	c.in.SetText(lang.L("In {{.Rate}}", rate(parts.NetRate, now.NICRx)))
	c.out.SetText(lang.L("Out {{.Rate}}", rate(parts.NetRate, now.NICTx)))
	in := pick(series, func(r virt.Rates) float64 { return r.NICRx })
	out := pick(series, func(r virt.Rates) float64 { return r.NICTx })
	c.network.plot(topOf(1e5, in, out), wired, kit.Series{Values: in, Token: theme.OK, Filled: true}, kit.Series{Values: out, Token: theme.Accent})
}

// wiring says what the cards of a machine are plugged into.
func wiring(nics []virt.NIC) string {
	switch {
	case len(nics) == 0:
		return lang.L("no network card")
	case len(nics) > 1:
		return lang.N("{{.Count}} network cards", len(nics), map[string]any{"Count": len(nics)})
	case nics[0].Target == "":
		return nics[0].Source
	default:
		return lang.L("{{.Card}} on {{.Network}}", map[string]any{"Card": nics[0].Target, "Network": nics[0].Source})
	}
}

func rate(write func(float64) (string, string), bytes float64) map[string]any {
	number, unit := write(bytes)
	return map[string]any{"Rate": number + "\u202f" + unit}
}

// plot draws the series and says in words what they show.
func (m metric) plot(top float64, summary string, series ...kit.Series) {
	m.chart.Plot(top, series...)
	m.chart.Describe(summary)
	m.card.Describe(summary)
}

// pick returns one value of each reading, with gaps before the first so that
// time runs equally fast however many readings there are.
func pick(series []virt.Rates, value func(virt.Rates) float64) []float64 {
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

// topOf is a round value above all values, and at least least.
func topOf(least float64, series ...[]float64) float64 {
	most := least
	for _, values := range series {
		for _, v := range values {
			if v > most { // false for gaps
				most = v
			}
		}
	}
	step := math.Pow(10, math.Floor(math.Log10(most)))
	for _, factor := range []float64{1, 2, 5, 10} {
		if most <= step*factor {
			return step * factor
		}
	}
	return most
}
