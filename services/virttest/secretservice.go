package virttest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// A SecretService is a real one (gnome-keyring) on a session bus of its own.
type SecretService struct {
	Address string // of the bus

	dir  string
	conn *dbus.Conn
}

const keyringPassword = "of the keyring"

// The names of the Secret Service API that tests use.
const (
	secretsName   = "org.freedesktop.secrets"
	secretsPath   = "/org/freedesktop/secrets"
	loginPath     = "/org/freedesktop/secrets/collection/login"
	lockMethod    = "org.freedesktop.Secret.Service.Lock"
	lockedMember  = "org.freedesktop.Secret.Collection.Locked"
	prompterName  = "org.gnome.keyring.SystemPrompter"
	prompterPath  = "/org/gnome/keyring/Prompter"
	prompterFaces = "org.gnome.keyring.internal.Prompter"
)

// NewSecretService starts a Secret Service that is unlocked, makes it this
// process's for the test, and ends it with the test.
func NewSecretService(t testing.TB) *SecretService {
	t.Helper()
	for _, program := range []string{"dbus-daemon", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	s := &SecretService{dir: t.TempDir()}
	s.Address = startBus(t, s.dir)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", s.Address)
	s.startKeyring(t)
	var err error
	if s.conn, err = dbus.Connect(s.Address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.conn.Close() })
	return s
}

// NewSessionBus starts a session bus without any service that ends with the
// test, and returns its address.
func NewSessionBus(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("dbus-daemon"); err != nil && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	return startBus(t, t.TempDir())
}

func startBus(t testing.TB, dir string) string {
	t.Helper()
	conf := filepath.Join(dir, "bus.conf") // no services: nothing is started on demand
	text := `<busconfig><type>session</type><listen>unix:path=` + dir + `/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), "dbus-daemon", "--config-file="+conf, "--print-address", "--nofork")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the bus has no address")
	}
	return strings.TrimSpace(lines.Text())
}

func (s *SecretService) startKeyring(t testing.TB) {
	t.Helper()
	cmd := s.keyring("--foreground", "--components=secrets", "--unlock")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	conn, err := dbus.Connect(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for deadline := time.Now().Add(20 * time.Second); ; {
		_, err := conn.Object(secretsName, loginPath).GetProperty(lockedMember)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the keyring does not come up: %v", err)
		}
		<-time.After(20 * time.Millisecond)
	}
}

func (s *SecretService) keyring(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), "gnome-keyring-daemon", append(args, "--control-directory="+s.dir+"/control")...)
	cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS="+s.Address, "XDG_DATA_HOME="+s.dir+"/data", "XDG_RUNTIME_DIR="+s.dir,
		"GNOME_KEYRING_CONTROL="+s.dir+"/control", "HOME="+s.dir)
	cmd.Stdin = strings.NewReader(keyringPassword)
	return cmd
}

// Lock locks the keyring. From now on each use of it asks for its password in a
// dialog that nobody answers.
func (s *SecretService) Lock(t testing.TB) {
	t.Helper()
	if err := s.conn.Export(silentPrompter{}, prompterPath, prompterFaces); err != nil {
		t.Fatal(err)
	}
	if _, err := s.conn.RequestName(prompterName, dbus.NameFlagReplaceExisting); err != nil {
		t.Fatal(err)
	}
	var locked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	err := s.conn.Object(secretsName, secretsPath).Call(lockMethod, 0, []dbus.ObjectPath{loginPath}).Store(&locked, &prompt)
	if err != nil {
		t.Fatal(err)
	}
	if !s.locked(t) {
		t.Fatal("the keyring does not lock")
	}
}

// Unlock gives the keyring its password.
func (s *SecretService) Unlock(t testing.TB) {
	t.Helper()
	if out, err := s.keyring("--unlock").CombinedOutput(); err != nil {
		t.Fatalf("unlock: %v: %s", err, out)
	}
	for deadline := time.Now().Add(20 * time.Second); s.locked(t); {
		if time.Now().After(deadline) {
			t.Fatal("the keyring does not unlock")
		}
		<-time.After(20 * time.Millisecond)
	}
}

func (s *SecretService) locked(t testing.TB) bool {
	t.Helper()
	value, err := s.conn.Object(secretsName, loginPath).GetProperty(lockedMember)
	if err != nil {
		t.Fatal(fmt.Errorf("ask the keyring: %w", err))
	}
	locked, _ := value.Value().(bool)
	return locked
}

// silentPrompter is the program that shows the keyring's dialogs, with a person
// in front of it who does not answer.
type silentPrompter struct{}

// BeginPrompting shows the dialog.
func (silentPrompter) BeginPrompting(dbus.ObjectPath) *dbus.Error { return nil }

// StopPrompting takes it away.
func (silentPrompter) StopPrompting(dbus.ObjectPath) *dbus.Error { return nil }

// PerformPrompt asks for the password.
func (silentPrompter) PerformPrompt(dbus.ObjectPath, string, map[string]dbus.Variant, string) *dbus.Error {
	return nil
}
