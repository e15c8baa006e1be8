package storage_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// record writes the parts with a pause before each.
func record(t *testing.T, name string, pause time.Duration, parts ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	tape, err := storage.CreateTape(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		<-time.After(pause)
		if _, err := tape.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestACompressedRecordingTellsWhenEachPartWasWritten(t *testing.T) {
	const pause = 40 * time.Millisecond
	tape, err := storage.ReadTape(record(t, "s.rfb.zst", pause, "one", "fours", "x"))
	if err != nil || string(tape.Content) != "onefoursx" {
		t.Fatalf("got %q, %v", tape.Content, err)
	}
	var bytes []int
	for i, m := range tape.Moments {
		bytes = append(bytes, m.Bytes)
		if least := time.Duration(i) * (pause - time.Millisecond); m.At < least {
			t.Errorf("part %d came after %v, want at least %v", i, m.At, least)
		}
	}
	if len(bytes) != 3 || bytes[0] != 3 || bytes[1] != 8 || bytes[2] != 9 {
		t.Errorf("the parts end at %v", bytes)
	}
}

func TestWhatIsWrittenAtOnceIsOneMoment(t *testing.T) {
	tape, err := storage.ReadTape(record(t, "s.zst", 0, "one", "two"))
	if err != nil || len(tape.Moments) != 1 || tape.Moments[0] != (storage.Moment{Bytes: 6}) {
		t.Errorf("got %v, %v", tape.Moments, err)
	}
}

func TestAPlainRecordingHasNoMoments(t *testing.T) {
	tape, err := storage.ReadTape(record(t, "s.rfb", 0, "one", "two"))
	if err != nil || string(tape.Content) != "onetwo" || tape.Moments != nil {
		t.Errorf("got %q, %v, %v", tape.Content, tape.Moments, err)
	}
}

func TestMomentsThatCannotBeTrueAreNotBelieved(t *testing.T) {
	whole, err := os.ReadFile(record(t, "s.zst", 0, "onetwo"))
	if err != nil {
		t.Fatal(err)
	}
	end := len(whole) - 12 // of the varints, which are {0, 6}
	for name, change := range map[string]func([]byte){
		"more bytes than there are": func(b []byte) { b[end-1] = 7 },
		"a varint without end":      func(b []byte) { b[end-1] = 0x86 },
		"another kind of frame":     func(b []byte) { b[end-10]++ },
		"longer than the file":      func(b []byte) { b[end+3] = 0xff },
	} {
		lying := bytes.Clone(whole)
		change(lying)
		path := filepath.Join(t.TempDir(), "lying.zst")
		if err := os.WriteFile(path, lying, 0o600); err != nil {
			t.Fatal(err)
		}
		if tape, err := storage.ReadTape(path); tape.Moments != nil || err == nil && string(tape.Content) != "onetwo" {
			t.Errorf("%s: got %v, %q, %v", name, tape.Moments, tape.Content, err)
		}
	}
}

func TestARecordingNeverOverwritesAFile(t *testing.T) {
	path := record(t, "s.rfb.zst", 0, "mine")
	if _, err := storage.CreateTape(path); !errors.Is(err, virt.ErrExists) {
		t.Errorf("got %v, want %v", err, virt.ErrExists)
	}
	if _, err := storage.ReadTape(path + "x"); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("got %v, want %v", err, virt.ErrNotFound)
	}
}
