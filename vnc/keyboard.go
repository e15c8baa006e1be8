package vnc

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// A keyboard remembers which keys the guest believes to be down, and the locks
// where the platform does not tell them.
type keyboard struct {
	held     []rfb.KeyCode
	passed   []rfb.KeyCode // down, and of a combination that stays here
	hostKey  bool          // the keys that let go are down, and nothing has happened since
	capsLock bool
	numLock  bool
}

// press notes a key. letsGo are those that let go of the keyboard.
func (k *keyboard) press(key rfb.KeyCode, letsGo releaseKeys) {
	if !slices.Contains(k.held, key) {
		k.held = append(k.held, key)
	}
	k.hostKey = letsGo.are(k.held)
	k.capsLock = k.capsLock != (key == rfb.KeyCapsLock)
	k.numLock = k.numLock != (key == rfb.KeyNumLock)
}

// release reports whether this was the end of a host key.
func (k *keyboard) release(key rfb.KeyCode) (hostKey bool) {
	hostKey = k.hostKey
	k.hostKey = false
	k.held = slices.DeleteFunc(k.held, func(h rfb.KeyCode) bool { return h == key })
	return hostKey
}

func (k *keyboard) shift() bool {
	return slices.Contains(k.held, rfb.KeyLeftShift) || slices.Contains(k.held, rfb.KeyRightShift)
}

// KeyDown sends a key to the guest. It is called by Fyne, once per press: the
// guest repeats keys itself.
func (s *Screen) KeyDown(event *fyne.KeyEvent) {
	key, ok := keyOf(event)
	if !ok || s.ViewOnly {
		return
	}
	s.native.regrab()
	locks := s.native.locks()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.staysHere(key) {
		return
	}
	s.keyboard.press(key, s.letsGo)
	s.sendKey(key, locks, true)
}

// KeyUp releases a key. The end of the keys of SetRelease lets go of the
// keyboard.
func (s *Screen) KeyUp(event *fyne.KeyEvent) {
	key, ok := keyOf(event)
	if !ok || s.ViewOnly {
		return
	}
	locks := s.native.locks()
	s.mu.Lock()
	if i := slices.Index(s.keyboard.passed, key); i >= 0 {
		s.keyboard.passed = slices.Delete(s.keyboard.passed, i, i+1)
		s.mu.Unlock()
		return
	}
	hostKey := s.keyboard.release(key)
	s.sendKey(key, locks, false)
	s.mu.Unlock()
	if hostKey {
		s.letGo()
	}
}

// sendKey sends a key where a guest listens; the caller holds s.mu.
func (s *Screen) sendKey(key rfb.KeyCode, locks nativeLocks, down bool) {
	if s.client == nil {
		return
	}
	if down {
		s.lights ^= lockKeys[key]
	}
	state := rfb.Locks{Shift: s.keyboard.shift(), CapsLock: s.keyboard.capsLock, NumLock: s.keyboard.numLock}
	if locks.known&rfb.CapsLight != 0 {
		state.CapsLock = locks.on&rfb.CapsLight != 0
	}
	if locks.known&rfb.NumLight != 0 {
		state.NumLock = locks.on&rfb.NumLight != 0
	}
	s.client.Key(key.QNum(), key.Keysym(state), down)
}

// keyOf returns the key's place on the keyboard.
func keyOf(event *fyne.KeyEvent) (rfb.KeyCode, bool) {
	code := event.Physical.ScanCode - scanCodeOffset
	if code <= 0 || code > 0xff {
		return 0, false
	}
	return rfb.KeyCode(code), true
}

// SendKeys presses the keys in order and releases them backwards, such as
// rfb.KeyLeftCtrl, rfb.KeyLeftAlt, rfb.KeyDelete.
func (s *Screen) SendKeys(keys ...rfb.KeyCode) {
	locks := s.native.locks()
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.keyboard
	for _, key := range keys {
		s.keyboard.held = append(slices.Clip(s.keyboard.held), key)
		s.sendKey(key, locks, true)
	}
	for _, key := range slices.Backward(keys) {
		s.sendKey(key, locks, false)
	}
	s.keyboard = before
}

// releaseKeys tells the guest that no key is down any more.
func (s *Screen) releaseKeys() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.releaseHeld()
	s.keyboard.passed = nil
}

// releaseHeld is releaseKeys for callers that hold s.mu.
func (s *Screen) releaseHeld() {
	for _, key := range slices.Backward(s.keyboard.held) {
		s.sendKey(key, nativeLocks{}, false)
	}
	s.keyboard.held, s.keyboard.hostKey = nil, false
}

// letGo gives keyboard and pointer back because the person wants it.
func (s *Screen) letGo() {
	s.giveBack()
	if s.OnRelease != nil {
		s.OnRelease()
	}
}

// giveBack gives keyboard and pointer back to the window.
func (s *Screen) giveBack() {
	s.freePointer()
	s.mu.Lock()
	focused := s.focused
	s.mu.Unlock()
	if !focused {
		return
	}
	if c := s.canvas(); c != nil && c.Focused() == s {
		c.Unfocus()
		return
	}
	s.FocusLost() // it is not in a window any more
}

// FocusGained takes the keyboard, on X11 also from the window manager.
func (s *Screen) FocusGained() { s.setFocused(true) }

// FocusLost gives the keyboard back and releases what the guest thinks is held.
func (s *Screen) FocusLost() {
	s.freePointer()
	s.releaseKeys()
	s.setFocused(false)
}

func (s *Screen) setFocused(focused bool) {
	s.mu.Lock()
	changed := s.focused != focused
	s.focused = focused
	s.mu.Unlock()
	s.grabIfUseful()
	s.alignLocks()
	if focused {
		s.giveText()
	}
	if changed && s.OnFocus != nil {
		s.OnFocus(focused)
	}
}

// grabIfUseful takes all keys while they go to a guest, and only then.
func (s *Screen) grabIfUseful() {
	s.mu.Lock()
	useful := s.focused && !s.ViewOnly && s.status.State == Connected
	s.mu.Unlock()
	if useful {
		s.native.grabKeyboard()
	} else {
		s.native.ungrabKeyboard()
	}
}

// AcceptsTab keeps Tab for the guest.
func (s *Screen) AcceptsTab() bool { return !s.ViewOnly }

// TypedKey tells the window of a key that is none of the guest's; others KeyDown
// has sent.
func (s *Screen) TypedKey(event *fyne.KeyEvent) {
	if key, ok := keyOf(event); ok && !key.IsModifier() && s.passesNow() {
		tell(s.OnHostKey, event)
	}
}

// TypedRune is not needed: the guest makes letters of keys.
func (s *Screen) TypedRune(rune) {}

// TypedShortcut swallows the window's shortcuts, whose keys KeyDown has sent, but
// for those of SetPassed.
func (s *Screen) TypedShortcut(shortcut fyne.Shortcut) {
	if s.passesNow() {
		tell(s.OnHostShortcut, shortcut)
	}
}
