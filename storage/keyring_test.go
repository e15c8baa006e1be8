package storage_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/storage"
)

const secret = "correct horse battery staple"

func nobody(t *testing.T) storage.Passphrase {
	return func(context.Context, bool, bool) (string, error) {
		t.Error("the passphrase of a file is asked for")
		return "", virt.ErrCancelled
	}
}

func TestTheSystemsKeyringKeepsFindsAndForgets(t *testing.T) {
	virttest.NewSecretService(t)
	ctx := t.Context()
	k := storage.NewKeyring(virttest.Dirs(t))
	if k.Kind() != storage.KeyringSystem {
		t.Fatal(k.Kind())
	}
	if _, err := k.Get(ctx, "password a", nobody(t)); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("what was never kept: %v", err)
	}
	for _, text := range []string{"first", secret} {
		if where, err := k.Set(ctx, "password a", text, nobody(t)); err != nil || where != storage.KeyringSystem {
			t.Fatal(where, err)
		}
	}
	if got, err := k.Get(ctx, "password a", nobody(t)); err != nil || got != secret {
		t.Errorf("got %q, %v", got, err)
	}
	for range 2 {
		if err := k.Delete(ctx, "password a", nobody(t)); err != nil {
			t.Error(err)
		}
	}
	if _, err := k.Get(ctx, "password a", nobody(t)); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("what was forgotten: %v", err)
	}
	if _, err := os.Stat(k.File()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a file: %v", err)
	}
}

func TestALockedKeyringKeepsNobodyLongerThanHeLikes(t *testing.T) {
	s := virttest.NewSecretService(t)
	k := storage.NewKeyring(virttest.Dirs(t))
	if _, err := k.Set(t.Context(), "password a", secret, nobody(t)); err != nil {
		t.Fatal(err)
	}
	s.Lock(t)
	for what, call := range map[string]func(context.Context) error{
		"get":    func(ctx context.Context) error { _, err := k.Get(ctx, "password a", nobody(t)); return err },
		"set":    func(ctx context.Context) error { _, err := k.Set(ctx, "password b", "x", nobody(t)); return err },
		"delete": func(ctx context.Context) error { return k.Delete(ctx, "password a", nobody(t)) },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		begin := time.Now()
		err := call(ctx)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 2*time.Second {
			t.Errorf("%s ended after %v with %v", what, time.Since(begin), err)
		}
	}
}

