package sound_test

import (
	"encoding/binary"
	"errors"
	"math"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/vnc/sound"
	"github.com/kvmmanager/kvm-manager/vnc/sound/soundtest"
)

const rate = 44100

// tone is a time of a sine of 441 Hz: 100 samples a turn.
func tone(d time.Duration) []byte {
	var b []byte
	for i := range int(d * rate / time.Second) {
		v := uint16(int16(12000 * math.Sin(float64(i)*2*math.Pi/100))) // it has a sign
		b = binary.LittleEndian.AppendUint16(b, v)
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

func open(t *testing.T) *sound.Player {
	t.Helper()
	p, err := sound.Open(t.Context(), sound.Stream{Title: "Sound of web", Rate: rate})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// play writes as a machine does: a piece every 20 ms, one more at the start.
func play(t *testing.T, p *sound.Player, d time.Duration) {
	t.Helper()
	const piece = 20 * time.Millisecond
	all := tone(d)
	size := len(tone(piece))
	tick := time.NewTicker(piece)
	defer tick.Stop()
	for len(all) > 0 {
		n := min(size, len(all))
		p.Write(all[:n])
		all = all[n:]
		<-tick.C
	}
}

func TestWhatIsWrittenIsHeardWholeAndSoon(t *testing.T) {
	server := soundtest.Start(t)
	heard := server.Record(t)
	p := open(t)
	if list := server.Streams(t); list != "" {
		t.Errorf("before anything plays mixers show %s", list)
	}
	play(t, p, time.Second)
	if list := server.Streams(t); !strings.Contains(list, "Sound of web") || !strings.Contains(list, "KVM Manager") {
		t.Errorf("mixers show %q", list)
	}
	p.End()
	soundtest.Eventually(t, "the stream is given back", func() bool { return server.Streams(t) == "" })
	stats := p.Stats()
	if total := stats.Played + stats.Dropped; total != rate || stats.Dropped > rate/10 {
		t.Errorf("played %d samples and dropped %d of %d", stats.Played, stats.Dropped, rate)
	}
	got := heard.Sounding()
	if frames := uint64(len(got) / 4); frames+rate/10 < stats.Played || frames > stats.Played+rate {
		t.Errorf("%d samples were heard, %d played", frames, stats.Played)
	}
	if loudest := loudest(got); loudest < 11900 || loudest > 12100 {
		t.Errorf("the loudest sample is %d, want 12000", loudest)
	}
	play(t, p, 200*time.Millisecond)
	soundtest.Eventually(t, "it sounds again", func() bool { return len(heard.Sounding()) > len(got) })
}

func loudest(pcm []byte) int {
	most := 0
	for i := 0; i+2 <= len(pcm); i += 2 {
		most = max(most, int(int16(binary.LittleEndian.Uint16(pcm[i:])))) // it has a sign
	}
	return most
}

func TestWhoIsBehindLosesTheOldestAndNobodyWaits(t *testing.T) {
	server := soundtest.Start(t)
	server.Record(t)
	p := open(t)
	whole := tone(5 * time.Second)
	begun := time.Now()
	p.Write(whole)
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("writing five seconds of sound took %v", took)
	}
	p.End()
	soundtest.Eventually(t, "the rest is played", func() bool { s := p.Stats(); return s.Played > 0 && s.Played+s.Dropped == 5*rate })
	if s := p.Stats(); s.Played > rate/5 {
		t.Errorf("%d samples were played: more than 200 ms behind", s.Played)
	}
}

func TestWithoutASoundServerOneIsTold(t *testing.T) {
	silent := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", silent)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // it ends with the test
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	for _, where := range []string{"unix:/nonexistent", "unix:" + silent, "{elsewhere}unix:/nonexistent"} {
		t.Setenv("PULSE_SERVER", where)
		if _, err := sound.Open(t.Context(), sound.Stream{Title: "x", Rate: rate}); !errors.Is(err, sound.ErrNoServer) {
			t.Errorf("%s: got %v, want %v", where, err, sound.ErrNoServer)
		}
	}
}

func TestASoundServerThatDiesEndsThePlayer(t *testing.T) {
	server := soundtest.Start(t)
	p := open(t)
	p.Write(tone(50 * time.Millisecond))
	soundtest.Eventually(t, "it plays", func() bool { return p.Stats().Played > 0 })
	if err := p.Err(); err != nil {
		t.Errorf("while it plays: %v", err)
	}
	server.Kill()
	<-p.Done()
	if err := p.Err(); !errors.Is(err, sound.ErrNoServer) {
		t.Errorf("got %v, want %v", err, sound.ErrNoServer)
	}
	p.Write(tone(time.Second)) // nobody hears it, nobody waits
	p.Close()
}

func TestAStreamThatTheServerEndsStaysSilentUntilTheNext(t *testing.T) {
	server := soundtest.Start(t)
	p := open(t)
	p.Write(tone(90 * time.Millisecond))
	soundtest.Eventually(t, "it plays", func() bool { return server.Streams(t) != "" })
	server.Unplug(t)
	if list := server.Streams(t); list != "" {
		t.Fatalf("it plays without a card: %s", list)
	}
	server.Plug(t)
	p.Write(tone(50 * time.Millisecond))
	if list := server.Streams(t); list != "" {
		t.Errorf("it plays on: %s", list)
	}
	soundtest.Eventually(t, "the next sound is heard", func() bool {
		p.End()
		p.Write(tone(10 * time.Millisecond))
		return server.Streams(t) != ""
	})
}

func TestLongTitlesAreCut(t *testing.T) {
	server := soundtest.Start(t)
	p, err := sound.Open(t.Context(), sound.Stream{Title: strings.Repeat("ü", 5000) + strconv.Itoa(1), Rate: rate})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	p.Write(tone(50 * time.Millisecond))
	soundtest.Eventually(t, "it plays", func() bool { return strings.Contains(server.Streams(t), "üüü") })
}
