package vnc

import (
	"errors"
	"hash/maphash"

	"fyne.io/fyne/v2"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// Clipboard says between whom text is shared.
type Clipboard int

// The directions, as a set.
const (
	ClipboardOff     Clipboard = 0
	ClipboardToGuest Clipboard = 1 << iota
	ClipboardFromGuest
	ClipboardBoth = ClipboardToGuest | ClipboardFromGuest
)

// A sharer remembers what both sides know.
type sharer struct {
	how  Clipboard
	last string // the text that went to the guest or came from it last
	long uint64 // identifies the text that was too long; 0: none was
	size int    // of it in bytes
}

// seed makes hashes of texts, which may be large to keep.
var seed = maphash.MakeSeed()

// SetClipboard shares text with the guest, where its server can, of up to
// rfb.MaxCutText bytes: to the guest goes what this computer's clipboard holds whenever the guest gets
// the keyboard; what the guest copies comes at once. Of a longer text OnLongText
// tells. At first nothing is shared. It is called on Fyne's goroutine.
func (s *Screen) SetClipboard(how Clipboard) {
	s.mu.Lock()
	withdraw := s.sharer.how&^how&ClipboardToGuest != 0 && s.client != nil
	s.sharer.how = how
	if how&ClipboardToGuest == 0 {
		s.sharer.long, s.sharer.size = 0, 0
	}
	if withdraw {
		s.sharer.last = ""
		_ = s.client.CutText("") // it is short
	}
	s.mu.Unlock()
	s.giveText()
}

// Clipboard says how text is shared.
func (s *Screen) Clipboard() Clipboard {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sharer.how
}

// giveText tells the guest that has the keyboard what the clipboard holds, if it
// is new. Who holds it may take a moment to answer, so the mutex is free meanwhile.
func (s *Screen) giveText() {
	tooLong := 0
	defer func() {
		if tooLong > 0 {
			tell(s.OnLongText, tooLong)
		}
	}()
	s.mu.Lock()
	shared := s.sharer.how&ClipboardToGuest != 0 && s.focused && s.client != nil
	s.mu.Unlock()
	if !shared {
		return
	}
	text := fyne.CurrentApp().Clipboard().Content()
	s.mu.Lock()
	defer s.mu.Unlock()
	if text == "" || text == s.sharer.last || s.client == nil {
		return
	}
	switch err := s.client.CutText(text); {
	case err == nil:
		s.sharer.last, s.sharer.long, s.sharer.size = text, 0, 0
	case errors.Is(err, rfb.ErrLongText):
		tooLong = s.noteLong(text)
	}
}

// noteLong remembers a text that is too long, and returns its size if it was not
// known yet. The caller holds s.mu.
func (s *Screen) noteLong(text string) (news int) {
	sum := maphash.String(seed, text)
	if sum == s.sharer.long {
		return 0
	}
	s.sharer.long, s.sharer.size = sum, len(text)
	return len(text)
}

// LongText returns how many bytes the text of this computer's clipboard had that the
// guest did not get because there were too many; 0 if it got the last one.
func (s *Screen) LongText() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sharer.size
}

// takesText is asked by the decoder before it fetches a text.
func (s *Screen) takesText() bool { return s.Clipboard()&ClipboardFromGuest != 0 }

// takeText makes a text of the guest this computer's.
func (s *Screen) takeText(text string) {
	s.mu.Lock()
	wanted := s.sharer.how&ClipboardFromGuest != 0 && text != s.sharer.last
	if wanted {
		s.sharer.last = text
	}
	s.mu.Unlock()
	if wanted {
		fyne.CurrentApp().Clipboard().SetContent(text)
	}
}
