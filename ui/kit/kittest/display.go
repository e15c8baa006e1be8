package kittest

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Display starts an X display that ends with the test, and makes it the one
// that programs and this process use. Where none can be had, or no xclip to ask
// for its clipboard, the test is skipped; under CI=true it fails instead.
func Display(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"Xvfb", "xclip"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	number, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer number.Close() //nolint:errcheck // only read
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{w}
	if err := errors.Join(server.Start(), w.Close()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	said, err := io.ReadAll(io.LimitReader(number, 8))
	if err != nil || len(said) == 0 {
		t.Fatalf("Xvfb does not say its display: %q, %v", said, err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(string(said)))
}

// Paste returns what another program gets from the clipboard of the display.
func Paste(t *testing.T, target string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	return exec.CommandContext(ctx, "xclip", "-selection", "clipboard", "-o", "-t", target).Output()
}
