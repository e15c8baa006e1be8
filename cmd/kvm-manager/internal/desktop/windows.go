package desktop

import (
	"fmt"
	"image"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Manage starts a window manager, which raises windows and gives them the
// keyboard, until the test ends.
func (d *Display) Manage(t testing.TB) {
	t.Helper()
	manager := exec.Command("openbox", "--sm-disable")
	manager.Env = append(manager.Environ(), "DISPLAY="+d.name)
	if err := manager.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(manager) })
	Until(t, 30*time.Second, "the window manager", func() bool {
		return strings.Contains(string(d.run(t, "xprop", "-root", "_NET_SUPPORTING_WM_CHECK")), "window id")
	})
}

// First is the window that the program opened first. The display MUST be managed.
func (w *Window) First(t testing.TB) *Window {
	t.Helper()
	return w.alone(w.must(t, map[string]any{"do": "windows"}).Windows[0].ID)
}

// In is the window of that title, which is waited for. The display MUST be
// managed.
func (w *Window) In(t testing.TB, title string) *Window {
	t.Helper()
	var one *Window
	Until(t, 30*time.Second, "the window "+title, func() bool {
		for _, open := range w.must(t, map[string]any{"do": "windows"}).Windows {
			if open.Title == title {
				one = w.alone(open.ID)
			}
		}
		return one != nil
	})
	return one
}

func (w *Window) alone(number int) *Window {
	one := *w
	one.only = number
	return &one
}

// Title is the title of the one window; empty when it is closed.
func (w *Window) Title(t testing.TB) string {
	t.Helper()
	for _, open := range w.must(t, map[string]any{"do": "windows"}).Windows {
		if open.ID == w.only {
			return open.Title
		}
	}
	return ""
}

// onDisplay is the display's name of the one window.
func (w *Window) onDisplay(t testing.TB) (id string) {
	t.Helper()
	title := w.Title(t)
	Until(t, 30*time.Second, title+" on the display", func() bool {
		for _, id = range strings.Fields(w.display.ask("search", "--onlyvisible", "--class", "^kvm-manager$")) {
			if strings.TrimSpace(w.display.ask("getwindowname", id)) == title {
				return true
			}
		}
		return false
	})
	return id
}

// ask is what xdotool answers; empty where there is nothing of what is asked for.
func (d *Display) ask(args ...string) string {
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(cmd.Environ(), "DISPLAY="+d.name)
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return string(out)
}

// front raises the one window and gives it the keyboard. Of several nothing is
// done.
func (w *Window) front(t testing.TB) {
	t.Helper()
	if w.only != 0 {
		w.display.Do(t, "windowactivate", "--sync", w.onDisplay(t))
	}
}

// Origin is where the top left of the one window's content is on the display.
// The pointer goes there.
func (w *Window) Origin(t testing.TB) (at image.Point) {
	t.Helper()
	if w.only == 0 {
		return at
	}
	told := string(w.display.run(t, "xdotool", "mousemove", "--window", w.onDisplay(t), "0", "0", "getmouselocation"))
	if _, err := fmt.Sscanf(told, "x:%d y:%d", &at.X, &at.Y); err != nil {
		t.Fatalf("%s: %v", told, err)
	}
	return at
}

// Minimise minimises the window; restore brings it back to the front. The display
// MUST be managed.
func (w *Window) Minimise(t testing.TB) (restore func()) {
	t.Helper()
	id := w.onDisplay(t)
	w.display.Do(t, "windowminimize", "--sync", id)
	return func() { w.display.Do(t, "windowactivate", "--sync", id) }
}

// Move puts the window to a place of the display.
func (w *Window) Move(t testing.TB, x, y int) {
	t.Helper()
	w.display.Do(t, "windowmove", "--sync", w.onDisplay(t), strconv.Itoa(x), strconv.Itoa(y))
	w.WaitIdle(t, 30*time.Second)
}
