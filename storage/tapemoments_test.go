package storage

import (
	"slices"
	"testing"
	"time"
)

func TestMomentsAreReadAsTheyWereNoted(t *testing.T) {
	const ms = time.Millisecond
	for what, c := range map[string]struct {
		written []Moment // the time, and how much came then
		want    []Moment
	}{
		"nothing":               {nil, nil},
		"apart":                 {[]Moment{{0, 3}, {40 * ms, 5}, {time.Hour, 1}}, []Moment{{0, 3}, {40 * ms, 8}, {time.Hour, 9}}},
		"at once":               {[]Moment{{0, 3}, {sameMoment, 6}}, []Moment{{0, 9}}},
		"a little later each":   {[]Moment{{0, 1}, {6 * ms, 1}, {12 * ms, 1}, {18 * ms, 1}}, []Moment{{0, 2}, {12 * ms, 4}}},
		"without any bytes":     {[]Moment{{0, 3}, {40 * ms, 0}, {80 * ms, 1}}, []Moment{{0, 3}, {80 * ms, 4}}},
		"parts of milliseconds": {[]Moment{{0, 1}, {15*ms + 900*time.Microsecond, 1}, {31*ms + 800*time.Microsecond, 1}}, []Moment{{0, 1}, {15 * ms, 2}, {31 * ms, 3}}},
	} {
		var w momentWriter
		start, content := time.Now(), 0
		for _, m := range c.written {
			w.note(start.Add(m.At), m.Bytes)
			content += m.Bytes
		}
		if got := readMoments(w.frame(), content); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", what, got, c.want)
		}
	}
}
