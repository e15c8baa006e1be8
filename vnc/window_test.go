package vnc_test

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// A desktop is an X server with a window manager and one window that shows a
// guest's screen.
type realDesktop struct {
	t       *testing.T
	display string
	home    string // of its programs
	window  string // its X11 number
	orders  io.Writer

	mu   sync.Mutex
	told []string // lines of the program
}

// openWindow shows the guest in a real window under Xvfb.
func openWindow(t *testing.T, guest *rfbtest.Guest) *realDesktop {
	t.Helper()
	return openWindowOn(t, guest.Socket, "status 2 720 400")
}

// openWindowOn shows the screen at the socket; connected is what the window then
// says.
func openWindowOn(t *testing.T, socket, connected string) *realDesktop {
	t.Helper()
	d := newDesktop(t)
	d.startX()
	d.open(socket, connected)
	return d
}

// newDesktop is a desktop without a display yet.
func newDesktop(t *testing.T) *realDesktop {
	t.Helper()
	for _, tool := range []string{"Xvfb", "openbox", "xprop", "xdotool", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("needs " + tool)
		}
	}
	return &realDesktop{t: t, home: t.TempDir()}
}

// open is openWindowOn on a display that is there.
func (d *realDesktop) open(socket, connected string) {
	d.t.Helper()
	program, err := windowProgram()
	if err != nil {
		d.t.Fatal(err)
	}
	d.manage()
	d.start(d.listen, program, socket)
	d.t.Cleanup(func() {
		if d.t.Failed() {
			d.t.Logf("the window said last %q", d.last(20))
		}
	})
	rfbtest.Eventually(d.t, "the picture is painted", func() bool {
		return d.heard(connected) && d.heard("repaint_asked")
	})
	d.find("Screen under test")
}

// find activates the window of that name.
func (d *realDesktop) find(name string) {
	d.t.Helper()
	rfbtest.Eventually(d.t, "the window is found", func() bool { // a window that goes meanwhile ends the search
		search := exec.Command("xdotool", "search", "--onlyvisible", "--name", name)
		search.Env = d.environment()
		found, err := search.Output()
		d.window = strings.TrimSpace(string(found))
		return err == nil && d.window != ""
	})
	d.x("windowactivate", "--sync", d.window)
}

// programs holds what tests have compiled.
var programs string

func TestMain(m *testing.M) {
	var err error
	if programs, err = os.MkdirTemp("", "vnc"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(programs)
	os.Exit(code)
}

// windowProgram compiles testdata/window once, with the flags of the released
// programs.
var windowProgram = sync.OnceValues(func() (string, error) {
	program := filepath.Join(programs, "window")
	build := exec.Command("go", "build", "-tags", "migrated_fynedo libvirt_dlopen", "-o", program, "./testdata/window")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return program, nil
})

// startX starts an X server on a free display.
func (d *realDesktop) startX() {
	d.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Close()
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{w}
	d.run(server)
	_ = w.Close() // Xvfb has its own
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		d.t.Fatalf("Xvfb: %v", err)
	}
	d.display = ":" + strings.TrimSpace(line)
}

// manage starts a window manager and waits until it manages. A window that comes
// while it starts may get lost: it is never mapped, and GLFW waits for that for ever.
func (d *realDesktop) manage() {
	d.t.Helper()
	d.start(nil, "openbox", "--sm-disable")
	rfbtest.Eventually(d.t, "the window manager", func() bool {
		ask := exec.Command("xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
		ask.Env = d.environment()
		answer, _ := ask.Output() // no answer yet
		return bytes.Contains(answer, []byte("window id"))
	})
}

// start runs a program on the desktop until the test ends.
func (d *realDesktop) start(listen func(line string), name string, args ...string) {
	d.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = d.environment()
	if listen == nil {
		d.run(cmd)
		return
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if d.orders, err = cmd.StdinPipe(); err != nil {
		d.t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	d.run(cmd)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			listen(lines.Text())
		}
	}()
}

func (d *realDesktop) run(cmd *exec.Cmd) {
	d.t.Helper()
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

func (d *realDesktop) environment() []string {
	return append(os.Environ(), "DISPLAY="+d.display, "HOME="+d.home, "XDG_CONFIG_HOME="+d.home,
		"FYNE_SCALE=1", "FYNE_DISABLE_DPI_DETECTION=1", "LIBGL_ALWAYS_SOFTWARE=1", "LC_ALL=en_US.UTF-8")
}

func (d *realDesktop) listen(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, line)
}

func (d *realDesktop) heard(line string) bool { return d.times(line) > 0 }

// times counts how often the program said the line.
func (d *realDesktop) times(line string) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.told {
		if l == line {
			n++
		}
	}
	return n
}

