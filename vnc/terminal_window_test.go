package vnc_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// openTerminal shows what a shell script does in a real window under Xvfb.
func openTerminal(t *testing.T, script string) *realDesktop {
	t.Helper()
	d := newDesktop(t)
	program := filepath.Join(t.TempDir(), "terminal")
	build := exec.Command("go", "build", "-tags", "migrated_fynedo libvirt_dlopen", "-o", program, "./testdata/terminal")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	d.startX()
	d.manage()
	d.start(d.listen, program, "sh", "-c", script)
	d.find("Terminal under test")
	return d
}

func TestARealKeyboardTypesInATerminalWhatXtermsType(t *testing.T) {
	typed := filepath.Join(t.TempDir(), "typed")
	d := openTerminal(t, "stty raw -echo; exec cat > "+typed)
	read := func() string {
		b, err := os.ReadFile(typed)
		if err != nil {
			return ""
		}
		return string(b)
	}
	rfbtest.Eventually(t, "the program reads", func() bool {
		_, err := os.Stat(typed)
		return err == nil && d.heard("focus true")
	})
	want := ""
	for _, c := range []struct{ key, want string }{
		{"a", "a"}, {"shift+a", "A"}, {"Return", "\r"}, {"Tab", "\t"}, {"shift+Tab", "\x1b[Z"}, {"BackSpace", "\x7f"}, {"Escape", "\x1b"},
		{"Up", "\x1b[A"}, {"ctrl+Left", "\x1b[1;5D"}, {"shift+Home", ""}, // the history's
		{"Delete", "\x1b[3~"}, {"Next", "\x1b[6~"},
		{"F1", "\x1bOP"}, {"F5", "\x1b[15~"}, {"F12", "\x1b[24~"},
		{"ctrl+c", "\x03"}, {"ctrl+v", "\x16"}, {"ctrl+x", "\x18"}, {"ctrl+a", "\x01"}, {"ctrl+z", "\x1a"}, {"ctrl+d", "\x04"},
		{"ctrl+bracketright", "\x1d"}, {"ctrl+backslash", "\x1c"}, {"ctrl+space", "\x00"}, {"alt+b", "\x1bb"}, {"alt+period", "\x1b."},
		{"ctrl+alt+c", "\x1b\x03"}, {"KP_Enter", "\r"}, {"equal", "="}, {"asciitilde", "~"},
	} {
		d.x("key", c.key)
		want += c.want
		rfbtest.Eventually(t, c.key+" is typed", func() bool { return len(read()) >= len(want) })
		if got := read(); got != want {
			t.Fatalf("after %s the program read %q, want %q", c.key, got, want)
		}
	}
}
