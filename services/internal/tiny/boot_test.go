package tiny

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// bootTimeout is generous: the processors are emulated and shared.
const bootTimeout = 3 * time.Minute

func TestMachineBootsAnswersAndObeysItsButtons(t *testing.T) {
	m := boot(t, builtImage(t))

	m.waitSerial(Ready, "eth0 has the address 10.0.2.15/24")
	t.Logf("ready after %v", time.Since(m.started).Round(10*time.Millisecond))

	m.typeSerial("echo sum $((40 + 2)) on $(tty)\r")
	m.waitSerial("sum 42 on /dev/ttyS0")
	m.typeSerial("hostname\r")
	m.waitSerial("\ntest-guest\r\n")
	m.typeSerial("ping -c 1 10.0.2.2 > /dev/null && echo gateway an''swers\r")
	m.waitSerial("gateway answers")

	m.qmp("system_reset", nil)
	m.waitSerial(Ready)
	m.typeSerial("reboot\r")
	m.waitSerial("TINY STOP")
	m.waitSerial(Ready)
	m.pressUntil("TINY STOP", key("ctrl"), key("alt"), key("delete"))
	m.waitSerial(Ready)

	pressed := time.Now()
	m.qmp("system_powerdown", nil)
	m.waitOff()
	t.Logf("off %v after the power button", time.Since(pressed).Round(10*time.Millisecond))
}

func TestScreenShowsTheShellAndTakesKeys(t *testing.T) {
	for _, device := range []string{"virtio-vga", "VGA"} {
		t.Run(device, func(t *testing.T) {
			m := boot(t, builtImage(t), "-device", device)
			m.waitSerial(Ready)
			m.waitScreenText("root# ")
			m.waitKeyboard()

			before := m.screen()
			if got, want := before.Bounds().Size(), image.Pt(1024, 768); got != want {
				t.Errorf("screen size: got %v, want %v", got, want)
			}
			for _, k := range []string{"l", "s", "spc", "slash", "e", "t", "c", "ret"} {
				m.qmp("send-key", map[string]any{"keys": []any{key(k)}})
			}
			m.waitScreenText("inittab")
			if after := m.screen(); ink(before) < 500 || ink(after) < ink(before)+100 {
				t.Errorf("bright pixels: %d, after typing %d", ink(before), ink(after))
			}
			m.qmp("system_powerdown", nil)
			m.waitOff()
		})
	}
}

func TestPoweroffCommandOnTheSerialPortEndsTheMachine(t *testing.T) {
	m := boot(t, builtImage(t))
	m.waitSerial(Ready)
	m.typeSerial("poweroff\r")
	m.waitOff()
}

func TestSecondBuildTakesTheFirstOnesImage(t *testing.T) {
	want := builtImage(t)
	var stages []string
	got, err := Build(context.Background(), Options{CacheDir: testCache(t), Stage: func(name string) { stages = append(stages, name) }})
	if err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if !slices.Equal(stages, []string{StageFind}) {
		t.Errorf("stages: got %q, want only %q", stages, StageFind)
	}
}

// testCache outlives the test: making the image anew would fetch it anew.
func testCache(t *testing.T) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "kvm-manager-test")
}

func builtImage(t *testing.T) Image {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and boots a machine")
	}
	img, err := Build(context.Background(), Options{CacheDir: testCache(t)})
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// A machine is a QEMU process that runs the image.
type machine struct {
	t       *testing.T
	started time.Time
	ended   chan error
	serial  net.Conn
	control *json.Decoder
	command io.Writer

	mu   sync.Mutex
	said bytes.Buffer // by the serial port, not yet waited for
}

func boot(t *testing.T, img Image, extra ...string) *machine {
	t.Helper()
	qemu, err := exec.LookPath("qemu-system-x86_64")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "tiny") // short: it holds sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // a temporary directory
	serial, control := filepath.Join(dir, "serial"), filepath.Join(dir, "qmp")
	args := append([]string{
		"-nodefaults", "-machine", "q35,accel=tcg", "-cpu", "qemu64", "-m", fmt.Sprint(Memory >> 20), "-display", "none",
		"-kernel", img.KernelPath, "-initrd", img.InitrdPath, "-append", Cmdline("test guest"),
		"-serial", "unix:" + serial + ",server=on,wait=on", "-qmp", "unix:" + control + ",server=on,wait=off",
		"-netdev", "user,id=n,restrict=on", "-device", "virtio-net-pci,netdev=n",
		"-device", "qemu-xhci", "-device", "usb-tablet", "-device", "usb-kbd", "-device", "virtio-rng-pci", "-device", "virtio-balloon-pci",
	}, extra...)
	cmd := exec.Command(qemu, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	m := &machine{t: t, ended: make(chan error, 1)}
	go func() {
		m.ended <- cmd.Wait()
		close(m.ended)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck // it may be off already
		for range m.ended {
		}
		if t.Failed() {
			t.Logf("qemu: %s\nserial port, unread: %q", &stderr, m.unread())
		}
	})
	m.serial = dial(t, serial)
	m.started = time.Now()
	go m.listen()
	qmp := dial(t, control)
	m.control, m.command = json.NewDecoder(qmp), qmp
	m.answer() // the greeting
	m.qmp("qmp_capabilities", nil)
	return m
}