// last returns the last lines of the program that do not come with every picture.
func (d *realDesktop) last(n int) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	told := slices.DeleteFunc(slices.Clone(d.told), func(line string) bool {
		return line == "update_received" || line == "repaint_asked"
	})
	return told[max(0, len(told)-n):]
}

// takeKeyboard clicks into the screen.
func (d *realDesktop) takeKeyboard() {
	d.t.Helper()
	before := d.times("focus true")
	d.x("mousemove", "--window", d.window, "300", "200", "click", "1")
	rfbtest.Eventually(d.t, "the focus", func() bool { return d.times("focus true") > before })
}

// letGo gives the keyboard back to the window.
func (d *realDesktop) letGo() {
	d.t.Helper()
	before := d.times("released")
	d.x("keydown", "ctrl", "keydown", "alt", "keyup", "alt", "keyup", "ctrl")
	rfbtest.Eventually(d.t, "the release", func() bool { return d.times("released") > before })
}

// x acts with the real mouse and keyboard.
func (d *realDesktop) x(args ...string) string {
	d.t.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = d.environment()
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.t.Fatalf("xdotool %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// screenshot returns what the window shows.
func (d *realDesktop) screenshot() image.Image {
	d.t.Helper()
	cmd := exec.Command("import", "-window", d.window, "png:-")
	cmd.Env = d.environment()
	out, err := cmd.Output()
	if err != nil {
		d.t.Fatalf("import: %v", err)
	}
	pic, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		d.t.Fatal(err)
	}
	return pic
}

// differs says where two pictures differ first.
func differs(got image.Image, want *image.RGBA) error {
	if got.Bounds().Size() != want.Rect.Size() {
		return fmt.Errorf("size %v, want %v", got.Bounds().Size(), want.Rect.Size())
	}
	origin := got.Bounds().Min
	for y := range want.Rect.Dy() {
		for x := range want.Rect.Dx() {
			r, g, b, _ := got.At(origin.X+x, origin.Y+y).RGBA()
			if w := want.RGBAAt(x, y); uint8(r>>8) != w.R || uint8(g>>8) != w.G || uint8(b>>8) != w.B {
				return fmt.Errorf("at %d,%d: %x %x %x, want %v", x, y, r>>8, g>>8, b>>8, w)
			}
		}
	}
	return nil
}

func TestARealWindowShowsTheGuestAndTakesKeyboardAndMouse(t *testing.T) {
	guest := rfbtest.Start(t, "")
	d := openWindow(t, guest)

	d.takeKeyboard() // and the pointer

	// Every key belongs to the guest, those of the window manager included.
	d.x("key", "a")
	d.x("key", "Tab")
	d.x("key", "alt+F4")
	wantKeys(t, guest, 0x1e, 0x9e, 0x0f, 0x8f, 0x38, 0x3e, 0xb8, 0xbe)

	// The captured pointer moves farther than the window is wide.
	start := movedRight(guest.Mouse(t))
	for range 6 {
		d.x("mousemove_relative", "100", "0")
	}
	rfbtest.Eventually(t, "the mouse goes right", func() bool {
		d.x("mousemove_relative", "0", "1") // QEMU keeps what its PS/2 queue had no room for until the next event
		return movedRight(guest.Mouse(t)) >= start+600
	})
	before := len(guest.Mouse(t))
	d.x("click", "1")
	rfbtest.Eventually(t, "a click", func() bool { return len(guest.Mouse(t)) >= before+6 })

	if err := eventuallyShows(t, d, guest); err != nil {
		t.Errorf("the window shows something else: %v", err)
	}

	d.letGo()
	rfbtest.Eventually(t, "the focus goes", func() bool { return d.heard("focus false") })
	keys := len(guest.Keys(t))
	d.x("key", "b")
	d.takeKeyboard()
	d.x("key", "c")
	rfbtest.Eventually(t, "the key after the click", func() bool { return bytes.HasSuffix(guest.Keys(t), []byte{0x2e, 0xae}) })
	if got := guest.Keys(t)[keys:]; bytes.Contains(got, []byte{0x30}) {
		t.Errorf("a key typed after letting go reached the guest: % x", got)
	}
}

// movedRight adds up the packets of a mouse, after its first answer.
func movedRight(packets []byte) int {
	way := 0
	for i := 1; i+3 <= len(packets); i += 3 {
		way += int(int8(packets[i+1]))
	}
	return way
}

// eventuallyShows waits until the window shows the guest's screen, pixel by
// pixel, while the guest stands still.
func eventuallyShows(t *testing.T, d *realDesktop, guest *rfbtest.Guest) (last error) {
	t.Helper()
	guest.Do(t, "stop", nil)
	defer guest.Do(t, "cont", nil)
	truth := guest.Screendump(t)
	rfbtest.Eventually(t, "the window shows the guest", func() bool {
		last = differs(d.screenshot(), truth)
		return last == nil
	})
	return last
}
