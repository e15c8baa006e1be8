package rfb_test

import (
	"image"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

func TestALinuxOnVirtioVideoTakesTheSizeThatItIsAskedFor(t *testing.T) {
	kernel, initrd, cmdline := virttest.Tiny(t)
	cmdline = strings.Replace(cmdline, "video=1024x768", "", 1)
	guest := rfbtest.StartLinux(t, kernel, initrd, cmdline, virttest.TinyReady, "", "-device", "virtio-vga")
	answers := make(chan rfb.SizeStatus, 9)
	offered := make(chan struct{}, 1)
	client := watch(t, guest.Guest, rfb.Options{
		OnResizable:  func() { offered <- struct{}{} },
		OnSizeAnswer: func(a rfb.SizeStatus) { answers <- a },
	})
	<-offered
	// The dumps that QEMU makes of screens are slanted unless four divides the width.
	for _, size := range []image.Point{{800, 600}, {1004, 701}, {640, 480}} {
		if err := client.RequestSize(size.X, size.Y); err != nil {
			t.Fatal(err)
		}
		if a := <-answers; a != rfb.SizeForwarded {
			t.Errorf("QEMU answers %d", a)
		}
		rfbtest.Eventually(t, "the guest has the size", func() bool { return client.Frame().Size() == size })
		wantScreen(t, guest.Guest, client)
	}
}
