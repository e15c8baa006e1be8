package rfbtest

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An XServer is TigerVNC's Xvnc: an X server that shows itself by VNC.
type XServer struct {
	Display string // its number
	Socket  string // of its VNC server
}

// StartXvnc starts an X server of that size ("400x300") until the test ends. The
// test is skipped where Xvnc is not installed.
func StartXvnc(t testing.TB, size string) XServer {
	t.Helper()
	program, err := exec.LookPath("Xvnc")
	if err != nil {
		t.Skip("needs Xvnc")
	}
	dir, err := os.MkdirTemp("", "xvnc") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	x := XServer{Socket: filepath.Join(dir, "vnc")}
	number, told, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer number.Close() //nolint:errcheck // only read
	cmd := exec.Command(program, "-displayfd", "3", "-SecurityTypes", "None", "-rfbunixpath", x.Socket, "-rfbport", "-1",
		"-geometry", size, "-depth", "24", "-nolisten", "tcp", "-noreset", "-s", "0")
	cmd.ExtraFiles = []*os.File{told}
	Run(t, cmd)
	_ = told.Close()
	line, err := bufio.NewReader(number).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvnc did not start: %v", err)
	}
	x.Display = strings.TrimSpace(line)
	return x
}

// Run starts a program and ends it with the test.
func Run(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said: %s", filepath.Base(cmd.Path), said.String())
		}
	})
}
