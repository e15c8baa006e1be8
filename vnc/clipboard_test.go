package vnc_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// copyText makes text the clipboard of a display, until another program does.
func copyText(t *testing.T, display, text string) {
	t.Helper()
	cmd := exec.Command("xclip", "-display", display, "-selection", "clipboard", "-quiet")
	cmd.Stdin = strings.NewReader(text)
	rfbtest.Run(t, cmd)
	wantText(t, display, text)
}

func pasted(display string) string {
	out, _ := exec.Command("xclip", "-display", display, "-selection", "clipboard", "-o").Output()
	return string(out)
}

func wantText(t *testing.T, display, text string) {
	t.Helper()
	rfbtest.Eventually(t, display+" pastes "+text, func() bool { return pasted(display) == text })
}

func TestTextIsSharedInTheDirectionsThatAreAllowed(t *testing.T) {
	if _, err := exec.LookPath("xclip"); err != nil {
		t.Skip("needs xclip")
	}
	for _, c := range []struct {
		how      string
		to, from bool
	}{{"both", true, true}, {"to", true, false}, {"from", false, true}} {
		t.Run(c.how, func(t *testing.T) {
			guest := rfbtest.StartXvnc(t, "720x400")
			inside := ":" + guest.Display
			d := openWindowOn(t, guest.Socket, "status 2 720 400", c.how)
			if !c.to || !c.from { // a second window shares everything: what it has told, the first had time to tell
				other := openWindowOn(t, guest.Socket, "status 2 720 400", "both")
				copyText(t, other.display, "of the other")
				other.takeKeyboard()
				wantText(t, inside, "of the other")
				copyText(t, inside, "of the guest")
				wantText(t, other.display, "of the guest")
			} else {
				copyText(t, inside, "of the guest")
			}
			if c.from {
				wantText(t, d.display, "of the guest")
			} else if got := pasted(d.display); got != "" {
				t.Errorf("the guest's text came: %q", got)
			}

			copyText(t, d.display, "grüße\n日本")
			d.takeKeyboard()
			if c.to {
				wantText(t, inside, "grüße\n日本")
				return
			}
			d.x("key", "a")
			rfbtest.Eventually(t, "the focus", func() bool { return d.heard("focus true") })
			if got := pasted(inside); got != "of the guest" {
				t.Errorf("the text went to the guest: %q", got)
			}
		})
	}
}

// takeKeyboard clicks into the screen.
func (d *realDesktop) takeKeyboard() {
	d.t.Helper()
	d.x("mousemove", "--window", d.window, "300", "200", "click", "1")
}
