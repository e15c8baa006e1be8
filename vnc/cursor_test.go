package vnc_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"

	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

// A sprite is the pointer that an X server shows.
type sprite struct {
	width, height, hotX, hotY uint16
	pixels                    []uint32 // premultiplied ARGB
}

func (s sprite) equals(other sprite) bool {
	return s.width == other.width && s.height == other.height && s.hotX == other.hotX && s.hotY == other.hotY &&
		slices.Equal(s.pixels, other.pixels)
}

func (s sprite) hidden() bool {
	return !slices.ContainsFunc(s.pixels, func(pixel uint32) bool { return pixel != 0 })
}

// A pointing is a connection to an X server that tells and sets its pointer.
type pointing struct {
	t *testing.T
	*xgb.Conn
	root xproto.Window
}

func pointOn(t *testing.T, display string) *pointing {
	t.Helper()
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := xfixes.Init(conn); err != nil {
		t.Fatal(err)
	}
	if _, err := xfixes.QueryVersion(conn, 4, 0).Reply(); err != nil {
		t.Fatal(err)
	}
	return &pointing{t, conn, xproto.Setup(conn).DefaultScreen(conn).Root}
}

func (p *pointing) sprite() sprite {
	p.t.Helper()
	c, err := xfixes.GetCursorImage(p.Conn).Reply()
	if err != nil {
		p.t.Fatal(err)
	}
	return sprite{c.Width, c.Height, c.Xhot, c.Yhot, c.CursorImage}
}

// point gives the desktop a pointer: a glyph of the font of cursors.
func (p *pointing) point(glyph uint16) {
	p.t.Helper()
	font, _ := xproto.NewFontId(p.Conn)
	cursor, _ := xproto.NewCursorId(p.Conn)
	const name = "cursor"
	p.must(xproto.OpenFontChecked(p.Conn, font, uint16(len(name)), name).Check())
	p.must(xproto.CreateGlyphCursorChecked(p.Conn, cursor, font, font, glyph, glyph+1, 0xffff, 0, 0, 0, 0, 0xffff).Check())
	p.must(xproto.ChangeWindowAttributesChecked(p.Conn, p.root, xproto.CwCursor, []uint32{uint32(cursor)}).Check())
}

// hide gives the desktop a pointer without a dot.
func (p *pointing) hide() {
	p.t.Helper()
	empty, _ := xproto.NewPixmapId(p.Conn)
	context, _ := xproto.NewGcontextId(p.Conn)
	cursor, _ := xproto.NewCursorId(p.Conn)
	p.must(xproto.CreatePixmapChecked(p.Conn, 1, empty, xproto.Drawable(p.root), 8, 8).Check())
	p.must(xproto.CreateGCChecked(p.Conn, context, xproto.Drawable(empty), xproto.GcForeground, []uint32{0}).Check())
	p.must(xproto.PolyFillRectangleChecked(p.Conn, xproto.Drawable(empty), context, []xproto.Rectangle{{Width: 8, Height: 8}}).Check())
	p.must(xproto.CreateCursorChecked(p.Conn, cursor, empty, empty, 0, 0, 0, 0, 0, 0, 0, 0).Check())
	p.must(xproto.ChangeWindowAttributesChecked(p.Conn, p.root, xproto.CwCursor, []uint32{uint32(cursor)}).Check())
}

func (p *pointing) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestTheGuestsPointerIsThisComputersPointerOverTheScreen(t *testing.T) {
	x := rfbtest.StartXvnc(t, "720x400")
	guest := pointOn(t, ":"+x.Display)
	d := openWindowOn(t, x.Socket, "status 2 720 400")
	host := pointOn(t, d.display)
	d.x("mousemove", "--window", d.window, "300", "200")

	var shown []sprite
	for _, glyph := range []uint16{68, 34, 60} { // the pointer rests meanwhile
		guest.point(glyph)
		want := guest.sprite()
		rfbtest.Eventually(t, fmt.Sprintf("the guest's pointer %d", glyph), func() bool { return host.sprite().equals(want) })
		if want.hidden() || slices.ContainsFunc(shown, want.equals) {
			t.Errorf("pointer %d is no other one: %+v", glyph, want)
		}
		shown = append(shown, want)
	}
	guest.hide()
	rfbtest.Eventually(t, "no pointer", func() bool { return host.sprite().hidden() })
	d.x("mousemove", "1270", "790")
	rfbtest.Eventually(t, "a pointer beside the window", func() bool { return !host.sprite().hidden() })
	guest.point(68)
	d.x("mousemove", "--window", d.window, "310", "210")
	rfbtest.Eventually(t, "the pointer again", func() bool { return host.sprite().equals(shown[0]) })
}
