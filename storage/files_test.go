package storage

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

type thing struct {
	Name  string            `json:"name"`
	Count int               `json:"count"`
	More  map[string]string `json:"more,omitempty"`
}

func TestDefaultDirsFollowXDG(t *testing.T) {
	for _, variable := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"} {
		t.Setenv(variable, "")
	}
	t.Setenv("HOME", "/home/ada")
	t.Setenv("XDG_DATA_HOME", "/mnt/data")
	t.Setenv("XDG_CACHE_HOME", "relative/is/ignored")
	t.Setenv("TMPDIR", "/var/tmp")

	got := DefaultDirs()

	want := Dirs{Config: "/home/ada/.config/kvm-manager", Data: "/mnt/data/kvm-manager", State: "/home/ada/.local/state/kvm-manager",
		Cache: "/home/ada/.cache/kvm-manager", Runtime: filepath.Join(fallbackRuntime(), "kvm-manager")}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	want.Config = "/etc/here"
	if got := got.With("/etc/here/", ""); got != want {
		t.Errorf("with an override: got %+v, want %+v", got, want)
	}
}

func TestARuntimeDirectoryOfSomebodyElseIsRefused(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("XDG_RUNTIME_DIR", "")
	dirs := DefaultDirs()
	must(t, dirs.MakeRuntime())
	must(t, dirs.MakeRuntime())
	must(t, os.Chmod(fallbackRuntime(), 0o777))

	if err := dirs.MakeRuntime(); !errors.Is(err, virt.ErrForbidden) {
		t.Fatalf("got %v", err)
	}
}

func TestJSONComesBackAndIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "thing.json")
	want := thing{"a <b> & ü", 3, map[string]string{"k": "v"}}
	must(t, WriteJSON(path, want))

	var got thing
	must(t, ReadJSON(path, &got))

	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v)", info.Mode(), err)
	}
	text, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Contains(text, []byte("a <b> & ü")) || !bytes.HasSuffix(text, []byte("}\n")) {
		t.Errorf("a person cannot read this: %s", text)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("beside the file lie %v (%v)", left, err)
	}
}

func TestABrokenFileIsNamedByLineAndLeftWhereItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "thing.json")
	for content, position := range map[string]string{
		"{\n  \"name\": \"x\",\n  oops\n}": ":3:3: ",
		"{\n \"count\": \"three\"\n}":      ":2:",
		"":                                 ":1:1: ",
		"{\"name\": \"x\"} trailing":       ":1:15: ",
	} {
		must(t, os.WriteFile(path, []byte(content), 0o600))
		got := thing{Name: "before"}

		err := ReadJSON(path, &got)

		if !errors.Is(err, virt.ErrInvalid) || virt.HintOf(err) == "" || got.Name != "before" {
			t.Errorf("%q: got %v and %+v", content, err, got)
		} else if message := err.Error(); len(message) < len(path+position) || message[:len(path+position)] != path+position {
			t.Errorf("%q: the error does not begin with %s%s: %s", content, path, position, message)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != content {
			t.Errorf("%q: the file is now %q (%v)", content, now, err)
		}
	}
}

func TestWritingKeepsABrokenFileAside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "thing.json")
	must(t, os.WriteFile(path, []byte("{ work of an hour"), 0o600))

	must(t, WriteJSON(path, thing{Name: "new"}))

	aside, err := filepath.Glob(path + ".broken-*")
	must(t, err)
	if len(aside) != 1 {
		t.Fatalf("set aside: %v", aside)
	}
	if kept, err := os.ReadFile(aside[0]); err != nil || string(kept) != "{ work of an hour" {
		t.Errorf("kept %q (%v)", kept, err)
	}
	var got thing
	if err := ReadJSON(path, &got); err != nil || got.Name != "new" {
		t.Errorf("new file: %+v (%v)", got, err)
	}
}

func TestWritingFollowsASymbolicLinkAndKeepsTheMode(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "dotfiles.json"), filepath.Join(dir, "thing.json")
	must(t, WriteJSON(real, thing{Name: "old"}))
	must(t, os.Chmod(real, 0o640))
	must(t, os.Symlink(real, link))

	must(t, WriteJSON(link, thing{Name: "new"}))

	var got thing
	if err := ReadJSON(real, &got); err != nil || got.Name != "new" {
		t.Errorf("behind the link: %+v (%v)", got, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became %v (%v)", info.Mode(), err)
	}
	if info, err := os.Stat(real); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v (%v)", info.Mode(), err)
	}
}

func TestAReaderNeverSeesHalfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "thing.json")
	long := map[string]string{"k": strings.Repeat("v", 1<<16)}
	must(t, WriteJSON(path, thing{Count: 0, More: long}))
	written := make(chan error, 1)
	go func() {
		for i := range 25 {
			if err := WriteJSON(path, thing{Count: i, More: long}); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	for {
		var got thing
		must(t, ReadJSON(path, &got))
		select {
		case err := <-written:
			must(t, err)
			return
		default:
		}
	}
}

func TestWhatIsNoFileIsRefused(t *testing.T) {
	var into thing
	if err := ReadJSON(t.TempDir(), &into); !errors.Is(err, virt.ErrInvalid) {
		t.Errorf("a directory: %v", err)
	}
	if err := ReadJSON(filepath.Join(t.TempDir(), "no", "such"), &into); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("nothing: %v", err)
	}
}

func FuzzReadJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"name":"x","count":1}`, `null`, `[`, "{\"name\":\"\xff\"}", "\n\n}", `{"count":1e99}`} {
		f.Add([]byte(seed))
	}
	path := filepath.Join(f.TempDir(), "thing.json")
	f.Fuzz(func(t *testing.T, content []byte) {
		must(t, os.WriteFile(path, content, 0o600))
		var got, again thing
		err := ReadJSON(path, &got)
		if err != nil {
			if !errors.Is(err, virt.ErrInvalid) {
				t.Fatalf("%q: %v", content, err)
			}
			return
		}
		must(t, WriteJSON(path, got))
		if err := ReadJSON(path, &again); err != nil || got.Name != again.Name || got.Count != again.Count {
			t.Fatalf("%q: %+v came back as %+v (%v)", content, got, again, err)
		}
	})
}

func TestALockIsHeldByOneAndFreedByUnlock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "some.lock")
	unlock, err := Lock(context.Background(), path)
	must(t, err)
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := Lock(short, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a second lock: %v", err)
	}
	unlock()
	again, err := Lock(context.Background(), path)
	must(t, err)
	again()
}
