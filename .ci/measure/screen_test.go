package main

import (
	"fmt"
	"slices"
	"testing"
)

func TestOnlyUpdatesThatComeSeldomAreTimed(t *testing.T) {
	r := &repaints{}
	for _, e := range []event{
		{"update_received", 1000}, // the first: nothing is known of what was before
		{"repaint_asked", 2000},
		{"update_received", 50000},
		{"repaint_asked", 50700},
		{"repaint_asked", 51000}, // of something else
		{"update_received", 60000},
		{"repaint_asked", 90000}, // it waited for the interval
		{"update_received", 100000},
		{"repaint_asked", 101500},
		{"update_received", 150000},
		{"update_received", 200000}, // nothing was painted since
		{"repaint_asked", 201000},
	} {
		r.hear(fmt.Appendf(nil, `{"t_us":%d,"event":%q,"vm":"x"}`, e.At, e.Event))
	}
	r.hear([]byte("no line of a trace"))
	if want := []float64{0.7, 1.5, 51}; !slices.Equal(r.all(), want) || r.count() != 6 {
		t.Errorf("%d updates were repainted after %v ms, want 6 and %v", r.count(), r.all(), want)
	}
}
