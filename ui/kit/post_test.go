package kit

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
)

func TestWaitingWorkRunsOnceAndInOrder(t *testing.T) {
	var ran []string
	note := func(name string) func() { return func() { ran = append(ran, name) } }
	p := newPoster()
	p.waiting = []func(){note("first"), note("second"), note("third")}
	p.run()
	p.run()
	if want := []string{"first", "second", "third"}; !slices.Equal(ran, want) {
		t.Errorf("ran %v, want %v", ran, want)
	}
}

func TestCatchingUpWaitsForWhatIsWantedAndNotForEver(t *testing.T) {
	test.NewTempApp(t)
	p, came := newPoster(), false
	p.waiting = []func(){func() { came = true }}
	begun := time.Now()
	p.runUntil(func() bool { return came }, time.Minute)
	if !came || time.Since(begun) > 10*time.Second {
		t.Fatalf("came is %t after %s", came, time.Since(begun))
	}
	p.runUntil(func() bool { return false }, time.Millisecond)
}
