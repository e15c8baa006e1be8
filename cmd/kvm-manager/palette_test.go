package main

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/cmd/kvm-manager/internal/desktop"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// TestAMachineIsStartedFromThePalette uses nothing but the keyboard, and looks
// what came of it in the drawer.
func TestAMachineIsStartedFromThePalette(t *testing.T) {
	w := openWindow(t, desktop.NewDisplay(t, "1280x800"), virttest.TestHost(t, "several-states.xml"))
	w.WaitShown(t, "off", answersWithin)
	w.WaitIdle(t, 30*time.Second)

	w.Key(t, "ctrl+k")
	w.WaitShown(t, "Search machines, pages, actions and settings", answersWithin)
	w.Type(t, "start off")
	w.WaitIdle(t, 30*time.Second)
	w.Save(t, "1-palette")
	w.Key(t, "Return")
	desktop.Until(t, 30*time.Second, "the machine to run", func() bool { return stateOf(t, w, "off") == "Running" })

	w.Key(t, "ctrl+j")
	w.WaitShown(t, "Show all", answersWithin)
	w.WaitIdle(t, 30*time.Second)
	w.Save(t, "2-drawer")
	w.Key(t, "Escape")
	w.Key(t, "F1")
	desktop.Until(t, 30*time.Second, "the list of combinations", func() bool {
		return len(w.All(t, func(e desktop.Element) bool { return e.Role == "dialog" && e.Name == "Key combinations" })) > 0
	})
	w.Save(t, "3-keys")
}

// TestTheWindowWritesOnlyItsOwnFiles looks for files that Fyne would leave.
func TestTheWindowWritesOnlyItsOwnFiles(t *testing.T) {
	env := environment(t)
	w := desktop.Open(t, desktop.NewDisplay(t, "1280x800"), filepath.Join(programs, "kvm-manager"), env, "--host", virttest.TestHost(t, "empty.xml"))
	w.WaitIdle(t, 30*time.Second)
	w.Close(t)
	for _, variable := range env[:3] {
		_, dir, _ := strings.Cut(variable, "=")
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && !strings.Contains(path, "/kvm-manager/") {
				t.Errorf("the window left %s", path)
			}
			return nil // a directory that was never made has nothing in it
		})
		if err != nil {
			t.Error(err)
		}
	}
}
