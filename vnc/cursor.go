package vnc

import (
	"image"

	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// A guestCursor is the guest's pointer as Fyne wants it. Fyne sees by its address
// that it is another one.
type guestCursor struct {
	rfb.Cursor
}

// Image returns the picture, in pixels of the monitor, and where it points.
func (c *guestCursor) Image() (picture image.Image, hotX, hotY int) {
	return c.Cursor.Image, c.Hotspot.X, c.Hotspot.Y
}

// Cursor is what this computer's pointer looks like over the screen: as the guest
// wants it, where its server tells and the guest follows positions.
func (s *Screen) Cursor() desktop.Cursor {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.client == nil || s.cursor == nil || !s.client.Absolute():
		return desktop.DefaultCursor
	case s.cursor.Cursor.Image.Rect.Empty():
		return desktop.HiddenCursor
	default:
		return s.cursor
	}
}

// learnCursor takes over what the guest's pointer looks like.
func (s *Screen) learnCursor(cursor rfb.Cursor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cursor = &guestCursor{cursor}
}
