package sound

import (
	"slices"
	"testing"
)

func TestServersAreFoundAsPulseAudioWritesThem(t *testing.T) {
	got := parse("/run/native {here}unix:/tmp/a {there}unix:/tmp/b tcp:rack:4000 tcp6:[::1] hall", "here")
	want := []address{{"unix", "/run/native"}, {"unix", "/tmp/a"}, {"tcp", "rack:4000"}, {"tcp6", "[::1]:4713"}, {"tcp", "hall:4713"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	t.Setenv("PULSE_SERVER", "")
	t.Setenv("PULSE_RUNTIME_PATH", "")
	t.Setenv("XDG_RUNTIME_DIR", "/run/user/7")
	if got := addresses(); !slices.Equal(got, []address{{"unix", "/run/user/7/pulse/native"}}) {
		t.Errorf("of a session: %v", got)
	}
}
