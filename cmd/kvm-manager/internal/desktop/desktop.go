// Package desktop drives the real window in tests: a display in memory, a real
// mouse and keyboard, and the read-only UI socket for finding and waiting.
package desktop

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A Display is an X server in memory that ends with the test.
type Display struct{ name string }

// NewDisplay starts an X server of the size, such as 1280x800.
func NewDisplay(t testing.TB, size string) *Display {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", size+"x24", "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{write}
	if err := server.Start(); err != nil {
		t.Fatalf("Xvfb: %v", err)
	}
	write.Close()
	t.Cleanup(func() { end(server) })
	number, err := io.ReadAll(io.LimitReader(read, 8))
	if err != nil || len(bytes.TrimSpace(number)) == 0 {
		t.Fatalf("Xvfb does not say its display: %q, %v", number, err)
	}
	return &Display{":" + string(bytes.TrimSpace(number))}
}

// Do runs xdotool with the arguments.
func (d *Display) Do(t testing.TB, args ...string) {
	t.Helper()
	d.run(t, "xdotool", args...)
}

func (d *Display) run(t testing.TB, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.name)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return out
}

// Picture returns what the display shows.
func (d *Display) Picture(t testing.TB) image.Image {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(d.run(t, "import", "-window", "root", "png:-")))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// A Window is a running kvm-manager. What it finds, clicks and types is in any of
// the program's windows, or in the one that In or First chose.
type Window struct {
	display *Display
	only    int // number of the window that is looked at; 0: all of them
	process *exec.Cmd
	log     *journal
	conn    net.Conn
	in      *json.Decoder
	closed  chan struct{}
}

// Open starts the program on the display and waits until its window is painted.
// env is added to the environment. The test fails when the program's log
// complains of a wrong thread or a data race.
func Open(t testing.TB, d *Display, program string, env []string, args ...string) *Window {
	t.Helper()
	socket := filepath.Join(shortDir(t), "ui")
	w := &Window{display: d, process: exec.Command(program, args...), log: &journal{}, closed: make(chan struct{})}
	w.process.Env = append(os.Environ(), append(env, "DISPLAY="+d.name, "KVM_MANAGER_UI_SOCKET="+socket,
		"FYNE_SCALE=1", "FYNE_DISABLE_DPI_DETECTION=1", "LIBGL_ALWAYS_SOFTWARE=1")...)
	w.process.Stdout, w.process.Stderr = w.log, w.log
	if err := w.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(w.closed); _ = w.process.Wait() }()
	t.Cleanup(func() { w.Close(t) })
	Until(t, 60*time.Second, "the UI socket", func() bool {
		conn, err := net.Dial("unix", socket)
		if err == nil {
			w.conn, w.in = conn, json.NewDecoder(conn)
		}
		return err == nil || w.Gone()
	})
	if w.Gone() {
		t.Fatalf("the window ended at once:\n%s", w.log)
	}
	w.WaitIdle(t, 60*time.Second)
	return w
}

