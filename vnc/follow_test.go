package vnc_test

import (
	"bytes"
	"context"
	"image"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// wantSize waits until the guest's screen has a size, in pixels.
func wantSize(t *testing.T, screen *vnc.Screen, size image.Point) {
	t.Helper()
	rfbtest.Eventually(t, "a screen of "+size.String(), func() bool { return screen.Picture().Rect.Size() == size })
}

func TestAnXServerFollowsTheWidgetWhileItShall(t *testing.T) {
	x := rfbtest.StartXvnc(t, "400x300")
	screen, told, window := show(t)
	if screen.CanFollow() {
		t.Error("without a connection somebody follows")
	}
	screen.Connect(t.Context(), func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", x.Socket)
	}, nobody)
	rfbtest.Eventually(t, "the offer", screen.CanFollow)
	wantSize(t, screen, image.Pt(400, 300))

	screen.SetScaling(vnc.Follow)
	wantSize(t, screen, image.Pt(896, 400))
	before := len(told.all())
	for width := range 40 { // somebody drags
		window.Resize(fyne.NewSize(float32(902+width), 500))
	}
	window.Resize(fyne.NewSize(1003, 601))
	wantSize(t, screen, image.Pt(1000, 601))
	if sizes := told.all()[before:]; len(sizes) != 1 {
		t.Errorf("while the window was dragged the screen took the sizes %v", sizes)
	}
	window.Resize(fyne.NewSize(200, 150))
	wantSize(t, screen, image.Pt(320, 240))

	screen.Pause()
	window.Resize(fyne.NewSize(500, 400))
	screen.Resume()
	wantSize(t, screen, image.Pt(496, 400))
	screen.SetScaling(vnc.Fit)
	window.Resize(fyne.NewSize(700, 500))
	if err := screen.RequestSize(640, 480); err != nil {
		t.Fatal(err)
	}
	wantSize(t, screen, image.Pt(640, 480))
	screen.SetScaling(vnc.Follow)
	wantSize(t, screen, image.Pt(696, 500))
}

func TestAScreenOfFixedSizeIsAskedOnceInAConnection(t *testing.T) {
	guest := rfbtest.Start(t, "")
	screen, _, window := show(t)
	var fixed atomic.Int32
	screen.OnFixed = func() { fixed.Add(1) }
	screen.Connect(t.Context(), dial(guest), nobody)
	rfbtest.Eventually(t, "the offer", screen.CanFollow) // QEMU refuses only when it is asked
	screen.SetScaling(vnc.Follow)
	rfbtest.Eventually(t, "the refusal", func() bool { return !screen.CanFollow() && fixed.Load() == 1 })
	window.Resize(fyne.NewSize(1000, 700))
	guest.Do(t, "stop", nil)
	truth := guest.Screendump(t)
	rfbtest.Eventually(t, "the picture", func() bool { return bytes.Equal(screen.Picture().Pix, truth.Pix) })
	if n := fixed.Load(); n != 1 {
		t.Errorf("it was refused %d times", n)
	}
}

func TestALinuxOnVirtioVideoFollowsTheWidget(t *testing.T) {
	kernel, initrd, cmdline := virttest.Tiny(t)
	cmdline = strings.Replace(cmdline, "video=1024x768", "", 1)
	guest := rfbtest.StartLinux(t, kernel, initrd, cmdline, virttest.TinyReady, "", "-device", "virtio-vga")
	screen, _, window := connect(t, guest.Guest)
	screen.SetScaling(vnc.Follow)
	for _, size := range []fyne.Size{{Width: 904, Height: 401}, {Width: 1000, Height: 700}, {Width: 640, Height: 480}} {
		window.Resize(size)
		wantSize(t, screen, image.Pt(int(size.Width), int(size.Height)))
		// It can be stopped when the device has the pixels of its cursor and was
		// not yet told to show them: then the dump has them, and no client.
		var truth *image.RGBA
		looks := 0
		rfbtest.Eventually(t, "the picture", func() bool {
			switch looks % 400 {
			case 0:
				guest.Do(t, "stop", nil)
				truth = guest.Screendump(t)
			case 200:
				guest.Do(t, "cont", nil)
			}
			looks++
			return bytes.Equal(screen.Picture().Pix, truth.Pix)
		})
		guest.Do(t, "cont", nil)
	}
}
