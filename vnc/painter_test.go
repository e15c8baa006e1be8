//go:build go1.25

package vnc

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2/test"
)

func TestAThousandUpdatesASecondBecomeAFewRepaints(t *testing.T) {
	test.NewTempApp(t)
	for renderer, most := range map[string]int{
		"":                                 60,
		"AMD Radeon RX 6600 (radeonsi)":    60,
		"llvmpipe (LLVM 15.0.6, 256 bits)": 25,
	} {
		synctest.Test(t, func(t *testing.T) {
			p := newPainter()
			p.suit(renderer)
			painted := 0
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			done := make(chan struct{})
			go func() {
				defer close(done)
				p.run(ctx, func() { painted++ })
			}()
			for range 1000 {
				p.change()
				<-time.After(time.Millisecond) // of the bubble
			}
			<-done
			if painted < most-2 || painted > most+1 {
				t.Errorf("%q: %d repaints in a second, want %d", renderer, painted, most)
			}
		})
	}
}

func TestALoneUpdateIsPaintedAtOnce(t *testing.T) {
	test.NewTempApp(t)
	synctest.Test(t, func(t *testing.T) {
		p := newPainter()
		ctx, cancel := context.WithCancel(t.Context())
		var at []time.Duration
		start := time.Now()
		done := make(chan struct{})
		go func() {
			defer close(done)
			p.run(ctx, func() { at = append(at, time.Since(start)) })
		}()
		for range 3 {
			<-time.After(time.Second)
			p.change()
		}
		synctest.Wait()
		cancel()
		<-done
		if len(at) != 3 || at[0] != time.Second || at[2] != 3*time.Second {
			t.Errorf("painted at %v", at)
		}
	})
}
