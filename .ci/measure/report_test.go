package main

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestQuantilesLieBetweenTheValues(t *testing.T) {
	values := []float64{4, 1, 3, 2}
	for q, want := range map[float64]float64{0: 1, 0.25: 1.75, 0.5: 2.5, 0.75: 3.25, 1: 4} {
		if got := quantile(values, q); got != want {
			t.Errorf("quantile %g is %g, want %g", q, got, want)
		}
	}
	if !slices.Equal(values, []float64{4, 1, 3, 2}) {
		t.Errorf("the values were put into another order: %v", values)
	}
}

func TestARatioIsTakenPairByPair(t *testing.T) {
	f := figure{ours: []float64{1, 10, 3}, peer: []float64{2, 10, 2}, target: 1}
	if got := f.judged(); got != 1 {
		t.Errorf("the median ratio is %g, want 1", got)
	}
	if f.missed() {
		t.Error("a ratio at the target counts as missed")
	}
	f.target = 0.99
	if !f.missed() {
		t.Error("a ratio above the target counts as met")
	}
	f.target = 0
	if f.missed() {
		t.Error("a figure without a target was missed")
	}
	least := figure{ours: []float64{41}, target: 40, least: true}
	if least.missed() {
		t.Error("more than the least counts as missed")
	}
	for _, value := range []float64{39, math.NaN()} {
		least.ours = []float64{value}
		if !least.missed() {
			t.Errorf("%g, less than the least, counts as met", value)
		}
	}
	if got := median([]float64{math.Inf(1)}); short(got) != "∞" {
		t.Errorf("the median of an infinite value is %g", got)
	}
}

func TestTheTableSaysWhatWasMissed(t *testing.T) {
	r := newReport()
	r.add(figure{name: "calls", ours: []float64{4}, target: 3}, figure{name: "start", unit: "s", ours: []float64{1, 2, 3}, peer: []float64{2, 4, 6}, than: "other", target: 0.5})
	var out strings.Builder
	r.print(&out)
	lines := strings.Split(out.String(), "\n")
	if !r.missed() || !strings.Contains(lines[1], "missed") || !strings.Contains(lines[2], "0.50 (0.50–0.50)") || !strings.Contains(lines[2], "met") {
		t.Errorf("the report is\n%s", &out)
	}
}
