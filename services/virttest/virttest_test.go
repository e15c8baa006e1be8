package virttest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

const ownerVariable = "VIRTTEST_OWN_A_DAEMON"

// The owner is this test binary once more, killed while it owns a daemon.
func TestAPrivateDaemonEndsWithItsOwner(t *testing.T) {
	if os.Getenv(ownerVariable) != "" {
		ownADaemon(t)
		return
	}
	if err := canRunLibvirtd(); err != nil {
		t.Skip(err)
	}
	owner := exec.Command(os.Args[0], "-test.run=^TestAPrivateDaemonEndsWithItsOwner$")
	owner.Env = append(os.Environ(), ownerVariable+"=1")
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	dir := lines.Text()
	if _, err := net.Dial("unix", dir+"/run/libvirt/libvirt-sock"); err != nil {
		t.Errorf("the daemon does not listen: %v", err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait() // killed
	gone := func() bool {
		_, err := os.Stat(dir)
		return errors.Is(err, fs.ErrNotExist)
	}
	deadline, tick := time.After(10*time.Second), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for !gone() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s is still there", dir)
		}
	}
}

func ownADaemon(t *testing.T) {
	d, err := StartLibvirtd()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stdout.WriteString(d.Dir + "\n"); err != nil {
		t.Fatal(err)
	}
	_ = d.cmd.Wait() // until we are killed
}

func TestAHaltedDaemonGoesOn(t *testing.T) {
	d := Libvirtd(t)
	d.Stop(t)
	d.Cont(t)
	d.Kill(t)
	if _, err := net.Dial("unix", d.Socket); err == nil {
		t.Error("a killed daemon listens")
	}
	d.Restart(t)
	if _, err := net.Dial("unix", d.Socket); err != nil {
		t.Error(err)
	}
}

func TestADaemonThatBreaksDownIsStartedAgain(t *testing.T) {
	d := Libvirtd(t)
	broken := exec.Command("nsenter", "--pid", "--mount", "--target", strconv.Itoa(d.pid), "sh", "-c", `kill -SEGV "$(cat "$1")"`, "sh", filepath.Join(d.Dir, "daemon"))
	before, err := os.ReadFile(filepath.Join(d.Dir, "daemon"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := broken.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		now, err := os.ReadFile(filepath.Join(d.Dir, "daemon"))
		conn, refused := net.Dial("unix", d.Socket)
		if refused == nil {
			_ = conn.Close()
		}
		if err == nil && refused == nil && !bytes.Equal(now, before) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it is not there again: %v, %v", err, refused)
		}
	}
}

func TestCallsAreCountedHoweverTheBytesArrive(t *testing.T) {
	stream := frame(ProgramRemote, 1, typeCall, 40)
	stream = append(stream, frame(ProgramKeepAlive, 1, 2, 0)...)
	stream = append(stream, frame(ProgramRemote, 2, 3, 100)...) // bytes of a stream, not a call
	withFDs := frame(ProgramRemote, 359, typeCallWithFDs, 4)
	binary.BigEndian.PutUint32(withFDs[headerSize:], 2)
	stream = append(append(stream, withFDs...), 0, 0) // two descriptors travel behind it
	stream = append(stream, frame(ProgramQEMU, 1, typeCall, 0)...)
	stream = append(stream, frame(ProgramRemote, 1, typeCall, 0)...)
	for size := 1; size <= len(stream); size++ {
		counted := map[Call]int{}
		f := &frames{count: func(c Call) { counted[c]++ }}
		for rest := stream; len(rest) > 0; {
			n := min(size, len(rest))
			_, _ = f.Write(rest[:n]) // never fails
			rest = rest[n:]
		}
		if len(counted) != 3 || counted[Call{ProgramRemote, 1}] != 2 || counted[Call{ProgramRemote, 359}] != 1 || counted[Call{ProgramQEMU, 1}] != 1 {
			t.Fatalf("in pieces of %d: %v", size, counted)
		}
	}
}

// frame is a message with so many bytes behind its header.
func frame(program, procedure, kind uint32, payload int) []byte {
	b := make([]byte, headerSize+payload)
	for i, word := range []uint32{uint32(len(b)), program, 1, procedure, kind, 0, 0} {
		binary.BigEndian.PutUint32(b[4*i:], word)
	}
	return b
}
