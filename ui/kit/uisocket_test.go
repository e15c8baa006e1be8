package kit_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

// client speaks with the UI socket.
type client struct {
	t    *testing.T
	w    *kittest.Window
	conn net.Conn
	in   *bufio.Reader
}

func dial(t *testing.T, w *kittest.Window) *client {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ui")
	if err := w.Kit.ServeUI(path); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &client{t, w, conn, bufio.NewReader(conn)}
}

// ask sends one line and reads the answer while the window goes on.
func (c *client) ask(line string) map[string]any {
	c.t.Helper()
	if _, err := c.conn.Write([]byte(line + "\n")); err != nil {
		c.t.Fatal(err)
	}
	answers := make(chan []byte, 1)
	go func() {
		answer, _ := c.in.ReadBytes('\n')
		answers <- answer
	}()
	var answer map[string]any
	c.w.Until("the socket answers "+line, func() bool {
		select {
		case raw := <-answers:
			if err := json.Unmarshal(raw, &answer); err != nil {
				c.t.Fatalf("%s: answered %q: %v", line, raw, err)
			}
			return true
		default:
			return false
		}
	})
	return answer
}

func (c *client) wantError(line, kind string) {
	c.t.Helper()
	failure, _ := c.ask(line)["error"].(map[string]any)
	if failure["kind"] != kind || failure["message"] == "" {
		c.t.Errorf("%s: got %v, want an error of kind %s", line, failure, kind)
	}
}

// find returns the first element with the name, in any depth.
func find(nodes any, name string) map[string]any {
	list, _ := nodes.([]any)
	for _, n := range list {
		node := n.(map[string]any)
		if node["name"] == name {
			return node
		}
		if found := find(node["children"], name); found != nil {
			return found
		}
	}
	return nil
}

func TestTheTreeSaysWhatIsWhereInDevicePixels(t *testing.T) {
	w := kittest.Open(t, nil)
	button := widget.NewButton("Start", nil)
	w.Win.SetContent(container.NewWithoutLayout(button))
	button.Move(fyne.NewPos(10, 20))
	button.Resize(fyne.NewSize(100, 32))
	w.Win.Canvas().(interface{ SetScale(float32) }).SetScale(2)

	node := find(dial(t, w).ask(`{"do":"tree"}`)["nodes"], "Start")

	if node == nil || node["role"] != "push button" {
		t.Fatalf("no push button: %v", node)
	}
	for key, want := range map[string]float64{"x": 20, "y": 40, "w": 200, "h": 64} {
		if node[key] != want {
			t.Errorf("%s is %v, want %v", key, node[key], want)
		}
	}
	for _, state := range []string{"visible", "showing", "enabled", "sensitive", "focusable"} {
		if !slices.Contains(node["states"].([]any), any(state)) {
			t.Errorf("%v lacks %q", node["states"], state)
		}
	}
}

func TestWhatIsScrolledAwayIsNotShowing(t *testing.T) {
	w := kittest.Open(t, nil)
	rows := container.NewVBox()
	for range 100 {
		rows.Add(widget.NewLabel("row"))
	}
	last := widget.NewLabel("the last one")
	rows.Add(last)
	w.Win.SetContent(container.NewVScroll(rows))

	node := find(dial(t, w).ask(`{"do":"tree"}`)["nodes"], "the last one")

	if states := node["states"].([]any); !slices.Contains(states, any("visible")) || slices.Contains(states, any("showing")) {
		t.Errorf("states are %v", states)
	}
}

func TestIdleWaitsForLoadsAndActions(t *testing.T) {
	w := kittest.Open(t, nil)
	c := dial(t, w)
	release := make(chan struct{})
	w.Kit.Run(func(context.Context) error { <-release; return nil })

	c.wantError(`{"do":"wait","for":"idle","timeout_ms":50}`, "timeout")
	close(release)

	if got := c.ask(`{"do":"wait","for":"idle"}`); got["ok"] != true {
		t.Errorf("got %v", got)
	}
}

func TestShownWaitsForAName(t *testing.T) {
	w := kittest.Open(t, nil)
	c := dial(t, w)
	c.wantError(`{"do":"wait","for":"shown","name":"web","timeout_ms":50}`, "timeout")

	w.Kit.After(100*time.Millisecond, func() { w.Win.SetContent(widget.NewLabel("web")) })

	if got := c.ask(`{"do":"wait","for":"shown","name":"web"}`); got["ok"] != true {
		t.Errorf("got %v", got)
	}
}

func TestWindowsKeepTheirNumbers(t *testing.T) {
	w := kittest.Open(t, nil)
	c := dial(t, w)
	number := func(title string) any {
		for _, win := range c.ask(`{"do":"windows"}`)["windows"].([]any) {
			if win := win.(map[string]any); win["title"] == title {
				return win["id"]
			}
		}
		return nil
	}
	second := w.App.NewWindow("second")
	third := w.App.NewWindow("third")
	defer third.Close()
	before := number("third")

	second.Close()

	if after := number("third"); before == nil || after != before {
		t.Errorf("the window's number went from %v to %v", before, after)
	}
}

func TestConsolesTellTheirPicture(t *testing.T) {
	w := kittest.Open(t, nil)
	c := dial(t, w)
	c.wantError(`{"do":"console","id":"u1"}`, "not_found")

	remove := w.Kit.RegisterConsole("u1", func() kit.ConsoleStats {
		return kit.ConsoleStats{Width: 640, Height: 480, Hash: "00000000000000ff", Updates: 7}
	})

	got := c.ask(`{"do":"console","id":"u1"}`)
	if got["width"] != 640.0 || got["height"] != 480.0 || got["hash"] != "00000000000000ff" || got["updates"] != 7.0 {
		t.Errorf("got %v", got)
	}
	remove()
	c.wantError(`{"do":"console","id":"u1"}`, "not_found")
}

func TestBadRequestsAreRefusedWithAReason(t *testing.T) {
	w := kittest.Open(t, nil)
	c := dial(t, w)

	for _, line := range []string{`nonsense`, `{}`, `{"do":"click"}`, `{"do":"wait"}`, `{"do":"wait","for":"shown"}`, `[1]`} {
		c.wantError(line, "invalid")
	}
	c.wantError(`{"do":"`+string(bytes.Repeat([]byte{'x'}, 70<<10))+`"}`, "invalid")
}

func TestTheSocketIsPrivateAndAStaleOneIsReplaced(t *testing.T) {
	w := kittest.Open(t, nil)
	path := filepath.Join(t.TempDir(), "ui")
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false)
	if err := w.Kit.ServeUI(path); err == nil {
		t.Error("took a socket that is in use")
	}
	_ = stale.Close()

	if err := w.Kit.ServeUI(path); err != nil {
		t.Fatal(err)
	}

	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("mode is %v", mode)
	}
}
