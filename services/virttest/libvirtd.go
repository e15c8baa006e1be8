package virttest

import (
	"bufio"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

//go:embed libvirtd.sh
var libvirtdScript []byte

// ErrCannot is why a private libvirtd cannot run here: not root, or a program
// is missing.
var ErrCannot = errors.New("a private libvirtd cannot run here")

// A Daemon is a private system libvirtd in mount, network, process and control
// group namespaces of its own. It shares nothing with a libvirtd of the machine
// and takes its guests along when it ends.
type Daemon struct {
	URI    string // qemu+unix:///system?socket=...
	Socket string
	Dir    string // on both sides at the same path; world readable, removed at the end
	Small  string // a directory with room for 4 MiB, as libvirtd sees it

	pid     int // of process 1 of the namespaces, as seen from here
	cmd     *exec.Cmd
	orders  io.WriteCloser
	answers *bufio.Scanner
}

// Libvirtd returns a running private libvirtd that ends with the test. Where
// none can run the test is skipped; under CI=true it fails instead.
func Libvirtd(t testing.TB) *Daemon {
	t.Helper()
	d, err := StartLibvirtd()
	if errors.Is(err, ErrCannot) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("end the private libvirtd: %v", err)
		}
	})
	return d
}

// StartLibvirtd starts a private libvirtd. Close MUST be called; when this
// process dies without, everything is removed all the same.
func StartLibvirtd() (*Daemon, error) { return startLibvirtd(func(string) error { return nil }) }

// startLibvirtd starts a daemon whose files configure changes first.
func startLibvirtd(configure func(dir string) error) (*Daemon, error) {
	if err := canRunLibvirtd(); err != nil {
		return nil, err
	}
	dir, err := makeDaemonDir()
	if err != nil {
		return nil, err
	}
	capabilities, err := capabilitiesDir()
	if err == nil {
		err = configure(dir)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	socket := filepath.Join(dir, "run/libvirt/libvirt-sock")
	d := &Daemon{
		Dir: dir, Small: filepath.Join(dir, "small"), Socket: socket, URI: "qemu+unix:///system?socket=" + socket,
		cmd: exec.Command("bash", filepath.Join(dir, "libvirtd.sh"), "outer", dir, capabilities),
	}
	if err := d.launch(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := d.order("start"); err != nil {
		said, _ := os.ReadFile(filepath.Join(dir, "log/daemon.log"))
		log, _ := os.ReadFile(filepath.Join(dir, "log/libvirtd.log"))
		return nil, errors.Join(fmt.Errorf("start libvirtd: %w: %s%s", err, said, log), d.Close())
	}
	return d, nil
}

// Kill ends libvirtd by SIGKILL. Its guests live on, as they do on a real host.
func (d *Daemon) Kill(t testing.TB) { t.Helper(); d.must(t, "kill") }

// Stop halts libvirtd by SIGSTOP: sockets stay open and nothing answers.
func (d *Daemon) Stop(t testing.TB) { t.Helper(); d.must(t, "stop") }

// Cont lets a halted libvirtd go on.
func (d *Daemon) Cont(t testing.TB) { t.Helper(); d.must(t, "cont") }

// Restart starts libvirtd after Kill; it listens when Restart returns.
func (d *Daemon) Restart(t testing.TB) { t.Helper(); d.must(t, "start") }

// Log is what libvirtd has warned and complained of so far.
func (d *Daemon) Log() string {
	text, err := os.ReadFile(filepath.Join(d.Dir, "log/libvirtd.log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Close ends libvirtd and its guests and removes every trace of them.
func (d *Daemon) Close() error {
	return errors.Join(d.orders.Close(), d.cmd.Wait())
}

func (d *Daemon) must(t testing.TB, word string) {
	t.Helper()
	if err := d.order(word); err != nil {
		t.Fatalf("%s the private libvirtd: %v", word, err)
	}
}

// order sends one word to process 1 of the namespaces and waits for its answer.
func (d *Daemon) order(word string) error {
	if _, err := fmt.Fprintln(d.orders, word); err != nil {
		return err
	}
	return d.answer()
}

func (d *Daemon) answer() error {
	if !d.answers.Scan() {
		return errors.Join(io.ErrUnexpectedEOF, d.answers.Err())
	}
	if d.answers.Text() != "ok" {
		return fmt.Errorf("the answer was %q", d.answers.Text())
	}
	return nil
}

// launch runs the script and waits until its namespaces stand. The script gets
// a process group of its own, so that an interrupt on the terminal reaches us
// and leaves it to clean up.
func (d *Daemon) launch() (err error) {
	if d.orders, err = d.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	d.answers = bufio.NewScanner(out)
	d.cmd.Stderr = os.Stderr
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := d.cmd.Start(); err != nil {
		return err
	}
	if err := d.answer(); err != nil {
		return errors.Join(fmt.Errorf("make the namespaces: %w", err), d.Close())
	}
	return d.readPID()
}

func (d *Daemon) readPID() error {
	text, err := os.ReadFile(filepath.Join(d.Dir, "pid"))
	if err == nil {
		d.pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	if err != nil {
		return errors.Join(err, d.Close())
	}
	return nil
}

func canRunLibvirtd() error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w: only root may", ErrCannot)
	}
	for _, program := range []string{"bash", "unshare", "mount", "ip", "libvirtd", "qemu-system-x86_64"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("%w: %w", ErrCannot, err)
		}
	}
	if err := exec.CommandContext(context.Background(), "unshare", "--mount", "--net", "--pid", "--cgroup", "--fork", "true").Run(); err != nil {
		return fmt.Errorf("%w: the kernel refuses namespaces: %w", ErrCannot, err)
	}
	return nil
}

// makeDaemonDir makes the private directory with libvirtd's configuration. Its
// path is short, because a socket's path may have 107 bytes only.
func makeDaemonDir() (string, error) {
	dir, err := os.MkdirTemp("", "libvirtd-")
	if err != nil {
		return "", err
	}
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails (documented)
	files := map[string]string{
		"libvirtd.sh": string(libvirtdScript),
		"etc/libvirtd.conf": `auth_unix_rw = "none"` + "\n" + `auth_unix_ro = "none"` + "\n" + `unix_sock_group = "root"` + "\n" +
			`unix_sock_rw_perms = "0700"` + "\n" + `host_uuid = "` + hex.EncodeToString(id[:]) + `"` + "\n" +
			`log_outputs = "3:file:/var/log/libvirt/libvirtd.log"` + "\n",
		"etc/qemu.conf": `security_driver = "none"` + "\n" + `stdio_handler = "file"` + "\n" + `remember_owner = 0` + "\n",
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return dir, os.Chmod(dir, 0o755) // QEMU runs as another user
}

// capabilitiesDir is where private daemons remember what QEMU can do. Probing
// takes two seconds; libvirt checks by itself whether a memory still holds.
func capabilitiesDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	dir := filepath.Join(base, "kvm-manager-test", "qemu-capabilities")
	return dir, os.MkdirAll(dir, 0o755) // QEMU runs as another user
}
