package clipboard

import (
	"errors"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

const (
	mostPiece   = 64 << 10 // bytes of a picture that go at once
	requestHead = 64       // room for the head of a request
	mostPairs   = 32       // targets asked for at once
)

// An owner has the clipboard of a display.
type owner struct {
	conn   *xgb.Conn
	window xproto.Window
	since  xproto.Timestamp
	png    []byte
	piece  int
	atoms  struct{ clipboard, targets, timestamp, multiple, pair, incr, png xproto.Atom }

	lost    bool                // another program has the clipboard
	sending map[transfer][]byte // what is left to send
}

// A transfer is one picture on its way in pieces.
type transfer struct {
	window   xproto.Window
	property xproto.Atom
}

// take makes the clipboard ours.
func (o *owner) take() error {
	now, err := o.now()
	if err != nil {
		return err
	}
	o.since = now
	xproto.SetSelectionOwner(o.conn, o.window, o.atoms.clipboard, now)
	reply, err := xproto.GetSelectionOwner(o.conn, o.atoms.clipboard).Reply()
	if err != nil {
		return unavailable(err)
	}
	if reply.Owner != o.window {
		return unavailable(errors.New("another program was quicker"))
	}
	return nil
}

func unavailable(err error) error {
	return virt.Errorf(virt.KindUnavailable, "take the clipboard: %w", err)
}

// now asks the server for its time: it stands in the news of a change to a
// property of ours.
func (o *owner) now() (xproto.Timestamp, error) {
	err := xproto.ChangePropertyChecked(o.conn, xproto.PropModeAppend, o.window, o.atoms.timestamp, xproto.AtomInteger, 32, 0, nil).Check()
	for err == nil {
		var event xgb.Event
		event, xerr := o.conn.WaitForEvent()
		switch e := event.(type) {
		case xproto.PropertyNotifyEvent:
			return e.Time, nil
		case nil:
			if xerr == nil {
				err = errors.New("the display is gone")
			}
		}
	}
	return 0, unavailable(err)
}

// serve answers until the clipboard is another's and what was begun is sent, or
// the connection ends.
func (o *owner) serve() {
	for !o.lost || len(o.sending) > 0 {
		event, err := o.conn.WaitForEvent()
		switch e := event.(type) {
		case xproto.SelectionRequestEvent:
			o.answer(e)
		case xproto.SelectionClearEvent:
			o.lost = o.lost || e.Selection == o.atoms.clipboard
		case xproto.PropertyNotifyEvent:
			if e.State == xproto.PropertyDelete {
				o.sendNext(transfer{e.Window, e.Atom})
			}
		case xproto.DestroyNotifyEvent:
			o.forget(e.Window)
		case nil:
			if err == nil {
				return // the connection has ended
			}
		}
	}
}

// answer gives what was asked for and says that it is there, or that it is not.
func (o *owner) answer(e xproto.SelectionRequestEvent) {
	property := e.Property
	if property == xproto.AtomNone {
		property = e.Target // as old clients ask
	}
	if !o.convert(e.Requestor, e.Target, property) {
		property = xproto.AtomNone
	}
	told := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: property}
	xproto.SendEvent(o.conn, false, e.Requestor, 0, string(told.Bytes()))
}

// convert writes the target into the property and says whether there is such a
// target.
func (o *owner) convert(to xproto.Window, target, property xproto.Atom) bool {
	switch target {
	case o.atoms.targets:
		o.put(to, property, xproto.AtomAtom, 32, numbers(o.atoms.targets, o.atoms.timestamp, o.atoms.multiple, o.atoms.png))
	case o.atoms.timestamp:
		o.put(to, property, xproto.AtomInteger, 32, numbers(o.since))
	case o.atoms.multiple:
		return o.convertAll(to, property)
	case o.atoms.png:
		o.send(to, property)
	default:
		return false
	}
	return true
}

// convertAll converts the pairs of target and property that the property
// lists, and strikes out there the properties of targets that there are not.
func (o *owner) convertAll(to xproto.Window, list xproto.Atom) bool {
	reply, err := xproto.GetProperty(o.conn, false, to, list, o.atoms.pair, 0, 2*mostPairs).Reply()
	if err != nil || reply.Format != 32 {
		return false
	}
	var pairs []xproto.Atom
	for i := 0; i+4 <= len(reply.Value); i += 4 {
		pairs = append(pairs, xproto.Atom(xgb.Get32(reply.Value[i:])))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == o.atoms.multiple || !o.convert(to, pairs[i], pairs[i+1]) {
			pairs[i+1] = xproto.AtomNone
		}
	}
	o.put(to, list, o.atoms.pair, 32, numbers(pairs...))
	return true
}

// send writes the picture: whole, or as the promise of pieces, of which each is
// written when the one before has been taken.
func (o *owner) send(to xproto.Window, property xproto.Atom) {
	if len(o.png) <= o.piece {
		o.put(to, property, o.atoms.png, 8, o.png)
		return
	}
	xproto.ChangeWindowAttributes(o.conn, to, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange | xproto.EventMaskStructureNotify})
	o.sending[transfer{to, property}] = o.png
	o.put(to, property, o.atoms.incr, 32, numbers(uint32(len(o.png)))) // a lower bound by the ICCCM, and no picture has 4 GiB
}

// sendNext writes the next piece; an empty one ends the picture.
func (o *owner) sendNext(t transfer) {
	left, begun := o.sending[t]
	if !begun {
		return
	}
	piece := left[:min(o.piece, len(left))]
	o.put(t.window, t.property, o.atoms.png, 8, piece)
	o.sending[t] = left[len(piece):]
	if len(piece) == 0 {
		o.end(t)
	}
}

// end takes a transfer off the list; a window that has none left is not
// followed any more.
func (o *owner) end(t transfer) {
	delete(o.sending, t)
	for other := range o.sending {
		if other.window == t.window {
			return
		}
	}
	if t.window != o.window {
		xproto.ChangeWindowAttributes(o.conn, t.window, xproto.CwEventMask, []uint32{0})
	}
}

// forget drops what a window that is gone will not take.
func (o *owner) forget(window xproto.Window) {
	for t := range o.sending {
		if t.window == window {
			delete(o.sending, t)
		}
	}
}

func (o *owner) put(to xproto.Window, property, kind xproto.Atom, bits byte, value []byte) {
	units := uint32(len(value)) / uint32(bits/8) // at most a piece
	xproto.ChangeProperty(o.conn, xproto.PropModeReplace, to, property, kind, bits, units, value)
}

// numbers are 32-bit values as a property has them.
func numbers[N ~uint32](all ...N) []byte {
	bytes := make([]byte, 4*len(all))
	for i, n := range all {
		xgb.Put32(bytes[4*i:], uint32(n))
	}
	return bytes
}
