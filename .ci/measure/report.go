package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// A figure is what was measured of us and of a peer, in pairs, or of us alone.
type figure struct {
	name   string
	unit   string
	ours   []float64
	peer   []float64
	than   string  // the peer's name
	target float64 // of the ratio, or without a peer of our median; 0: none
	least  bool    // more than the target is better
}

// A report collects figures case by case.
type report struct {
	figures []figure
	cases   []string // name and load of each
	current string
	load    string
}

func newReport() *report { return &report{} }

func (r *report) begin(name string) { r.current, r.load = name, loadAverage() }

func (r *report) end() {
	r.cases = append(r.cases, fmt.Sprintf("%s %s to %s", r.current, r.load, loadAverage()))
}

func (r *report) add(f ...figure) { r.figures = append(r.figures, f...) }

func (r *report) missed() bool { return slices.ContainsFunc(r.figures, figure.missed) }

// missed says whether the median lies above the target, or below where that is
// the least.
func (f figure) missed() bool {
	if f.least {
		return !(f.judged() >= f.target)
	}
	return f.target > 0 && f.judged() > f.target
}

// judged is the number that the target is for.
func (f figure) judged() float64 {
	if len(f.peer) == 0 {
		return median(f.ours)
	}
	return median(f.ratios())
}

// ratios are ours to the peer's, pair by pair.
func (f figure) ratios() []float64 {
	ratios := make([]float64, len(f.ours))
	for i := range ratios {
		ratios[i] = f.ours[i] / f.peer[i]
	}
	return ratios
}

func (r *report) print(out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "figure\tunit\tours\tpeer\t\tratio (quartiles)\tpairs\ttarget\t")
	for _, f := range r.figures {
		fmt.Fprintln(table, strings.Join(f.cells(), "\t"))
	}
	_ = table.Flush() // as Fprint
	fmt.Fprintf(out, "\nMedians. A target is for the ratio, or where there is no peer for ours.\nLoad average before and after: %s.\n", strings.Join(r.cases, "; "))
}

func (f figure) cells() []string {
	peer, ratio := "", ""
	if len(f.peer) > 0 {
		r := f.ratios()
		peer = short(median(f.peer))
		ratio = fmt.Sprintf("%.2f (%.2f–%.2f)", median(r), quantile(r, 0.25), quantile(r, 0.75))
	} else if len(f.ours) > 1 {
		ratio = fmt.Sprintf("– (%s–%s)", short(quantile(f.ours, 0.25)), short(quantile(f.ours, 0.75)))
	}
	target, verdict := "", ""
	if f.target > 0 {
		target, verdict = "≤ "+short(f.target), "met"
	}
	if f.least {
		target = "≥ " + short(f.target)
	}
	if f.missed() {
		verdict = "missed"
	}
	return []string{f.name, f.unit, short(median(f.ours)), peer, f.than, ratio, fmt.Sprint(len(f.ours)), target, verdict}
}

// short writes three digits that matter.
func short(v float64) string {
	if math.IsInf(v, 1) {
		return "∞"
	}
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

func median(values []float64) float64 { return quantile(values, 0.5) }

// quantile interpolates between the two nearest values.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	if sorted[low] == sorted[high] {
		return sorted[low] // also of infinite ones
	}
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}

// loadAverage is that of the last minute.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	load, _, _ := strings.Cut(string(text), " ")
	return load
}
