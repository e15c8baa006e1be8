// Package soundtest runs a real PulseAudio for tests. What is played to it nobody
// hears; it can be recorded.
package soundtest

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// patience is how long anything may take on a busy machine.
const patience = 60 * time.Second

// A Server is a running sound server.
type Server struct {
	Address string // for PULSE_SERVER

	daemon *exec.Cmd
}

// Start runs a sound server and makes it the test's own. The test is skipped where
// PulseAudio is not installed.
func Start(t testing.TB) *Server {
	t.Helper()
	for _, program := range []string{"pulseaudio", "pactl", "parec"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("needs " + program)
		}
	}
	dir, err := os.MkdirTemp("", "sound") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &Server{Address: "unix:" + filepath.Join(dir, "native")}
	s.daemon = exec.Command("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--log-level=error",
		"-L", "module-null-sink sink_name=nobody rate=44100", "-L", "module-native-protocol-unix auth-anonymous=1 socket="+filepath.Join(dir, "native"))
	s.daemon.Env = append(os.Environ(), "HOME="+dir, "XDG_RUNTIME_DIR="+dir, "PULSE_RUNTIME_PATH="+dir, "PULSE_STATE_PATH="+dir, "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
	if err := s.daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	Eventually(t, "the sound server answers", func() bool { return s.pactl("info").Run() == nil })
	if t, ok := t.(interface{ Setenv(name, value string) }); ok {
		t.Setenv("PULSE_SERVER", s.Address)
	}
	return s
}

// Kill ends the server at once, as a crash would. It may be called more than once.
func (s *Server) Kill() {
	_ = s.daemon.Process.Kill()
	_ = s.daemon.Wait()
}

func (s *Server) pactl(args ...string) *exec.Cmd {
	return exec.Command("pactl", append([]string{"--server", s.Address}, args...)...)
}

// Streams lists what plays, as pactl tells it.
func (s *Server) Streams(t testing.TB) string {
	t.Helper()
	list, err := s.pactl("list", "sink-inputs").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(list)
}

// Unplug takes the server's only card away, and what plays on it ends.
func (s *Server) Unplug(t testing.TB) {
	t.Helper()
	s.do(t, "unload-module", "module-null-sink")
}

// Plug brings the card back.
func (s *Server) Plug(t testing.TB) {
	t.Helper()
	s.do(t, "load-module", "module-null-sink", "sink_name=nobody", "rate=44100")
}

func (s *Server) do(t testing.TB, args ...string) {
	t.Helper()
	if out, err := s.pactl(args...).CombinedOutput(); err != nil {
		t.Fatalf("pactl %v: %v %s", args, err, out)
	}
}

// A Recording is what a server has played since it began.
type Recording struct {
	mu  sync.Mutex
	pcm bytes.Buffer
}

// Record records until the test ends: 16 bits, little endian, left and right in
// turn, 44100 a second.
func (s *Server) Record(t testing.TB) *Recording {
	t.Helper()
	r := &Recording{}
	recorder := exec.Command("parec", "--server="+s.Address, "--device=nobody.monitor", "--raw", "--format=s16le", "--rate=44100", "--channels=2", "--latency-msec=20")
	recorder.Stdout = r
	if err := recorder.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = recorder.Process.Kill()
		_ = recorder.Wait()
	})
	Eventually(t, "the recording begins", func() bool { return r.Frames() > 0 })
	return r
}

// Write is for the recorder.
func (r *Recording) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pcm.Write(b)
}

var _ io.Writer = (*Recording)(nil)

// Frames is how many samples of both channels were recorded, silence included.
func (r *Recording) Frames() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pcm.Len() / 4
}

// Sounding returns what was recorded from the first sample that is not silent to
// the last one.
func (r *Recording) Sounding() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.pcm.Bytes()
	b = b[:len(b)/4*4]
	silent := func(frame []byte) bool { return binary.LittleEndian.Uint32(frame) == 0 }
	for len(b) > 0 && silent(b[:4]) {
		b = b[4:]
	}
	for len(b) > 0 && silent(b[len(b)-4:]) {
		b = b[:len(b)-4]
	}
	return bytes.Clone(b)
}

// Eventually waits until the condition holds, and fails the test when it takes
// longer than a minute.
func Eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline:
			t.Fatalf("in vain: %s", what)
		case <-tick.C:
		}
	}
}

// Rate is how many samples a second are recorded.
const Rate = 44100

// Pitch counts how often the left channel of a recording crosses zero upwards in a
// second.
func Pitch(pcm []byte) float64 {
	crossings, frames, last := 0, len(pcm)/4, int16(0)
	for i := range frames {
		now := int16(binary.LittleEndian.Uint16(pcm[4*i:])) // it has a sign
		if last < 0 && now >= 0 {
			crossings++
		}
		last = now
	}
	return float64(crossings) * Rate / float64(max(frames, 1))
}
