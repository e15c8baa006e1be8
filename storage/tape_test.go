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

// record writes the parts.
func record(t *testing.T, name string, parts ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	tape, err := storage.CreateTape(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if _, err := tape.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestACompressedRecordingTellsWhenItWasWritten(t *testing.T) {
	begin := time.Now()
	tape, err := storage.ReadTape(record(t, "s.rfb.zst", "one", "fours", "x"))
	if err != nil || string(tape.Content) != "onefoursx" || len(tape.Moments) == 0 {
		t.Fatalf("got %q, %v, %v", tape.Content, tape.Moments, err)
	}
	if last := tape.Moments[len(tape.Moments)-1]; tape.Moments[0].At != 0 || last.Bytes != 9 || last.At > time.Since(begin) {
		t.Errorf("the moments are %v", tape.Moments)
	}
}

func TestAPlainRecordingHasNoMoments(t *testing.T) {
	tape, err := storage.ReadTape(record(t, "s.rfb", "one", "two"))
	if err != nil || string(tape.Content) != "onetwo" || tape.Moments != nil {
		t.Errorf("got %q, %v, %v", tape.Content, tape.Moments, err)
	}
}

func TestMomentsThatCannotBeTrueAreNotBelieved(t *testing.T) {
	whole, err := os.ReadFile(record(t, "s.zst", "onetwo"))
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
	path := record(t, "s.rfb.zst", "mine")
	if _, err := storage.CreateTape(path); !errors.Is(err, virt.ErrExists) {
		t.Errorf("got %v, want %v", err, virt.ErrExists)
	}
	if _, err := storage.ReadTape(path + "x"); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("got %v, want %v", err, virt.ErrNotFound)
	}
}