// shortDir returns a directory whose path leaves room for a socket's name.
func shortDir(t testing.TB) string {
	dir, err := os.MkdirTemp("", "kvmm")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// A journal is what the program has logged so far.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// Gone reports whether the program has ended.
func (w *Window) Gone() bool {
	select {
	case <-w.closed:
		return true
	default:
		return false
	}
}

// Close ends the program and looks at its log.
func (w *Window) Close(t testing.TB) {
	t.Helper()
	if !w.Gone() {
		_ = w.process.Process.Signal(syscall.SIGTERM)
		select {
		case <-w.closed:
		case <-time.After(15 * time.Second):
			_ = w.process.Process.Signal(syscall.SIGQUIT)
			<-w.closed
			t.Errorf("the window did not close in 15 s:\n%s", w.log)
			return
		}
	}
	for _, complaint := range []string{"Error in Fyne call thread", "DATA RACE", "panic:"} {
		if strings.Contains(w.log.String(), complaint) {
			t.Errorf("the window's log says %q:\n%s", complaint, w.log)
		}
	}
}

// Pid is the program's process.
func (w *Window) Pid() int { return w.process.Process.Pid }

// An Element is a node of the accessibility tree, in device pixels.
type Element struct {
	ID, Role, Name, Description, Value string
	States                             []string
	X, Y, W, H, Window                 int
	Children                           []Element
}

// Has reports whether the element is in the state.
func (e Element) Has(state string) bool {
	for _, s := range e.States {
		if s == state {
			return true
		}
	}
	return false
}

// Console is what the UI socket says of a console's picture.
type Console struct {
	Width, Height int
	Hash          string
	Updates       uint64
}

type reply struct {
	Nodes   []Element
	Windows []struct {
		ID    int
		Title string
	}
	Console
	Error *struct{ Kind, Message string }
}

func (w *Window) ask(request map[string]any) (reply, error) {
	var r reply
	if err := json.NewEncoder(w.conn).Encode(request); err != nil {
		return r, err
	}
	if err := w.in.Decode(&r); err != nil {
		return r, err
	}
	if r.Error != nil {
		return r, errors.New(r.Error.Message)
	}
	return r, nil
}

// WaitIdle waits until nothing is loading and all is painted.
func (w *Window) WaitIdle(t testing.TB, limit time.Duration) {
	t.Helper()
	w.must(t, map[string]any{"do": "wait", "for": "idle", "timeout_ms": limit.Milliseconds()})
}

// WaitShown waits until something of that name can be seen.
func (w *Window) WaitShown(t testing.TB, name string, limit time.Duration) {
	t.Helper()
	w.must(t, map[string]any{"do": "wait", "for": "shown", "name": name, "timeout_ms": limit.Milliseconds()})
}

func (w *Window) must(t testing.TB, request map[string]any) reply {
	t.Helper()
	r, err := w.ask(request)
	if err != nil {
		w.Save(t, "failed")
		t.Fatalf("%v: %v\nlog:\n%s", request, err, w.log)
	}
	return r
}

// Console returns the state of the VM's console picture; ok is false while none
// is open.
func (w *Window) Console(id string) (c Console, ok bool) {
	r, err := w.ask(map[string]any{"do": "console", "id": id})
	return r.Console, err == nil
}

// All returns the elements that match, in reading order.
func (w *Window) All(t testing.TB, match func(Element) bool) []Element {
	t.Helper()
	var found []Element
	var visit func([]Element)
	visit = func(nodes []Element) {
		for _, n := range nodes {
			if match(n) {
				found = append(found, n)
			}
			visit(n.Children)
		}
	}
	for _, frame := range w.must(t, map[string]any{"do": "tree"}).Nodes {
		if w.only == 0 || frame.Window == w.only {
			visit([]Element{frame})
		}
	}
	return found
}

// Find returns the first element of the role and name, waiting for it.
func (w *Window) Find(t testing.TB, role, name string) Element {
	t.Helper()
	var found []Element
	ok := Eventually(10*time.Second, func() bool {
		found = w.All(t, func(e Element) bool { return e.Role == role && e.Name == name })
		return len(found) > 0
	})
	if !ok {
		w.Save(t, "missing")
		t.Fatalf("there is no %s %q. There are:\n%s", role, name, w.outline(t))
	}
	return found[0]
}

func (w *Window) outline(t testing.TB) string {
	var out strings.Builder
	for _, e := range w.All(t, func(e Element) bool { return e.Name != "" }) {
		fmt.Fprintf(&out, "%s %q %v\n", e.Role, e.Name, e.States)
	}
	return out.String()
}

// Click presses the left button in the middle of the element.
func (w *Window) Click(t testing.TB, role, name string) {
	t.Helper()
	e := w.Find(t, role, name)
	w.ClickAt(t, e.X+e.W/2, e.Y+e.H/2, 1)
}

// ClickAt presses a mouse button at a place of the window.
func (w *Window) ClickAt(t testing.TB, x, y, button int) {
	t.Helper()
	w.front(t)
	at := w.Origin(t)
	x, y = x+at.X, y+at.Y
	w.display.Do(t, "mousemove", strconv.Itoa(x), strconv.Itoa(y), "sleep", "0.05", "click", strconv.Itoa(button))
	w.WaitIdle(t, 30*time.Second)
}

// Key presses a key or combination by its X name, such as Return or ctrl+n.
func (w *Window) Key(t testing.TB, key string) {
	t.Helper()
	w.front(t)
	w.display.Do(t, "key", "--clearmodifiers", key)
	w.WaitIdle(t, 30*time.Second)
}

// Type presses the keys of the ASCII text.
func (w *Window) Type(t testing.TB, text string) {
	t.Helper()
	w.front(t)
	w.display.Do(t, "type", "--delay", "60", text)
}

// Fill replaces what the text field of that name holds by the ASCII text.
func (w *Window) Fill(t testing.TB, name, text string) {
	t.Helper()
	w.Click(t, "text", name)
	w.Key(t, "ctrl+a")
	w.Type(t, text)
	Until(t, 30*time.Second, name+" to be "+text, func() bool { return w.Find(t, "text", name).Value == text })
	w.WaitIdle(t, 30*time.Second)
}

// Save writes what the display shows to the directory in KVM_MANAGER_PICTURES,
// when it is set, for people to look at.
func (w *Window) Save(t testing.TB, name string) {
	t.Helper()
	dir := os.Getenv("KVM_MANAGER_PICTURES")
	if dir == "" {
		return
	}
	w.display.run(t, "import", "-window", "root", filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+"-"+name+".png"))
}

// Eventually reports whether the condition came true within the limit.
func Eventually(limit time.Duration, condition func() bool) bool {
	deadline := time.Now().Add(limit)
	for tick := time.NewTicker(50 * time.Millisecond); ; <-tick.C {
		if condition() {
			tick.Stop()
			return true
		}
		if time.Now().After(deadline) {
			tick.Stop()
			return false
		}
	}
}

// Until fails the test when the condition does not come true within the limit.
func Until(t testing.TB, limit time.Duration, what string, condition func() bool) {
	t.Helper()
	if !Eventually(limit, condition) {
		t.Fatalf("waited %s for %s", limit, what)
	}
}

func end(cmd *exec.Cmd) {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
}
