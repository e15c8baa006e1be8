package main

import (
	"math"
	"testing"
)

func TestTheNoiseOfAPictureIsMeasuredInDecibels(t *testing.T) {
	picture := []byte{10, 20, 30, 0, 40, 50, 60, 0}
	if ratio, err := signalToNoise(picture, []byte{10, 20, 30, 255, 40, 50, 60, 255}); err != nil || !math.IsInf(ratio, 1) {
		t.Errorf("pictures that differ in no colour have %g dB; %v", ratio, err)
	}
	// Each colour is off by one: a mean square of 1, 20 log10 255.
	ratio, err := signalToNoise(picture, []byte{11, 19, 31, 0, 39, 51, 59, 0})
	if err != nil || math.Abs(ratio-48.13) > 0.01 {
		t.Errorf("a difference of one has %g dB, want 48.13; %v", ratio, err)
	}
	if _, err := signalToNoise(picture, picture[:4]); err == nil {
		t.Error("pictures of two sizes were compared")
	}
}
