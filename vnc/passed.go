package vnc

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// passedKeys are combinations that stay with this computer while a guest has the
// keyboard.
type passedKeys [][]rfb.KeyCode

// otherSide are the keys that do the same on the right as those on the left. The
// right Alt does not: it may be AltGr.
var otherSide = map[rfb.KeyCode]rfb.KeyCode{
	rfb.KeyLeftCtrl: rfb.KeyRightCtrl, rfb.KeyLeftShift: rfb.KeyRightShift, rfb.KeyLeftMeta: rfb.KeyRightMeta,
}

// have says whether these keys, in any order, are one of the combinations.
func (p passedKeys) have(held []rfb.KeyCode) bool {
	return slices.ContainsFunc(p, func(combination []rfb.KeyCode) bool {
		for _, key := range combination {
			if !slices.Contains(held, key) && !slices.Contains(held, otherSide[key]) {
				return false
			}
		}
		return len(combination) == len(held)
	})
}

// SetPassed sets the combinations that stay with this computer while the guest has
// the keyboard; at first there are none. The desktop gets them, and of what it
// does not take the window hears by OnHostKey and OnHostShortcut. A combination has
// a key that is no modifier, and modifiers on the left stand for those on the right,
// too, but for Alt.
func (s *Screen) SetPassed(combinations [][]rfb.KeyCode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.passes = slices.Clone(combinations)
}

// SetPassed sets the combinations that are not typed in the terminal; at first
// there are none. The window hears of them by OnHostKey and OnHostShortcut.
func (t *Terminal) SetPassed(combinations [][]rfb.KeyCode) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.passes = slices.Clone(combinations)
}

// staysHere says whether a key that is pressed is none of the guest's: it makes a
// combination of SetPassed complete, the modifiers of one are still held, or it was
// pressed for the desktop. The caller holds s.mu.
func (s *Screen) staysHere(key rfb.KeyCode) bool {
	k := &s.keyboard
	held := append(slices.Concat(k.held, k.passed), key)
	slices.Sort(held)
	held = slices.Compact(held)
	switch {
	case s.passes.have(held) && !s.letsGo.are(held):
		s.withdraw()
		k.passed = held
		if s.native.grabs() { // else the desktop has had it
			lent := slices.Clone(held)
			fyne.Do(func() { s.native.lend(lent, key) }) // once Fyne is done with the key
		}
		return true
	case slices.ContainsFunc(k.passed, rfb.KeyCode.IsModifier), s.native.lends(key):
		k.passed = held
		return true
	}
	k.passed = slices.DeleteFunc(k.passed, func(p rfb.KeyCode) bool { return p == key })
	return false
}

// withdraw releases what the guest believes to be down. Super or Alt that come up
// with nothing between would open a menu there, hence a key that does nothing.
// The caller holds s.mu.
func (s *Screen) withdraw() {
	held := s.keyboard.held
	if slices.ContainsFunc(held, opensMenu) {
		s.sendKey(rfb.KeyLeftCtrl, nativeLocks{}, true)
		s.sendKey(rfb.KeyLeftCtrl, nativeLocks{}, false)
	}
	s.releaseHeld()
}

func opensMenu(key rfb.KeyCode) bool {
	switch key {
	case rfb.KeyLeftAlt, rfb.KeyRightAlt, rfb.KeyLeftMeta, rfb.KeyRightMeta:
		return true
	}
	return false
}

// passesNow says whether what is typed is the window's: a combination of SetPassed
// that the desktop, which gets it first, has not taken.
func (s *Screen) passesNow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.passes.have(s.keyboard.passed) && !s.native.grabs()
}

// passesNow says whether what is typed is the window's.
func (t *Terminal) passesNow() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.passes.have(t.keyboard.held) && !t.letsGo.are(t.keyboard.held)
}
