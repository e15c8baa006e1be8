package vnc

import (
	"context"
	"slices"
	"time"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// strokePause is how long each key stays down or up while a text is typed: as
// long as a slow guest needs to read it.
const strokePause = 10 * time.Millisecond

// Type types a text that rfb.Layout.Type has made keys of, as fast as guests
// read keys, and tells how many characters are done. It blocks; when ctx ends or
// the connection is lost, no key stays down. Caps Lock of the guest, where it is
// known, is off meanwhile.
func (s *Screen) Type(ctx context.Context, text []rfb.Typed, progress func(done int)) error {
	caps := s.capsLit()
	if caps {
		if err := s.stroke(ctx, rfb.Stroke{Key: rfb.KeyCapsLock}, 0); err != nil {
			return err
		}
		defer func() { _ = s.stroke(context.WithoutCancel(ctx), rfb.Stroke{Key: rfb.KeyCapsLock}, 0) }() // as it was
	}
	for i, typed := range text {
		if err := s.typeOne(ctx, typed); err != nil {
			return err
		}
		progress(i + 1)
	}
	return nil
}

func (s *Screen) typeOne(ctx context.Context, typed rfb.Typed) error {
	s.mu.Lock()
	letters := s.client != nil && !s.client.PhysicalKeys()
	s.mu.Unlock()
	if letters {
		return s.stroke(ctx, rfb.Stroke{}, rfb.RuneKeysym(typed.Rune))
	}
	for _, stroke := range typed.Strokes {
		if err := s.stroke(ctx, stroke, 0); err != nil {
			return err
		}
	}
	return nil
}

// stroke presses and releases keys one by one, or the keysym for a server that
// knows no keys.
func (s *Screen) stroke(ctx context.Context, stroke rfb.Stroke, keysym uint32) error {
	type event struct {
		key  rfb.KeyCode
		down bool
	}
	var events []event
	for _, key := range stroke.Hold {
		events = append(events, event{key, true})
	}
	events = append(events, event{stroke.Key, true}, event{stroke.Key, false})
	for _, key := range stroke.Hold {
		events = append(events, event{key, false})
	}
	for i, e := range events {
		if i == 0 && ctx.Err() != nil {
			return ctx.Err() // a stroke that has begun is ended
		}
		symbol := keysym
		if symbol == 0 { // QEMU corrects Caps Lock by letters that do not agree with Shift
			symbol = e.key.Keysym(rfb.Locks{Shift: slices.Contains(stroke.Hold, rfb.KeyLeftShift)})
		}
		if !s.event(e.key, symbol, e.down) {
			return rfb.ErrDisconnected
		}
		time.Sleep(strokePause)
	}
	return nil
}

// event sends a key, and says whether there was a guest to send it to.
func (s *Screen) event(key rfb.KeyCode, keysym uint32, down bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		return false
	}
	s.client.Key(key.QNum(), keysym, down)
	return true
}

// capsLit says whether Caps Lock of the guest is known to be on.
func (s *Screen) capsLit() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lit && s.lights&rfb.CapsLight != 0
}
