// Package sight tells whether a window can be seen, which Fyne does not say: a
// minimised window need not follow what happens.
package sight

import (
	"context"
	"errors"
	"io"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// quiet keeps the X library off stderr: what it has to say comes as errors.
var quiet = sync.OnceFunc(func() { xgb.Logger.SetOutput(io.Discard) })

// Of returns the X window of a window that is shown; 0 where the desktop is not
// spoken to by X. It must be called on the UI goroutine.
func Of(win fyne.Window) (id uint32) {
	native, ok := win.(driver.NativeWindow)
	if !ok {
		return 0
	}
	native.RunNative(func(context any) {
		if x, ok := context.(driver.X11WindowContext); ok {
			id = uint32(x.WindowHandle)
		}
	})
	return id
}

// Watch calls tell with false when the X window is minimised or wholly covered by
// others, and with true when it is to be seen again, until ctx ends or the window
// is gone. However it ends, the last word is true: who watches no longer must not
// be taken for unseen. Without an X display the error is virt.ErrUnavailable.
//
// The news are UnmapNotify, MapNotify and VisibilityNotify of the X protocol; an
// unmapped window is how the ICCCM (section 4.1.4) minimises one.
func Watch(ctx context.Context, window uint32, tell func(seen bool)) error {
	quiet()
	conn, err := xgb.NewConn()
	if err != nil {
		return virt.Errorf(virt.KindUnavailable, "the display: %w", err)
	}
	defer conn.Close()
	defer tell(true)
	closed := context.AfterFunc(ctx, conn.Close)
	defer closed()
	mask := uint32(xproto.EventMaskStructureNotify | xproto.EventMaskVisibilityChange)
	if err := xproto.ChangeWindowAttributesChecked(conn, xproto.Window(window), xproto.CwEventMask, []uint32{mask}).Check(); err != nil {
		return virt.Errorf(virt.KindUnavailable, "watch the window: %w", err)
	}
	for {
		event, err := conn.WaitForEvent()
		switch e := event.(type) {
		case xproto.UnmapNotifyEvent:
			tell(false)
		case xproto.MapNotifyEvent:
			tell(true)
		case xproto.VisibilityNotifyEvent:
			tell(e.State != xproto.VisibilityFullyObscured)
		case xproto.DestroyNotifyEvent:
			return nil
		case nil:
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err == nil {
				return virt.Errorf(virt.KindUnavailable, "watch the window: %w", errors.New("the display is gone"))
			}
		}
	}
}
