package vnc

import (
	"image"
	"time"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// followPause is how long the widget must keep its size before the guest is
// asked for it: a window that is dragged larger passes many sizes.
const followPause = 250 * time.Millisecond

// leastScreen is the smallest screen that a guest is asked for, in pixels. The
// width is a multiple of columns: many display drivers know no others, and
// QEMU's own screenshots are slanted with odd ones.
var leastScreen = image.Pt(320, 240)

const columns = 8

// A follower remembers what was said about sizes in one connection.
type follower struct {
	offered bool        // the server takes wishes
	refused bool        // it took none of this guest
	room    image.Point // size of the widget in pixels of the monitor
	asked   image.Point // the wish that the guest knows
	timer   *time.Timer // until room is asked for
}

// CanFollow says whether the guest's screen may take the size of the widget, as
// far as is known: false without a connection, where the server does not offer
// it, and once it has refused.
func (s *Screen) CanFollow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.canFollow()
}

func (s *Screen) canFollow() bool {
	return s.client != nil && s.follower.offered && !s.follower.refused
}

// hearSizes is called by the decoder when the server offers to change the size.
func (s *Screen) hearSizes() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.follower.offered = true
	s.follow()
}

// hearAnswer is called by the decoder when a wish was answered, and reports
// whether it was refused. A server that refuses one refuses all: QEMU says
// "invalid" for a screen of fixed size.
func (s *Screen) hearAnswer(answer rfb.SizeStatus) (refused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.follower.refused = answer == rfb.SizeProhibited || answer == rfb.SizeInvalid
	return s.follower.refused
}

// fill notes how much room there is for the picture; the caller holds s.mu.
func (s *Screen) fill(room image.Point) {
	if s.follower.room != room {
		s.follower.room = room
		s.follow()
	}
}

// follow makes the guest hear of the room, unless it knows or need not. The
// caller holds s.mu.
func (s *Screen) follow() {
	f := &s.follower
	if f.timer != nil {
		f.timer.Stop()
		f.timer = nil
	}
	if s.wish() != f.asked && s.wish() != (image.Point{}) {
		f.timer = time.AfterFunc(followPause, s.askForRoom)
	}
}

// wish is the size that the guest should have, or zero if it is free to choose.
// The caller holds s.mu.
func (s *Screen) wish() image.Point {
	room := s.follower.room
	if s.scaling != Follow || s.hidden || s.paused || !s.canFollow() || room.X < 1 || room.Y < 1 {
		return image.Point{}
	}
	return image.Pt(max(room.X-room.X%columns, leastScreen.X), max(room.Y, leastScreen.Y))
}

func (s *Screen) askForRoom() {
	s.mu.Lock()
	defer s.mu.Unlock()
	wish := s.wish()
	if wish == s.follower.asked || wish == (image.Point{}) {
		return
	}
	s.follower.asked = wish
	if wish != s.frame.Size() {
		_ = s.client.RequestSize(wish.X, wish.Y) // a window larger than any screen is not followed
	}
}

// unfollow forgets what was said in a connection. The caller holds s.mu.
func (s *Screen) unfollow() {
	if s.follower.timer != nil {
		s.follower.timer.Stop()
	}
	s.follower = follower{room: s.follower.room}
}