func TestWithoutAServiceSecretsAreInASealedFile(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	dirs := virttest.Dirs(t)
	k := storage.NewKeyring(dirs)
	if k.Kind() != storage.KeyringFile {
		t.Fatal(k.Kind())
	}
	if _, err := k.Get(t.Context(), "password a", nobody(t)); !errors.Is(err, virt.ErrNotFound) {
		t.Errorf("without a file: %v", err)
	}
	type question struct{ fresh, refused bool }
	var asked []question
	answers := []string{"open sesame"}
	ask := func(_ context.Context, fresh, refused bool) (string, error) {
		asked = append(asked, question{fresh, refused})
		answer := answers[0]
		answers = answers[1:]
		return answer, nil
	}
	for _, key := range []string{"password a", "password b"} {
		if where, err := k.Set(t.Context(), key, secret, ask); err != nil || where != storage.KeyringFile {
			t.Fatal(where, err)
		}
	}
	if got, err := k.Get(t.Context(), "password a", ask); err != nil || got != secret || len(asked) != 1 || !asked[0].fresh {
		t.Errorf("got %q, %v, asked %v", got, err, asked)
	}
	text, err := os.ReadFile(k.File())
	if err != nil || strings.Contains(string(text), "staple") || strings.Contains(string(text), "sesame") {
		t.Errorf("the file says %s, %v", text, err)
	}
	if info, err := os.Stat(k.File()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	again := storage.NewKeyring(dirs) // the program is started again
	asked, answers = nil, []string{"wrong", "open sesame"}
	if got, err := again.Get(t.Context(), "password b", ask); err != nil || got != secret || len(asked) != 2 || asked[0].fresh || !asked[1].refused {
		t.Errorf("got %q, %v, asked %v", got, err, asked)
	}
	asked, answers = nil, []string{"1", "2", "3"}
	if _, err := storage.NewKeyring(dirs).Get(t.Context(), "password b", ask); !errors.Is(err, virt.ErrUnauthenticated) {
		t.Errorf("with wrong passphrases: %v", err)
	}
}

func TestASessionBusWithoutAServiceLeadsToTheSealedFile(t *testing.T) {
	s := virttest.NewSessionBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", s)
	k := storage.NewKeyring(virttest.Dirs(t))
	ask := func(context.Context, bool, bool) (string, error) { return "open sesame", nil }
	if where, err := k.Set(t.Context(), "password a", secret, ask); err != nil || where != storage.KeyringFile {
		t.Fatal(where, err)
	}
	if got, err := k.Get(t.Context(), "password a", ask); err != nil || got != secret {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestTheSessionBusIsTheOneThatIsThereOrNone(t *testing.T) {
	const variable = "DBUS_SESSION_BUS_ADDRESS"
	runtime := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", runtime)
	use := func(address string) string {
		t.Setenv(variable, address)
		if err := storage.UseSessionBus(); err != nil {
			t.Fatal(err)
		}
		return os.Getenv(variable)
	}
	for _, address := range []string{"", "autolaunch:", "disabled:"} {
		if got := use(address); got != "disabled:" {
			t.Errorf("without a bus %q becomes %q", address, got)
		}
	}
	if kind := storage.NewKeyring(virttest.Dirs(t)).Kind(); kind != storage.KeyringFile {
		t.Error(kind)
	}
	if err := os.WriteFile(filepath.Join(runtime, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{"": "unix:path=" + runtime + "/bus", "autolaunch:": "unix:path=" + runtime + "/bus", "unix:path=/a": "unix:path=/a"} {
		if got := use(address); got != want {
			t.Errorf("with a bus %q becomes %q", address, got)
		}
	}
}

func TestACallThatComesAfterTheSessionBusLaunchesNone(t *testing.T) {
	dir := t.TempDir()
	launched := filepath.Join(dir, "launched")
	if err := os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte("#!/bin/sh\ntouch "+launched+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", dir)
	k := storage.NewKeyring(virttest.Dirs(t))
	t.Run("while there is one", func(t *testing.T) {
		s := virttest.NewSecretService(t)
		if _, err := k.Set(t.Context(), "a", secret, nobody(t)); err != nil {
			t.Fatal(err)
		}
		s.Lock(t)
		for _, key := range []string{"a", "b"} { // the dialog of one, and one that waits for its end
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			if _, err := k.Get(ctx, key, nobody(t)); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
			cancel()
		}
	})
	k.Wait()
	if _, err := os.Stat(launched); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a session bus was launched: %v", err)
	}
}

func TestSavedHostsAreReadInOrderAndBrokenOnesAreNamed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "hosts")
	if hosts, err := storage.ReadHosts(dir); err != nil || len(hosts) != 0 {
		t.Errorf("without a directory: %v, %v", hosts, err)
	}
	for i, name := range []virt.HostID{"c", "a", "b"} {
		h := virt.SavedHost{Name: name, Transport: virt.TransportSSH, Address: "server", Order: i + 1}
		if err := storage.WriteHost(dir, h); err != nil {
			t.Fatal(err)
		}
	}
	broken := map[string]string{
		"half.json": `{"transport": "ssh", "addr`, "wrong.json": `{"transport": "pigeon"}`, "secret.json": `{"transport": "uri", "uri": "qemu+ssh://a:b@c/system"}`,
	}
	for name, text := range broken {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hosts, err := storage.ReadHosts(dir)
	var names []string
	for _, h := range hosts {
		names = append(names, string(h.Name))
	}
	if strings.Join(names, " ") != "c a b" || !errors.Is(err, virt.ErrInvalid) {
		t.Errorf("read %v, %v", names, err)
	}
	for name := range broken {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("the error does not name %s: %v", name, err)
		}
	}
	if err := storage.WriteHost(dir, virt.SavedHost{Name: "half", Transport: virt.TransportSSH, Address: "server"}); err != nil {
		t.Fatal(err)
	}
	if aside, err := filepath.Glob(filepath.Join(dir, "half.json.broken-*")); err != nil || len(aside) != 1 {
		t.Errorf("the broken file was not kept: %v, %v", aside, err)
	}
	if err := storage.RemoveHost(dir, "../settings"); !errors.Is(err, virt.ErrInvalid) {
		t.Errorf("removing outside: %v", err)
	}
}