func dial(t *testing.T, socket string) net.Conn {
	t.Helper()
	var conn net.Conn
	eventually(t, "QEMU listens", func() bool {
		var err error
		conn, err = net.Dial("unix", socket)
		return err == nil
	})
	t.Cleanup(func() { conn.Close() }) //nolint:errcheck // only read
	return conn
}

func (m *machine) listen() {
	buffer := make([]byte, 4096)
	for {
		n, err := m.serial.Read(buffer)
		m.mu.Lock()
		m.said.Write(buffer[:n])
		m.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (m *machine) unread() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.said.String()
}

// waitSerial waits for the texts, in whichever order they come, and forgets all
// up to the last of them.
func (m *machine) waitSerial(texts ...string) {
	m.t.Helper()
	eventually(m.t, fmt.Sprintf("the serial port says %q", texts), func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		end := 0
		for _, text := range texts {
			at := bytes.Index(m.said.Bytes(), []byte(text))
			if at < 0 {
				return false
			}
			end = max(end, at+len(text))
		}
		m.said.Next(end)
		return true
	})
}

// pressUntil presses the keys together, again and again as a person would, until
// the serial port says text: the USB keyboard may come to life after the shells.
func (m *machine) pressUntil(text string, keys ...any) {
	m.t.Helper()
	pressed := time.Time{}
	eventually(m.t, "the keys make the serial port say "+text, func() bool {
		if time.Since(pressed) > 3*time.Second {
			m.qmp("send-key", map[string]any{"keys": keys})
			pressed = time.Now()
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		at := bytes.Index(m.said.Bytes(), []byte(text))
		m.said.Next(max(0, at))
		return at >= 0
	})
}

func (m *machine) typeSerial(text string) {
	m.t.Helper()
	if _, err := m.serial.Write([]byte(text)); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) waitOff() {
	m.t.Helper()
	select {
	case err := <-m.ended:
		if err != nil {
			m.t.Fatal(err)
		}
	case <-time.After(bootTimeout):
		m.t.Fatal("the machine is still on")
	}
}

// qmp runs a command of QEMU's machine protocol.
func (m *machine) qmp(name string, arguments map[string]any) {
	m.t.Helper()
	if arguments == nil {
		arguments = map[string]any{}
	}
	if err := json.NewEncoder(m.command).Encode(map[string]any{"execute": name, "arguments": arguments}); err != nil {
		m.t.Fatal(err)
	}
	for {
		a := m.answer()
		if a["error"] != nil {
			m.t.Fatalf("qmp %s: %v", name, a["error"])
		}
		if _, done := a["return"]; done {
			return
		}
	}
}

func (m *machine) answer() map[string]any {
	m.t.Helper()
	var a map[string]any
	if err := m.control.Decode(&a); err != nil {
		m.t.Fatal(err)
	}
	return a
}

func key(name string) map[string]any { return map[string]any{"type": "qcode", "data": name} }

// screen returns the picture that the machine shows.
func (m *machine) screen() image.Image {
	m.t.Helper()
	file := filepath.Join(m.t.TempDir(), "screen.png")
	m.qmp("screendump", map[string]any{"filename": file, "format": "png"})
	f, err := os.Open(file)
	if err != nil {
		m.t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	picture, err := png.Decode(f)
	if err != nil {
		m.t.Fatal(err)
	}
	return picture
}

// waitScreenText waits until the text console shows the text. It looks through
// the shell on the serial port.
func (m *machine) waitScreenText(text string) {
	m.t.Helper()
	m.typeSerial("until grep -q '" + text + "' /dev/vcs1; do usleep 100000; done; echo screen sh''ows\r")
	m.waitSerial("screen shows")
}

// waitKeyboard waits until the guest has its USB keyboard, which may come to life
// after the shells: keys pressed before are lost.
func (m *machine) waitKeyboard() {
	m.t.Helper()
	m.typeSerial("until grep -q 'USB Keyboard' /proc/bus/input/devices; do usleep 100000; done; echo keyboard li''ves\r")
	m.waitSerial("keyboard lives")
}

// ink counts the bright pixels.
func ink(s image.Image) int {
	count := 0
	for y := s.Bounds().Min.Y; y < s.Bounds().Max.Y; y++ {
		for x := s.Bounds().Min.X; x < s.Bounds().Max.X; x++ {
			if _, g, _, _ := s.At(x, y).RGBA(); g > 0x7fff {
				count++
			}
		}
	}
	return count
}

func eventually(t *testing.T, what string, true func() bool) {
	t.Helper()
	deadline := time.After(bootTimeout)
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for !true() {
		select {
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		case <-again.C:
		}
	}
}
