package vnc

import "github.com/kvmmanager/kvm-manager/vnc/rfb"

// nativeLocks are the lock lights of this computer's keyboard, as far as they
// can be known.
type nativeLocks struct {
	known, on rfb.Lights
}

// lockKeys are the keys that switch the lights.
var lockKeys = map[rfb.KeyCode]rfb.Lights{
	rfb.KeyCapsLock: rfb.CapsLight, rfb.KeyNumLock: rfb.NumLight, rfb.KeyScrollLock: rfb.ScrollLight,
}

// learnLights takes over what the guest's keyboard shows, and reports whether
// that is the first that is known in this connection.
func (s *Screen) learnLights(lights rfb.Lights) (first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first = !s.lit
	s.lights, s.lit = lights, true
	return first
}

// alignLocks presses the lock keys whose lights differ between the guest that
// has the keyboard and this computer. A guest that does not answer is believed:
// pressing again would only confuse it.
func (s *Screen) alignLocks() {
	locks := s.native.locks()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.lit || !s.focused {
		return
	}
	differ := (s.lights ^ locks.on) & locks.known
	for key, light := range lockKeys {
		if differ&light != 0 {
			s.sendKey(key, locks, true)
			s.sendKey(key, locks, false)
		}
	}
}
