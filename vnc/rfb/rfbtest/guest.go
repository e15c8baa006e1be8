// Package rfbtest runs a real QEMU for tests of VNC clients. Its guest is a
// boot sector that tells which keys and pointer movements reach it: everything
// it reads from the keyboard goes to one file and, as blue cells, to the text
// screen; everything from the mouse goes to another file. The lock keys switch
// the lights of its keyboard. F12 switches the screen from text (720x400) to
// graphics (640x400).
package rfbtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// patience is how long anything may take on a busy machine.
const patience = 60 * time.Second

// bootSector is the guest, 16-bit code for 0x7c00.
var bootSector = []byte{
	0xfa,             // cli
	0xfc,             // cld
	0xb8, 0x00, 0xb8, // mov $0xb800, %ax: text memory
	0x8e, 0xc0, // mov %ax, %es
	0x31, 0xff, // xor %di, %di
	0x31, 0xc9, // xor %cx, %cx: no light is on
	0xe4, 0x64, 0xa8, 0x02, 0x75, 0xfa, // wait until the controller listens
	0xb0, 0xa8, 0xe6, 0x64, // enable the mouse port
	0xe4, 0x64, 0xa8, 0x02, 0x75, 0xfa, // wait
	0xb0, 0xd4, 0xe6, 0x64, // the next byte is for the mouse
	0xe4, 0x64, 0xa8, 0x02, 0x75, 0xfa, // wait
	0xb0, 0xf4, 0xe6, 0x60, // report movements; it answers 0xfa
	// next:
	0xe4, 0x64, 0xa8, 0x01, 0x74, 0xfa, // wait for a byte
	0x88, 0xc3, // mov %al, %bl
	0xe4, 0x60, // in $0x60, %al
	0xf6, 0xc3, 0x20, // test $0x20, %bl
	0x75, 0x3a, // jnz mouse
	0x3c, 0xfa, // cmp $0xfa, %al: the keyboard's answer to a command
	0x74, 0xed, // je next
	0xe6, 0xe9, // out %al, $0xe9: the file of the keyboard
	0x88, 0xd6, // mov %dl, %dh
	0x88, 0xc2, // mov %al, %dl
	0x3c, 0x58, // cmp $0x58, %al: F12
	0x74, 0x30, // je graphics
	0xb4, 0x1f, // mov $0x1f, %ah: white on blue
	0xab,             // stosw
	0x80, 0xfe, 0x1d, // cmp $0x1d, %dh: what follows Ctrl is no lock, but Pause
	0x74, 0xdb, // je next
	0xb1, 0x04, // mov $4, %cl
	0x3c, 0x3a, // cmp $0x3a, %al: Caps Lock
	0x74, 0x0c, // je light
	0xb1, 0x02, // mov $2, %cl
	0x3c, 0x45, // cmp $0x45, %al: Num Lock
	0x74, 0x06, // je light
	0xb1, 0x01, // mov $1, %cl
	0x3c, 0x46, // cmp $0x46, %al: Scroll Lock
	0x75, 0xc9, // jne next
	// light:
	0x30, 0xcd, // xor %cl, %ch
	0xb0, 0xed, 0xe6, 0x60, // the next byte is the lights
	0xe4, 0x64, 0xa8, 0x02, 0x75, 0xfa, // wait
	0x88, 0xe8, // mov %ch, %al
	0xe6, 0x60, // out %al, $0x60
	0xeb, 0xb7, // jmp next
	// mouse:
	0xe6, 0xea, // out %al, $0xea: the file of the mouse
	0xeb, 0xb3, // jmp next
	// graphics:
	0xb8, 0x13, 0x00, // mov $0x13, %ax
	0xcd, 0x10, // int $0x10
	0xeb, 0xac, // jmp next
}

// A Guest is a running virtual machine.
type Guest struct {
	// Socket is where its VNC server listens.
	Socket string

	dir  string
	qemu *exec.Cmd
	qmp  net.Conn
	in   *bufio.Reader
}

// Start boots a guest and waits until it listens to its keyboard. The test is
// skipped where QEMU is not installed. vnc is appended to the -vnc option, such
// as ",password-secret=pw"; args are further arguments of QEMU.
func Start(t testing.TB, vnc string, args ...string) *Guest {
	t.Helper()
	g := boot(t, bootSector, vnc, args...)
	Eventually(t, "the guest listens", func() bool { return len(g.Mouse(t)) > 0 })
	return g
}

// boot starts QEMU with a boot sector.
func boot(t testing.TB, sector []byte, vnc string, args ...string) *Guest {
	t.Helper()
	return bootIn(t, sector, vnc, func(string) []string { return args })
}

