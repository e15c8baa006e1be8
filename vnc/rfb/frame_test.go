package rfb_test

import (
	"bytes"
	"image"
	"testing"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

func TestSyncCopiesWhatChangedAndNothingElse(t *testing.T) {
	updated := make(chan struct{}, 1)
	s, client, _ := session(t, rfb.Options{OnUpdate: func() { updated <- struct{}{} }})
	s.deafen()
	s.say(update(1, header(0, 0, 4, 2, 0), pixels(8, 1, 1, 1)))
	<-updated
	front, changed := client.Frame().Sync(nil)
	if changed != front.Rect || !bytes.Equal(front.Pix, client.Frame().Picture().Pix) {
		t.Errorf("first: %v of %v", changed, front.Rect)
	}
	same, changed := client.Frame().Sync(front)
	if same != front || !changed.Empty() {
		t.Errorf("nothing changed, got %v", changed)
	}
	s.say(update(2, header(1, 1, 1, 1, 0), pixels(1, 2, 2, 2), header(3, 1, 1, 1, 0), pixels(1, 3, 3, 3)))
	<-updated
	front.Pix[0] = 99 // lies outside what changes
	_, changed = client.Frame().Sync(front)
	if changed != image.Rect(1, 1, 4, 2) {
		t.Errorf("changed %v", changed)
	}
	if front.Pix[0] != 99 || front.RGBAAt(1, 1).R != 2 || front.RGBAAt(3, 1).R != 3 {
		t.Errorf("picture %v", front.Pix)
	}
	s.say(update(1, header(0, 0, 2, 2, -223)))
	<-updated
	if front, _ = client.Frame().Sync(front); front.Rect != image.Rect(0, 0, 2, 2) {
		t.Errorf("after a change of size: %v", front.Rect)
	}
}

func TestTheHashDependsOnEveryPixelAndItsPlace(t *testing.T) {
	updated := make(chan struct{}, 1)
	s, client, _ := session(t, rfb.Options{OnUpdate: func() { updated <- struct{}{} }})
	s.deafen()
	s.say(update(1, header(0, 0, 4, 2, 0), pixels(7, 0, 0, 0), pixels(1, 1, 2, 3)))
	<-updated
	if h := client.Frame().Hash(); h != 0x030201 {
		t.Errorf("hash %#x", h)
	}
	s.say(update(1, header(2, 1, 2, 1, 0), pixels(1, 1, 2, 3), pixels(1, 0, 0, 0)))
	<-updated
	if h := client.Frame().Hash(); h != 31*0x030201 {
		t.Errorf("hash %#x", h)
	}
}

func TestAnEmptyFrameIsHarmless(t *testing.T) {
	var f rfb.Frame
	front, changed := f.Sync(nil)
	if !f.Size().Eq(image.Point{}) || !front.Rect.Empty() || !changed.Empty() || f.Hash() != 0 {
		t.Errorf("size %v, front %v, changed %v", f.Size(), front.Rect, changed)
	}
}
