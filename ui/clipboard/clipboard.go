// Package clipboard offers pictures as the content of the X clipboard, which
// Fyne's own, made for text, cannot. Desktops under Wayland that run our window
// through XWayland pass that clipboard on to their other windows.
//
// It speaks as an owner of the CLIPBOARD selection as the ICCCM (section 2) has
// it: large pictures go in pieces.
package clipboard

import (
	"context"
	"io"
	"os"
	"sync"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// Available says whether there is an X display to offer pictures to.
func Available() bool { return os.Getenv("DISPLAY") != "" }

// OfferPNG makes the PNG file the content of the clipboard and answers those who
// paste it, until another program takes the clipboard over or ctx ends. ours, if
// not nil, is called once the clipboard is ours. Without a display the error is
// virt.ErrUnavailable.
func OfferPNG(ctx context.Context, png []byte, ours func()) error {
	o, err := newOwner(png)
	if err != nil {
		return virt.Errorf(virt.KindUnavailable, "the clipboard of the display: %w", err)
	}
	defer o.conn.Close()
	closed := context.AfterFunc(ctx, o.conn.Close)
	defer closed()
	if err := o.take(); err != nil {
		return err
	}
	if ours != nil {
		ours()
	}
	o.serve()
	return nil
}

// quiet keeps the X library off stderr: what it has to say comes as errors.
var quiet = sync.OnceFunc(func() { xgb.Logger.SetOutput(io.Discard) })

// newOwner connects to the display and makes the window that will own the
// clipboard; nobody sees it.
func newOwner(png []byte) (*owner, error) {
	quiet()
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, err
	}
	o := &owner{conn: conn, png: png, sending: map[transfer][]byte{}}
	if err := o.prepare(); err != nil {
		conn.Close()
		return nil, err
	}
	return o, nil
}

func (o *owner) prepare() error {
	setup := xproto.Setup(o.conn)
	o.piece = min(mostPiece, 4*int(setup.MaximumRequestLength)-requestHead)
	for name, atom := range map[string]*xproto.Atom{
		"CLIPBOARD": &o.atoms.clipboard, "TARGETS": &o.atoms.targets, "TIMESTAMP": &o.atoms.timestamp, "MULTIPLE": &o.atoms.multiple,
		"ATOM_PAIR": &o.atoms.pair, "INCR": &o.atoms.incr, "image/png": &o.atoms.png,
	} {
		reply, err := xproto.InternAtom(o.conn, false, uint16(len(name)), name).Reply() // short
		if err != nil {
			return err
		}
		*atom = reply.Atom
	}
	window, err := xproto.NewWindowId(o.conn)
	if err != nil {
		return err
	}
	o.window = window
	screen := setup.DefaultScreen(o.conn)
	return xproto.CreateWindowChecked(o.conn, 0, window, screen.Root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0,
		xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange}).Check()
}
