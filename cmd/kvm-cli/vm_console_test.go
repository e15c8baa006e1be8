package main

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// bootTime is how long the tiny machine may take under emulation.
const bootTime = 90 * time.Second

// A seat is a terminal at which the program runs.
type seat struct {
	*program
	terminal *os.File
	line     *os.File // the program's side
	before   unix.Termios

	mu   sync.Mutex
	said bytes.Buffer // since the last words that were waited for
	all  bytes.Buffer
}

// sit starts the program at a terminal of its own.
func (s *shell) sit(args ...string) *seat {
	s.t.Helper()
	terminal, line, err := virttest.OpenPty(80, 24)
	if err != nil {
		s.t.Fatal(err)
	}
	seat := &seat{program: s.start(args...), terminal: terminal, line: line}
	s.t.Cleanup(func() {
		_ = line.Close()
		_ = terminal.Close()
	})
	seat.before = seat.settings()
	seat.cmd.Stdin, seat.cmd.Stdout, seat.cmd.Stderr = line, line, line
	seat.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := seat.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go seat.listen()
	return seat
}

func (s *seat) listen() {
	b := make([]byte, 4096)
	for {
		n, err := s.terminal.Read(b)
		s.mu.Lock()
		s.said.Write(b[:n])
		s.all.Write(b[:n])
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (s *seat) settings() unix.Termios {
	s.t.Helper()
	found, err := unix.IoctlGetTermios(int(s.line.Fd()), unix.TCGETS)
	if err != nil {
		s.t.Fatal(err)
	}
	return *found
}

// hears waits until the program says the words, and forgets all up to them.
func (s *seat) hears(words string) {
	s.t.Helper()
	deadline, tick := time.After(bootTime), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for {
		s.mu.Lock()
		at := bytes.Index(s.said.Bytes(), []byte(words))
		if at >= 0 {
			s.said.Next(at + len(words))
		}
		text := s.said.String()
		s.mu.Unlock()
		if at >= 0 {
			return
		}
		select {
		case <-deadline:
			s.t.Fatalf("it does not say %q but %q", words, text)
		case <-tick.C:
		}
	}
}

func (s *seat) types(keys string) {
	s.t.Helper()
	if _, err := s.terminal.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// leaves waits for the program's end and looks at what it leaves behind.
func (s *seat) leaves(code int) {
	s.t.Helper()
	if a := s.wait(); a.code != code {
		s.t.Errorf("it exits with %d, want %d", a.code, code)
	}
	if got := s.settings(); got != s.before {
		s.t.Errorf("the terminal is left as %+v, it was %+v", got, s.before)
	}
}

func TestASerialConsoleGivesTheTerminalBackHoweverItEnds(t *testing.T) {
	s := newShell(t, virttest.SharedLibvirtd(t).URI)
	if a := s.program("vm", "create", "serial", "--try", "--accel", "tcg", "--no-graphics", "--start"); a.code != 0 {
		t.Fatal(a.err)
	}
	defer s.program("vm", "delete", "serial", "--yes", "--force")

	first := s.sit("vm", "console", "serial", "--serial")
	first.hears("Ctrl+] leaves.")
	first.types("\r")
	first.hears("# ")
	if got := first.settings(); got.Lflag&(unix.ECHO|unix.ICANON|unix.ISIG) != 0 {
		t.Errorf("the keys do not all go to the machine: %+v", got)
	}
	first.types("echo answer $((40 + 2))\r")
	first.hears("answer 42")
	first.types("echo sleep $((5 * 5)); sleep 5\r")
	first.hears("sleep 25")
	first.types("\x03") // it is the machine's
	first.hears("^C")
	first.types("\recho still $((1 + 1))\r")
	first.hears("still 2")

	refused := s.program("vm", "console", "serial", "--serial", "-o", "json")
	if said := refused.fails(virt.KindState); !strings.Contains(said.Hint, "--force") {
		t.Errorf("who comes second hears %+v", said)
	}
	if no := s.program("vm", "console", "serial", "--serial=7", "-o", "json").fails(virt.KindNotFound); no.Hint == "" {
		t.Errorf("a port that is not there: %+v", no)
	}
	first.types("\x1d")
	first.leaves(0)

	second := s.sit("vm", "console", "serial", "--serial", "--force")
	second.hears("Ctrl+] leaves.")
	second.types("\r")
	second.hears("# ")
	second.signal(syscall.SIGTERM)
	second.leaves(0)

	piped := s.start("vm", "console", "serial", "--serial")
	piped.cmd.Stdin = strings.NewReader("echo pi''ped \x1d$((3 * 4)); sleep 1; poweroff\r")
	piped.cmd.Stdout = &piped.out
	if err := piped.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if a := piped.wait(); a.code != 0 || !strings.Contains(a.out, "piped") || !strings.Contains(a.out, "12") {
		t.Errorf("piped: exit %d, %q, %q", a.code, a.out, a.err)
	}
}
