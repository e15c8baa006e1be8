package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// smallSession is a recording of a screen of 4x2 pixels named "test": one update
// of one raw rectangle, all of one colour.
func smallSession() []byte {
	head := "RFB 003.008\n\x01\x01\x00\x00\x00\x00" + "\x00\x04\x00\x02" + strings.Repeat("\x00", 16) + "\x00\x00\x00\x04test"
	update := "\x00\x00\x00\x01" + "\x00\x00\x00\x00\x00\x04\x00\x02\x00\x00\x00\x00" + strings.Repeat("\x01\x02\x03\x00", 8)
	return []byte(head + update)
}

// smallHash is the number of its frame: h = h*31 + pixel, eight times.
func smallHash() (h uint64) {
	for range 8 {
		h = h*31 + 0x030201
	}
	return h
}

func tapeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func wantSmall(t *testing.T, a answer) {
	t.Helper()
	var r replayResult
	a.ok().json(&r)
	r.WallSeconds, r.CPUSeconds = 0, 0
	if want := (replayResult{Width: 4, Height: 2, Rects: 1, Megapixels: 8e-6, FrameHash: hash(smallHash())}); r != want {
		t.Errorf("got %+v, want %+v", r, want)
	}
}

func TestARecordingIsDecodedAndMeasured(t *testing.T) {
	s := newShell(t, "")
	packer, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	wantSmall(t, s.run("console", "replay", "--headless", tapeFile(t, "small.rfb", smallSession()), "-o", "json"))
	wantSmall(t, s.run("console", "replay", "--headless", tapeFile(t, "small.rfb.zst", packer.EncodeAll(smallSession(), nil)), "-o", "json"))
	a := s.run("console", "replay", "--headless", tapeFile(t, "small.rfb", smallSession())).ok()
	if !strings.Contains(a.out, hash(smallHash())) || !strings.Contains(a.out, "4 x 2") {
		t.Errorf("the table is %q", a.out)
	}
}

func TestAServedRecordingIsDecodedFromItsSocket(t *testing.T) {
	s := newShell(t, "")
	socket := filepath.Join(t.TempDir(), "s")
	p := s.start("console", "serve", tapeFile(t, "small.rfb", smallSession()), "--socket", socket)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	deadline, tick := time.After(patience), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for up := false; !up; {
		select {
		case <-deadline:
			t.Fatal("it does not listen")
		case <-tick.C:
			info, err := os.Stat(socket)
			up = err == nil && info.Mode().Perm() == 0o600
		}
	}
	for range 2 {
		wantSmall(t, s.run("console", "replay", "--headless", "unix:"+socket, "-o", "json"))
	}
	p.signal(os.Interrupt)
	p.wait().ok()
	if _, err := os.Stat(socket); err == nil {
		t.Error("the socket is left behind")
	}
}

func TestBadRecordingsAreInvalidAndSayHowFarTheyCame(t *testing.T) {
	s := newShell(t, "")
	small := smallSession()
	lie := append(bytes.Clone(small), 99)
	for name, tape := range map[string][]byte{
		"cut.rfb": append(bytes.Clone(small), small[len(small)-48:len(small)-1]...), "lie.rfb": lie,
	} {
		said := s.run("console", "replay", "--headless", tapeFile(t, name, tape), "-o", "json").fails(virt.KindInvalid)
		if !strings.Contains(said.Message, "after 1 rectangles") {
			t.Errorf("%s: %q", name, said.Message)
		}
	}
	s.run("console", "replay", "--headless", tapeFile(t, "text", []byte("no recording")), "-o", "json").fails(virt.KindInvalid)
	s.run("console", "replay", "--headless", tapeFile(t, "cut.zst", []byte("\x28\xb5\x2f\xfd\x00")), "-o", "json").fails(virt.KindInvalid)
	s.run("console", "replay", "--headless", filepath.Join(t.TempDir(), "none"), "-o", "json").fails(virt.KindNotFound)
	s.run("console", "replay", "--headless", "unix:"+filepath.Join(t.TempDir(), "none"), "-o", "json").fails(virt.KindUnavailable)
	s.run("console", "replay", "unix:"+filepath.Join(t.TempDir(), "s"), "-o", "json").fails(virt.KindUnsupported)
	s.run("console", "replay", filepath.Join(t.TempDir(), "none"), "-o", "json").fails(virt.KindNotFound)
	s.run("console", "serve", tapeFile(t, "small.rfb", small), "-o", "json").fails(virt.KindInvalid)
}

func TestARecordingThatCannotBeginSaysWhyAndLeavesNoFile(t *testing.T) {
	s := newShell(t, virttest.TestHost(t, "several-states.xml"))
	path := filepath.Join(t.TempDir(), "session.rfb")
	for _, c := range []struct {
		args string
		kind virt.ErrorKind
	}{
		{"off", virt.KindState},
		{"running", virt.KindUnsupported}, // it has no screen
		{"nobody", virt.KindNotFound},
		{"running --for 1ns", virt.KindCancelled},
	} {
		words := strings.Fields(c.args)
		said := s.run(append([]string{"console", "record", words[0], path, "-o", "json"}, words[1:]...)...).fails(c.kind)
		if c.kind != virt.KindCancelled && said.Hint == "" || strings.Contains(said.Message, "rectangles") {
			t.Errorf("%s: %+v", c.args, said)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: a file is left", c.args)
		}
	}
}

func TestAScreenIsRecordedAndDecodedAgain(t *testing.T) {
	s := newShell(t, virttest.EmbedURI(t))
	s.program("vm", "create", "screen", "--try", "--accel", "tcg", "--start").ok()
	for _, name := range []string{"session.rfb", "session.rfb.zst"} {
		path := filepath.Join(t.TempDir(), name)
		var recorded, decoded replayResult
		s.program("console", "record", "screen", path, "--for", "2s", "-o", "json").ok().json(&recorded)
		s.run("console", "replay", "--headless", path, "-o", "json").ok().json(&decoded)
		if decoded.Rects == 0 || decoded.Rects > recorded.Rects || decoded.Width != recorded.Width {
			t.Errorf("%s: recorded %+v, decoded %+v", name, recorded, decoded)
		}
		s.program("console", "record", "screen", path, "-o", "json").fails(virt.KindExists)
	}
	s.program("console", "record", "screen", filepath.Join(t.TempDir(), "x"), "--encoding", "gif", "-o", "json").fails(virt.KindInvalid)
	s.program("vm", "off", "screen").ok()
	s.program("vm", "delete", "screen", "--yes", "-o", "json").ok()
}
