package virttest

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// sharedDaemon is the one that SharedLibvirtd starts.
var sharedDaemon struct {
	once   sync.Once
	daemon *Daemon
	err    error
}

// SharedLibvirtd returns the private libvirtd that all tests of this package
// share, for a start takes seconds. The package's TestMain MUST call Main. A
// test leaves the daemon as it found it, running, and does not run in parallel.
func SharedLibvirtd(t testing.TB) *Daemon {
	t.Helper()
	s := &sharedDaemon
	s.once.Do(func() { s.daemon, s.err = StartLibvirtd() })
	if errors.Is(s.err, ErrCannot) && os.Getenv("CI") != "true" {
		t.Skip(s.err)
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.daemon
}

// Main runs a package's tests, ends the libvirtd they shared and returns the
// exit code.
func Main(m *testing.M) int {
	code := m.Run()
	if d := sharedDaemon.daemon; d != nil {
		if err := d.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "end the shared libvirtd:", err)
			code = max(code, 1)
		}
	}
	if r := sharedRemote.remote; r != nil {
		if err := r.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "end the shared remote host:", err)
			code = max(code, 1)
		}
	}
	return code
}
