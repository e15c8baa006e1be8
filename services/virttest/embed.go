package virttest

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// embedded is held by the one test that uses the embedded driver at a time.
var embedded sync.Mutex

// EmbedURI returns the URI of libvirt's QEMU driver inside this process, with a
// private root directory. libvirt allows one such root at a time: other tests
// that ask for one wait until t ends, and connections MUST be closed by then.
func EmbedURI(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("qemu-system-x86_64"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	embedded.Lock()
	root, err := os.MkdirTemp("", "embed-") // a short path: QEMU's sockets lie below it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(root); err != nil {
			t.Error(err)
		}
		embedded.Unlock()
	})
	config := `user = "root"` + "\n" + `group = "root"` + "\n" + `security_driver = "none"` + "\n" + `namespaces = []` + "\n" + `stdio_handler = "file"` + "\n"
	if err := os.MkdirAll(filepath.Join(root, "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "etc", "qemu.conf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return "qemu:///embed?root=" + url.QueryEscape(root)
}
