package kit

import (
	"slices"
	"testing"
)

func TestWaitingWorkRunsOnceAndInOrder(t *testing.T) {
	var ran []string
	note := func(name string) func() { return func() { ran = append(ran, name) } }
	p := poster{waiting: []func(){note("first"), note("second"), note("third")}}
	p.run()
	p.run()
	if want := []string{"first", "second", "third"}; !slices.Equal(ran, want) {
		t.Errorf("ran %v, want %v", ran, want)
	}
}
