package vnc

import (
	"slices"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// releaseKeys are those that let go of the keyboard when they are pressed and
// released with nothing between; none: left Ctrl and left Alt.
type releaseKeys []rfb.KeyCode

var usualRelease = releaseKeys{rfb.KeyLeftCtrl, rfb.KeyLeftAlt}

// are says whether these keys, in any order, are held and no others.
func (r releaseKeys) are(held []rfb.KeyCode) bool {
	if len(r) == 0 {
		r = usualRelease
	}
	for _, key := range r {
		if !slices.Contains(held, key) {
			return false
		}
	}
	return len(held) == len(r)
}

// SetRelease sets the keys that let go of keyboard and pointer, which are left Ctrl
// and left Alt at first. They reach the guest, too.
func (s *Screen) SetRelease(keys []rfb.KeyCode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letsGo = slices.Clone(keys)
}

// SetRelease sets the keys that let go of the keyboard, which are left Ctrl and
// left Alt at first.
func (t *Terminal) SetRelease(keys []rfb.KeyCode) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.letsGo = slices.Clone(keys)
}
