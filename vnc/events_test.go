package vnc_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// An eventReader is a Linux that tells what an event device of it says.
type eventReader struct {
	*rfbtest.Linux
	file string
	read int // bytes that were news before
}

// startEventReader boots a Linux on virtio video with a PS/2 keyboard and mouse;
// name is part of what it calls the device.
func startEventReader(t *testing.T, name string) *eventReader {
	t.Helper()
	kernel, initrd, cmdline := virttest.Tiny(t)
	r := &eventReader{file: filepath.Join(t.TempDir(), "events")}
	r.Linux = rfbtest.StartLinux(t, kernel, initrd, cmdline, virttest.TinyReady, "", "-device", "virtio-vga",
		"-device", "virtio-serial", "-chardev", "file,id=events,path="+r.file, "-device", "virtserialport,chardev=events")
	r.Wait("# ")
	r.Type("until device=$(grep -l " + name + " /sys/class/input/event*/device/name | cut -d/ -f5) && [ $device ]; do usleep 50000; done")
	r.Type("port=$(echo /dev/vport*p1)") // a redirection takes a pattern for a name
	r.Type("cat /dev/input/$device > $port &")
	r.Type("echo it listen's'")
	r.Wait("it listens")
	return r
}

// What linux/input.h calls it.
const (
	eventKey      = 1
	eventRelative = 2

	buttonLeft, buttonRight, buttonMiddle, buttonSide, buttonExtra = 0x110, 0x111, 0x112, 0x113, 0x114
	relativeX, relativeY, wheel                                    = 0, 1, 8
)

// An inputEvent is a key or button that went down (1) or up (0), or a movement.
type inputEvent struct {
	kind, code uint16
	value      int32
}

// keyEvents are keys or buttons that are pressed and released, one after the other.
func keyEvents(codes ...uint16) (all []inputEvent) {
	for _, code := range codes {
		all = append(all, inputEvent{eventKey, code, 1}, inputEvent{eventKey, code, 0})
	}
	return all
}

// news returns what happened since it was asked last: struct input_event of
// linux/input.h, without repetitions and what is neither key nor movement.
func (r *eventReader) news(t *testing.T) (all []inputEvent) {
	t.Helper()
	b, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	const size, relativeCodes, repeated = 24, 11, 2
	for b = b[r.read:]; len(b) >= size; b = b[size:] {
		r.read += size
		e := inputEvent{binary.LittleEndian.Uint16(b[16:]), binary.LittleEndian.Uint16(b[18:]), int32(binary.LittleEndian.Uint32(b[20:]))} // it has a sign
		if e.kind == eventKey && e.value < repeated || e.kind == eventRelative && e.code < relativeCodes {
			all = append(all, e)
		}
	}
	return all
}
