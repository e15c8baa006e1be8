// Package vnc shows the screen of a virtual machine in a Fyne window and gives
// it the keyboard and the pointer. It knows nothing of machines: the owner
// hands it a function that dials.
//
//	screen := vnc.NewScreen("Screen of web")
//	screen.OnStatus = func(s vnc.Status) { … }
//	screen.Connect(ctx, dial, guard)
//	defer screen.Close()
//
// A [Screen] connects, and connects again when the connection is lost, until it
// is closed; the last picture stays, dimmed. While it is hidden or paused it
// asks the server for nothing and paints nothing.
//
// A [Terminal] shows a byte stream, such as a serial port, in the same manner:
// package vt reads what is written, and one raster shows its cells.
//
// # Keyboard
//
// A focused Screen takes every key, by its place on the keyboard and not by its
// letter, so that the guest's own layout decides. On X11 it also takes what the
// window manager would (Alt+Tab, Super). Left Ctrl+Alt, or what
// SetRelease says, pressed and released alone, lets go. What SetPassed names stays
// with this computer. Whenever the guest gets the keyboard, its locks (Caps Lock, Num
// Lock, Scroll Lock) are brought in step with those of this computer, as far as
// server and platform tell them. It is not for windows with a fyne.MainMenu: the menu's
// shortcuts would come first.
//
// # Pointer
//
// A guest with a tablet follows the pointer. For one that has but a mouse, a
// click captures the pointer where the platform can do that, and left Ctrl+Alt
// frees it; elsewhere the mouse is told the way that the pointer goes. The
// buttons for back and forward and the wheel sideways are sent as they are; QEMU's
// server, in version 7.2, drops them.
//
// # Clipboard
//
// Text goes both ways where [Screen.SetClipboard] allows it and the server knows
// the extended clipboard: QEMU does, for guests that have SPICE's agent and its
// channel.
//
// # Sound
//
// What the guest sounds is played by the desktop's sound server while
// [Screen.SetSound] wants it and the screen is shown, if only in a window that is
// covered or minimised. Neither the decoder nor the
// window waits for it; what is late is dropped.
//
// # Size
//
// The picture fits into the widget, has its own size, or with [Follow] makes the
// guest change its resolution to that of the widget, a moment after that has
// come to rest. Servers may refuse: QEMU does unless the guest has virtio video.
//
// # Rhythm
//
// The decoder of [rfb] draws into its own picture; the window copies what
// changed when it paints, at most 60 times a second, 25 where OpenGL is
// software. Neither waits for the other.
package vnc
