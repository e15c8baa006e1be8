package vnc_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
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
	rfbtest.Eventually(t, fmt.Sprintf("%s pastes %.20q", display, text), func() bool { return pasted(display) == text })
}

// share says in which directions text goes from now on.
func (d *realDesktop) share(direction string) {
	d.t.Helper()
	before := d.times("shares " + direction)
	if _, err := fmt.Fprintln(d.orders, direction); err != nil {
		d.t.Fatal(err)
	}
	rfbtest.Eventually(d.t, "the direction", func() bool { return d.times("shares "+direction) > before })
}

func TestTextIsSharedWithXvncBothWays(t *testing.T) {
	if _, err := exec.LookPath("xclip"); err != nil {
		t.Skip("needs xclip")
	}
	guest := rfbtest.StartXvnc(t, "720x400")
	inside := ":" + guest.Display
	d := openWindowOn(t, guest.Socket, "status 2 720 400")
	d.share("both")
	copyText(t, inside, "of the guest")
	wantText(t, d.display, "of the guest")
	copyText(t, d.display, "grüße\n日本")
	d.takeKeyboard()
	wantText(t, inside, "grüße\n日本")
}

// A million bytes go each way between a window's clipboard and that of a guest
// with SPICE's agent. A second client hears of each text that QEMU gets to know.
func TestTextIsSharedWithAnAgentInTheDirectionsThatAreAllowed(t *testing.T) {
	kernel, initrd, cmdline := virttest.Tiny(t)
	guest := rfbtest.StartAgent(t, kernel, initrd, cmdline, virttest.TinyReady)
	texts := followTexts(t, guest.Guest)
	d := openWindowOn(t, guest.Socket, "status 2 1024 768")
	text := func(mark string) string { return rfbtest.Text(mark, 1_000_000) }
	next := func(mark string) {
		t.Helper()
		select {
		case got := <-texts:
			if got != text(mark) {
				t.Fatalf("QEMU knows a text of %d bytes, %.20q, want %.20q", len(got), got, text(mark))
			}
		case <-time.After(time.Minute):
			t.Fatalf("QEMU never knew the text %.20q", text(mark))
		}
	}
	offer := func(mark string) {
		t.Helper()
		copyText(t, d.display, text(mark))
		d.takeKeyboard()
		d.x("key", "x")
	}

	offer("a") // at first nothing is shared
	d.letGo()
	d.share("to")
	offer("b")
	next("b")
	guest.WantText(text("b"))
	guest.CopyText(text("b"), "c")
	next("c")
	d.letGo()
	wantText(t, d.display, text("b"))

	d.share("from")
	offer("d")
	d.letGo()
	guest.CopyText(text("b"), "f")
	next("f")
	wantText(t, d.display, text("f"))

	d.share("off")
	guest.CopyText(text("b"), "h")
	next("h")
	offer("i")
	d.letGo()
	wantText(t, d.display, text("i"))

	d.share("both")
	offer("k")
	next("k")
	guest.WantText(text("k"))
	guest.CopyText(text("k"), "l")
	next("l")
	wantText(t, d.display, text("l"))
}

func TestATextThatIsTooLongIsToldOnceAndTheNextOneIsShared(t *testing.T) {
	guest := rfbtest.Start(t, "")
	texts := followTexts(t, guest)
	screen, _, window := show(t)
	var told []int
	screen.OnLongText = func(bytes int) { told = append(told, bytes) }
	screen.SetClipboard(vnc.ClipboardToGuest)
	screen.Connect(t.Context(), dial(guest), nobody)
	copied := func(text string) {
		fyne.CurrentApp().Clipboard().SetContent(text)
		window.Canvas().Unfocus()
		window.Canvas().Focus(screen)
	}
	arrives := func(text string) func() bool {
		return func() bool {
			select {
			case got := <-texts:
				return got == text
			default:
				return false
			}
		}
	}
	window.Canvas().Focus(screen)
	rfbtest.Eventually(t, "a picture", func() bool { return screen.Stats().Updates > 0 })

	long := strings.Repeat("a", rfb.MaxCutText+1)
	copied(long)
	copied(long)
	if len(told) != 1 || told[0] != len(long) || screen.LongText() != len(long) {
		t.Fatalf("told %v, and %d bytes are too long, want once %d", told, screen.LongText(), len(long))
	}
	copied(long + "b")
	if len(told) != 2 {
		t.Errorf("of another text nothing was told")
	}
	copied(long[1:])
	rfbtest.Eventually(t, "a text that is just short enough", arrives(long[1:]))
	if screen.LongText() != 0 || len(told) != 2 {
		t.Errorf("told %v, and %d bytes are too long after one that was shared", told, screen.LongText())
	}
	copied(long)
	if screen.SetClipboard(vnc.ClipboardOff); screen.LongText() != 0 {
		t.Error("a text that nobody wants to share is too long")
	}
}

// followTexts returns the texts that QEMU gets to know.
func followTexts(t *testing.T, guest *rfbtest.Guest) <-chan string {
	t.Helper()
	texts := make(chan string, 99)
	connectBeside(t, guest, rfb.Options{OnCutText: func(text string) { texts <- text }})
	return texts
}
