package virttest

import (
	"errors"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// embedded is held by the one test that uses the embedded driver at a time.
var embedded sync.Mutex

// EmbedURI returns the URI of libvirt's QEMU driver inside this process.
//
// libvirt keeps the driver and its root directory from the first use to the end
// of the process, so all tests of a package share them, one at a time: others
// that ask wait until t ends. A test MUST remove its VMs and close its
// connections. The directory goes with the process.
func EmbedURI(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("qemu-system-x86_64"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	embedded.Lock()
	t.Cleanup(embedded.Unlock)
	root, err := embedRoot()
	if err != nil {
		t.Fatal(err)
	}
	return "qemu:///embed?root=" + url.QueryEscape(root.path)
}

// A kept directory is there until alive closes, at the latest with this process.
type kept struct {
	path  string
	alive io.Closer
}

// embedRoot makes the root directory, with a short path because QEMU's sockets
// lie below it, and the process that removes it when ours is no more.
var embedRoot = sync.OnceValues(func() (kept, error) {
	path, err := os.MkdirTemp("", "embed-")
	if err != nil {
		return kept{}, err
	}
	alive, err := removeAfterUs(path)
	config := `user = "root"` + "\n" + `group = "root"` + "\n" + `security_driver = "none"` + "\n" + `namespaces = []` + "\n" + `stdio_handler = "file"` + "\n"
	return kept{path, alive}, errors.Join(
		err,
		os.Mkdir(filepath.Join(path, "etc"), 0o700),
		os.WriteFile(filepath.Join(path, "etc", "qemu.conf"), []byte(config), 0o600),
	)
})

// removeAfterUs starts a process that waits for the end of its standard input,
// which comes when this process ends in whatever way, and removes dir then. The
// Closer is that input: whoever drops it ends the wait.
func removeAfterUs(dir string) (io.Closer, error) {
	remover := exec.Command("sh", "-c", `cat >/dev/null; rm -rf "$1"`, "sh", dir)
	remover.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt on the terminal is not for it
	input, err := remover.StdinPipe()
	if err != nil {
		return nil, err
	}
	return input, remover.Start()
}
