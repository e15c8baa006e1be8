package rfbtest

import (
	"bytes"
	"net"
	"sync"
	"testing"
	"time"
)

// linuxPatience is how long a guest may take that boots an operating system.
const linuxPatience = 4 * time.Minute

// A Linux is a guest that boots a kernel and takes commands on its serial port.
type Linux struct {
	*Guest
	t      testing.TB
	serial net.Conn

	mu   sync.Mutex
	said []byte
}

// StartLinux boots a kernel with a RAM disk, in 256 MiB; ready is what its
// serial port says when there is a shell. vnc and args are those of Start; a
// video device must be among args.
func StartLinux(t testing.TB, kernel, initrd, cmdline, ready, vnc string, args ...string) *Linux {
	t.Helper()
	l := &Linux{t: t}
	socket := "/serial"
	l.Guest = bootIn(t, nil, vnc, func(dir string) []string {
		socket = dir + socket
		return append([]string{
			"-m", "256", "-vga", "none", "-kernel", kernel, "-initrd", initrd, "-append", cmdline,
			"-serial", "unix:" + socket + ",server=on,wait=off",
		}, args...)
	})
	var err error
	if l.serial, err = net.Dial("unix", socket); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.serial.Close() })
	go l.listen()
	l.Wait(ready)
	return l
}

func (l *Linux) listen() {
	buffer := make([]byte, 4096)
	for {
		n, err := l.serial.Read(buffer)
		l.mu.Lock()
		l.said = append(l.said, buffer[:n]...)
		l.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Said returns all that the serial port has said.
func (l *Linux) Said() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.said)
}

// Wait waits until the serial port says text, and forgets all up to its end.
func (l *Linux) Wait(text string) {
	l.t.Helper()
	defer func() {
		if l.t.Failed() {
			l.t.Logf("the serial port said %q", l.Said())
		}
	}()
	within(l.t, linuxPatience, "the serial port says "+text, func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		at := bytes.Index(l.said, []byte(text))
		if at >= 0 {
			l.said = l.said[at+len(text):]
		}
		return at >= 0
	})
}

// Type types a line on the serial port.
func (l *Linux) Type(line string) {
	l.t.Helper()
	if _, err := l.serial.Write([]byte(line + "\r")); err != nil {
		l.t.Fatal(err)
	}
}
