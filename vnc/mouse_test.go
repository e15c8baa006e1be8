package vnc_test

import (
	"slices"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// QEMU's server forgets the wheel sideways and the buttons for back and forward:
// up to version 7.2 at least, none of them reaches a guest. Where they do they are
// themselves.
func TestARealMouseMovesAndClicksThatOfALinux(t *testing.T) {
	guest := startEventReader(t, "Mouse")
	d := openWindowOn(t, guest.Socket, "status 2 1024 768")
	d.x("mousemove", "--window", d.window, "300", "200")
	clicked := d.x("getmouselocation")
	d.takeKeyboard()
	rfbtest.Eventually(t, "the pointer is captured, in the middle of the window", func() bool { return d.x("getmouselocation") != clicked })
	d.x("click", "2")
	rfbtest.Eventually(t, "a click, after all that was before", func() bool {
		return slices.Contains(guest.news(t), inputEvent{eventKey, buttonMiddle, 0})
	})
	for _, c := range []struct {
		axis     uint16
		way      int // of a step
		far, bit []string
	}{
		{relativeX, 100, []string{"100", "0"}, []string{"1", "0"}},
		{relativeY, -100, []string{"0", "-100"}, []string{"0", "-1"}},
	} {
		const steps = 9 // farther than the window is wide
		for range steps {
			d.x(append([]string{"mousemove_relative", "--"}, c.far...)...)
		}
		way, bits := 0, 0
		rfbtest.Eventually(t, "the mouse moves", func() bool { // QEMU keeps what its mouse has no room for until it moves again
			bits++
			d.x(append([]string{"mousemove_relative", "--"}, c.bit...)...)
			for _, e := range guest.news(t) {
				if e.kind == eventRelative && e.code == c.axis {
					way += int(e.value)
				}
			}
			return way/c.way >= steps
		})
		if bits > 50 {
			t.Errorf("along axis %d it came there only after %d more steps", c.axis, bits)
		}
	}

	for _, button := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "1"} {
		d.x("click", button)
	}
	want := append(keyEvents(buttonLeft, buttonMiddle, buttonRight), inputEvent{eventRelative, wheel, 1}, inputEvent{eventRelative, wheel, -1})
	want = append(want, keyEvents(buttonLeft)...)
	var got []inputEvent
	rfbtest.Eventually(t, "the clicks", func() bool {
		got = append(got, slices.DeleteFunc(guest.news(t), func(e inputEvent) bool {
			return e.kind == eventRelative && e.code != wheel || e.code == buttonSide || e.code == buttonExtra
		})...)
		return len(got) >= len(want)
	})
	if !slices.Equal(got, want) {
		t.Errorf("the guest has %v, want %v", got, want)
	}
}
