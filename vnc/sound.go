package vnc

import (
	"cmp"
	"context"
	"sync/atomic"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/sound"
)

// Sound says what becomes of the guest's sound.
type Sound int

// What may become of it.
const (
	SoundOff    Sound = iota // nobody wants it
	SoundNone                // there is no connection, or its server sends none
	SoundOn                  // it is heard while the screen is shown
	SoundFailed              // this computer's sound server does not play it
)

// soundRate is what QEMU mixes at by itself, so that the sound is resampled once.
const soundRate = rfb.AudioRate44100

// A speaker is what is known of the guest's sound.
type speaker struct {
	wanted bool
	failed error // why it was given up, until there is a reason to try again
	player atomic.Pointer[sound.Player]
}

// SetSound plays the guest's sound, or no longer; at first it is not played. Where
// the sound server failed, asking again tries again, and so do a new connection
// and showing what was hidden. A screen that is hidden or paused is silent; one that
// SetSeen says is not seen plays on, as a player of music does whose window is
// covered or minimised. It does not wait; OnSound tells what happens.
//
// QEMU before 8.2 says that it sends sound when it is not connected with the
// machine's, too: the owner has to know.
func (s *Screen) SetSound(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.speaker.wanted = on
	s.trySound()
}

// Sound says what becomes of the guest's sound; err is why it failed.
func (s *Screen) Sound() (now Sound, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.speaker.wanted:
		return SoundOff, nil
	case s.client == nil || !s.client.Audible():
		return SoundNone, nil
	case s.speaker.failed != nil:
		return SoundFailed, s.speaker.failed
	default:
		return SoundOn, nil
	}
}

// trySound lets the session look again what it has to play, although that failed.
// The caller holds s.mu.
func (s *Screen) trySound() {
	s.speaker.failed = nil
	if s.session != nil {
		s.session.lookAtSound()
	}
}

func (c *session) lookAtSound() {
	select {
	case c.sounds <- struct{}{}:
	default:
	}
}

// audibleClient is whom the session has to listen to; nil: to nobody.
func (s *Screen) audibleClient() *rfb.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.speaker.wanted || s.speaker.failed != nil || s.hidden || s.paused || s.client == nil || !s.client.Audible() {
		return nil
	}
	return s.client
}

// playSound connects the guest with the sound server as long as somebody wants to
// hear it, until ctx ends.
func (c *session) playSound(ctx context.Context) {
	s := c.screen
	var from *rfb.Client
	var player *sound.Player
	hush := func() {
		if player != nil {
			from.StopListening()
			s.speaker.player.CompareAndSwap(player, nil)
			player.Close()
			from, player = nil, nil
		}
	}
	defer hush()
	for {
		var ended <-chan struct{}
		if player != nil {
			ended = player.Done()
		}
		select {
		case <-ctx.Done():
			return
		case <-ended:
			err := player.Err()
			hush()
			c.soundFails(ctx, err)
		case <-c.sounds:
		}
		want := s.audibleClient()
		if want != from {
			hush()
		}
		if want == nil || player != nil {
			continue
		}
		opened, err := sound.Open(ctx, sound.Stream{Title: cmp.Or(s.SoundTitle, s.A11yName()), Rate: soundRate})
		if err != nil {
			c.soundFails(ctx, err)
			continue
		}
		from, player = want, opened
		s.speaker.player.Store(player)
		_ = from.Listen(soundRate) // it is audible
	}
}

// soundFails gives up until there is a reason to try again.
func (c *session) soundFails(ctx context.Context, err error) {
	s := c.screen
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	s.speaker.failed = err
	s.mu.Unlock()
	c.do(ctx, s.tellSound)
}

func (s *Screen) tellSound() {
	if s.OnSound != nil {
		s.OnSound()
	}
}

// hears puts what the session needs for the guest's sound into opts. The decoder
// calls it and does not wait.
func (c *session) hears(ctx context.Context, opts *rfb.Options) {
	s := c.screen
	opts.OnAudible = func() {
		c.lookAtSound()
		c.do(ctx, s.tellSound)
	}
	opts.OnSamples = func(pcm []byte) {
		if p := s.speaker.player.Load(); p != nil {
			p.Write(pcm)
		}
	}
	opts.OnSound = func(begins bool) {
		if p := s.speaker.player.Load(); p != nil && !begins {
			p.End()
		}
	}
}
