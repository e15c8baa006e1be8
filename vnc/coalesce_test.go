package vnc_test

import (
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// flicker paints on the X server until the test ends, as fast as it can.
func (p *pointing) flicker() {
	p.t.Helper()
	context, err := xproto.NewGcontextId(p.Conn)
	p.must(err)
	p.must(xproto.CreateGCChecked(p.Conn, context, xproto.Drawable(p.root), 0, nil).Check())
	go func() {
		for colour := uint32(0); ; colour += 0x010203 {
			xproto.ChangeGC(p.Conn, context, xproto.GcForeground, []uint32{colour & 0xffffff})
			if xproto.PolyFillRectangleChecked(p.Conn, xproto.Drawable(p.root), context, []xproto.Rectangle{{X: 100, Y: 100, Width: 50, Height: 50}}).Check() != nil {
				return // the connection ends with the test
			}
		}
	}()
}

func TestAWindowOnSoftwareOpenGLIsRepaintedNoMoreThan25TimesASecond(t *testing.T) {
	x := rfbtest.StartXvnc(t, "720x400")
	guest := pointOn(t, ":"+x.Display)
	d := openWindowOn(t, x.Socket, "status 2 720 400") // by llvmpipe
	guest.flicker()
	await := func(repaints int) (updates int) {
		t.Helper()
		rfbtest.Eventually(t, "repaints", func() bool { return d.times(vnc.TraceRepaintAsked) >= repaints })
		return d.times(vnc.TraceUpdateReceived)
	}
	const some, more = 20, 75 // the first few come before the window is known
	before, began := await(some), time.Now()
	updates, took := await(some+more)-before, time.Since(began)
	if least := more * time.Second / 25 * 9 / 10; took < least {
		t.Errorf("%d repaints took %v", more, took)
	}
	t.Logf("%d updates became %d repaints in %v", updates, more, took)
}