// bootIn is boot for arguments that name files of the guest's directory.
func bootIn(t testing.TB, sector []byte, vnc string, args func(dir string) []string) *Guest {
	t.Helper()
	program, err := exec.LookPath("qemu-system-x86_64")
	if err != nil {
		t.Skip("needs qemu-system-x86_64")
	}
	dir, err := os.MkdirTemp("", "rfb") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	g := &Guest{Socket: filepath.Join(dir, "vnc"), dir: dir}
	g.writeDisk(t, sector)
	g.qemu = exec.Command(program, append(g.arguments(vnc), args(dir)...)...)
	g.qemu.Stderr = os.Stderr
	if err := g.qemu.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Kill)
	g.connectQMP(t)
	return g
}

func (g *Guest) arguments(vnc string) []string {
	return []string{
		"-machine", "pc", "-accel", "tcg", "-m", "16", "-nodefaults", "-vga", "std", "-display", "none",
		"-vnc", "unix:" + g.Socket + vnc,
		"-qmp", "unix:" + g.file("qmp") + ",server=on,wait=off",
		"-drive", "format=raw,file=" + g.file("disk"),
		"-chardev", "file,id=keys,path=" + g.file("keys"), "-device", "isa-debugcon,iobase=0xe9,chardev=keys",
		"-chardev", "file,id=mouse,path=" + g.file("mouse"), "-device", "isa-debugcon,iobase=0xea,chardev=mouse",
	}
}

func (g *Guest) file(name string) string { return filepath.Join(g.dir, name) }

func (g *Guest) writeDisk(t testing.TB, sector []byte) {
	t.Helper()
	disk := make([]byte, 512)
	copy(disk, sector)
	disk[510], disk[511] = 0x55, 0xaa
	if err := os.WriteFile(g.file("disk"), disk, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Kill ends QEMU at once, as a crash would. It may be called more than once.
func (g *Guest) Kill() {
	if g.qmp != nil {
		_ = g.qmp.Close()
	}
	_ = g.qemu.Process.Kill()
	_ = g.qemu.Wait()
}

// Dial connects to the VNC server.
func (g *Guest) Dial(t testing.TB) net.Conn {
	t.Helper()
	conn, err := net.Dial("unix", g.Socket)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// Keys returns the scan codes that the guest has read so far.
func (g *Guest) Keys(t testing.TB) []byte { t.Helper(); return g.read(t, "keys") }

// Mouse returns what the guest has read from its mouse: the answer 0xfa, then
// packets of three bytes.
func (g *Guest) Mouse(t testing.TB) []byte { t.Helper(); return g.read(t, "mouse") }

func (g *Guest) read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(g.file(name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (g *Guest) connectQMP(t testing.TB) {
	t.Helper()
	Eventually(t, "QEMU answers", func() bool {
		conn, err := net.Dial("unix", g.file("qmp"))
		g.qmp = conn
		return err == nil
	})
	g.in = bufio.NewReader(g.qmp)
	g.Do(t, "qmp_capabilities", nil)
}

// Do runs a command of the QEMU monitor protocol and returns its answer.
func (g *Guest) Do(t testing.TB, command string, arguments map[string]any) json.RawMessage {
	t.Helper()
	if arguments == nil {
		arguments = map[string]any{}
	}
	request, err := json.Marshal(map[string]any{"execute": command, "arguments": arguments})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.qmp.Write(request); err != nil {
		t.Fatal(err)
	}
	for {
		line, err := g.in.ReadBytes('\n')
		if err != nil {
			t.Fatal(err)
		}
		var reply struct {
			Return *json.RawMessage
			Error  *json.RawMessage
		}
		if err := json.Unmarshal(line, &reply); err != nil {
			t.Fatal(err)
		}
		if reply.Error != nil {
			t.Fatalf("%s: %s", command, *reply.Error)
		}
		if reply.Return != nil {
			return *reply.Return
		}
	}
}

// Screendump returns the screen as QEMU itself sees it.
func (g *Guest) Screendump(t testing.TB) *image.RGBA {
	t.Helper()
	g.Do(t, "screendump", map[string]any{"filename": g.file("ppm")})
	file, err := os.Open(g.file("ppm"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // only read
	return readPPM(t, bufio.NewReader(file))
}

func readPPM(t testing.TB, r *bufio.Reader) *image.RGBA {
	t.Helper()
	var width, height, limit int
	if _, err := fmt.Fscanf(r, "P6\n%d %d\n%d\n", &width, &height, &limit); err != nil || limit != 255 {
		t.Fatalf("picture header: %v, limit %d", err, limit)
	}
	pic := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			var rgb [3]byte
			for i := range rgb {
				b, err := r.ReadByte()
				if err != nil {
					t.Fatal(err)
				}
				rgb[i] = b
			}
			pic.SetRGBA(x, y, color.RGBA{rgb[0], rgb[1], rgb[2], 255})
		}
	}
	return pic
}

// Eventually waits until the condition holds, and fails the test when it takes
// longer than a minute.
func Eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	within(t, patience, what, condition)
}

func within(t testing.TB, patience time.Duration, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline:
			t.Fatalf("in vain: %s", what)
		case <-tick.C:
		}
	}
}
